package ticket_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/ticket"
)

func TestOvertaken(t *testing.T) {
	t.Parallel()
	w := newSending(t)
	n := w.submit(t, w.ann)
	seen := func() int64 { return w.thread(t, n).TimelineSeq }
	try := func(at int64) string {
		_, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "m", Status: ticket.Open, Seen: at})
		return key(err)
	}
	for name, act := range map[string]func() error{
		"a customer's reply": func() error {
			_, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "m"})
			return err
		},
		"a colleague's note": func() error {
			_, err := w.svc.AddNote(t.Context(), w.max, n, ticket.NewNote{Message: "m"})
			return err
		},
		"a colleague's status": func() error { return w.svc.SetStatus(t.Context(), w.max, n, ticket.Waiting, nil) },
	} {
		before := seen()
		if err := act(); err != nil {
			t.Fatal(err)
		}
		work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewEnd, ticket.ReplyDraft)
		if err != nil || len(ticket.Overtaking(work.Entries, before, w.eve.PersonID)) == 0 {
			t.Errorf("%s is not shown: %v", name, err)
		}
		if got := try(before); got != "ticket.answer_crossed" {
			t.Errorf("%s: %q", name, got)
		}
		if got := try(seen()); got != "" {
			t.Errorf("seen, and still %q", got)
		}
	}
	before := seen()
	if err := w.svc.SetPriority(t.Context(), w.max, n, ticket.High); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "mine"}); err != nil {
		t.Fatal(err)
	}
	if got := try(before); got != "" {
		t.Errorf("a priority and an own note hold the reply: %q", got)
	}
}
