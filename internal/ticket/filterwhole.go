package ticket

import (
	"context"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
)

// SizeCap is where counting a whole filter stops.
const SizeCap = 10_000

// Size is how many tickets a filter has.
type Size struct {
	N    int
	More bool // there may be more: counting stopped at SizeCap, or far from the top of its lists
}

// Whole returns all tickets of a filter as a condition on table t and its
// arguments, for what is done to all of them: nothing is left out, however far
// away it is. Only staff may.
func (s *Service) Whole(ctx context.Context, by auth.Actor, f Filter) (Scope, error) {
	scope, err := s.Scope(ctx, by, Filter{Terms: f.Terms})
	if err != nil {
		return Scope{}, err
	}
	b := s.bind(ctx, by)
	b.args = scope.Args
	if words := f.wordsIn(b); words != "" {
		scope.Where += " AND " + words
	}
	return scope, nil
}

// SizeOf counts a filter's tickets further than lists do, before something is
// done to all of them.
func (s *Service) SizeOf(ctx context.Context, by auth.Actor, f Filter) (Size, error) {
	if err := staffOnly(by); err != nil {
		return Size{}, err
	}
	b := s.bind(ctx, by)
	limit := strconv.Itoa(SizeCap + 1)
	sql := "SELECT coalesce(sum(s.fit), 0)::bigint, coalesce(max(s.looked), 0) >= " + limit + " FROM (" + f.route(b, byActivity).sums(limit) + ") s"
	var size Size
	if err := s.db.QueryRow(ctx, sql, b.args).Scan(&size.N, &size.More); err != nil {
		return Size{}, err
	}
	if size.N > SizeCap {
		size.N, size.More = SizeCap, true
	}
	return size, nil
}

// sums is a subquery of a filter's arms: how many tickets of each were looked at,
// up to the limit, the last active first, and how many of those fit.
func (p route) sums(limit string) string {
	last := ""
	if !p.short {
		_, last = byActivity.page(nil, nil)
	}
	arm := "SELECT (" + strings.Join(append([]string{"true"}, p.rest...), " AND ") + ") IS TRUE AS fits FROM (SELECT * FROM tickets t WHERE " + p.on + last + " LIMIT " + limit + ") t"
	sums := "SELECT count(*) FILTER (WHERE t.fits) AS fit, count(*) AS looked FROM (" + arm + ") t"
	if p.keys == "" {
		return sums
	}
	return "SELECT s.* FROM unnest(" + p.keys + ") AS k (v) CROSS JOIN LATERAL (" + sums + ") s"
}
