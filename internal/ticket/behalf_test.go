package ticket_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/richtext"
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
	files, err := blob.Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	w.svc = ticket.NewService(w.db, files, ticket.Hooks{
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
	t.Run("with files, an answer's placeholders, copies and any agent", func(t *testing.T) {
		t.Parallel()
		w, letters := behalf(t)
		stage := func() []int64 {
			u, err := w.svc.Stage(t.Context(), w.max, "log.txt", strings.NewReader("lines of a log"), ticket.MaxUploads)
			if err != nil {
				t.Fatal(err)
			}
			return []int64{u.ID}
		}
		in := w.onBehalf()
		in.Message, in.MessageKind = "<p>Hello {{customer.first_name}}, ticket {{ticket.number}}.</p>", richtext.KindHTML
		in.Uploads, in.CC, in.AssigneeID = stage(), "cid@acme.test, boss@partner.test", w.eve.PersonID
		if _, err := w.svc.Open(t.Context(), w.max, in); fieldKey(err) != "ticket.cc_outside" {
			t.Fatalf("copies nobody confirmed: %v", err)
		}
		in.Confirmed = []string{"cid@acme.test", "boss@partner.test"}
		n, err := w.svc.Open(t.Context(), w.max, in)
		if err != nil {
			t.Fatal(err)
		}
		got := w.work(t, n)
		first := got.Entries[slices.IndexFunc(got.Entries, func(e ticket.Entry) bool { return e.Kind == ticket.MessageEntry })]
		if want := fmt.Sprintf("<p>Hello Ann, ticket %d.</p>", n); first.Source != want || len(first.Files) != 1 || len(got.Participants) != 2 || *got.AssigneeID != w.eve.PersonID {
			t.Errorf("%+v, %d on copy", first, len(got.Participants))
		}
		if len(*letters) != 3 {
			t.Errorf("letters %+v", *letters)
		}
		*letters = nil
		in.Key, in.Opening, in.Uploads = "note", ticket.OpenWithNote, stage()
		if n, err = w.svc.Open(t.Context(), w.max, in); err != nil {
			t.Fatal(err)
		}
		for _, l := range *letters {
			if l.Kind != mail.Created && l.Kind != mail.Copied {
				t.Errorf("letter %+v", l)
			}
		}
		got = w.work(t, n)
		note := got.Entries[slices.IndexFunc(got.Entries, func(e ticket.Entry) bool { return e.Kind == ticket.NoteEntry })]
		if len(*letters) != 3 || len(note.Files) != 1 {
			t.Errorf("%d letters, note %+v", len(*letters), note)
		}
		in.Key, in.Opening, in.Uploads, in.AssigneeID = "eve", ticket.OpenWithReply, nil, w.max.PersonID
		if _, err := w.svc.Open(t.Context(), w.eve, in); key(err) != "ticket.assign_forbidden" {
			t.Errorf("an agent without the right assigns another: %v", err)
		}
		in.AssigneeID, in.Message = 0, "{{customer.nonsense}}"
		if _, err := w.svc.Open(t.Context(), w.eve, in); fieldKey(err) != "ticket.placeholder_unknown" {
			t.Errorf("a placeholder nobody knows: %v", err)
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
