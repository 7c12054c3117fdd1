package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// LiveChannel is where Postgres tells of each ticket that was made or changed,
// when the transaction commits: {"ticket":100042}. It says which, never what.
const LiveChannel = "deskbell_live"

// Pulse changes when something changes that a customer's page of a ticket
// shows. A note of the agents does not change it.
type Pulse struct {
	Seq        int64 // the last place of the timeline that customers see
	Status     Status
	NextStepAt *time.Time
}

// Same reports whether a page that shows p needs nothing of other.
func (p Pulse) Same(other Pulse) bool {
	return p.Seq == other.Seq && p.Status == other.Status && sameTime(p.NextStepAt, other.NextStepAt)
}

const pulseSQL = `
SELECT greatest(
        coalesce((SELECT max(m.seq) FROM messages m WHERE m.ticket_id = t.id), 0),
        coalesce((SELECT max(e.seq) FROM events e WHERE e.ticket_id = t.id AND e.kind = ANY (@events)), 0)) AS seq,
    t.status, t.next_step_at
FROM tickets t
WHERE t.number = @number AND ` + mayRead

// Pulse returns the ticket's pulse, or fault.NotFound to who may not see it, or
// not any more.
func (s *Service) Pulse(ctx context.Context, by auth.Actor, number int64) (Pulse, error) {
	if !by.SignedIn() {
		return Pulse{}, notFound()
	}
	args := customerArgs(by, number)
	args["events"] = customersSee
	rows, _ := s.db.Query(ctx, pulseSQL, args)
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Pulse])
	return p, pg.NotFound(err, "ticket.not_found")
}
