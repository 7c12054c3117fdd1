package ticket_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// behalf is a world in which agents open tickets for others.
func behalf(tb testing.TB) (*world, *[]mail.Letter) {
	tb.Helper()
	w := newWorld(tb)
	letters := &[]mail.Letter{}
	note := func(context.Context, pgx.Tx, auth.Actor, string, string, any, any) error { return nil }
	accounts := account.New(w.db, note, w.now)
	w.svc = ticket.NewService(w.db, nil, ticket.Hooks{
		Contact: func(ctx context.Context, tx pgx.Tx, by auth.Actor, c ticket.NewContact) (int64, error) {
			return accounts.AddCaller(ctx, tx, by, account.Caller{Name: c.Name, Email: c.Email, Phone: c.Phone})
		},
		Mail: func(_ context.Context, _ pgx.Tx, l ...mail.Letter) error {
			*letters = append(*letters, l...)
			return nil
		},
		Pick: setting.New(w.db, setting.Hooks{}, w.now).Pick,
	}, w.now)
	return w, letters
}

func (w *world) onBehalf() ticket.OnBehalf {
	return ticket.OnBehalf{
		RequesterID: w.ann.PersonID, Channel: "phone", TopicID: w.topic, Subject: "The line is dead", Message: "Since eight this morning.",
		Opening: ticket.OpenWithReply, Status: ticket.New, Key: "k",
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	t.Run("by telephone for somebody new, and nothing is mailed", func(t *testing.T) {
		t.Parallel()
		w, letters := behalf(t)
		in := w.onBehalf()
		began := w.now().Add(-2 * time.Hour)
		in.RequesterID, in.Contact = 0, ticket.NewContact{Name: "Nina Novak", Email: "nina@new.test", Phone: "+49 30 1234"}
		in.Opening, in.Quiet = ticket.OpenWithNote, true
		in.Call = &ticket.NewCall{Direction: ticket.CallIn, Number: "+49 30 1234", StartedAt: &began, Minutes: 7}
		n, err := w.svc.Open(t.Context(), w.eve, in)
		if err != nil {
			t.Fatal(err)
		}
		if len(*letters) != 0 {
			t.Errorf("letters: %+v", *letters)
		}
		got := w.work(t, n)
		if got.Requester.Email != "nina@new.test" || got.Channel != "phone" || got.Status != ticket.New || len(got.Calls) != 1 {
			t.Fatalf("%+v", got)
		}
		if c := got.Calls[0]; c.Seconds != 420 || !c.StartedAt.Equal(began) || c.Agent != w.eve.Name || c.Direction != ticket.CallIn {
			t.Errorf("call %+v", c)
		}
		nina := auth.Actor{Kind: auth.Person, PersonID: got.RequesterID}
		th, err := w.svc.Thread(t.Context(), nina, n, ticket.ViewAll)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range th.Entries {
			if e.Kind == ticket.MessageEntry {
				t.Error("the note is on the customer's page")
			}
		}
		if again, err := w.svc.Open(t.Context(), w.eve, in); key(err) != "error.form_invalid" {
			t.Errorf("the same address twice makes ticket %d: %v", again, err)
		}
	})
	t.Run("with a reply, that is told, of the requester's company, once for each form", func(t *testing.T) {
		t.Parallel()
		w, letters := behalf(t)
		in := w.onBehalf()
		in.Status, in.AssigneeID = ticket.Resolved, w.eve.PersonID
		n, err := w.svc.Open(t.Context(), w.eve, in)
		if err != nil {
			t.Fatal(err)
		}
		got := w.work(t, n)
		if got.Status != ticket.Resolved || got.Company == nil || got.Company.ID != w.company || *got.AssigneeID != w.eve.PersonID || got.FirstReplyAt == nil {
			t.Errorf("%+v", got.Ticket)
		}
		if len(*letters) != 1 || (*letters)[0].Kind != mail.Reply || (*letters)[0].PersonID != w.ann.PersonID {
			t.Errorf("letters: %+v", *letters)
		}
		if again, err := w.svc.Open(t.Context(), w.eve, in); err != nil || again != n {
			t.Errorf("sent twice: ticket %d, %v", again, err)
		}
	})
	t.Run("refuses by name what is wrong", func(t *testing.T) {
		t.Parallel()
		w, _ := behalf(t)
		future := w.now().Add(time.Hour)
		for field, change := range map[string]func(*ticket.OnBehalf){
			"requester":      func(in *ticket.OnBehalf) { in.RequesterID = 0 },
			"subject":        func(in *ticket.OnBehalf) { in.Subject = "" },
			"message":        func(in *ticket.OnBehalf) { in.Message = " " },
			"topic":          func(in *ticket.OnBehalf) { in.TopicID = 0 },
			"channel":        func(in *ticket.OnBehalf) { in.Channel = "pigeon" },
			"status":         func(in *ticket.OnBehalf) { in.Status = ticket.Postponed },
			"opening":        func(in *ticket.OnBehalf) { in.Opening = "" },
			"contact_email":  func(in *ticket.OnBehalf) { in.RequesterID, in.Contact = 0, ticket.NewContact{Name: "Nina Novak"} },
			"call_started":   func(in *ticket.OnBehalf) { in.Call = &ticket.NewCall{Direction: ticket.CallIn, StartedAt: &future} },
			"call_minutes":   func(in *ticket.OnBehalf) { in.Call = &ticket.NewCall{Direction: ticket.CallIn, Minutes: -1} },
			"call_direction": func(in *ticket.OnBehalf) { in.Call = &ticket.NewCall{} },
		} {
			in := w.onBehalf()
			change(&in)
			_, err := w.svc.Open(t.Context(), w.eve, in)
			if _, marked := fields(err)[field]; !marked {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.svc.Open(t.Context(), w.ann, w.onBehalf()); key(err) != "error.forbidden" {
			t.Errorf("a customer opens it: %v", err)
		}
	})
}

func TestSetRequester(t *testing.T) {
	t.Parallel()
	w, letters := behalf(t)
	n := w.submit(t, w.ann)
	*letters = nil
	e, err := w.svc.RequesterEffect(t.Context(), w.eve, n, w.bob.PersonID)
	if err != nil || e.WasCompany != "Acme" || e.Company != "" || !e.Moves() {
		t.Errorf("effect %+v, %v", e, err)
	}
	if err := w.svc.SetRequester(t.Context(), w.eve, n, ticket.NewRequester{PersonID: w.bob.PersonID, KeepCopy: true}); err != nil {
		t.Fatal(err)
	}
	if len(*letters) != 0 {
		t.Errorf("letters: %+v", *letters)
	}
	sees := func(by auth.Actor) bool {
		_, err := w.svc.Thread(t.Context(), by, n, ticket.ViewEnd)
		return err == nil
	}
	if !sees(w.bob) || !sees(w.ann) || sees(w.abe) {
		t.Errorf("seen by the new one %t, the former one on copy %t, her colleague %t", sees(w.bob), sees(w.ann), sees(w.abe))
	}
	found, err := w.svc.Mine(t.Context(), w.bob, ticket.MineFilter{Tab: ticket.TabAll, Query: "silent"})
	if err != nil || len(found.Rows) != 1 {
		t.Errorf("the new one finds %d tickets by its words, %v", len(found.Rows), err)
	}
	if err := w.svc.SetRequester(t.Context(), w.eve, n, ticket.NewRequester{PersonID: w.ann.PersonID, Notify: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.work(t, n); got.Company == nil || got.Company.ID != w.company || len(got.Participants) != 0 || len(*letters) != 1 {
		t.Errorf("back: company %v, copies %v, %d letters", got.Company, got.Participants, len(*letters))
	}
	if err := w.svc.SetRequester(t.Context(), w.eve, n, ticket.NewRequester{PersonID: 999}); key(err) != "error.form_invalid" {
		t.Errorf("nobody: %v", err)
	}
}

// fields are what a refusal marks.
func fields(err error) map[string]fault.Message {
	if err == nil {
		return nil
	}
	return fault.Of(err).Fields
}
