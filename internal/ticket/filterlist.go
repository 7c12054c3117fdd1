package ticket

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// Filter is the filter of a view; an unknown view has ViewNew's.
func (v InboxView) Filter() Filter {
	text := viewFilters[v]
	if text == "" {
		text = viewFilters[ViewNew]
	}
	f, _ := ParseFilter(text) // a test reads all of them
	return f
}

// bind begins the arguments of a statement made of a filter.
func (s *Service) bind(ctx context.Context, by auth.Actor) *binding {
	now, reader := s.now(), i18n.ReaderOf(ctx)
	b := &binding{args: pgx.NamedArgs{"me": by.PersonID, "now": now, "lang": reader.Lang}, me: by.PersonID, now: now, zone: reader.Zone}
	if len(by.Hidden) > 0 {
		b.sees = staffSees
		staffSight(by, b.args)
	}
	return b
}

// Found is one ticket that a filter found.
type Found struct {
	ID     int64
	Number int64
}

// FilterPage is a part of a filter's tickets, the last active first. Next is
// where the following part begins, "" at the end; a part may be short of its
// limit before the end.
type FilterPage struct {
	Tickets []Found
	Next    string
}

type foundRow struct {
	Found
	LastActivityAt time.Time
	Fits, WalkEnd  bool
}

const foundColumns = "SELECT t.id, t.number, t.last_activity_at, t.fits, t.walk_end FROM "

// FilterTickets returns the tickets of a filter from a place on, "" for its
// beginning, for what is done to all of them. Collect them all before changing
// the first: what changes goes to the beginning of the order, where a walk that
// has begun does not come again. Only staff may.
func (s *Service) FilterTickets(ctx context.Context, by auth.Actor, f Filter, after string, limit int) (FilterPage, error) {
	if err := staffOnly(by); err != nil {
		return FilterPage{}, err
	}
	b := s.bind(ctx, by)
	c := readCursor(after)
	from, orderBy := byActivity.page(c, b.args)
	sql := foundColumns + f.route(b, byActivity).rows(from, orderBy, limit+1) + " t" + orderBy
	rows, _ := s.db.Query(ctx, sql, b.args) // CollectRows returns its error
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[foundRow])
	if err != nil {
		return FilterPage{}, err
	}
	place := func(r foundRow) cursor { return cursor{At: r.LastActivityAt, ID: r.ID} }
	found, end := cutWalk(found, limit, func(r foundRow) (bool, bool) { return r.Fits, r.WalkEnd })
	page := FilterPage{}
	if end != nil {
		page.Next = place(*end).String()
	} else {
		found, page.Next, _ = turn(found, limit, nil, place)
	}
	for _, r := range found {
		page.Tickets = append(page.Tickets, r.Found)
	}
	return page, nil
}

// cutWalk ends rows at the place up to which a page has looked at everything;
// end is that place, nil when nothing was left out. With more than limit rows
// before it the place does not matter.
func cutWalk[T any](rows []T, limit int, marks func(T) (fits, end bool)) (kept []T, end *T) {
	for i := range rows {
		fits, last := marks(rows[i])
		if fits {
			kept = append(kept, rows[i])
		}
		if len(kept) > limit {
			return kept, nil
		}
		if last {
			return kept, &rows[i]
		}
	}
	return kept, nil
}

// CountFilter returns how many tickets a filter has, up to the cap.
func (s *Service) CountFilter(ctx context.Context, by auth.Actor, f Filter) (Count, error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	b := s.bind(ctx, by)
	var n int64
	err := s.db.QueryRow(ctx, "SELECT "+f.route(b, byActivity).count(), b.args).Scan(&n)
	return Count(n), err
}

// queueCounts adds a statement to a batch that counts several filters.
func queueCounts(batch *pgx.Batch, b *binding, filters []Filter, to *[]int64) {
	list := make([]string, len(filters))
	for i, f := range filters {
		list[i] = f.route(b, byActivity).count()
	}
	pg.QueueValues(batch, "SELECT ARRAY["+strings.Join(list, ", ")+"]::bigint[]", b.args, to)
}
