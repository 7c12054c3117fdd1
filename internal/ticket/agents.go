package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

const agentsSQL = `
SELECT p.id, p.name FROM people p
WHERE p.disabled_at IS NULL AND p.id IN (
    SELECT pr.person_id FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE 'tickets.answer' = ANY (r.permissions))
ORDER BY lower(p.name), p.id LIMIT 200`

// Agents lists whom by may give tickets to whatever ticket it is: everybody who
// answers with auth.AssignTickets, else nobody.
func (s *Service) Agents(ctx context.Context, by auth.Actor) ([]AgentRef, error) {
	if !by.Staff() || !by.May(auth.AssignTickets) {
		return nil, staffOnly(by)
	}
	rows, _ := s.db.Query(ctx, agentsSQL)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[AgentRef])
	if err != nil {
		return nil, fmt.Errorf("list the agents: %w", err)
	}
	return list, nil
}

const agentNamesSQL = `SELECT p.id, p.name FROM people p WHERE p.id = ANY (@ids)`

// AgentNames names people to whom tickets are given, for staff.
func (s *Service) AgentNames(ctx context.Context, by auth.Actor, ids []int64) ([]AgentRef, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, agentNamesSQL, pgx.NamedArgs{"ids": ids})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[AgentRef])
	if err != nil {
		return nil, fmt.Errorf("name agents: %w", err)
	}
	return list, nil
}
