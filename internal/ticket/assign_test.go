package ticket_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// dealing is a world whose departments give tickets to their members.
func dealing(tb testing.TB) *world {
	tb.Helper()
	w := newWorld(tb)
	w.svc = ticket.NewService(w.db, nil, ticket.Hooks{Pick: setting.New(w.db, setting.Hooks{}, w.now).Pick}, w.now)
	return w
}

// mode sets how a department deals, and its members.
func (w *world) mode(tb testing.TB, department int64, mode setting.Mode, members ...auth.Actor) {
	tb.Helper()
	if _, err := w.db.Exec(tb.Context(), `UPDATE departments SET mode = $2 WHERE id = $1`, department, mode); err != nil {
		tb.Fatal(err)
	}
	for _, m := range members {
		if _, err := w.db.Exec(tb.Context(), `INSERT INTO department_members (department_id, person_id) VALUES ($1, $2)`, department, m.PersonID); err != nil {
			tb.Fatal(err)
		}
	}
}

func (w *world) exec(tb testing.TB, sql string, args ...any) {
	tb.Helper()
	if _, err := w.db.Exec(tb.Context(), sql, args...); err != nil {
		tb.Fatal(err)
	}
}

// assigneeOf is who works a ticket; 0 nobody.
func (w *world) assigneeOf(tb testing.TB, number int64) int64 {
	tb.Helper()
	if id := w.thread(tb, number).AssigneeID; id != nil {
		return *id
	}
	return 0
}

func ptr(id int64) *int64 { return &id }

func TestDepartmentDeals(t *testing.T) {
	t.Parallel()
	t.Run("in turn, fair when many tickets come at once, and never to who is away", func(t *testing.T) {
		t.Parallel()
		w := dealing(t)
		d := w.department(t, "support", false)
		third := w.agent(t, "Tom")
		w.mode(t, d, setting.ModeRoundRobin, w.eve, w.max, third)
		w.exec(t, `UPDATE topics SET department_id = $1 WHERE id = $2`, d, w.topic)
		w.exec(t, `INSERT INTO absences (person_id, from_at, until_at, created_at) VALUES ($1, $2, $3, now())`,
			third.PersonID, w.now().Add(-time.Hour), w.now().Add(time.Hour))
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if _, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M"}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, tt := range []struct {
			who  auth.Actor
			want int
		}{{w.eve, 6}, {w.max, 6}, {third, 0}} {
			var n int
			if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM tickets WHERE assignee_id = $1 AND department_id = $2`, tt.who.PersonID, d).Scan(&n); err != nil || n != tt.want {
				t.Errorf("%s got %d tickets, want %d (%v)", tt.who.Name, n, tt.want, err)
			}
		}
	})
	t.Run("to the one with the fewest open tickets", func(t *testing.T) {
		t.Parallel()
		w := dealing(t)
		d := w.department(t, "support", false)
		w.mode(t, d, setting.ModeLeastLoaded, w.eve, w.max)
		busy := w.submit(t, w.ann)
		if err := w.svc.Assign(t.Context(), w.eve, busy, w.eve.PersonID); err != nil {
			t.Fatal(err)
		}
		n := w.submit(t, w.ann)
		if err := w.svc.HandOver(t.Context(), w.eve, n, ticket.Handover{DepartmentID: &d}); err != nil {
			t.Fatal(err)
		}
		if got := w.assigneeOf(t, n); got != w.max.PersonID {
			t.Errorf("went to %d, want %d", got, w.max.PersonID)
		}
	})
	t.Run("nobody when all are away: the ticket waits in the queue", func(t *testing.T) {
		t.Parallel()
		w := dealing(t)
		d := w.department(t, "support", false)
		w.mode(t, d, setting.ModeRoundRobin, w.max)
		w.exec(t, `UPDATE people SET disabled_at = now() WHERE id = $1`, w.max.PersonID)
		n := w.submit(t, w.ann)
		if err := w.svc.Assign(t.Context(), w.eve, n, w.eve.PersonID); err != nil {
			t.Fatal(err)
		}
		if err := w.svc.HandOver(t.Context(), w.eve, n, ticket.Handover{DepartmentID: &d}); err != nil {
			t.Fatal(err)
		}
		th := w.thread(t, n)
		if th.AssigneeID != nil || th.DepartmentID == nil || *th.DepartmentID != d {
			t.Errorf("assignee %v, department %v", th.AssigneeID, th.DepartmentID)
		}
	})
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	w := dealing(t)
	d := w.department(t, "second", false)
	retired := w.department(t, "gone", false)
	w.exec(t, `UPDATE departments SET retired = true WHERE id = $1`, retired)
	tom := w.agent(t, "Tom")
	own := func(tb testing.TB) int64 {
		tb.Helper()
		n := w.submit(tb, w.ann)
		if err := w.svc.Assign(tb.Context(), w.eve, n, w.eve.PersonID); err != nil {
			tb.Fatal(err)
		}
		return n
	}
	for name, tt := range map[string]struct {
		by   auth.Actor
		of   func(testing.TB) int64
		in   ticket.Handover
		want string
	}{
		"an agent hands on what is theirs":                {w.eve, own, ticket.Handover{AssigneeID: ptr(tom.PersonID), Note: "Ask for the log"}, ""},
		"an agent takes what somebody else has":           {tom, own, ticket.Handover{AssigneeID: ptr(tom.PersonID)}, ""},
		"an agent does not give away what others have":    {tom, own, ticket.Handover{AssigneeID: ptr(w.max.PersonID)}, "ticket.assign_forbidden"},
		"nor puts it into another queue":                  {tom, own, ticket.Handover{DepartmentID: &d}, "ticket.assign_forbidden"},
		"an agent puts what is nobody's into a queue":     {w.eve, func(tb testing.TB) int64 { tb.Helper(); return w.submit(tb, w.ann) }, ticket.Handover{DepartmentID: &d}, ""},
		"but gives it to nobody in particular":            {w.eve, func(tb testing.TB) int64 { tb.Helper(); return w.submit(tb, w.ann) }, ticket.Handover{AssigneeID: ptr(tom.PersonID)}, "ticket.assign_forbidden"},
		"a supervisor does all of it":                     {w.max, own, ticket.Handover{AssigneeID: ptr(tom.PersonID), DepartmentID: &d}, ""},
		"a customer is nobody's agent":                    {w.eve, own, ticket.Handover{AssigneeID: ptr(w.ann.PersonID)}, "error.form_invalid"},
		"a department that is retired takes nothing":      {w.eve, own, ticket.Handover{DepartmentID: &retired}, "error.form_invalid"},
		"a department that does not exist takes nothing":  {w.eve, own, ticket.Handover{DepartmentID: ptr(99)}, "error.form_invalid"},
		"a note without another hand is refused, and why": {w.eve, own, ticket.Handover{AssigneeID: ptr(w.eve.PersonID), Note: "For me"}, "error.form_invalid"},
		"customers do not hand over":                      {w.ann, own, ticket.Handover{AssigneeID: ptr(w.eve.PersonID)}, "error.forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			n := tt.of(t)
			before := len(w.work(t, n).Entries)
			err := w.svc.HandOver(t.Context(), tt.by, n, tt.in)
			if key(err) != tt.want {
				t.Fatalf("says %q, want %q", key(err), tt.want)
			}
			if got := w.work(t, n); tt.want != "" && len(got.Entries) != before {
				t.Errorf("a refusal left %d entries, were %d", len(got.Entries), before)
			}
		})
	}
	t.Run("the note is in the timeline, and not on the customer's page", func(t *testing.T) {
		n := own(t)
		if err := w.svc.HandOver(t.Context(), w.eve, n, ticket.Handover{AssigneeID: ptr(tom.PersonID), Note: "Ask for the log"}); err != nil {
			t.Fatal(err)
		}
		said := func(entries []ticket.Entry) bool {
			return slices.ContainsFunc(entries, func(e ticket.Entry) bool { return strings.Contains(e.Source, "Ask for the log") })
		}
		if !said(w.work(t, n).Entries) || said(w.thread(t, n).Entries) {
			t.Error("the note is missing, or where it must not be")
		}
	})
}

func (w *world) agent(tb testing.TB, first string) auth.Actor {
	tb.Helper()
	a := auth.Actor{Kind: auth.Person, Name: first + " Test", Permissions: []auth.Permission{auth.AnswerTickets}}
	if err := w.db.QueryRow(tb.Context(), `INSERT INTO people (first_name, last_name, created_at) VALUES ($1, 'Test', now()) RETURNING id`, first).Scan(&a.PersonID); err != nil {
		tb.Fatal(err)
	}
	w.exec(tb, `INSERT INTO identities (person_id, kind, value) VALUES ($1, 'email', $2)`, a.PersonID, strings.ToLower(first)+"@desk.test")
	w.exec(tb, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, a.PersonID)
	return a
}

// work is the ticket as Max works on it.
func (w *world) work(tb testing.TB, number int64) ticket.Work {
	tb.Helper()
	got, err := w.svc.Work(tb.Context(), w.max, number, ticket.ViewAll, ticket.NoteDraft)
	if err != nil {
		tb.Fatal(err)
	}
	return got
}
