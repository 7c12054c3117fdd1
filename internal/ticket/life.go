package ticket

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// alter runs a change without a message: lock, do, save, in one transaction.
// Nothing is written when do records nothing.
func (s *Service) alter(ctx context.Context, by auth.Actor, number int64, do func(pgx.Tx, *change) error) error {
	return s.alterBy(ctx, lock, by, number, do)
}

// alterAny is alter for what may be done to a ticket in the trash.
func (s *Service) alterAny(ctx context.Context, by auth.Actor, number int64, do func(pgx.Tx, *change) error) error {
	return s.alterBy(ctx, lockAny, by, number, do)
}

type locker func(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64) (locked, error)

func (s *Service) alterBy(ctx context.Context, lock locker, by auth.Actor, number int64, do func(pgx.Tx, *change) error) error {
	err := s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		c := begin(t, by, s.now())
		if err := do(tx, c); err != nil || len(c.events) == 0 {
			return err
		}
		if err := c.save(ctx, tx); err != nil {
			return err
		}
		return s.tell(ctx, tx, c)
	})
	if err != nil {
		return fmt.Errorf("change ticket %d: %w", number, err)
	}
	return nil
}

// Solve is "My issue is solved", pressed by the customer.
func (s *Service) Solve(ctx context.Context, by auth.Actor, number int64) error {
	return s.alter(ctx, by, number, func(_ pgx.Tx, c *change) error { return c.move(CustomerSolved, nil) })
}

// Reopen is the customer's "Reopen" on a resolved ticket, or on a closed one
// within the policy's days. Else it returns fault.Conflict.
func (s *Service) Reopen(ctx context.Context, by auth.Actor, number int64) error {
	return s.alter(ctx, by, number, func(_ pgx.Tx, c *change) error {
		tr, ok := reopenTrigger(c.Ticket, c.policy(), c.now)
		if !ok {
			tr = CustomerReopened // the state machine says why not
		}
		c.Unread = true
		return c.move(tr, nil)
	})
}

// SetStatus is an agent's choice of a status without a reply. until is the date
// of Postponed. Choosing the status it has changes nothing.
func (s *Service) SetStatus(ctx context.Context, by auth.Actor, number int64, to Status, until *time.Time) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	if _, err := AgentTrigger(to); err != nil {
		return err
	}
	_, err := s.Apply(ctx, by, number, Changes{Status: to, Until: until})
	return err
}

// Assign gives a ticket to an agent; 0 gives it to nobody. Agents may take a
// ticket and give back their own; giving to others needs auth.AssignTickets.
// An agent who does not exist or works no longer is fault.Invalid.
func (s *Service) Assign(ctx context.Context, by auth.Actor, number, assigneeID int64) error {
	_, err := s.Apply(ctx, by, number, Changes{Assignee: &assigneeID})
	return err
}

// SetPriority changes how urgent a ticket is.
func (s *Service) SetPriority(ctx context.Context, by auth.Actor, number int64, p Priority) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	if p < Low || p > Urgent {
		var wrong fault.Field
		wrong.Add("priority", "ticket.priority_unknown")
		return wrong.Err()
	}
	_, err := s.Apply(ctx, by, number, Changes{Priority: p})
	return err
}

// MovePlan gives the robot's next step another time (T3a). Without a next step
// it is fault.Conflict, a time that has passed fault.Invalid.
func (s *Service) MovePlan(ctx context.Context, by auth.Actor, number int64, at time.Time) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var wrong fault.Field
	if !at.After(s.now()) {
		wrong.Add("at", "ticket.until_past")
	} else if at.After(s.now().AddDate(2, 0, 0)) {
		wrong.Add("at", "ticket.until_far")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(_ pgx.Tx, c *change) error {
		if c.NextStep == nil || *c.NextStep == Wake {
			return fault.New(fault.Conflict, "ticket.no_step")
		}
		c.record(PlanMoved, stepValue(*c.NextStep, *c.NextStepAt), stepValue(*c.NextStep, at), "")
		c.NextStepAt, c.PlanBy = &at, Moved
		return nil
	})
}

// HoldPlan cancels the robot's steps until the ticket's status changes.
func (s *Service) HoldPlan(ctx context.Context, by auth.Actor, number int64) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(_ pgx.Tx, c *change) error {
		if c.NextStep == nil || *c.NextStep == Wake {
			return fault.New(fault.Conflict, "ticket.no_step")
		}
		c.record(PlanHeld, stepValue(*c.NextStep, *c.NextStepAt), "", "")
		c.NextStep, c.NextStepAt, c.PlanBy = nil, nil, Held
		return nil
	})
}

// ResumePlan lets the policy decide again. Its first step counts from now, so
// that nobody is moved on the spot.
func (s *Service) ResumePlan(ctx context.Context, by auth.Actor, number int64) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(_ pgx.Tx, c *change) error {
		if c.PlanBy == ByPolicy {
			return nil
		}
		p := c.policy()
		if err := c.schedule(p, p.first(c.Status), c.now); err != nil {
			return err
		}
		c.record(PlanResumed, "", "", "")
		return nil
	})
}

func stepValue(s Step, at time.Time) string { return string(s) + " " + at.UTC().Format(time.RFC3339) }
