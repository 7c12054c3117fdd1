package ticket

import (
	"context"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
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
	Kind      DraftKind     `json:"kind"`
	Body      string        `json:"body"`
	BodyKind  richtext.Kind `json:"body_kind"`
	Status    string        `json:"status"`
	CC        string        `json:"cc"`
	Uploads   []Upload      `json:"uploads"`  // staged; to save, their ids are enough
	Used      []string      `json:"used"`     // the quick answers that it came from; see AnswerRef
	BaseSeq   int64         `json:"base_seq"` // the timeline's end when it was begun
	UpdatedAt time.Time     `json:"updated_at"`
}

// draftColumns are a Draft of table drafts, aliased d, as a subquery needs them
// with their FROM.
const draftColumns = `d.kind, d.body, d.body_kind, d.status, d.cc, d.used, d.base_seq, d.updated_at,
            coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size) ORDER BY f.id)
                FROM attachments f WHERE f.id = ANY (d.uploads) AND f.ticket_id IS NULL AND f.owner_id = d.person_id), '[]') AS uploads
        FROM drafts d`

const saveDraftSQL = `
INSERT INTO drafts (person_id, ticket_id, kind, body, body_kind, status, cc, used, uploads, base_seq, updated_at)
SELECT @me, t.id, @kind, @body, @body_kind, @status, @cc, @used,
    ARRAY(SELECT f.id FROM attachments f WHERE f.id = ANY (@uploads) AND f.ticket_id IS NULL AND f.owner_id = @me ORDER BY f.id),
    coalesce(nullif(@base::bigint, 0), t.timeline_seq), @now
FROM tickets t WHERE t.number = @number AND ` + mayRead + `
ON CONFLICT (person_id, ticket_id, kind) DO UPDATE
SET body = excluded.body, body_kind = excluded.body_kind, status = excluded.status, cc = excluded.cc, used = excluded.used, uploads = excluded.uploads,
    updated_at = excluded.updated_at`

const dropDraftSQL = `
DELETE FROM drafts WHERE person_id = @me AND kind = @kind AND ticket_id = (SELECT id FROM tickets WHERE number = @number)`

// SaveDraft keeps what by has typed so far, and returns when. An empty body
// forgets the draft.
func (s *Service) SaveDraft(ctx context.Context, by auth.Actor, number int64, d Draft) (time.Time, error) {
	if !by.SignedIn() {
		return time.Time{}, notFound()
	}
	if d.Kind == NoteDraft {
		if err := staffOnly(by); err != nil {
			return time.Time{}, err
		}
	}
	if d.Kind != ReplyDraft && d.Kind != NoteDraft {
		return time.Time{}, fault.New(fault.Invalid, "error.bad_request")
	}
	var wrong fault.Field
	d.Body = richtext.Clean(d.Body)
	if utf8.RuneCountInString(d.Body) > MaxMessage {
		wrong.Add("message", "ticket.message_too_long", "limit", MaxMessage)
		return time.Time{}, wrong.Err()
	}
	if d.BodyKind != richtext.KindHTML {
		d.BodyKind = richtext.KindMarkdown
	}
	now := s.now()
	uploads := make([]int64, len(d.Uploads))
	for i, u := range d.Uploads {
		uploads[i] = u.ID
	}
	args := customerArgs(by, number)
	maps.Copy(args, pgx.NamedArgs{
		"me": by.PersonID, "kind": d.Kind, "body": d.Body, "body_kind": d.BodyKind, "uploads": uploads, "base": d.BaseSeq,
		"status": richtext.Line(d.Status), "cc": richtext.Line(d.CC), "used": usedNames(d.Used), "now": now,
	})
	if len(uploads) == 0 && strings.TrimSpace(richtext.Text(d.Body, d.BodyKind)) == "" {
		_, err := s.db.Exec(ctx, dropDraftSQL, args)
		return now, err
	}
	tag, err := s.db.Exec(ctx, saveDraftSQL, args)
	if err == nil && tag.RowsAffected() == 0 {
		return time.Time{}, notFound()
	}
	return now, err
}

const deleteDraftSQL = `DELETE FROM drafts WHERE person_id = @me AND ticket_id = @ticket AND kind = @kind`

func deleteDraft(ctx context.Context, tx pgx.Tx, personID, ticketID int64, kind DraftKind) error {
	_, err := tx.Exec(ctx, deleteDraftSQL, pgx.NamedArgs{"me": personID, "ticket": ticketID, "kind": kind})
	return err
}

// usedNames are the names of quick answers that we know, no more than a reply
// may have.
func usedNames(named []string) []string {
	known := []string{}
	for _, n := range named {
		if ref := ParseAnswerRef(n); ref.ID > 0 && len(known) < maxUsed {
			known = append(known, ref.String())
		}
	}
	return known
}
