package ticket

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Side is which neighbour of a ticket is meant.
type Side string

// The sides.
const (
	After  Side = "next" // the one below it in the inbox
	Before Side = "prev"
)

const placeSQL = `SELECT t.id, t.last_activity_at, t.created_at, t.due_at, t.priority FROM tickets t WHERE t.number = @number AND ` + staffSees

// Neighbour returns the number of the ticket next to this one in a view of the
// inbox, whether or not this one still belongs there; 0 at the view's end. A
// ticket that has just been answered stands above all others, so the one after
// it is the view's first.
func (s *Service) Neighbour(ctx context.Context, by auth.Actor, number int64, v InboxView, side Side) (int64, error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	f, sort, err := s.filterOf(ctx, by, v)
	if err != nil {
		return 0, err
	}
	o, ok := inboxOrders[sort]
	if !ok {
		o = byActivity
	}
	args := s.viewArgs(by)
	args["number"] = number
	var at listRow
	if err := s.db.QueryRow(ctx, placeSQL, args).Scan(&at.ID, &at.LastActivityAt, &at.CreatedAt, &at.DueAt, &at.Priority); err != nil {
		return 0, pg.NotFound(err, "ticket.not_found")
	}
	c := at.place(o)
	c.Back = side == Before
	b := s.bind(ctx, by)
	from, orderBy := o.page(&c, b.args)
	var next int64
	err = s.db.QueryRow(ctx, "SELECT t.number FROM "+f.route(b, o).rows(from, orderBy, 1)+" t WHERE t.fits", b.args).Scan(&next)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the ticket beside %d: %w", number, err)
	}
	return next, nil
}
