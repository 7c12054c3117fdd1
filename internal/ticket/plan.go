package ticket

import (
	"time"

	"github.com/deskbell/deskbell/internal/worktime"
)

// Step is one thing the robot does to a silent ticket (T3).
type Step string

// The steps.
const (
	Remind  Step = "remind"  // post "we have not heard from you" on a waiting ticket
	Resolve Step = "resolve" // move a waiting ticket to Resolved
	Close   Step = "close"   // move a resolved ticket to Closed
	Wake    Step = "wake"    // move a postponed ticket to Open at its date
)

// PlanBy is who decided a ticket's next step.
type PlanBy string

// Who decides.
const (
	ByPolicy PlanBy = "policy"
	Moved    PlanBy = "moved" // an agent gave the step another time
	Held     PlanBy = "held"  // an agent cancelled the steps until the next change of status
)

// Days is how a delay is counted.
type Days string

// The ways to count.
const (
	CalendarDays Days = "calendar" // by wall clock in the calendar's zone, across DST changes
	WorkingDays  Days = "working"  // the same time of day on the n-th working day
)

// Delay is a number of days; 0 leaves the step out.
type Delay struct {
	N    int
	Days Days
}

// Policy is what the robot does, to tickets of one help topic or to all.
type Policy struct {
	Enabled      bool
	Remind       Delay // in Waiting, before the reminder
	Resolve      Delay // after the reminder (or in Waiting, when Remind is left out)
	Close        Delay // in Resolved
	ReopenClosed int   // days after closing in which the customer may still reopen
	Texts        map[string]PolicyTexts
	Calendar     worktime.Calendar
}

// PolicyTexts are the robot's words in one language; an empty one means the
// catalogue's.
type PolicyTexts struct {
	Remind  string `json:"remind"`
	Resolve string `json:"resolve"`
}

// PlannedStep is a step and when it is due.
type PlannedStep struct {
	Step Step
	At   time.Time
}

// first returns the step that follows from a ticket's being in status s; "" for
// none.
func (p Policy) first(s Status) Step {
	switch {
	case !p.Enabled:
		return ""
	case s == Waiting && p.Remind.N > 0:
		return Remind
	case s == Waiting && p.Resolve.N > 0:
		return Resolve
	case s == Resolved && p.Close.N > 0:
		return Close
	default:
		return ""
	}
}

// after returns the step that follows step once it is done; "" for none.
func (p Policy) after(step Step) Step {
	switch {
	case !p.Enabled:
		return ""
	case step == Remind && p.Resolve.N > 0:
		return Resolve
	case step == Resolve && p.Close.N > 0:
		return Close
	default:
		return ""
	}
}

// due returns when step happens that counts from the given moment.
func (p Policy) due(step Step, from time.Time) (time.Time, error) {
	d := map[Step]Delay{Remind: p.Remind, Resolve: p.Resolve, Close: p.Close}[step]
	if d.Days == WorkingDays {
		return p.Calendar.AddWorkdays(from, d.N)
	}
	return p.Calendar.AddDays(from, d.N), nil
}

// Plan returns what will happen to t if nobody acts, in order (T3a): the step
// on the row and those that would follow it. A held ticket has no plan. A
// calendar without working time ends the plan where it is needed.
func Plan(t Ticket, p Policy) []PlannedStep {
	if t.NextStep == nil || t.NextStepAt == nil {
		return nil
	}
	plan := []PlannedStep{{*t.NextStep, *t.NextStepAt}}
	for {
		last := plan[len(plan)-1]
		step := p.after(last.Step)
		if step == "" {
			return plan
		}
		at, err := p.due(step, last.At)
		if err != nil {
			return plan
		}
		plan = append(plan, PlannedStep{step, at})
	}
}

// schedule sets what the robot does next to a ticket that has just entered its
// status, or whose reminder has just been posted, at from: step, or nothing.
func (t *Ticket) schedule(p Policy, step Step, from time.Time) error {
	t.NextStep, t.NextStepAt, t.StepFrom, t.PlanBy = nil, nil, nil, ByPolicy
	if t.Status == Postponed {
		wake := Wake
		t.NextStep, t.NextStepAt, t.StepFrom = &wake, t.PostponedUntil, &from
		return nil
	}
	if step == "" {
		return nil
	}
	at, err := p.due(step, from)
	if err != nil {
		return err
	}
	t.NextStep, t.NextStepAt, t.StepFrom = &step, &at, &from
	return nil
}

// replan sets t's next step anew after the policy changed. What an agent moved
// or held stays; a reminder that was posted is not repeated.
func (t *Ticket) replan(p Policy) error {
	if t.PlanBy != ByPolicy || t.Status == Postponed {
		return nil
	}
	from := t.StatusSince
	step := p.first(t.Status)
	if t.NextStep != nil && *t.NextStep == Resolve && t.StepFrom != nil && t.StepFrom.After(t.StatusSince) {
		from, step = *t.StepFrom, p.after(Remind)
	}
	return t.schedule(p, step, from)
}
