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

const placeSQL = `SELECT t.id, t.last_activity_at, t.created_at, t.due_at, t.priority, t.status, t.postponed_until, t.promised_until FROM tickets t WHERE t.number = @number AND ` + staffSees

// Listed is a list of the inbox: a view, and how the reader narrowed and ordered
// it.
type Listed struct {
	View  InboxView // "" is all tickets
	Typed Filter
	Sort  *Sort // nil: the view's own
}

// list is the filter and order of a list.
func (s *Service) list(ctx context.Context, by auth.Actor, l Listed) (Filter, order, error) {
	var f Filter
	var sort Sort
	if l.View != "" {
		var err error
		if f, sort, err = s.filterOf(ctx, by, l.View); err != nil {
			return Filter{}, order{}, err
		}
	}
	if l.Sort != nil {
		sort = *l.Sort
	}
	o, ok := inboxOrders[sort]
	if !ok {
		o = byActivity
	}
	return f.And(l.Typed), o, nil
}

// Neighbour returns the number of the ticket next to this one in a list, whether
// or not this one still belongs there; 0 at the list's end. A ticket that has just
// been answered stands above all others where the last active come first, so the
// one after it is the list's first.
func (s *Service) Neighbour(ctx context.Context, by auth.Actor, number int64, l Listed, side Side) (int64, error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	f, o, err := s.list(ctx, by, l)
	if err != nil {
		return 0, err
	}
	args := s.viewArgs(by)
	args["number"] = number
	var at listRow
	if err := s.db.QueryRow(ctx, placeSQL, args).Scan(&at.ID, &at.LastActivityAt, &at.CreatedAt, &at.DueAt, &at.Priority, &at.Status, &at.PostponedUntil, &at.PromisedUntil); err != nil {
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
