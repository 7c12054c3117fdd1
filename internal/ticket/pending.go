package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Pending is what waits on a ticket's page beside its timeline.
type Pending struct {
	Held     []HeldReply // replies that wait to be sent, everybody's
	Spares   []Spare     // the reader's other texts
	Promised *time.Time  // the date that the customer was promised and that is not kept yet
}

// pendingColumns are a Pending of ticket t.
const pendingColumns = sparesColumn + `, t.promised_until AS promised,
    coalesce((SELECT jsonb_agg(v ORDER BY v.due_at, v.id) FROM (
        SELECT d.id, d.author_id, p.name AS author_name, d.why, d.due_at, d.unless_reply, d.reply ->> 'Message' AS message,
            d.reply ->> 'MessageKind' AS message_kind, d.created_at,
            ` + filesWhere + `f.id = ANY (d.uploads)), '[]') AS uploads
        FROM held_replies d JOIN people p ON p.id = d.author_id WHERE d.ticket_id = t.id ORDER BY d.due_at, d.id LIMIT 20) v), '[]') AS held`

// WaitingText is a ticket on which somebody has something unsent.
type WaitingText struct {
	Number      int64
	Subject     string
	Requester   string
	HeldID      int64     // 0: a draft
	Kind        DraftKind // of a draft
	Returned    Return    // why it was not sent
	DueAt       *time.Time
	UnlessReply bool
	Body        string
	BodyKind    richtext.Kind
	UpdatedAt   time.Time
}

// unsentMost is how many texts a person's list shows of each sort.
const unsentMost = 100

const heldListSQL = `
SELECT t.number, t.subject, r.name AS requester, h.id AS held_id, 'reply' AS kind, '' AS returned, h.due_at, h.unless_reply,
    h.reply ->> 'Message' AS body, h.reply ->> 'MessageKind' AS body_kind, h.created_at AS updated_at
FROM held_replies h JOIN tickets t ON t.id = h.ticket_id JOIN people r ON r.id = t.requester_id
WHERE h.author_id = @me AND ` + staffSees + `
ORDER BY h.due_at, h.id LIMIT @most`

const draftListSQL = `
SELECT t.number, t.subject, r.name AS requester, 0::bigint AS held_id, d.kind, d.returned, NULL::timestamptz AS due_at, false AS unless_reply,
    d.body, d.body_kind, d.updated_at
FROM (SELECT ticket_id, kind, returned, body, body_kind, updated_at FROM drafts WHERE person_id = @me
    UNION ALL SELECT ticket_id, kind, returned, body, body_kind, updated_at FROM spare_drafts WHERE person_id = @me) d
JOIN tickets t ON t.id = d.ticket_id JOIN people r ON r.id = t.requester_id
WHERE ` + staffSees + `
ORDER BY d.returned = '', d.updated_at DESC, t.number LIMIT @most`

// UnsentList is what a person has not sent yet.
type UnsentList struct {
	Held   []WaitingText // by the time they are sent
	Drafts []WaitingText // those that came back first, then the newest
	Beside Sidebar
}

// ListUnsent returns what by has not sent yet, of all tickets. One batch.
func (s *Service) ListUnsent(ctx context.Context, by auth.Actor) (UnsentList, error) {
	if err := staffOnly(by); err != nil {
		return UnsentList{}, err
	}
	args := pgx.NamedArgs{"me": by.PersonID, "most": unsentMost}
	staffSight(by, args)
	var l UnsentList
	b := &pgx.Batch{}
	pg.QueueRows(b, &l.Held, heldListSQL, args)
	pg.QueueRows(b, &l.Drafts, draftListSQL, args)
	s.queueSide(b, by, &l.Beside)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return UnsentList{}, err
	}
	return l, nil
}

const othersDraftSQL = `
SELECT p.name, d.body, d.body_kind, d.updated_at
FROM tickets t JOIN drafts d ON d.ticket_id = t.id JOIN people p ON p.id = d.person_id
WHERE t.number = @number AND ` + staffSees + ` AND d.person_id = @person AND d.kind = 'reply' AND d.returned = ''
    AND d.person_id IN (SELECT pr.person_id FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE 'tickets.answer' = ANY (r.permissions))`

// OthersDraft is a colleague's unsent reply, for reading alone.
type OthersDraft struct {
	Name      string
	Body      string
	BodyKind  richtext.Kind
	UpdatedAt time.Time
}

// ColleaguesDraft returns what a colleague is writing to the customer, or
// fault.NotFound. Only its writer changes it.
func (s *Service) ColleaguesDraft(ctx context.Context, by auth.Actor, number, personID int64) (OthersDraft, error) {
	if err := staffOnly(by); err != nil {
		return OthersDraft{}, err
	}
	args := pgx.NamedArgs{"number": number, "person": personID}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, othersDraftSQL, args)
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[OthersDraft])
	return d, pg.NotFound(err, "ticket.no_draft")
}
