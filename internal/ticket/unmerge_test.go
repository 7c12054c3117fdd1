package ticket_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestUndoRestoresWhatTheMergeOpened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1")
	w.answer(t, b, ticket.Waiting)
	before := w.whole(t, b)
	w.pass(time.Hour)
	w.merge(t, a, b)
	if w.whole(t, b).Status != ticket.Open {
		t.Fatal("it does not open")
	}
	w.pass(time.Hour)
	if _, err := w.svc.Unmerge(t.Context(), w.eve, a, ticket.Along{}); err != nil {
		t.Fatal(err)
	}
	after := w.whole(t, b)
	if after.Status != ticket.Waiting || !after.StatusSince.Equal(before.StatusSince) || !after.NextStepAt.Equal(*before.NextStepAt) {
		t.Errorf("it was %s with %v, it is %s with %v", before.Status, before.NextStepAt, after.Status, after.NextStepAt)
	}
}

func TestUndoActsOnNobodyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1")
	w.answer(t, a, ticket.Waiting)
	w.merge(t, a, b)
	w.pass(20 * 24 * time.Hour)
	w.sweep(t)
	if _, err := w.svc.Unmerge(t.Context(), w.eve, a, ticket.Along{}); err != nil {
		t.Fatal(err)
	}
	if x := w.whole(t, a); x.NextStepAt == nil || !x.NextStepAt.After(w.now()) {
		t.Errorf("the robot acts at %v, it is %v", x.NextStepAt, w.now())
	}
}

// since are the entries that were written after the merge of a ticket, as what
// goes along with it.
func (w *world) since(tb testing.TB, number int64, keep func(ticket.Entry) bool) ticket.Along {
	tb.Helper()
	var along ticket.Along
	into := w.whole(tb, number)
	if into.LeadsTo == nil {
		return along
	}
	for _, e := range w.whole(tb, *into.LeadsTo).WrittenSince(number) {
		switch {
		case !keep(e):
		case e.Kind == ticket.NoteEntry:
			along.Notes = append(along.Notes, e.ID)
		default:
			along.Messages = append(along.Messages, e.ID)
		}
	}
	return along
}

func (w *world) someSince(tb testing.TB, r *rand.Rand, number int64) ticket.Along {
	tb.Helper()
	return w.since(tb, number, func(ticket.Entry) bool { return r.IntN(2) == 0 })
}

// TestWhatWasWrittenSinceGoesWhereTheAgentSays: after the merge was undone, the
// customer's message about the other matter is in the other ticket, with its
// file, waits there for an answer, and links to its old place find it.
func TestWhatWasWrittenSinceGoesWhereTheAgentSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	a := w.open(t, w.ann, "Switch is silent", "a1")
	b := w.open(t, w.ann, "Invoice", "b1")
	if _, err := w.svc.Answer(ctx, w.eve, a, ticket.AgentReply{Message: "a2", Status: ticket.Waiting}); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	w.merge(t, a, b)
	w.pass(time.Minute)
	w.says1(t, w.ann, b, "about the switch")
	w.note(t, b, "a note on the switch")
	w.says1(t, w.eve, b, "about the invoice")
	into := w.whole(t, b)
	if got := into.Merges[0].Since; got != 3 {
		t.Errorf("written since are %d", got)
	}
	old := into.WrittenSince(a)
	first := int64(0) // where a1 stands in b
	for _, e := range into.Entries {
		if e.Source == "a1" {
			first = e.Seq
		}
	}

	foreign := ticket.Along{Messages: []int64{into.Entries[0].ID}} // was there before the merge
	if _, err := w.svc.Unmerge(ctx, w.eve, a, foreign); fault.Of(err).Key != "ticket.unmerge_gone" {
		t.Errorf("taking what was there before the merge: %v", err)
	}
	along := w.since(t, a, func(e ticket.Entry) bool { return e.Source != "about the invoice" })
	if _, err := w.svc.Unmerge(ctx, w.eve, a, along); err != nil {
		t.Fatal(err)
	}
	if got := w.says(t, a); !slices.Equal(got, []string{"a1", "a2", "about the switch", "a note on the switch"}) {
		t.Errorf("the ticket has %q", got)
	}
	if got := w.says(t, b); !slices.Equal(got, []string{"b1", "about the invoice"}) {
		t.Errorf("the other keeps %q", got)
	}
	w.contiguous(t)
	from, into := w.whole(t, a), w.whole(t, b)
	if from.Status != ticket.Open || !from.Unread || from.LastReplier != ticket.ByCustomer {
		t.Errorf("a customer waits in it, and it is %s, unread %t, last %s", from.Status, from.Unread, from.LastReplier)
	}
	if into.Unread || into.LastReplier != ticket.ByAgent {
		t.Errorf("nobody waits in the other, and it is unread %t, last %s", into.Unread, into.LastReplier)
	}
	for _, seq := range []int64{old[0].Seq, first} {
		at, place, err := w.svc.PlaceOf(ctx, w.eve, b, seq)
		if err != nil || at != a {
			t.Errorf("the link to place %d leads to %d#%d, %v", seq, at, place, err)
		}
	}
}

// TestAClosedTicketOpensForWhatItTakesAlong: a customer's words never come to
// rest in a closed ticket.
func TestAClosedTicketOpensForWhatItTakesAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.open(t, w.ann, "Switch is silent", "a1")
	b := w.open(t, w.ann, "Invoice", "b1")
	if err := w.svc.SetStatus(t.Context(), w.eve, a, ticket.Closed, nil); err != nil {
		t.Fatal(err)
	}
	w.merge(t, a, b)
	w.pass(time.Minute)
	w.says1(t, w.ann, b, "still silent")
	if _, err := w.svc.Unmerge(t.Context(), w.eve, a, w.since(t, a, func(ticket.Entry) bool { return true })); err != nil {
		t.Fatal(err)
	}
	if got := w.whole(t, a); got.Status != ticket.Open || !got.Unread || got.ClosedAt != nil {
		t.Errorf("it is %s, closed at %v", got.Status, got.ClosedAt)
	}
	w.contiguous(t)
}
