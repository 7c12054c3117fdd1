package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Pick is a ticket as a list to choose from shows it.
type Pick struct {
	Number      int64
	Subject     string
	Status      Status
	Reopened    bool
	Requester   string
	Company     string // "" a private person
	Messages    int
	Notes       int
	Files       int
	Copies      int
	CreatedAt   time.Time
	Private     bool
	ID          int64
	MergedInto  *int64
	RequesterID int64
}

const pickColumns = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, r.name AS requester, coalesce(c.name, '') AS company, t.created_at, t.private,
    t.merged_into, t.requester_id,
    (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id) AS messages,
    (SELECT count(*) FROM notes n WHERE n.ticket_id = t.id) AS notes,
    (SELECT count(*) FROM attachments f WHERE f.ticket_id = t.id) AS files,
    (SELECT count(*) FROM participants pt WHERE pt.ticket_id = t.id) AS copies
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN companies c ON c.id = t.company_id`

const pickSQL = pickColumns + ` WHERE t.number = @number AND ` + staffSees

// nearbySQL are tickets that one is likely to be chosen for t: its requester's and
// its company's, the latest first.
const nearbySQL = pickColumns + `
WHERE t.id IN (
    SELECT d.id FROM tickets a CROSS JOIN LATERAL (
        (SELECT d.id FROM tickets d WHERE d.requester_id = a.requester_id ORDER BY d.last_activity_at DESC, d.id DESC LIMIT 12)
        UNION (SELECT d.id FROM tickets d WHERE d.company_id = a.company_id ORDER BY d.last_activity_at DESC, d.id DESC LIMIT 12)) d
    WHERE a.number = @number AND d.id <> a.id)
    AND t.merged_into IS NULL AND ` + worked + `
ORDER BY t.status = 'closed', t.last_activity_at DESC, t.id DESC
LIMIT 12`

const pickedSQL = pickColumns + `
WHERE (t.number = @typed OR to_tsvector('simple', t.subject) @@ to_tsquery('simple', @words))
    AND t.number <> @number AND t.merged_into IS NULL AND ` + worked + `
ORDER BY t.number = @typed DESC, t.status = 'closed', t.last_activity_at DESC, t.id DESC
LIMIT 12`

// Picks are tickets to choose one from: those that a search by number or words
// of the subject finds, or without one the latest around a ticket. Merged ones
// and the ticket itself are not among them.
func (s *Service) Picks(ctx context.Context, by auth.Actor, number int64, query string) ([]Pick, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	sql := nearbySQL
	if words, typed := wordsOf(query); words != "" {
		sql = pickedSQL
		args["words"], args["typed"] = words, typed
	}
	rows, _ := s.db.Query(ctx, sql, args)
	return pgx.CollectRows(rows, pgx.RowToStructByName[Pick])
}

// MergePlan is what merging one ticket into another would do.
type MergePlan struct {
	Source, Target Pick
	Sight          SightChange
	Opens          bool         // the ticket that stays opens, since the customer waits for an answer
	Drafts         int          // of everybody, that come along
	Why            *fault.Error // it cannot be done; nil: it can
}

const mergeDraftsSQL = `
SELECT count(*) FROM drafts d JOIN tickets t ON t.id = d.ticket_id WHERE t.number = @number`

// PlanMerge says what Merge would do; it changes nothing.
func (s *Service) PlanMerge(ctx context.Context, by auth.Actor, number, into int64) (MergePlan, error) {
	if err := staffOnly(by); err != nil {
		return MergePlan{}, err
	}
	var p MergePlan
	var source, target Ticket
	var viewers []viewerRow
	var queues []queueRow
	b := &pgx.Batch{}
	for n, to := range map[int64]*Pick{number: &p.Source, into: &p.Target} {
		args := pgx.NamedArgs{"number": n}
		staffSight(by, args)
		pg.QueueRow(b, to, pickSQL, args)
	}
	pg.QueueRow(b, &source, plainSQL, pgx.NamedArgs{"number": number})
	pg.QueueRow(b, &target, plainSQL, pgx.NamedArgs{"number": into})
	pg.QueueValues(b, mergeDraftsSQL, pgx.NamedArgs{"number": number}, &p.Drafts)
	pg.QueueRows(b, &viewers, numberedViewersSQL, pgx.NamedArgs{"numbers": []int64{number, into}})
	pg.QueueRows(b, &queues, queuesSQL, pgx.NamedArgs{"numbers": []int64{number, into}})
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return MergePlan{}, pg.NotFound(err, "ticket.not_found")
	}
	if err := mergeable(source, target); err != nil {
		p.Why = fault.Of(err)
		return p, nil
	}
	p.Sight = changeOf(viewers, source.ID, target.ID)
	p.Sight.Staff = staffChange(queues, source.ID, target.ID)
	c := change{locked: locked{Ticket: target}}
	p.Opens = c.unanswered(source) == nil && c.Status != target.Status
	return p, nil
}

const plainSQL = `SELECT ` + ticketColumns + ` FROM tickets t WHERE t.number = @number`
