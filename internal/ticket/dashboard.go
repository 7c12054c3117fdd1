package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Dashboard is an agent's first page (A1).
type Dashboard struct {
	Counts map[InboxView]Count
	Mine   []InboxRow // the agent's turn, longest silent first
	New    []InboxRow // nobody has replied, oldest first
	Due    []InboxRow // postponed, and the date comes within a day
}

// dashboardSize is how many rows each list has.
const dashboardSize = 8

// Dashboard returns what an agent should look at first. Four statements, sent
// together.
func (s *Service) Dashboard(ctx context.Context, by auth.Actor) (Dashboard, error) {
	if err := staffOnly(by); err != nil {
		return Dashboard{}, err
	}
	const longest = " ORDER BY t.last_activity_at, t.id"
	var d Dashboard
	var n []int64
	args, sees := s.viewArgs(by), " AND "+seenByStaff(by)
	args["soon"] = s.now().Add(24 * time.Hour)
	b := &pgx.Batch{}
	pg.QueueValues(b, seenBy(by, countsSQL), args, &n)
	queueRows(b, &d.Mine, viewConditions[ViewMine]+sees+" AND t.turn = 'agent'", longest, args, dashboardSize)
	queueRows(b, &d.New, viewConditions[ViewNew]+sees, longest, args, dashboardSize)
	queueRows(b, &d.Due, "t.status = 'postponed' AND t.next_step_at <= @soon"+sees, " ORDER BY t.next_step_at, t.id", args, dashboardSize)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Dashboard{}, err
	}
	d.Counts = countsOf(n)
	return d, nil
}
