package ticket

import (
	"context"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
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

// Dashboard returns what an agent should look at first. Four statements.
func (s *Service) Dashboard(ctx context.Context, by auth.Actor) (Dashboard, error) {
	counts, err := s.Counts(ctx, by)
	if err != nil {
		return Dashboard{}, err
	}
	d := Dashboard{Counts: counts}
	args := s.viewArgs(by)
	d.Mine, err = s.inboxRows(ctx, viewConditions[ViewMine]+" AND t.turn = 'agent'", " ORDER BY t.last_activity_at, t.id", args, dashboardSize)
	if err != nil {
		return Dashboard{}, err
	}
	args = s.viewArgs(by)
	d.New, err = s.inboxRows(ctx, viewConditions[ViewNew], " ORDER BY t.last_activity_at, t.id", args, dashboardSize)
	if err != nil {
		return Dashboard{}, err
	}
	args = s.viewArgs(by)
	args["soon"] = s.now().Add(24 * time.Hour)
	d.Due, err = s.inboxRows(ctx, "t.status = 'postponed' AND t.next_step_at <= @soon", " ORDER BY t.next_step_at, t.id", args, dashboardSize)
	return d, err
}
