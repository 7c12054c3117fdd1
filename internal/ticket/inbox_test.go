package ticket_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestInboxViewsAndCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range ticket.Statuses {
		w.ticketIn(t, s)
		w.pass(time.Minute)
	}
	want := map[ticket.InboxView]ticket.Count{
		ticket.ViewNew: 1, ticket.ViewOpen: 1, ticket.ViewMine: 4, ticket.ViewUnassigned: 1, ticket.ViewWaiting: 1,
		ticket.ViewPostponed: 1, ticket.ViewServiceCentre: 1, ticket.ViewBreaching: 0, ticket.ViewResolved: 1, ticket.ViewClosed: 1,
	}
	side, err := w.svc.Sidebar(t.Context(), w.eve)
	if err != nil {
		t.Fatal(err)
	}
	counts := side.Counts
	for _, v := range ticket.InboxViews {
		p, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: v.Filter()})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Rows) != int(want[v]) || counts[v] != want[v] {
			t.Errorf("%s: %d rows, counted %s, want %d", v, len(p.Rows), counts[v], want[v])
		}
	}
	if _, err := w.svc.Inbox(t.Context(), w.ann, ticket.InboxFilter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer has an inbox: %v", err)
	}
}

func TestInboxMarksOwnDrafts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, theirs := w.submit(t, w.ann), w.submit(t, w.ann)
	for number, by := range map[int64]auth.Actor{mine: w.eve, theirs: w.max} {
		if _, err := w.svc.SaveDraft(t.Context(), by, number, ticket.Draft{Kind: ticket.NoteDraft, Body: "half a note"}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != 2 {
		t.Fatalf("%d rows", len(p.Rows))
	}
	for _, r := range p.Rows {
		if r.Draft != (r.Number == mine) {
			t.Errorf("the row of %d says that the reader has a draft: %v", r.Number, r.Draft)
		}
	}
}

func TestInboxPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all []int64
	for i := range 113 { // three pages; every fifth at the same moment as the one before
		all = append(all, w.submit(t, w.ann))
		if i%5 != 0 {
			w.pass(time.Second)
		}
	}
	for _, sort := range ticket.Sorts {
		want := slices.Clone(all)
		if sort != ticket.SortOldest && sort != ticket.SortFirstCome && sort != ticket.SortDue && sort != ticket.SortPromised {
			slices.Reverse(want)
		}
		var got []int64
		var pages []ticket.InboxPage
		cursor := ""
		for {
			p, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: ticket.ViewNew.Filter(), Sort: sort, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, p)
			for _, r := range p.Rows {
				got = append(got, r.Number)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) || len(pages) != 3 {
			t.Errorf("%q: %d rows on %d pages, in another order than they came", sort, len(got), len(pages))
		}
		back, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: ticket.ViewNew.Filter(), Sort: sort, Cursor: pages[2].Prev})
		if err != nil || fmt.Sprint(back.Rows) != fmt.Sprint(pages[1].Rows) || back.Next == "" || back.Prev == "" {
			t.Errorf("%q: going back from the last page does not show the second: %v", sort, err)
		}
		first, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: ticket.ViewNew.Filter(), Sort: sort, Cursor: back.Prev})
		if err != nil || fmt.Sprint(first.Rows) != fmt.Sprint(pages[0].Rows) || first.Prev != "" {
			t.Errorf("%q: going back twice does not show the first: %v", sort, err)
		}
	}
	side, err := w.svc.Sidebar(t.Context(), w.eve)
	if err != nil || side.Counts[ticket.ViewNew].String() != "99+" {
		t.Errorf("count = %s, %v", side.Counts[ticket.ViewNew], err)
	}
	if p, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: ticket.InboxView("nonsense").Filter(), Sort: "nonsense", Cursor: "garbage"}); err != nil || len(p.Rows) != 50 {
		t.Errorf("a broken address shows %d rows, %v", len(p.Rows), err)
	}
}

func TestInboxSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.Closed)
	for query, want := range map[string]int{
		strconv.FormatInt(n, 10): 1, fmt.Sprintf("#%d", n): 1, "s2962": 1, "silent swit": 1, "S2962-24T": 1, "nothing like it": 0, `"; DROP & | ! : *`: 0, "'": 0,
	} {
		p, err := w.svc.Inbox(t.Context(), w.eve, ticket.InboxFilter{Filter: ticket.Filter{Words: query}})
		if err != nil || len(p.Rows) != want && query != "'" {
			t.Errorf("%q finds %d tickets, want %d (%v)", query, len(p.Rows), want, err)
		}
	}
}

func TestMineTabs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, s := range ticket.Statuses {
		w.ticketIn(t, s)
	}
	for _, tt := range []struct {
		by                  auth.Actor
		open, resolved, all int
		company             bool
	}{
		{w.ann, 5, 2, 7, false}, {w.abe, 5, 2, 7, true}, {w.cid, 0, 0, 0, false}, {w.bob, 0, 0, 0, false},
	} {
		for tab, want := range map[ticket.Tab]int{ticket.TabOpen: tt.open, ticket.TabResolved: tt.resolved, ticket.TabAll: tt.all} {
			p, err := w.svc.Mine(t.Context(), tt.by, ticket.MineFilter{Tab: tab})
			if err != nil || len(p.Rows) != want || int(p.Counts[tab]) != want || p.SeesCompany != tt.company {
				t.Errorf("%s, %s: %d rows, counted %s, want %d (%v)", tt.by.Name, tab, len(p.Rows), p.Counts[tab], want, err)
			}
		}
	}
}

func TestDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	n := w.submit(t, w.ann)
	draft := func(by auth.Actor, k ticket.DraftKind) *ticket.Draft {
		work, err := w.svc.Work(ctx, by, n, ticket.ViewEnd, k)
		if err != nil {
			t.Fatal(err)
		}
		return work.Draft
	}
	save := func(by auth.Actor, k ticket.DraftKind, text string) {
		if _, err := w.svc.SaveDraft(ctx, by, n, ticket.Draft{Kind: k, Body: text, Status: "resolved", CC: "x@y.test"}); err != nil {
			t.Fatal(err)
		}
	}
	save(w.eve, ticket.ReplyDraft, "half a sen")
	save(w.max, ticket.ReplyDraft, "mine")
	save(w.eve, ticket.NoteDraft, "a note")
	save(w.eve, ticket.ReplyDraft, "half a sentence")
	if d := draft(w.eve, ticket.ReplyDraft); d == nil || d.Body != "half a sentence" || d.Status != "resolved" || d.CC != "x@y.test" {
		t.Errorf("draft = %+v", d)
	}
	if _, err := w.svc.Answer(ctx, w.eve, n, ticket.AgentReply{Message: "whole"}); err != nil {
		t.Fatal(err)
	}
	if d := draft(w.eve, ticket.ReplyDraft); d != nil {
		t.Errorf("a sent draft is still there: %+v", d)
	}
	if a, b := draft(w.max, ticket.ReplyDraft), draft(w.eve, ticket.NoteDraft); a == nil || b == nil {
		t.Error("sending took somebody else's draft or the note's")
	}
	save(w.max, ticket.ReplyDraft, " ")
	if d := draft(w.max, ticket.ReplyDraft); d == nil || d.CC != "x@y.test" {
		t.Errorf("whom a draft copies to is lost with its text: %+v", d)
	}
	if _, err := w.svc.SaveDraft(ctx, w.max, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: " "}); err != nil {
		t.Fatal(err)
	}
	if d := draft(w.max, ticket.ReplyDraft); d != nil {
		t.Errorf("an emptied draft is still there: %+v", d)
	}
	if _, err := w.svc.SaveDraft(ctx, w.ann, n, ticket.Draft{Kind: ticket.NoteDraft, Body: "x"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer keeps drafts of notes: %v", err)
	}
	if _, err := w.svc.SaveDraft(ctx, w.eve, 999, ticket.Draft{Kind: ticket.ReplyDraft, Body: "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a draft of no ticket: %v", err)
	}
}
