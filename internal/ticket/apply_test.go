package ticket_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// apply makes changes by an agent and fails the test when they are refused.
func (w *world) apply(tb testing.TB, number int64, ch ticket.Changes) ticket.Undo {
	tb.Helper()
	u, err := w.svc.Apply(tb.Context(), w.max, number, ch)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func (w *world) tags(tb testing.TB, number int64) []string {
	tb.Helper()
	var tags []string
	err := w.db.QueryRow(tb.Context(), `SELECT coalesce(array_agg(g.name ORDER BY g.key), '{}') FROM ticket_tags x JOIN tags g ON g.id = x.tag_id
		JOIN tickets t ON t.id = x.ticket_id WHERE t.number = $1`, number).Scan(&tags)
	if err != nil {
		tb.Fatal(err)
	}
	return tags
}

func TestApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	past, far, soon := w.now().Add(-time.Hour), w.now().AddDate(3, 0, 0), w.now().Add(time.Hour)
	eve := w.eve.PersonID
	nobody := int64(0)
	tests := []struct {
		name  string
		from  ticket.Status
		by    auth.Actor
		ch    ticket.Changes
		fault string
		field string
	}{
		{"several at once", ticket.New, w.max, ticket.Changes{Status: ticket.Open, Priority: ticket.Urgent, Assignee: &eve, AddTags: []string{"vip"}}, "", ""},
		{"nothing", ticket.New, w.eve, ticket.Changes{}, "", ""},
		{"postponed for some days", ticket.Open, w.eve, ticket.Changes{Status: ticket.Postponed, PostponeDays: 3}, "", ""},
		{"postponed to a time", ticket.Open, w.eve, ticket.Changes{Status: ticket.Postponed, Until: &soon}, "", ""},
		{"postponed to the past", ticket.Open, w.eve, ticket.Changes{Status: ticket.Postponed, Until: &past}, "error.form_invalid", "postponed_until"},
		{"postponed for years", ticket.Open, w.eve, ticket.Changes{Status: ticket.Postponed, Until: &far}, "error.form_invalid", "postponed_until"},
		{"a status of nobody's choice", ticket.Open, w.eve, ticket.Changes{Status: ticket.New}, "error.form_invalid", "status"},
		{"a closed one stays closed", ticket.Closed, w.eve, ticket.Changes{Status: ticket.Open, AddTags: []string{"x"}}, "ticket.closed_is_final", ""},
		{"no such priority", ticket.Open, w.eve, ticket.Changes{Priority: 9}, "error.form_invalid", "priority"},
		{"no such topic", ticket.Open, w.eve, ticket.Changes{Topic: 999_999}, "error.form_invalid", "topic"},
		{"taken by oneself", ticket.Open, w.max, ticket.Changes{Assignee: new(ticket.Myself)}, "", ""},
		{"given to another without the right", ticket.New, w.eve, ticket.Changes{Assignee: &w.max.PersonID}, "ticket.assign_forbidden", ""},
		{"a tag that is a novel", ticket.Open, w.eve, ticket.Changes{AddTags: []string{"this is far too long to be the name of any tag"}}, "error.form_invalid", "tags"},
		{"an unknown bin", ticket.Open, w.eve, ticket.Changes{Bin: "sea"}, "error.form_invalid", "bin"},
		{"a customer", ticket.Open, w.ann, ticket.Changes{Assignee: &nobody}, "error.forbidden", ""},
		{"nobody", ticket.Open, auth.Actor{}, ticket.Changes{Bin: ticket.Trash}, "error.forbidden", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := w.ticketIn(t, tt.from)
			before := w.thread(t, n)
			_, err := w.svc.Apply(t.Context(), tt.by, n, tt.ch)
			if key(err) != tt.fault {
				t.Fatalf("fault = %q, want %q (%v)", key(err), tt.fault, err)
			}
			if _, marked := fault.Of(err).Fields[tt.field]; tt.field != "" && !marked {
				t.Errorf("field %s is not marked: %v", tt.field, err)
			}
			if after := w.thread(t, n); err != nil && (len(after.Entries) != len(before.Entries) || after.Status != before.Status || len(w.tags(t, n)) > 0) {
				t.Error("a refused change left something behind")
			}
		})
	}
}

func TestApplyAsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.New)
	eve := w.eve.PersonID
	w.apply(t, n, ticket.Changes{Status: ticket.Open, Priority: ticket.High, Assignee: &eve, AddTags: []string{"VIP", "vip", "  #rma  case "}})
	th := w.thread(t, n)
	if th.Status != ticket.Open || th.Priority != ticket.High || th.AssigneeID == nil || *th.AssigneeID != eve {
		t.Errorf("ticket is %s, priority %d, assignee %v", th.Status, th.Priority, th.AssigneeID)
	}
	if got := w.tags(t, n); !slices.Equal(got, []string{"rma case", "VIP"}) {
		t.Errorf("tags = %q", got)
	}
	u := w.apply(t, n, ticket.Changes{Status: ticket.Open, Priority: ticket.High, Assignee: &eve, AddTags: []string{"Vip"}})
	if u.Changed() {
		t.Error("what is as wanted already counts as changed")
	}
	if after := w.thread(t, n); len(after.Entries) != len(th.Entries) {
		t.Error("a change to the same left a line in the history")
	}
}

func TestUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	eve := w.eve.PersonID
	all := ticket.Changes{Status: ticket.Resolved, Priority: ticket.Urgent, Assignee: &eve, Topic: w.otherTopic(t), AddTags: []string{"late", "vip"}, RemoveTags: []string{"old"}}
	tests := []struct {
		name  string
		from  ticket.Status
		ch    ticket.Changes
		since func(tb testing.TB, number int64) // what happens before the undo
		fault string
	}{
		{"everything", ticket.Waiting, all, nil, ""},
		{"closing", ticket.Resolved, ticket.Changes{Status: ticket.Closed}, nil, ""},
		{"postponing", ticket.Open, ticket.Changes{Status: ticket.Postponed, PostponeDays: 9}, nil, ""},
		{"the trash", ticket.Waiting, ticket.Changes{Bin: ticket.Trash}, nil, ""},
		{"spam", ticket.New, ticket.Changes{Bin: ticket.Spam}, nil, ""},
		{"a status that moved on", ticket.Waiting, ticket.Changes{Status: ticket.Resolved}, func(tb testing.TB, n int64) {
			tb.Helper()
			if _, err := w.svc.Reply(tb.Context(), w.ann, n, ticket.CustomerReply{Message: "Still broken"}); err != nil {
				tb.Fatal(err)
			}
		}, "ticket.moved_on.status"},
		{"a priority that moved on", ticket.Open, ticket.Changes{Priority: ticket.Urgent, AddTags: []string{"a"}}, func(tb testing.TB, n int64) {
			tb.Helper()
			w.apply(tb, n, ticket.Changes{Priority: ticket.Low})
		}, "ticket.moved_on.priority"},
		{"an assignee that moved on", ticket.Open, ticket.Changes{Assignee: &w.max.PersonID}, func(tb testing.TB, n int64) {
			tb.Helper()
			w.apply(tb, n, ticket.Changes{Assignee: &eve})
		}, "ticket.moved_on.assignee"},
		{"thrown away since", ticket.Open, ticket.Changes{Priority: ticket.Urgent}, func(tb testing.TB, n int64) {
			tb.Helper()
			w.apply(tb, n, ticket.Changes{Bin: ticket.Trash})
		}, "ticket.moved_on.bin"},
		{"restored by somebody else", ticket.Open, ticket.Changes{Bin: ticket.Trash}, func(tb testing.TB, n int64) {
			tb.Helper()
			w.apply(tb, n, ticket.Changes{Bin: ticket.Restore})
		}, "ticket.moved_on.bin"},
		{"what else happened stays", ticket.Open, ticket.Changes{AddTags: []string{"a"}}, func(tb testing.TB, n int64) {
			tb.Helper()
			w.apply(tb, n, ticket.Changes{AddTags: []string{"b"}})
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := w.ticketIn(t, tt.from)
			w.apply(t, n, ticket.Changes{AddTags: []string{"old"}})
			before := w.row(t, n)
			u := w.apply(t, n, tt.ch)
			kept, err := json.Marshal(u) // as a bulk run keeps it
			if err != nil {
				t.Fatal(err)
			}
			u = ticket.Undo{}
			if err := json.Unmarshal(kept, &u); err != nil {
				t.Fatal(err)
			}
			if tt.since != nil {
				tt.since(t, n)
			}
			moved := w.row(t, n)
			err = w.svc.Undo(t.Context(), w.max, n, u)
			if key(err) != tt.fault {
				t.Fatalf("fault = %q, want %q (%v)", key(err), tt.fault, err)
			}
			after := w.row(t, n)
			switch {
			case tt.fault != "" && after != moved:
				t.Errorf("a refused undo changed the ticket\n%s\n%s", moved, after)
			case tt.fault == "" && tt.since == nil && after != before:
				t.Errorf("the ticket is not as it was\nbefore %s\nafter  %s", before, after)
			}
		})
	}
}

// row is a ticket's row and tags as text, without what every change moves.
func (w *world) row(tb testing.TB, number int64) string {
	tb.Helper()
	var s string
	err := w.db.QueryRow(tb.Context(), `SELECT (to_jsonb(t) - 'last_activity_at' - 'timeline_seq')::text
		|| (SELECT coalesce(string_agg(g.name, ',' ORDER BY g.key), '') FROM ticket_tags x JOIN tags g ON g.id = x.tag_id WHERE x.ticket_id = t.id)
		|| (SELECT count(*) FROM blocked_senders b WHERE b.ticket_id = t.id) FROM tickets t WHERE number = $1`, number).Scan(&s)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// otherTopic is a second help topic, with a policy of its own.
func (w *world) otherTopic(tb testing.TB) int64 {
	tb.Helper()
	var id int64
	err := w.db.QueryRow(tb.Context(), `INSERT INTO topics (key, name, position) VALUES ('other', '{"en": "Other"}', 98) RETURNING id`).Scan(&id)
	if err == nil {
		_, err = w.db.Exec(tb.Context(), `INSERT INTO lifecycle_policies (topic_id, calendar_id, remind_after) SELECT $1, min(id), 7 FROM calendars`, id)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// TestUndoByAFinerClock is that a change can be taken back although Postgres
// keeps microseconds and the clock knows more.
func TestUndoByAFinerClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.ann)
	fine := ticket.NewService(w.db, nil, ticket.Hooks{}, func() time.Time { return w.now().Add(123_456_789) })
	u, err := fine.Apply(t.Context(), w.max, n, ticket.Changes{Status: ticket.Waiting})
	if err != nil {
		t.Fatal(err)
	}
	if err := fine.Undo(t.Context(), w.max, n, u); err != nil {
		t.Error(err)
	}
	if got := w.work(t, n); got.Status != ticket.New || got.NextStepAt != nil {
		t.Errorf("it is %s, the robot's next step %v", got.Status, got.NextStepAt)
	}
}
