package ticket_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/ticket"
)

// withMail gives the world's service an outbox that remembers only letters to
// those who were put on copy.
func (w *world) withMail(tb testing.TB) *[]mail.Letter {
	tb.Helper()
	return w.outbox(tb, func(l mail.Letter) bool { return l.Kind == mail.Copied })
}

// withAllMail is withMail for every letter.
func (w *world) withAllMail(tb testing.TB) *[]mail.Letter {
	tb.Helper()
	return w.outbox(tb, func(mail.Letter) bool { return true })
}

func (w *world) outbox(tb testing.TB, keep func(mail.Letter) bool) *[]mail.Letter {
	tb.Helper()
	var sent []mail.Letter
	files, err := blob.Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	w.svc = ticket.NewService(w.db, files, ticket.Hooks{
		Mail: func(_ context.Context, _ pgx.Tx, letters ...mail.Letter) error {
			for _, l := range letters {
				if keep(l) {
					sent = append(sent, l)
				}
			}
			return nil
		},
		Secret: []byte("a secret of thirty-two bytes ...."),
	}, w.now)
	return &sent
}

func TestCopies(t *testing.T) {
	t.Parallel()
	t.Run("a colleague chosen from the list gets copies and a letter without the ticket's content", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withMail(t)
		n := w.submit(t, w.ann)
		all, err := w.svc.Colleagues(t.Context(), w.ann, n)
		if err != nil || len(all) != 2 || all[1].Email != "cid@acme.test" {
			t.Fatalf("colleagues = %+v, %v", all, err)
		}
		outside, err := w.svc.AddCopies(t.Context(), w.ann, n, ticket.NewCopies{People: []int64{w.cid.PersonID}})
		if err != nil || outside != nil {
			t.Fatalf("asked about %v, %v", outside, err)
		}
		th, err := w.svc.Thread(t.Context(), w.cid, n, ticket.ViewEnd)
		if err != nil {
			t.Fatal("who is on copy does not see the ticket:", err)
		}
		p := th.Participants[0]
		if p.Address != "cid@acme.test" || p.AddedBy != w.ann.Name || p.Side != ticket.ByCustomer || *p.AdderID != w.ann.PersonID {
			t.Errorf("participant = %+v", p)
		}
		if last := th.Entries[len(th.Entries)-1]; last.Event != ticket.CopiesSet || last.New != "cid@acme.test" {
			t.Errorf("the history ends with %+v", last)
		}
		want := map[string]string{"number": strconv.FormatInt(n, 10), "subject": th.Subject, "who": w.ann.Name, "link": "/tickets/" + strconv.FormatInt(n, 10)}
		if len(*sent) != 1 || (*sent)[0].Kind != mail.Copied || (*sent)[0].To != "cid@acme.test" || len((*sent)[0].Data) != len(want) {
			t.Fatalf("sent %+v", *sent)
		}
		for k, v := range want {
			if (*sent)[0].Data[k] != v {
				t.Errorf("the letter's %s is %q, want %q", k, (*sent)[0].Data[k], v)
			}
		}
		// the same again changes nothing and tells nobody
		if _, err := w.svc.AddCopies(t.Context(), w.ann, n, ticket.NewCopies{Typed: "CID@acme.test, ann@acme.test"}); err != nil {
			t.Fatal(err)
		}
		if len(*sent) != 1 {
			t.Errorf("told twice: %+v", *sent)
		}
	})
	t.Run("an address outside the company is asked about first", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		sent := w.withMail(t)
		n := w.submit(t, w.ann)
		in := ticket.NewCopies{Typed: "Supplier <x@supplier.test>; abe@acme.test"}
		outside, err := w.svc.AddCopies(t.Context(), w.ann, n, in)
		if err != nil || !slices.Equal(outside, []string{"x@supplier.test"}) {
			t.Fatalf("asked about %v, %v", outside, err)
		}
		if th := w.thread(t, n); len(th.Participants) != 0 || len(*sent) != 0 {
			t.Error("something happened before the answer")
		}
		in.Confirmed = outside
		if outside, err = w.svc.AddCopies(t.Context(), w.ann, n, in); err != nil || outside != nil {
			t.Fatalf("asked again about %v, %v", outside, err)
		}
		if th := w.thread(t, n); len(th.Participants) != 2 || len(*sent) != 2 {
			t.Errorf("on copy: %+v", th.Participants)
		}
	})
	t.Run("only the requester and agents add, and nobody to a closed ticket", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.withMail(t)
		n := w.submit(t, w.ann)
		in := ticket.NewCopies{Typed: "cid@acme.test"}
		if _, err := w.svc.AddCopies(t.Context(), w.abe, n, in); key(err) != "ticket.copies_not_yours" {
			t.Errorf("a colleague who sees all: %v", err)
		}
		if _, err := w.svc.AddCopies(t.Context(), w.eve, n, in); err != nil {
			t.Errorf("an agent: %v", err)
		}
		if _, err := w.svc.AddCopies(t.Context(), w.cid, n, ticket.NewCopies{Typed: "bob@acme.test"}); key(err) != "ticket.copies_not_yours" {
			t.Errorf("a participant: %v", err)
		}
		w.answer(t, n, ticket.Closed)
		if _, err := w.svc.AddCopies(t.Context(), w.ann, n, in); !fault.Is(err, fault.Conflict) {
			t.Errorf("a closed one: %v", err)
		}
	})
	t.Run("others than one may know cannot be picked by their id", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.withMail(t)
		n := w.submit(t, w.ann)
		if _, err := w.svc.AddCopies(t.Context(), w.ann, n, ticket.NewCopies{People: []int64{w.bob.PersonID, w.eve.PersonID}}); key(err) != "error.form_invalid" {
			t.Errorf("got %v", err)
		}
		lone := w.submit(t, w.bob)
		if all, err := w.svc.Colleagues(t.Context(), w.bob, lone); err != nil || len(all) != 0 {
			t.Errorf("somebody of no company knows %v, %v", all, err)
		}
		if all, err := w.svc.Colleagues(t.Context(), w.bob, n); err != nil || len(all) != 0 {
			t.Errorf("a stranger knows %v, %v", all, err)
		}
	})
	t.Run("what is no address is refused by name", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		for _, typed := range []string{"", " ; ", "no address", "a@b\r\nBcc: c@d.test"} {
			if _, err := w.svc.AddCopies(t.Context(), w.ann, n, ticket.NewCopies{Typed: typed}); fault.Of(err).Fields["copies"].Key == "" {
				t.Errorf("%q: %v", typed, err)
			}
		}
	})
}

func TestTakeCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withMail(t)
	n := w.submit(t, w.ann)
	add := func(by auth.Actor, address string) {
		t.Helper()
		if _, err := w.svc.AddCopies(t.Context(), by, n, ticket.NewCopies{Typed: address, Confirmed: []string{address}}); err != nil {
			t.Fatal(err)
		}
	}
	take := func(by auth.Actor, address string) string { return key(w.svc.TakeCopy(t.Context(), by, n, address)) }
	add(w.ann, "cid@acme.test")
	add(w.eve, "bob@acme.test")
	add(w.ann, "x@supplier.test")
	if k := take(w.cid, "x@supplier.test"); k != "ticket.copy_not_yours" {
		t.Errorf("a participant takes another off: %q", k)
	}
	if k := take(w.ann, "bob@acme.test"); k != "ticket.copy_not_yours" {
		t.Errorf("the requester takes off whom an agent added: %q", k)
	}
	if k := take(w.ann, "x@supplier.test"); k != "" {
		t.Errorf("the requester cannot take off whom they added: %q", k)
	}
	if k := take(w.ann, "x@supplier.test"); k != "ticket.copy_not_found" {
		t.Errorf("twice: %q", k)
	}
	if k := take(w.bob, "bob@acme.test"); k != "" {
		t.Errorf("somebody cannot take themselves off: %q", k)
	}
	if _, err := w.svc.Thread(t.Context(), w.bob, n, ticket.ViewEnd); !fault.Is(err, fault.NotFound) {
		t.Errorf("who left still sees the ticket: %v", err)
	}
	if k := take(w.eve, "cid@acme.test"); k != "" {
		t.Errorf("an agent cannot take off: %q", k)
	}
	th := w.thread(t, n)
	gone := 0
	for _, e := range th.Entries {
		if e.Event == ticket.CopiesTaken {
			gone++
		}
	}
	if gone != 3 || len(th.Participants) != 0 {
		t.Errorf("%d were taken off in the history, %v are left", gone, th.Participants)
	}
}

func TestAdoptCopies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withMail(t)
	n := w.submit(t, w.ann)
	if _, err := w.svc.AddCopies(t.Context(), w.ann, n, ticket.NewCopies{Typed: "new@supplier.test", Confirmed: []string{"new@supplier.test"}}); err != nil {
		t.Fatal(err)
	}
	adopt := func(at *time.Time) {
		if _, err := w.db.Exec(t.Context(), `INSERT INTO identities (person_id, kind, value, verified_at) VALUES ($1, 'email', 'new@supplier.test', $2)
ON CONFLICT (kind, value) DO UPDATE SET verified_at = $2`, w.bob.PersonID, at); err != nil {
			t.Fatal(err)
		}
		if err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error { return w.svc.AdoptCopies(t.Context(), tx, w.bob.PersonID) }); err != nil {
			t.Fatal(err)
		}
	}
	adopt(nil)
	if _, err := w.svc.Thread(t.Context(), w.bob, n, ticket.ViewEnd); !fault.Is(err, fault.NotFound) {
		t.Errorf("an address that nobody proved opens a ticket: %v", err)
	}
	now := w.now()
	adopt(&now)
	if _, err := w.svc.Thread(t.Context(), w.bob, n, ticket.ViewEnd); err != nil {
		t.Errorf("who proved the address does not see the ticket: %v", err)
	}
}

func TestCopiesOfAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := w.withAllMail(t)
	n := w.submit(t, w.ann)
	*sent = nil
	answer := func(cc string) error {
		_, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{
			Message: "m", CC: cc, To: ticket.Recipients{Confirmed: strings.FieldsFunc(cc, func(r rune) bool { return strings.ContainsRune(", <>", r) })},
		})
		return err
	}
	if err := answer("ann@acme.test, Eve <eve@acme.test>, cid@acme.test, cid@acme.test, x@supplier.test"); err != nil {
		t.Fatal(err)
	}
	if len(*sent) != 3 || (*sent)[0].PersonID != w.ann.PersonID || (*sent)[1].PersonID != w.cid.PersonID || (*sent)[2].To != "x@supplier.test" {
		t.Errorf("letters to the requester, a colleague and an address; got %+v", *sent)
	}
	for _, p := range w.thread(t, n).Participants {
		if p.Address == "ann@acme.test" {
			t.Error("the requester is on copy of their own ticket")
		}
	}
	for range 2 { // 3 there, 40 more, then 20 more
		many := make([]string, 20)
		for i := range many {
			many[i] = strconv.Itoa(len(w.thread(t, n).Participants)+i) + "@many.test"
		}
		if err := answer(strings.Join(many, ",")); err != nil {
			t.Fatal(err)
		}
	}
	err := answer("a@more.test, b@more.test, c@more.test, d@more.test, e@more.test, f@more.test, g@more.test, h@more.test")
	if m := fault.Of(err).Fields["cc"]; m.Key != "ticket.copies_too_many" {
		t.Errorf("more than 50 are on copy: %v", err)
	}
	if err := answer("cid@acme.test"); err != nil {
		t.Errorf("who is on copy already counts twice: %v", err)
	}
}
