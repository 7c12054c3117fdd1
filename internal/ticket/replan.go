package ticket

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// PolicyChange is what another policy would do to one ticket (T3a).
type PolicyChange struct {
	Number  int64
	Subject string
	Status  Status
	OldStep *Step
	OldAt   *time.Time
	NewStep *Step
	NewAt   *time.Time
}

// PolicyPreview is what another policy would do to today's tickets.
type PolicyPreview struct {
	Looked  int            // tickets that the policy governs and the robot could act on
	Changed int            // those whose next step or its time would differ
	DueNow  int            // those that the robot would move at its next sweep
	Rows    []PolicyChange // the first of the changed, in the order of their numbers
}

// previewRows is how many changes a preview lists.
const previewRows = 50

// replanBatch is how many tickets one look-up brings.
const replanBatch = 500

const governedSQL = `
SELECT ` + ticketColumns + `
FROM tickets t
WHERE t.id > @after AND t.status IN ('waiting', 'resolved') AND t.plan_by = 'policy'
    AND CASE WHEN @topic::bigint = 0 THEN NOT EXISTS (SELECT FROM lifecycle_policies p WHERE p.topic_id = t.topic_id) ELSE t.topic_id = @topic END
ORDER BY t.id
LIMIT @limit`

// governed calls f with each ticket that the policy of a topic (0: the default
// policy) governs and that the robot could act on.
func (s *Service) governed(ctx context.Context, topicID int64, f func(Ticket) error) error {
	after := int64(0)
	for {
		rows, _ := s.db.Query(ctx, governedSQL, pgx.NamedArgs{"after": after, "topic": topicID, "limit": replanBatch})
		batch, err := pgx.CollectRows(rows, pgx.RowToStructByName[Ticket])
		if err != nil {
			return fmt.Errorf("find the policy's tickets: %w", err)
		}
		for _, t := range batch {
			if err := f(t); err != nil {
				return err
			}
			after = t.ID
		}
		if len(batch) < replanBatch {
			return nil
		}
	}
}

// PreviewPolicy returns what p would do to today's tickets of a topic (0: to
// all that have no policy of their own). It changes nothing.
func (s *Service) PreviewPolicy(ctx context.Context, by auth.Actor, topicID int64, p Policy) (PolicyPreview, error) {
	if !by.May(auth.ManageSettings) {
		return PolicyPreview{}, fault.New(fault.Forbidden, "error.forbidden")
	}
	var out PolicyPreview
	err := s.governed(ctx, topicID, func(t Ticket) error {
		out.Looked++
		old := PolicyChange{Number: t.Number, Subject: t.Subject, Status: t.Status, OldStep: t.NextStep, OldAt: t.NextStepAt}
		if err := t.replan(p); err != nil {
			return err
		}
		old.NewStep, old.NewAt = t.NextStep, t.NextStepAt
		if t.NextStepAt != nil && !t.NextStepAt.After(s.now()) {
			out.DueNow++
		}
		if sameStep(old.OldStep, old.NewStep) && sameTime(old.OldAt, old.NewAt) {
			return nil
		}
		out.Changed++
		if len(out.Rows) < previewRows {
			out.Rows = append(out.Rows, old)
		}
		return nil
	})
	return out, err
}

func sameStep(a, b *Step) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

const replanSQL = `
UPDATE tickets SET next_step = @next_step, next_step_at = @next_step_at, step_from = @step_from, plan_by = @plan_by
WHERE id = @id`

// Replan gives the tickets of a topic (0: all without a policy of their own)
// the plan of the policy as it is saved now, each in its own transaction. It
// returns how many changed. Repeating it changes nothing more.
func (s *Service) Replan(ctx context.Context, topicID int64) (int, error) {
	changed := 0
	err := s.governed(ctx, topicID, func(seen Ticket) error {
		return s.transact(ctx, func(tx pgx.Tx) error {
			t, err := lock(ctx, tx, auth.TheRobot(), seen.Number)
			if err != nil {
				return err
			}
			old, oldAt := t.NextStep, t.NextStepAt
			if err := t.replan(t.policy()); err != nil {
				return err
			}
			if sameStep(old, t.NextStep) && sameTime(oldAt, t.NextStepAt) {
				return nil
			}
			changed++
			_, err = tx.Exec(ctx, replanSQL, pgx.NamedArgs{
				"id": t.ID, "next_step": t.NextStep, "next_step_at": t.NextStepAt, "step_from": t.StepFrom, "plan_by": t.PlanBy,
			})
			return err
		})
	})
	return changed, err
}
