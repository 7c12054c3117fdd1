package ticket

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// DraftKind is what a draft will become.
type DraftKind string

// The draft kinds.
const (
	ReplyDraft DraftKind = "reply"
	NoteDraft  DraftKind = "note"
)

// Draft is what somebody has typed and not sent. It is its writer's alone:
// nobody else's act changes it.
type Draft struct {
	Kind      DraftKind           `json:"kind"`
	Body      string              `json:"body"`
	BodyKind  richtext.Kind       `json:"body_kind"`
	Status    string              `json:"status"`
	CC        string              `json:"cc"`
	Form      map[string][]string `json:"form"`     // the form's other fields as they were left
	Uploads   []Upload            `json:"uploads"`  // staged; to save, their ids are enough
	BaseSeq   int64               `json:"base_seq"` // the timeline's end when it was begun
	Version   int64               `json:"version"`  // to save: the version that the form began with
	Writer    string              `json:"writer"`   // the form's key; to save, "" writes over whatever is there
	WriterN   int64               `json:"writer_n"` // which of the form's saves this is; 0: not known
	Addressed bool                `json:"-"`        // to save: its writer chose whom it is for
	Returned  Return              `json:"returned"` // why it came back unsent; "": it was not sent yet
	UpdatedAt time.Time           `json:"updated_at"`
}

// Saved is what became of a save.
type Saved struct {
	At      time.Time
	Version int64 // of the draft; 0: it is empty, or not the draft
	Aside   bool  // another page of the same person wrote the draft: this text is kept beside it
}

// draftColumns are a Draft of table drafts, aliased d, as a subquery needs them
// with their FROM.
const draftColumns = `d.kind, d.body, d.body_kind, d.status, d.cc, d.form, d.base_seq, d.version, d.writer, d.writer_n, d.returned, d.updated_at,
            ` + draftUploads + `
        FROM drafts d`

// filesWhere begins a list of files as pages name them, in the order in which
// they came; the condition on f and "), '[]')" follow.
const filesWhere = `coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size) ORDER BY f.id)
    FROM attachments f WHERE `

// draftUploads are the files that wait with row d of drafts, or with a row like
// it.
const draftUploads = filesWhere + `f.id = ANY (d.uploads) AND f.ticket_id IS NULL AND f.owner_id = d.person_id), '[]') AS uploads`

// draftTicket is the ticket of a draft, for whoever may write one.
const draftTicket = `FROM tickets t WHERE t.number = @number AND ` + mayRead

// draftFiles are those of a draft's files that its writer staged.
const draftFiles = `ARRAY(SELECT f.id FROM attachments f WHERE f.id = ANY (@uploads) AND f.ticket_id IS NULL AND f.owner_id = @me ORDER BY f.id)`

// mayOverwrite is whether a form may save over row drafts: it wrote the row
// itself, earlier than now, or it began with what the row says.
const mayOverwrite = `(@writer = '' OR drafts.writer = @writer AND (@writer_n::bigint = 0 OR @writer_n > drafts.writer_n)
    OR drafts.writer <> @writer AND drafts.version = @version)`

const saveDraftSQL = `
INSERT INTO drafts (person_id, ticket_id, kind, body, body_kind, status, cc, form, uploads, base_seq, version, writer, writer_n, updated_at, version_at)
SELECT @me, t.id, @kind, @body, @body_kind, @status, @cc, @form, ` + draftFiles + `,
    coalesce(nullif(@base::bigint, 0), t.timeline_seq), nextval('draft_version'), @writer, @writer_n, @now, @now
` + draftTicket + ` AND NOT ` + formUsed + `
ON CONFLICT (person_id, ticket_id, kind) DO UPDATE
SET body = excluded.body, body_kind = excluded.body_kind, status = excluded.status, cc = excluded.cc, form = excluded.form,
    uploads = excluded.uploads, version = excluded.version, writer = excluded.writer, writer_n = excluded.writer_n,
    updated_at = excluded.updated_at
WHERE ` + mayOverwrite + `
RETURNING version`

// formUsed is whether the form that saves has been sent: what it holds is no
// draft any more.
const formUsed = `(@writer <> '' AND (EXISTS (SELECT FROM messages m WHERE m.ticket_id IN ` + wayOf + ` AND m.send_key = @writer)
    OR EXISTS (SELECT FROM notes n WHERE n.ticket_id IN ` + wayOf + ` AND n.send_key = @writer)
    OR EXISTS (SELECT FROM held_replies h WHERE h.ticket_id IN ` + wayOf + ` AND h.send_key = @writer)))`

const dropDraftSQL = `
WITH aside AS (
    DELETE FROM spare_drafts s WHERE s.person_id = @me AND s.kind = @kind AND s.writer = @writer
        AND s.ticket_id = (SELECT id FROM tickets WHERE number = @number))
DELETE FROM drafts WHERE person_id = @me AND kind = @kind AND ticket_id = (SELECT id FROM tickets WHERE number = @number) AND ` + mayOverwrite

// standingSQL says why a draft was not saved: the form was sent, a later save of
// it is there, or what was in the way is gone again.
const standingSQL = `
SELECT ` + formUsed + ` AS used, coalesce(` + mayOverwrite + `, true) AS free, coalesce(drafts.writer = @writer, false) AS late,
    coalesce(drafts.version, 0) AS version
FROM tickets t LEFT JOIN drafts ON drafts.ticket_id = t.id AND drafts.person_id = @me AND drafts.kind = @kind
WHERE t.number = @number AND ` + mayRead

type standing struct {
	Used, Free, Late bool
	Version          int64
}

// saveTries bounds how often what is in the way of a save may change meanwhile.
const saveTries = 5

// empty reports whether a draft holds nothing that its writer would miss.
func (d Draft) empty() bool {
	return len(d.Uploads) == 0 && !d.Addressed && strings.TrimSpace(d.CC) == "" && strings.TrimSpace(richtext.Text(d.Body, d.BodyKind)) == ""
}

// SaveDraft keeps what by has typed so far. One without text, files and a choice
// of whom it is for forgets the draft.
// When another page of by's saved the draft in between, both texts stay: this
// one is kept beside it.
//
// It returns fault.NotFound when by may not see the ticket, fault.Invalid when
// the text is too long and fault.Conflict when the form was sent already.
func (s *Service) SaveDraft(ctx context.Context, by auth.Actor, number int64, d Draft) (Saved, error) {
	args, err := s.draftArgs(by, number, &d)
	if err != nil {
		return Saved{}, err
	}
	out := Saved{At: s.now()}
	if d.empty() {
		return out, s.overDraft(ctx, by, d, args, func(db pg.DB) error {
			_, err := db.Exec(ctx, dropDraftSQL, args)
			return err
		})
	}
	for range saveTries {
		err = s.overDraft(ctx, by, d, args, func(db pg.DB) error {
			return db.QueryRow(ctx, saveDraftSQL, args).Scan(&out.Version)
		})
		if !errors.Is(err, pgx.ErrNoRows) {
			return out, err
		}
		rows, _ := s.db.Query(ctx, standingSQL, args)
		st, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[standing])
		switch {
		case err != nil:
			return Saved{}, pg.NotFound(err, "ticket.not_found")
		case st.Used:
			return Saved{}, fault.New(fault.Conflict, "ticket.draft_sent")
		case st.Free:
			continue // another page's draft was sent, or an earlier save of this one came in between
		case st.Late:
			out.Version = st.Version // a later save of the same form is there
			return out, nil
		}
		break
	}
	out.Aside = true
	_, err = s.db.Exec(ctx, saveSpareSQL, args)
	return out, err
}

// maxDraftFields bounds the fields of a form that a draft keeps.
const maxDraftFields = 60

// draftArgs checks a draft and names what its statements need.
func (s *Service) draftArgs(by auth.Actor, number int64, d *Draft) (pgx.NamedArgs, error) {
	if !by.SignedIn() {
		return nil, notFound()
	}
	if d.Kind == NoteDraft {
		if err := staffOnly(by); err != nil {
			return nil, err
		}
	}
	if d.Kind != ReplyDraft && d.Kind != NoteDraft {
		return nil, fault.New(fault.Invalid, "error.bad_request")
	}
	var wrong fault.Field
	d.Body = richtext.Clean(d.Body)
	if utf8.RuneCountInString(d.Body) > MaxMessage {
		wrong.Add("message", "ticket.message_too_long", "limit", MaxMessage)
		return nil, wrong.Err()
	}
	if d.BodyKind != richtext.KindHTML {
		d.BodyKind = richtext.KindMarkdown
	}
	uploads := make([]int64, len(d.Uploads))
	for i, u := range d.Uploads {
		uploads[i] = u.ID
	}
	args := customerArgs(by, number)
	maps.Copy(args, pgx.NamedArgs{
		"me": by.PersonID, "kind": d.Kind, "body": d.Body, "body_kind": d.BodyKind, "uploads": uploads, "base": d.BaseSeq,
		"status": richtext.Line(d.Status), "cc": richtext.Line(d.CC), "form": keptForm(d.Form), "now": s.now(),
		"version": d.Version, "writer": richtext.Line(d.Writer), "writer_n": d.WriterN,
	})
	return args, nil
}

// keptForm is a form as it is kept: never null, without bytes that Postgres
// refuses, and bounded.
func keptForm(form map[string][]string) map[string][]string {
	kept := map[string][]string{}
	for name, values := range form {
		if len(kept) == maxDraftFields || len(name) > 100 || len(values) > 100 {
			continue
		}
		clean := make([]string, 0, len(values))
		for _, v := range values {
			if len(v) <= MaxMessage {
				clean = append(clean, richtext.Clean(v))
			}
		}
		kept[richtext.Line(name)] = clean
	}
	return kept
}

// sentForm is the form that a message came from: which draft it was.
type sentForm struct {
	Key     string
	Version int64 // of the draft that the form began with; 0: none, or noDraft
}

// noDraft is the version that a message has which nobody wrote into a form: a
// macro's. It leaves what they are writing alone.
const noDraft = -1

const deleteDraftSQL = `
WITH aside AS (
    DELETE FROM spare_drafts WHERE person_id = @me AND ticket_id = @ticket AND kind = @kind AND writer = @writer)
DELETE FROM drafts WHERE person_id = @me AND ticket_id = @ticket AND kind = @kind
    AND (writer = '' AND @version::bigint >= 0 OR writer = @writer OR @version::bigint > 0 AND version = @version)`

// deleteDraft forgets the draft that became a message. What another page of the
// same person wrote meanwhile stays.
func deleteDraft(ctx context.Context, tx pgx.Tx, personID, ticketID int64, kind DraftKind, f sentForm) error {
	_, err := tx.Exec(ctx, deleteDraftSQL, pgx.NamedArgs{"me": personID, "ticket": ticketID, "kind": kind, "writer": f.Key, "version": f.Version})
	return err
}
