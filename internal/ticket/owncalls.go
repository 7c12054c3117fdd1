package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// OwnCall is a call with the ticket that it is about.
type OwnCall struct {
	Call
	Ticket int64 // its number
}

const ownCallsSQL = `
SELECT t.number AS ticket, k.direction, k.number, k.started_at, k.seconds, a.name AS agent
FROM calls k JOIN tickets t ON t.id = k.ticket_id JOIN people a ON a.id = k.agent_id
WHERE k.contact_id = @me ORDER BY k.started_at, k.id`

// OwnCalls lists the calls with by, the first one first: for a copy of a person's
// own data.
func (s *Service) OwnCalls(ctx context.Context, by auth.Actor) ([]OwnCall, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, _ := s.db.Query(ctx, ownCallsSQL, pgx.NamedArgs{"me": by.PersonID})
	calls, err := pgx.CollectRows(rows, pgx.RowToStructByName[OwnCall])
	if err != nil {
		return nil, fmt.Errorf("list somebody's own calls: %w", err)
	}
	return calls, nil
}
