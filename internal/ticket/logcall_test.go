package ticket_test

import (
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestLogCall(t *testing.T) {
	t.Parallel()
	phoned := ticket.LoggedCall{
		NewCall: ticket.NewCall{Direction: ticket.CallIn, Number: "+49 30 1234", Minutes: 12}, Said: "They will **restart** it.", As: ticket.OpenWithNote, Key: "form",
	}
	t.Run("is a line of the history with a note, and tells nobody", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		before := w.work(t, n)
		*sent = nil
		in, began := phoned, w.now().Add(-48*time.Hour)
		in.StartedAt = &began
		seq, err := w.svc.LogCall(t.Context(), w.eve, n, in)
		if err != nil || seq != before.TimelineSeq+1 {
			t.Fatalf("at %d: %v", seq, err)
		}
		if again, err := w.svc.LogCall(t.Context(), w.eve, n, in); err != nil || again != 0 {
			t.Errorf("sent twice: at %d, %v", again, err)
		}
		got := w.work(t, n)
		if len(got.Calls) != 1 || !got.Calls[0].StartedAt.Equal(began) || got.Calls[0].Seconds != 720 || got.Calls[0].Number != "+49 30 1234" {
			t.Fatalf("calls %+v", got.Calls)
		}
		last := got.Entries[len(got.Entries)-2:]
		if last[0].Event != ticket.CallLogged || last[0].New != "in 720 "+began.UTC().Format(time.RFC3339) || last[1].Kind != ticket.NoteEntry {
			t.Errorf("history %+v", last)
		}
		if len(*sent) != 0 || got.Status != before.Status || !got.LastActivityAt.Equal(before.LastActivityAt) {
			t.Errorf("%d letters, %s, active %s", len(*sent), got.Status, got.LastActivityAt)
		}
		th, err := w.svc.Thread(t.Context(), w.ann, n, ticket.ViewAll)
		if err != nil || slices.ContainsFunc(th.Entries, func(e ticket.Entry) bool { return e.Event == ticket.CallLogged }) {
			t.Errorf("the customer reads of it: %v", err)
		}
	})
	t.Run("needs no words, also on a closed ticket, and may change the status unsaid", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		*sent = nil
		in := phoned
		in.Said, in.Status = "", ticket.Closed
		if _, err := w.svc.LogCall(t.Context(), w.eve, n, in); err != nil {
			t.Fatal(err)
		}
		in.Key, in.Status, in.Direction = "later", "", ticket.CallOut
		if _, err := w.svc.LogCall(t.Context(), w.eve, n, in); err != nil {
			t.Fatal(err)
		}
		if got := w.work(t, n); got.Status != ticket.Closed || len(got.Calls) != 2 || len(*sent) != 0 {
			t.Errorf("%s, %d calls, %d letters", got.Status, len(got.Calls), len(*sent))
		}
		in.Key, in.As, in.Said = "third", ticket.OpenWithReply, "Hello"
		if _, err := w.svc.LogCall(t.Context(), w.eve, n, in); !fault.Is(err, fault.Conflict) {
			t.Errorf("a closed ticket is answered: %v", err)
		}
	})
	t.Run("reaches the requester alone when its writer says so", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		_, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{
			Message: "m", CC: "cid@acme.test", To: ticket.Recipients{Mode: ticket.ToAll, Confirmed: []string{"cid@acme.test"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.SaveDraft(t.Context(), w.eve, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: "half a sentence"}); err != nil {
			t.Fatal(err)
		}
		*sent = nil
		in := phoned
		in.As, in.Said = ticket.OpenWithReply, "As agreed, {{customer.first_name}}."
		if _, err := w.svc.LogCall(t.Context(), w.eve, n, in); err != nil {
			t.Fatal(err)
		}
		if len(*sent) != 1 || (*sent)[0].Kind != mail.Reply || (*sent)[0].PersonID != w.ann.PersonID {
			t.Errorf("letters %+v", *sent)
		}
		got, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewAll, ticket.ReplyDraft)
		if err != nil || got.Status != ticket.Waiting || got.LastReply.Begins() != ticket.ToAll || got.Draft == nil || got.Draft.Body != "half a sentence" {
			t.Errorf("%s, next reply %+v, draft %+v", got.Status, got.LastReply, got.Draft)
		}
		if last := got.Entries[len(got.Entries)-1]; last.Source != "As agreed, Ann." || !last.Personal {
			t.Errorf("message %+v", last)
		}
	})
	t.Run("refuses by name what is wrong, and who may not", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		ahead := w.now().Add(time.Hour)
		for field, change := range map[string]func(*ticket.LoggedCall){
			"call_direction": func(in *ticket.LoggedCall) { in.Direction = "up" },
			"call_minutes":   func(in *ticket.LoggedCall) { in.Minutes = -1 },
			"call_started":   func(in *ticket.LoggedCall) { in.StartedAt = &ahead },
			"opening":        func(in *ticket.LoggedCall) { in.As = "" },
			"message":        func(in *ticket.LoggedCall) { in.As, in.Said = ticket.OpenWithReply, " " },
			"status":         func(in *ticket.LoggedCall) { in.Status = ticket.Postponed },
		} {
			in := phoned
			change(&in)
			_, err := w.svc.LogCall(t.Context(), w.eve, n, in)
			if _, marked := fields(err)[field]; !marked {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.svc.LogCall(t.Context(), w.ann, n, phoned); key(err) != "error.forbidden" {
			t.Errorf("a customer logs it: %v", err)
		}
		if got := w.work(t, n).Calls; len(got) != 0 {
			t.Errorf("logged all the same: %+v", got)
		}
	})
}
