package ticket_test

import (
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestRecipients(t *testing.T) {
	t.Parallel()
	reply := func(w *world, n int64, cc string, to ticket.Recipients) error {
		_, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "m", CC: cc, To: to})
		return err
	}
	told := func(sent []mail.Letter) (to []string) {
		for _, l := range sent {
			to = append(to, l.To)
		}
		slices.Sort(to)
		return to
	}
	t.Run("somebody outside the company gets no copy before a yes, and nothing is sent meanwhile", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET company_id = $1`, w.company); err != nil {
			t.Fatal(err)
		}
		*sent = nil
		err := reply(w, n, "cid@acme.test, boss@partner.test, x@y.test", ticket.Recipients{Confirmed: []string{"x@y.test"}})
		m := fault.Of(err).Fields["cc"]
		if m.Key != "ticket.cc_outside" || !slices.Contains(m.Args, any("boss@partner.test")) || len(*sent) != 0 {
			t.Fatalf("%v %v, %d letters", m, err, len(*sent))
		}
		if err := reply(w, n, "cid@acme.test, boss@partner.test", ticket.Recipients{Confirmed: []string{"boss@partner.test"}}); err != nil {
			t.Fatal(err)
		}
		if err := reply(w, n, "boss@partner.test", ticket.Recipients{}); err != nil {
			t.Errorf("who is on copy already is asked about again: %v", err)
		}
	})
	t.Run("whom the writer leaves out gets no letter, whoever they did not see does", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		if err := reply(w, n, "cid@acme.test, bob@acme.test", ticket.Recipients{Confirmed: []string{"cid@acme.test", "bob@acme.test"}}); err != nil {
			t.Fatal(err)
		}
		*sent = nil
		if err := reply(w, n, "", ticket.Recipients{Shown: []string{"cid@acme.test"}}); err != nil {
			t.Fatal(err)
		}
		if got := told(*sent); !slices.Equal(got, []string{"", "bob@acme.test"}) {
			t.Errorf("letters to %v", got)
		}
		work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewAll, ticket.ReplyDraft)
		if err != nil || work.LastReply.Begins() != ticket.ToChosen || !slices.Equal(work.LastReply.Skipped, []string{"cid@acme.test"}) {
			t.Errorf("the choice is not remembered: %+v %v", work.LastReply, err)
		}
		said := w.said(t, n)
		if last := said[len(said)-1]; !slices.Equal(last.Skipped, []string{"cid@acme.test"}) {
			t.Errorf("the message does not say whom it was not mailed to: %v", last.Skipped)
		}
		if _, err := w.svc.Thread(t.Context(), w.cid, n, ticket.ViewEnd); err != nil {
			t.Errorf("who is on copy does not see the ticket any more: %v", err)
		}
	})
	t.Run("the desk's own address is refused", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.svc = ticket.NewService(w.db, nil, ticket.Hooks{OwnAddresses: func(context.Context) []string { return []string{"Support@desk.test"} }}, w.now)
		if err := reply(w, w.submit(t, w.ann), "support@desk.test", ticket.Recipients{}); fieldKey(err) != "ticket.cc_ours" {
			t.Errorf("%v", err)
		}
	})
	t.Run("reply, reply all and requester only are three choices, and the ticket remembers the last", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		work := func() ticket.Work {
			t.Helper()
			got, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewAll, ticket.ReplyDraft)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := work().LastReply.Begins(); got != ticket.ToAll {
			t.Errorf("the first reply begins with %q", got)
		}
		both := []string{"bob@acme.test", "cid@acme.test"}
		if err := reply(w, n, "cid@acme.test, bob@acme.test", ticket.Recipients{Confirmed: both}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			to   ticket.Recipients
			want []string
		}{
			{ticket.Recipients{Mode: ticket.ToRequester, Shown: []string{"bob@acme.test"}, To: []string{"bob@acme.test"}}, []string{""}},
			{ticket.Recipients{Mode: ticket.ToAll, Shown: both}, []string{"", "bob@acme.test", "cid@acme.test"}},
			{ticket.Recipients{Mode: ticket.ToChosen, Shown: both, To: []string{"cid@acme.test"}}, []string{"", "cid@acme.test"}},
		} {
			*sent = nil
			if err := reply(w, n, "", c.to); err != nil {
				t.Fatal(err)
			}
			if got := told(*sent); !slices.Equal(got, c.want) {
				t.Errorf("%s: letters to %q, want %q", c.to.Mode, got, c.want)
			}
			if got := work().LastReply.Begins(); got != c.to.Mode {
				t.Errorf("%s: the next reply begins with %q", c.to.Mode, got)
			}
		}
		if _, err := w.perform(t, n, ticket.Act{Reply: "By a macro."}, "macro"); err != nil {
			t.Fatal(err)
		}
		if got := work().LastReply; got.Begins() != ticket.ToChosen || !slices.Equal(got.Skipped, []string{"bob@acme.test"}) {
			t.Errorf("a macro's reply changes the choice: %+v", got)
		}
		if err := reply(w, n, "zed@acme.test", ticket.Recipients{Mode: ticket.ToRequester}); fieldKey(err) != "ticket.cc_requester_only" {
			t.Errorf("requester only, with a new copy: %v", err)
		}
	})
	t.Run("the desk's own address on copy gets no letter and is not shown", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withAllMail(t)
		n := w.submit(t, w.ann)
		if _, err := w.db.Exec(t.Context(), `INSERT INTO participants (ticket_id, address, why, side, added_at) SELECT id, 'support@desk.test', 'cc', 'customer', now() FROM tickets`); err != nil {
			t.Fatal(err)
		}
		var letters []mail.Letter
		w.svc = ticket.NewService(w.db, nil, ticket.Hooks{
			OwnAddresses: func(context.Context) []string { return []string{"Support@desk.test"} },
			Mail: func(_ context.Context, _ pgx.Tx, l ...mail.Letter) error {
				letters = append(letters, l...)
				return nil
			},
		}, w.now)
		*sent = nil
		if err := reply(w, n, "", ticket.Recipients{Mode: ticket.ToAll}); err != nil {
			t.Fatal(err)
		}
		if got := told(letters); !slices.Equal(got, []string{""}) {
			t.Errorf("letters to %q", got)
		}
		if got := w.work(t, n).Participants; len(got) != 0 {
			t.Errorf("shown: %+v", got)
		}
	})
	t.Run("contacts are offered with what they are to the ticket, and nobody who gets it anyway", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		if err := reply(w, n, "cid@acme.test", ticket.Recipients{Confirmed: []string{"cid@acme.test"}}); err != nil {
			t.Fatal(err)
		}
		w.svc = ticket.NewService(w.db, nil, ticket.Hooks{OwnAddresses: func(context.Context) []string { return []string{"Support@desk.test"} }}, w.now)
		find := func(number int64, query string) ticket.CopyOffers {
			t.Helper()
			found, err := w.svc.FindCopies(t.Context(), w.eve, number, query)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		if got := find(n, "boss@partner.test"); len(got.Offers) != 1 || got.Offers[0].Inside || got.Offers[0].Name != "" || got.Company != "Acme" {
			t.Errorf("somebody unknown: %+v", got)
		}
		for _, query := range []string{"cid@acme.test", "ann@acme.test", "support@desk.test", "b", "nobody at all"} {
			if got := find(n, query); len(got.Offers) != 0 {
				t.Errorf("%s: %+v", query, got.Offers)
			}
		}
		if got := find(0, "cid@acme.test"); len(got.Offers) != 1 || got.Offers[0].Name == "" || got.Ticket {
			t.Errorf("for a ticket that is not there yet: %+v", got)
		}
		if _, err := w.svc.FindCopies(t.Context(), w.ann, n, "cid"); key(err) != "error.forbidden" {
			t.Errorf("a customer looks: %v", err)
		}
	})
}
