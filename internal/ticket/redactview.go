package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Sent is a message or note that something is to be taken out of.
type Sent struct {
	Kind       EntryKind
	ID, Seq    int64
	AuthorID   *int64
	AuthorKind AuthorKind
	AuthorName string
	Source     string
	SourceKind richtext.Kind
	Files      []Upload
	At         time.Time
}

const sentTextSQL = `
SELECT 'message' AS kind, m.id, m.seq, m.author_id, m.author_kind, coalesce(p.name, '') AS author_name, m.source, m.source_kind, m.created_at AS at,
    ` + filesWhere + `f.message_id = m.id), '[]') AS files
FROM tickets t JOIN messages m ON m.ticket_id = t.id LEFT JOIN people p ON p.id = m.author_id
WHERE t.number = @number AND m.id = @message AND ` + staffSees + `
UNION ALL
SELECT 'note', n.id, n.seq, n.author_id, 'agent', p.name, n.source, n.source_kind, n.created_at,
    ` + filesWhere + `f.note_id = n.id), '[]')
FROM tickets t JOIN notes n ON n.ticket_id = t.id JOIN people p ON p.id = n.author_id
WHERE t.number = @number AND n.id = @note AND ` + staffSees

// Redactable returns the message or note of a ticket that in points at, for the
// form that asks what to take out. It returns fault.NotFound, and
// fault.Forbidden for somebody else's words without auth.RedactMessages.
func (s *Service) Redactable(ctx context.Context, by auth.Actor, number int64, in Redaction) (Sent, error) {
	if err := staffOnly(by); err != nil {
		return Sent{}, err
	}
	args := pgx.NamedArgs{"number": number, "message": in.MessageID, "note": in.NoteID}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, sentTextSQL, args)
	e, err := pgx.CollectOneRow(rows, pgx.RowToStructByName[Sent])
	if err != nil {
		return Sent{}, pg.NotFound(err, "ticket.message_not_found")
	}
	if !MayRedact(by, e.AuthorID) {
		return Sent{}, fault.New(fault.Forbidden, "ticket.redact_forbidden")
	}
	return e, nil
}
