package ticket_test

import (
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestUnreadCountsAreEachAgentsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.submit(t, w.ann), w.submit(t, w.ann)
	counts := func(by auth.Actor, want map[ticket.InboxView]ticket.Count) {
		t.Helper()
		side, err := w.svc.Sidebar(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		for v, n := range side.Unread {
			if n != want[v] {
				t.Errorf("%s has %s unread in %s, want %s", by.Name, n, v, want[v])
			}
		}
		if n := side.Numbers()[ticket.ViewNew.Unread()]; n != want[ticket.ViewNew].String() {
			t.Errorf("the sidebar prints %q", n)
		}
	}
	counts(w.eve, map[ticket.InboxView]ticket.Count{ticket.ViewNew: 2, ticket.ViewUnassigned: 2})
	if _, err := w.svc.Preview(ctx, w.eve, a); err != nil {
		t.Fatal(err)
	}
	counts(w.eve, map[ticket.InboxView]ticket.Count{ticket.ViewNew: 2, ticket.ViewUnassigned: 2}) // a preview reads nothing
	work, err := w.svc.Work(ctx, w.eve, a, ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil || work.Beside.Unread[ticket.ViewNew] != 1 {
		t.Errorf("the page that opens a ticket counts it as unread: %s, %v", work.Beside.Unread[ticket.ViewNew], err)
	}
	counts(w.eve, map[ticket.InboxView]ticket.Count{ticket.ViewNew: 1, ticket.ViewUnassigned: 1})
	counts(w.max, map[ticket.InboxView]ticket.Count{ticket.ViewNew: 2, ticket.ViewUnassigned: 2})
	if err := w.svc.Assign(ctx, w.eve, b, w.eve.PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Answer(ctx, w.max, b, ticket.AgentReply{Message: "We look into it.", Status: ticket.Waiting}); err != nil {
		t.Fatal(err)
	}
	counts(w.eve, map[ticket.InboxView]ticket.Count{ticket.ViewMine: 1}) // a colleague's answer
	if err := w.svc.MarkUnread(ctx, w.eve, a); err != nil {
		t.Fatal(err)
	}
	counts(w.eve, map[ticket.InboxView]ticket.Count{ticket.ViewNew: 1, ticket.ViewUnassigned: 1, ticket.ViewMine: 1})
}

// woken makes a ticket whose customer was promised a date in some time, and woke
// it by writing.
func (w *world) woken(t *testing.T, in time.Duration) int64 {
	t.Helper()
	n := w.submit(t, w.ann)
	until := w.now().Add(in)
	if err := w.svc.SetStatus(t.Context(), w.eve, n, ticket.Postponed, &until); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "Thanks!"}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOverduePromisesStandInTheOrderOfTheirDates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	third, first, second := w.woken(t, 72*time.Hour), w.woken(t, 24*time.Hour), w.woken(t, 48*time.Hour)
	w.pass(100 * time.Hour)
	in := ticket.InboxFilter{Filter: ticket.ViewPromised.Filter(), Sort: ticket.ViewPromised.Sort()}
	p, err := w.svc.Inbox(ctx, w.eve, in)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, r := range p.Rows {
		got = append(got, r.Number)
	}
	if want := []int64{first, second, third}; !slices.Equal(got, want) {
		t.Errorf("overdue promises stand as %v, want %v", got, want)
	}
	next, err := w.svc.Neighbour(ctx, w.eve, first, ticket.Listed{View: ticket.ViewPromised}, ticket.After)
	if err != nil || next != second {
		t.Errorf("after %d comes %d, want %d (%v)", first, next, second, err)
	}
	newest := ticket.SortNewest
	next, err = w.svc.Neighbour(ctx, w.eve, second, ticket.Listed{View: ticket.ViewPromised, Sort: &newest}, ticket.After)
	if err != nil || next != first {
		t.Errorf("by activity %d follows, want %d (%v)", next, first, err)
	}
	postponed := w.submit(t, w.ann)
	until := w.now().Add(time.Hour)
	if err := w.svc.SetStatus(ctx, w.eve, postponed, ticket.Postponed, &until); err != nil {
		t.Fatal(err)
	}
	none := w.submit(t, w.ann)
	all, err := w.svc.Inbox(ctx, w.eve, ticket.InboxFilter{Sort: ticket.SortPromised})
	if err != nil || len(all.Rows) != 5 || all.Rows[3].Number != postponed || all.Rows[4].Number != none {
		t.Errorf("a date that is ahead does not follow those that came, or a ticket without one is not the last: %v", err)
	}
}

func TestPagesByNumberLeadToTheirPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 113 {
		w.submit(t, w.ann)
		w.pass(time.Second)
	}
	ctx, l := t.Context(), ticket.Listed{View: ticket.ViewNew}
	var cursors []string
	in := ticket.InboxFilter{Filter: ticket.ViewNew.Filter()}
	for {
		cursors = append(cursors, in.Cursor)
		p, err := w.svc.Inbox(ctx, w.eve, in)
		if err != nil {
			t.Fatal(err)
		}
		if in.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	for page, want := range map[int]string{-1: "", 0: "", 1: "", 2: cursors[1], 3: cursors[2], 4: cursors[2], 1 << 40: cursors[2]} {
		got, err := w.svc.PageCursor(ctx, w.eve, l, page)
		if err != nil || got != want {
			t.Errorf("page %d begins at %q, want %q (%v)", page, got, want, err)
		}
	}
	few := ticket.Listed{View: ticket.ViewMine}
	if got, err := w.svc.PageCursor(ctx, w.eve, few, 7); err != nil || got != "" {
		t.Errorf("page 7 of an empty list begins at %q, %v", got, err)
	}
}
