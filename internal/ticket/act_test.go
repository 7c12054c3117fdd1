package ticket_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// perform does an act as somebody who wants replies sent at once.
func (w *world) perform(t *testing.T, number int64, a ticket.Act, key string) (ticket.Undo, error) {
	t.Helper()
	hasty := w.max
	hasty.SendAtOnce = true
	did, err := w.svc.PerformShown(t.Context(), hasty, number, ticket.Shown{Act: a, Key: key})
	return did.Undo, err
}

func TestPerform(t *testing.T) {
	t.Parallel()
	act := ticket.Act{Note: "Tried it", Reply: "Hello {{customer.name}}, about {{ticket.number}}"}
	t.Run("a refused reply is no reply, and leaves no note", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticketIn(t, ticket.Closed)
		before := len(w.said(t, n))
		if u, err := w.perform(t, n, act, "a-key"); !fault.Is(err, fault.Conflict) || u.Sent {
			t.Errorf("%v, sent %v", err, u.Sent)
		}
		if after := len(w.said(t, n)); after != before {
			t.Errorf("%d entries after %d", after, before)
		}
	})
	t.Run("the same form twice is one note and one reply", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		for range 2 {
			if _, err := w.perform(t, n, act, "a-key"); err != nil {
				t.Fatal(err)
			}
		}
		if said := w.said(t, n); len(said) != 3 {
			t.Errorf("%d entries: %+v", len(said), said)
		}
	})
	t.Run("what is sent to a merged number speaks to whom it reaches", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		source, target := w.submit(t, w.bob), w.submit(t, w.ann)
		w.merge(t, source, target)
		if _, err := w.perform(t, source, act, "a-key"); err != nil {
			t.Fatal(err)
		}
		said := w.said(t, target)
		if last := said[len(said)-1].Source; !strings.Contains(last, "Ann Test") || strings.Contains(last, "Bob") {
			t.Errorf("it says %q", last)
		}
	})
	t.Run("a draft that was saved without scripts stays beside it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		for _, kind := range []ticket.DraftKind{ticket.ReplyDraft, ticket.NoteDraft} {
			if _, err := w.svc.SaveDraft(t.Context(), w.max, n, ticket.Draft{Kind: kind, Body: "Half a sentence"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.perform(t, n, act, "a-key"); err != nil {
			t.Fatal(err)
		}
		if unsent, err := w.svc.ListUnsent(t.Context(), w.max); err != nil || len(unsent.Drafts) != 2 {
			t.Errorf("drafts = %+v (%v)", unsent.Drafts, err)
		}
	})
}

func TestPerformShown(t *testing.T) {
	t.Parallel()
	shown := ticket.Shown{Key: "a-key", Act: ticket.Act{
		Note: "Tried it", Reply: "Hello {{customer.name}}", Changes: ticket.Changes{Status: ticket.Resolved, AddTags: []string{"storm"}, Macro: "Storm"},
	}}
	t.Run("its reply waits and can be taken back, the rest is done", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		did, err := w.svc.PerformShown(t.Context(), w.max, n, shown)
		if err != nil || did.Again || did.Held.ID == 0 {
			t.Fatalf("%+v, %v", did, err)
		}
		if said := w.said(t, n); len(said) != 2 {
			t.Errorf("%d entries: %+v", len(said), said)
		}
		if got := w.work(t, n); got.Status != ticket.New {
			t.Errorf("it is %s before the reply is sent", got.Status)
		}
		again, err := w.svc.PerformShown(t.Context(), w.max, n, shown)
		if err != nil || !again.Again {
			t.Errorf("the same form once more: %+v, %v", again, err)
		}
		if said := w.said(t, n); len(said) != 2 {
			t.Errorf("once more: %+v", said)
		}
		var events int
		if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM events WHERE kind = 'macro_run'`).Scan(&events); err != nil || events != 1 {
			t.Errorf("%d macros are in the history (%v)", events, err)
		}
		if _, err := w.svc.TakeBack(t.Context(), w.max, did.Held.ID); err != nil {
			t.Error(err)
		}
	})
	t.Run("its reply goes at once for who wants that", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		hasty := w.max
		hasty.SendAtOnce = true
		did, err := w.svc.PerformShown(t.Context(), hasty, n, shown)
		if err != nil || did.Held.ID != 0 || len(w.said(t, n)) != 3 {
			t.Errorf("%+v, %v", did, err)
		}
	})
	t.Run("two tickets of one bulk action can be merged and unmerged", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		source, target := w.submit(t, w.ann), w.submit(t, w.ann)
		for _, n := range []int64{source, target} {
			if _, err := w.perform(t, n, shown.Act, "bulk-7"); err != nil {
				t.Fatal(err)
			}
		}
		w.merge(t, source, target)
		if _, err := w.svc.Unmerge(t.Context(), w.max, source, ticket.Along{}); err != nil {
			t.Error(err)
		}
		if did, err := w.svc.PerformShown(t.Context(), w.max, source, ticket.Shown{Act: shown.Act, Key: "bulk-7"}); err != nil || !did.Again {
			t.Errorf("its key is forgotten: %+v, %v", did, err)
		}
	})
	t.Run("it is refused after something new came in", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		in := shown
		in.Seen = w.work(t, n).TimelineSeq
		if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "Wait!"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.PerformShown(t.Context(), w.max, n, in); fault.Of(err).Key != "ticket.answer_crossed" {
			t.Errorf("%v", err)
		}
		in.Act.Reply, in.Act.Note = "", ""
		if _, err := w.svc.PerformShown(t.Context(), w.max, n, in); fault.Of(err).Key != "ticket.answer_crossed" {
			t.Errorf("without words: %v", err)
		}
		in.Seen = w.work(t, n).TimelineSeq
		if did, err := w.svc.PerformShown(t.Context(), w.max, n, in); err != nil || !did.Changed() {
			t.Errorf("having read it: %+v, %v", did, err)
		}
	})
}
