package ticket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// An agent's unsent text keeps what it said before. Versions are the writer's
// alone and go with the sending.
const (
	versionEvery = 5 * time.Minute // between the versions of a text that grows
	versionLoss  = 20              // characters; a text that loses so many is kept at once
	versionsMost = 20              // of one draft
	versionLife  = 30 * 24 * time.Hour
)

// DraftVersion is what an unsent text said before.
type DraftVersion struct {
	ID        int64
	Held      bool // of a reply that waits to be sent
	Body      string
	BodyKind  richtext.Kind
	Uploads   []Upload
	WrittenAt time.Time // when it was last saved so
}

// formerText is a draft that is about to be written over.
type formerText struct {
	Body      string
	BodyKind  richtext.Kind
	VersionAt *time.Time
	Last      string // the newest version's text
	LastKind  richtext.Kind
}

const formerTextSQL = `
SELECT d.body, d.body_kind, d.version_at, coalesce(v.body, '') AS last, coalesce(v.body_kind, 'text') AS last_kind
FROM drafts d JOIN tickets t ON t.id = d.ticket_id
LEFT JOIN LATERAL (SELECT body, body_kind FROM draft_versions
    WHERE person_id = d.person_id AND ticket_id = d.ticket_id AND kind = d.kind AND held_key = '' ORDER BY id DESC LIMIT 1) v ON true
WHERE t.number = @number AND d.person_id = @me AND d.kind = @kind`

// worthKeeping reports whether a draft's text is kept before it becomes is:
// when much of it goes at once, and now and then while it changes. A text that
// only lost words since the last version is in that version.
func (f formerText) worthKeeping(is string, kind richtext.Kind, now time.Time) bool {
	was, will := richtext.Text(f.Body, f.BodyKind), richtext.Text(is, kind)
	if strings.TrimSpace(was) == "" || f.Body == is && f.BodyKind == kind {
		return false
	}
	if lost(was, richtext.Text(f.Last, f.LastKind)) == 0 {
		return false
	}
	return lost(was, will) >= versionLoss || f.VersionAt == nil || now.Sub(*f.VersionAt) >= versionEvery
}

// lost is how many characters of a stand between what b begins and ends like.
func lost(a, b string) int {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return len(x)
}

const (
	// The row is locked until what it says is replaced.
	keepFormerSQL = `
WITH former AS (
    UPDATE drafts SET version_at = @now
    WHERE person_id = @me AND kind = @kind AND ticket_id = (SELECT id FROM tickets WHERE number = @number) AND ` + mayOverwrite + `
    RETURNING *
)
INSERT INTO draft_versions (person_id, ticket_id, kind, body, body_kind, uploads, written_at, kept_at)
SELECT person_id, ticket_id, kind, body, body_kind, uploads, updated_at, @now FROM former`

	trimVersionsSQL = `
DELETE FROM draft_versions WHERE id IN (
    SELECT v.id FROM draft_versions v JOIN tickets t ON t.id = v.ticket_id
    WHERE v.person_id = @me AND v.kind = @kind AND v.held_key = '' AND t.number = @number ORDER BY v.id DESC OFFSET @most)`
)

// overDraft writes over by's draft by do, and keeps what it said where that is
// worth it.
func (s *Service) overDraft(ctx context.Context, by auth.Actor, d Draft, args pgx.NamedArgs, do func(pg.DB) error) error {
	if !by.Staff() {
		return do(s.db)
	}
	rows, _ := s.db.Query(ctx, formerTextSQL, args)
	former, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[formerText])
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if err != nil || !former.worthKeeping(d.Body, d.BodyKind, s.now()) {
		return do(s.db)
	}
	return s.transact(ctx, func(tx pgx.Tx) error {
		args["most"] = versionsMost
		for _, sql := range []string{keepFormerSQL, trimVersionsSQL} {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		return do(tx)
	})
}

const (
	holdVersionsSQL = `
UPDATE draft_versions v SET held_key = @key WHERE v.person_id = @me AND v.ticket_id = @ticket AND v.kind = 'reply' AND v.held_key = ''
    AND NOT EXISTS (SELECT FROM drafts d WHERE d.person_id = v.person_id AND d.ticket_id = v.ticket_id AND d.kind = v.kind)`

	freeVersionsSQL = `UPDATE draft_versions SET held_key = '', ticket_id = @ticket WHERE person_id = @me AND held_key = @key`

	dropVersionsSQL = `
DELETE FROM draft_versions v WHERE v.person_id = @me AND v.kind = @kind AND (v.held_key <> '' AND v.held_key = @key
    OR v.held_key = '' AND v.ticket_id = @ticket AND NOT EXISTS (
        SELECT FROM drafts d WHERE d.person_id = v.person_id AND d.ticket_id = v.ticket_id AND d.kind = v.kind))`

	expireVersionsSQL = `DELETE FROM draft_versions WHERE kept_at < @before`
)

// dropVersions forgets what a text said before it was sent. What a draft that
// is still there said stays.
func dropVersions(ctx context.Context, tx pgx.Tx, personID, ticketID int64, kind DraftKind, f sentForm) error {
	if f.Version == noDraft {
		return nil
	}
	_, err := tx.Exec(ctx, dropVersionsSQL, pgx.NamedArgs{"me": personID, "ticket": ticketID, "kind": kind, "key": f.Key})
	return err
}

// freeVersions gives what a reply that waited said before back to the draft that
// it becomes.
func freeVersions(ctx context.Context, tx pgx.Tx, h heldRow) error {
	_, err := tx.Exec(ctx, freeVersionsSQL, pgx.NamedArgs{"me": h.AuthorID, "ticket": h.TicketID, "key": h.SendKey})
	return err
}

// DraftHistory is an unsent text of somebody's with what it said before.
type DraftHistory struct {
	Number   int64
	Subject  string
	Kind     DraftKind
	Draft    *Draft         // nil: it is empty, or waits to be sent
	Versions []DraftVersion // the newest first
}

const (
	draftHistorySQL = `
SELECT t.number, t.subject, @kind::text AS kind, (SELECT to_jsonb(d) FROM (SELECT ` + draftColumns + `
    WHERE d.person_id = @me AND d.ticket_id = t.id AND d.kind = @kind) d) AS draft
FROM tickets t WHERE t.number = @number AND ` + staffSees

	draftVersionsSQL = `
SELECT d.id, d.held_key <> '' AS held, d.body, d.body_kind, d.written_at, ` + draftUploads + `
FROM draft_versions d JOIN tickets t ON t.id = d.ticket_id
WHERE t.number = @number AND d.person_id = @me AND d.kind = @kind AND ` + staffSees + ` ORDER BY d.id DESC LIMIT 100`
)

type draftHistoryRow struct {
	Number  int64
	Subject string
	Kind    DraftKind
	Draft   *Draft
}

// DraftHistory returns what by's unsent text of a ticket says and said. It
// returns fault.NotFound for a ticket that by may not see.
func (s *Service) DraftHistory(ctx context.Context, by auth.Actor, number int64, kind DraftKind) (DraftHistory, error) {
	if err := staffOnly(by); err != nil {
		return DraftHistory{}, err
	}
	args := pgx.NamedArgs{"number": number, "me": by.PersonID, "kind": kind}
	staffSight(by, args)
	var r draftHistoryRow
	out := DraftHistory{}
	b := &pgx.Batch{}
	pg.QueueRow(b, &r, draftHistorySQL, args)
	pg.QueueRows(b, &out.Versions, draftVersionsSQL, args)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return DraftHistory{}, pg.NotFound(err, "ticket.not_found")
	}
	out.Number, out.Subject, out.Kind, out.Draft = r.Number, r.Subject, r.Kind, r.Draft
	return out, nil
}

// versionsColumn counts what the reader's unsent reply and note of ticket t said
// before.
const versionsColumn = `(SELECT ARRAY[count(*) FILTER (WHERE v.kind = 'reply'), count(*) FILTER (WHERE v.kind = 'note')]
        FROM draft_versions v WHERE v.person_id = @me AND v.ticket_id = t.id) AS versions`

const versionTicketSQL = `
SELECT t.number, v.kind, v.held_key FROM draft_versions v JOIN tickets t ON t.id = v.ticket_id WHERE v.id = @id AND v.person_id = @me`

const (
	heldByVersionSQL = `SELECT id FROM held_replies WHERE author_id = @me AND send_key = @key`

	beginVersionSQL = `
INSERT INTO drafts (person_id, ticket_id, kind, body, body_kind, base_seq, updated_at)
SELECT v.person_id, v.ticket_id, v.kind, '', v.body_kind, t.timeline_seq, @now
FROM draft_versions v JOIN tickets t ON t.id = v.ticket_id WHERE v.id = @id AND v.person_id = @me
ON CONFLICT (person_id, ticket_id, kind) DO NOTHING`

	// The row is locked before it is read.
	keepReplacedSQL = `
WITH former AS (
    UPDATE drafts d SET version_at = @now FROM draft_versions v
    WHERE v.id = @id AND v.person_id = @me AND d.person_id = v.person_id AND d.ticket_id = v.ticket_id AND d.kind = v.kind
    RETURNING d.*, (d.body, d.body_kind, d.uploads) = (v.body, v.body_kind, v.uploads) AS same
)
INSERT INTO draft_versions (person_id, ticket_id, kind, body, body_kind, uploads, written_at, kept_at)
SELECT person_id, ticket_id, kind, body, body_kind, uploads, updated_at, @now FROM former WHERE (body <> '' OR uploads <> '{}') AND NOT same`

	useVersionSQL = `
UPDATE drafts d SET body = v.body, body_kind = v.body_kind, uploads = v.uploads, version = nextval('draft_version'),
    writer = 'version-' || v.id, writer_n = 0, updated_at = @now
FROM draft_versions v
WHERE v.id = @id AND v.person_id = @me AND d.person_id = v.person_id AND d.ticket_id = v.ticket_id AND d.kind = v.kind`
)

// UseVersion makes what by's unsent text said before the draft again; what the
// draft says becomes a version of its own. A reply that waits to be sent is taken
// back for it. It returns the ticket's number and what the text is of, and
// fault.NotFound for a version that is gone.
func (s *Service) UseVersion(ctx context.Context, by auth.Actor, id int64) (number int64, kind DraftKind, err error) {
	if err := staffOnly(by); err != nil {
		return 0, "", err
	}
	args := pgx.NamedArgs{"id": id, "me": by.PersonID, "now": s.now(), "most": versionsMost}
	var key string
	if err := s.db.QueryRow(ctx, versionTicketSQL, args).Scan(&number, &kind, &key); err != nil {
		return 0, "", pg.NotFound(err, "ticket.version_gone")
	}
	args["number"], args["kind"], args["key"] = number, kind, key
	err = s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		if key != "" {
			var held int64
			if err := tx.QueryRow(ctx, heldByVersionSQL, args).Scan(&held); err != nil {
				return pg.NotFound(err, "ticket.version_gone")
			}
			h, err := takeHeld(ctx, tx, held)
			if err != nil {
				return pg.NotFound(err, "ticket.version_gone")
			}
			if err := s.restore(ctx, tx, h); err != nil {
				return err
			}
		}
		for _, sql := range []string{beginVersionSQL, keepReplacedSQL, useVersionSQL, trimVersionsSQL} {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, notifySQL, pgx.NamedArgs{"payload": livePayload(t.Number)})
		return err
	})
	if err != nil {
		return 0, "", fmt.Errorf("bring back version %d of a draft: %w", id, err)
	}
	return number, kind, nil
}
