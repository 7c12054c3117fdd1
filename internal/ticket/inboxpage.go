package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// inboxFar is the last page of a list that its number leads to: finding it means
// to go past all rows before. Further on leads the cursor alone.
const inboxFar = 20

// PageCursor is the cursor of a list's page by its number, which begins with 1; ""
// is the first page. A number past the end, or past inboxFar, is the last page
// that there is before it. One statement, one more for a saved view.
func (s *Service) PageCursor(ctx context.Context, by auth.Actor, l Listed, page int) (string, error) {
	if err := staffOnly(by); err != nil {
		return "", err
	}
	page = min(page, inboxFar)
	if page <= 1 {
		return "", nil
	}
	f, o, err := s.list(ctx, by, l)
	if err != nil {
		return "", err
	}
	b := s.bind(ctx, by)
	from, orderBy := o.page(nil, b.args)
	sql := "SELECT t.id, t.last_activity_at, t.created_at, t.due_at, t.priority, t.status, t.postponed_until, t.promised_until FROM " +
		f.route(b, o).rows(from, orderBy, (page-1)*inboxSize+1) + " t WHERE t.fits" + orderBy
	rows, _ := s.db.Query(ctx, sql, b.args) // CollectRows returns its error
	before, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r listRow, err error) {
		return r, row.Scan(&r.ID, &r.LastActivityAt, &r.CreatedAt, &r.DueAt, &r.Priority, &r.Status, &r.PostponedUntil, &r.PromisedUntil)
	})
	if err != nil {
		return "", fmt.Errorf("find page %d of a list: %w", page, err)
	}
	last := (len(before) - 1) / inboxSize * inboxSize // rows of whole pages with one behind them
	if last <= 0 {
		return "", nil
	}
	return before[last-1].place(o).String(), nil
}
