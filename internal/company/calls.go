package company

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Call is a telephone call about one of a company's tickets (A8).
type Call struct {
	Direction string // in: the contact called; out
	Phone     string // the contact's number, as typed; "" not noted
	StartedAt time.Time
	Seconds   int
	Contact   string
	ContactID int64
	Agent     string
	Number    int64 // the ticket's
	Subject   string
	ID        int64
}

// Calls is one page of calls, the latest first.
type Calls struct {
	Rows []Call
	Next string
}

const callsSQL = `
SELECT k.direction, k.number AS phone, k.started_at, k.seconds, r.name AS contact, r.id AS contact_id, a.name AS agent, t.number, t.subject, k.id
FROM calls k JOIN tickets t ON t.id = k.ticket_id JOIN people r ON r.id = k.contact_id JOIN people a ON a.id = k.agent_id
WHERE t.company_id = @id AND ` + worked + `
  AND (@after::bigint = 0 OR (k.started_at, k.id) < (SELECT started_at, id FROM calls WHERE id = @after))
ORDER BY k.started_at DESC, k.id DESC
LIMIT @limit`

// CompanyCalls lists the calls about a company's tickets that by works on.
func (s *Service) CompanyCalls(ctx context.Context, by auth.Actor, id int64, after string) (Calls, error) {
	if err := staff(by); err != nil {
		return Calls{}, err
	}
	rows, err := s.db.Query(ctx, callsSQL, staffSight(by, pgx.NamedArgs{"id": id, "after": pg.ReadPlace(after).ID, "limit": pageSize + 1}))
	if err != nil {
		return Calls{}, wrap("list calls", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Call])
	if err != nil {
		return Calls{}, wrap("list calls", err)
	}
	var c Calls
	c.Rows, c.Next = pg.PageOf(list, pageSize, func(r Call) pg.Place { return pg.Place{ID: r.ID} })
	return c, nil
}
