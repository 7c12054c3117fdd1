package ticket

import (
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/worktime"
)

// office works Monday to Friday, 8:30 to 17:30, in the given zone.
func office(zone string) worktime.Calendar {
	day := []worktime.Interval{{From: 510, To: 1050}}
	return worktime.Calendar{Zone: i18n.Zone(zone), Week: worktime.Week{nil, day, day, day, day, day, nil}}
}

// asWritten is the policy of product.md T3.
func asWritten(zone string) Policy {
	return Policy{
		Enabled: true, Remind: Delay{2, CalendarDays}, Resolve: Delay{2, WorkingDays}, Close: Delay{5, CalendarDays}, Calendar: office(zone),
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	at := func(zone, s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, i18n.Zone(zone))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		name, zone string
		policy     func(*Policy)
		status     Status
		since      string
		want       []string // times
		steps      []Step
	}{
		{
			"answered on a Tuesday", "UTC", nil, Waiting, "2026-10-13 10:20",
			[]string{"2026-10-15 10:20", "2026-10-19 10:20", "2026-10-24 10:20"},
			[]Step{Remind, Resolve, Close},
		},
		{
			"across the end of summer time the clock stays", "Europe/Berlin", nil, Waiting, "2026-10-23 10:20",
			[]string{"2026-10-25 10:20", "2026-10-27 10:20", "2026-11-01 10:20"},
			[]Step{Remind, Resolve, Close},
		},
		{
			"resolved", "UTC", nil, Resolved, "2026-10-13 10:20", []string{"2026-10-18 10:20"}, []Step{Close},
		},
		{
			"without a reminder", "UTC", func(p *Policy) { p.Remind.N = 0 }, Waiting, "2026-10-15 10:20",
			[]string{"2026-10-19 10:20", "2026-10-24 10:20"},
			[]Step{Resolve, Close},
		},
		{
			"never resolves", "UTC", func(p *Policy) { p.Resolve.N = 0 }, Waiting, "2026-10-13 10:20", []string{"2026-10-15 10:20"}, []Step{Remind},
		},
		{"switched off", "UTC", func(p *Policy) { p.Enabled = false }, Waiting, "2026-10-13 10:20", nil, nil},
		{"open: nothing", "UTC", nil, Open, "2026-10-13 10:20", nil, nil},
		{
			"a calendar without work ends the plan where it is needed", "UTC", func(p *Policy) { p.Calendar.Week = worktime.Week{} }, Waiting,
			"2026-10-13 10:20",
			[]string{"2026-10-15 10:20"},
			[]Step{Remind},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := asWritten(tt.zone)
			if tt.policy != nil {
				tt.policy(&p)
			}
			since := at(tt.zone, tt.since)
			tk := Ticket{Status: tt.status, StatusSince: since}
			if err := tk.schedule(p, p.first(tt.status), since); err != nil {
				t.Fatal(err)
			}
			plan := Plan(tk, p)
			if len(plan) != len(tt.want) {
				t.Fatalf("plan = %v, want %v", plan, tt.want)
			}
			for i, s := range plan {
				if s.Step != tt.steps[i] || !s.At.Equal(at(tt.zone, tt.want[i])) {
					t.Errorf("step %d = %s %s, want %s %s", i, s.Step, s.At, tt.steps[i], tt.want[i])
				}
			}
		})
	}
}

func TestReplan(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 10, 13, 10, 20, 0, 0, time.UTC)
	reminded := since.Add(49 * time.Hour)
	resolve, remind, later := Resolve, Remind, since.Add(500*time.Hour)
	p := asWritten("UTC")
	p.Remind.N, p.Resolve.N = 3, 1
	tests := []struct {
		name string
		tk   Ticket
		want *time.Time
	}{
		{"a reminder to come moves", Ticket{Status: Waiting, StatusSince: since, NextStep: &remind, NextStepAt: &later, StepFrom: &since, PlanBy: ByPolicy}, ptr(since.AddDate(0, 0, 3))},
		{"a reminder posted is not repeated", Ticket{Status: Waiting, StatusSince: since, NextStep: &resolve, NextStepAt: &later, StepFrom: &reminded, PlanBy: ByPolicy}, ptr(reminded.AddDate(0, 0, 1))},
		{"what an agent moved stays", Ticket{Status: Waiting, StatusSince: since, NextStep: &resolve, NextStepAt: &later, StepFrom: &since, PlanBy: Moved}, &later},
		{"what an agent cancelled stays cancelled", Ticket{Status: Waiting, StatusSince: since, PlanBy: Held}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := tt.tk.replan(p); err != nil {
				t.Fatal(err)
			}
			if !sameTime(tt.tk.NextStepAt, tt.want) {
				t.Errorf("next step at %v, want %v", tt.tk.NextStepAt, tt.want)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }
