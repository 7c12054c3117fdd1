package ticket_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestPerform(t *testing.T) {
	t.Parallel()
	act := ticket.Act{Note: "Tried it", Reply: "Hello {{customer.name}}, about {{ticket.number}}"}
	t.Run("a refused reply is no reply, and leaves no note", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticketIn(t, ticket.Closed)
		before := len(w.said(t, n))
		if u, err := w.svc.Perform(t.Context(), w.max, n, act, "a-key"); !fault.Is(err, fault.Conflict) || u.Sent {
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
			if _, err := w.svc.Perform(t.Context(), w.max, n, act, "a-key"); err != nil {
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
		if _, err := w.svc.Perform(t.Context(), w.max, source, act, "a-key"); err != nil {
			t.Fatal(err)
		}
		said := w.said(t, target)
		if last := said[len(said)-1].Source; !strings.Contains(last, "Ann Test") || strings.Contains(last, "Bob") {
			t.Errorf("it says %q", last)
		}
	})
}
