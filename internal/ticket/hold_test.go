package ticket_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// sending is a world in which held replies are sent.
type sending struct {
	*world
	woken map[int64]time.Time
}

func newSending(t *testing.T) *sending {
	t.Helper()
	w := &sending{world: newWorld(t), woken: map[int64]time.Time{}}
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.svc = ticket.NewService(w.db, files, ticket.Hooks{
		Later: func(_ context.Context, _ pgx.Tx, id int64, at time.Time) error { w.woken[id] = at; return nil },
		Person: func(_ context.Context, id int64) (auth.Actor, error) {
			for _, a := range []auth.Actor{w.eve, w.max} {
				if a.PersonID == id {
					return a, nil
				}
			}
			return auth.Actor{}, fault.New(fault.NotFound, "account.not_found")
		},
	}, w.now)
	return w
}

func (w *sending) hold(t *testing.T, by auth.Actor, n int64, in ticket.AgentReply, h ticket.Hold) ticket.HeldReply {
	t.Helper()
	held, err := w.svc.Hold(t.Context(), by, n, in, h)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func (w *sending) due(t *testing.T) {
	t.Helper()
	if _, err := w.svc.SendDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// messages are the texts of the ticket's messages.
func (w *sending) messages(t *testing.T, n int64) []string {
	t.Helper()
	var all []string
	for _, e := range w.thread(t, n).Entries {
		if e.Kind == ticket.MessageEntry {
			all = append(all, e.Source)
		}
	}
	return all
}

func (w *sending) draft(t *testing.T, by auth.Actor, n int64) (*ticket.Draft, []ticket.Spare) {
	t.Helper()
	work, err := w.svc.Work(t.Context(), by, n, ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil {
		t.Fatal(err)
	}
	return work.Draft, work.Spares
}

func TestHold(t *testing.T) {
	t.Parallel()
	undo := ticket.Hold{Why: ticket.ForUndo, Form: map[string][]string{"cc": {"x@y.test"}, "personal": {"1"}}}

	t.Run("a held reply is sent once, ten seconds later", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		in := ticket.AgentReply{Message: "Try this.", Key: "k1", CC: "x@y.test", To: ticket.Recipients{Confirmed: []string{"x@y.test"}}}
		held := w.hold(t, w.eve, n, in, undo)
		again := w.hold(t, w.eve, n, in, undo)
		if again.ID != held.ID || !w.woken[held.ID].Equal(w.now().Add(ticket.UndoTime)) {
			t.Errorf("the form twice is held as %d and %d, woken at %v", held.ID, again.ID, w.woken)
		}
		w.due(t)
		if got := w.messages(t, n); len(got) != 1 {
			t.Fatalf("sent before its time: %q", got)
		}
		w.pass(ticket.UndoTime)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := w.svc.SendHeld(context.WithoutCancel(t.Context()), held.ID); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		th := w.thread(t, n)
		if got := w.messages(t, n); len(got) != 2 || th.Status != ticket.Waiting || th.AssigneeName == nil {
			t.Errorf("messages %q, status %s", got, th.Status)
		}
		w.hold(t, w.eve, n, in, undo) // the form once more, after a long pause
		w.pass(ticket.UndoTime)
		w.due(t)
		if got := w.messages(t, n); len(got) != 2 {
			t.Errorf("sent twice: %q", got)
		}
	})

	t.Run("taken back it is the draft again, whole, and what was begun since stays beside it", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.save(t, w.eve, n, ticket.Draft{Body: "Try this.", Writer: "k1", WriterN: 1})
		held := w.hold(t, w.eve, n, ticket.AgentReply{Message: "Try this.", Key: "k1", Status: ticket.Resolved}, undo)
		if d, _ := w.draft(t, w.eve, n); d != nil {
			t.Errorf("the draft is still there: %+v", d)
		}
		if _, err := w.svc.SaveDraft(t.Context(), w.eve, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: "Try", Writer: "k1"}); key(err) != "ticket.draft_sent" {
			t.Errorf("a late save of the same form: %v", err)
		}
		w.save(t, w.eve, n, ticket.Draft{Body: "P.S.", Writer: "k2", WriterN: 1})
		if _, err := w.svc.TakeBack(t.Context(), w.max, held.ID); key(err) != "ticket.held_gone" {
			t.Errorf("somebody else takes it back: %v", err)
		}
		number, err := w.svc.TakeBack(t.Context(), w.eve, held.ID)
		d, spares := w.draft(t, w.eve, n)
		if err != nil || number != n || d == nil || d.Body != "Try this." || d.Form["cc"][0] != "x@y.test" || d.Form["personal"][0] != "1" || d.Returned != "" {
			t.Fatalf("draft %+v, %v", d, err)
		}
		if len(spares) != 1 || spares[0].Body != "P.S." {
			t.Errorf("spares %+v", spares)
		}
		w.pass(time.Minute)
		w.due(t)
		if got := w.messages(t, n); len(got) != 1 {
			t.Errorf("sent after all: %q", got)
		}
		if _, err := w.svc.TakeBack(t.Context(), w.eve, held.ID); key(err) != "ticket.held_gone" {
			t.Errorf("taken back twice: %v", err)
		}
	})

	t.Run("somebody else's message within the ten seconds brings it back", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.hold(t, w.eve, n, ticket.AgentReply{Message: "Try this.", Key: "k1"}, undo)
		if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "It works again."}); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Minute)
		w.due(t)
		d, _ := w.draft(t, w.eve, n)
		if d == nil || d.Body != "Try this." || d.Returned != ticket.Crossed {
			t.Errorf("draft %+v", d)
		}
		var told int
		if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM events WHERE kind = 'reply_returned' AND old = $1`, w.eve.Name).Scan(&told); err != nil || told != 1 {
			t.Errorf("the timeline says so %d times, %v", told, err)
		}
		if got := w.messages(t, n); len(got) != 2 {
			t.Errorf("messages %q", got)
		}
	})

	t.Run("a ticket closed meanwhile brings it back", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.hold(t, w.eve, n, ticket.AgentReply{Message: "Try this.", Key: "k1"}, ticket.Hold{Why: ticket.ForLater, At: w.now().Add(time.Hour)})
		if err := w.svc.SetStatus(t.Context(), w.max, n, ticket.Closed, nil); err != nil {
			t.Fatal(err)
		}
		if d, _ := w.draft(t, w.eve, n); d == nil || d.Returned != ticket.TooLate {
			t.Errorf("draft %+v", d)
		}
	})

	t.Run("a scheduled reply goes at its time; a customer's reply takes back only what says so", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		at := w.now().Add(24 * time.Hour)
		w.hold(t, w.eve, n, ticket.AgentReply{Message: "Any news?", Key: "k1"}, ticket.Hold{Why: ticket.ForLater, At: at, UnlessReply: true})
		w.hold(t, w.eve, n, ticket.AgentReply{Message: "The maintenance begins.", Key: "k2"}, ticket.Hold{Why: ticket.ForLater, At: at})
		w.answerBy(t, w.max, n)
		if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "It works."}); err != nil {
			t.Fatal(err)
		}
		list, err := w.svc.ListUnsent(t.Context(), w.eve)
		if err != nil || len(list.Held) != 1 || len(list.Drafts) != 1 || list.Drafts[0].Returned != ticket.Crossed {
			t.Errorf("unsent %+v, %v", list, err)
		}
		w.at.Store(at.Unix())
		w.due(t)
		if got := w.messages(t, n); len(got) != 4 || got[3] != "The maintenance begins." {
			t.Errorf("messages %q", got)
		}
	})

	t.Run("the author sends it at once, and nobody else", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		held := w.hold(t, w.eve, n, ticket.AgentReply{Message: "Now.", Key: "k1"}, ticket.Hold{Why: ticket.ForLater, At: w.now().Add(time.Hour)})
		if _, err := w.svc.SendNow(t.Context(), w.max, held.ID); key(err) != "ticket.held_gone" {
			t.Errorf("somebody else sends it: %v", err)
		}
		if _, err := w.svc.SendNow(t.Context(), w.eve, held.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.messages(t, n); len(got) != 2 {
			t.Errorf("messages %q", got)
		}
	})

	t.Run("what Answer refuses is refused at once", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		for want, h := range map[string]ticket.Hold{
			"ticket.send_at_past": {Why: ticket.ForLater, At: w.now()},
			"ticket.send_at_far":  {Why: ticket.ForLater, At: w.now().AddDate(1, 1, 0)},
		} {
			_, err := w.svc.Hold(t.Context(), w.eve, n, ticket.AgentReply{Message: "m"}, h)
			if fault.Of(err).Fields["send_at"].Key != want {
				t.Errorf("%s: %v", want, err)
			}
		}
		if _, err := w.svc.Hold(t.Context(), w.ann, n, ticket.AgentReply{Message: "m"}, undo); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a customer holds replies: %v", err)
		}
		if _, err := w.svc.Hold(t.Context(), w.eve, n, ticket.AgentReply{Message: "m", Uploads: []int64{99}}, undo); fault.Of(err).Fields["attachments"].Key != "ticket.files_gone" {
			t.Errorf("a file that is not there: %v", err)
		}
	})
}

// save keeps a draft of a reply.
func (w *sending) save(t *testing.T, by auth.Actor, n int64, d ticket.Draft) ticket.Saved {
	t.Helper()
	d.Kind = ticket.ReplyDraft
	saved, err := w.svc.SaveDraft(t.Context(), by, n, d)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (w *sending) answerBy(t *testing.T, by auth.Actor, n int64) {
	t.Helper()
	if _, err := w.svc.Answer(t.Context(), by, n, ticket.AgentReply{Message: "Try this."}); err != nil {
		t.Fatal(err)
	}
}

func TestTwoPagesOfOneAgent(t *testing.T) {
	t.Parallel()
	w := newSending(t)
	n := w.submit(t, w.ann)
	first := w.save(t, w.eve, n, ticket.Draft{Body: "First page", Writer: "a", WriterN: 1})
	if s := w.save(t, w.eve, n, ticket.Draft{Body: "Second page", Writer: "b", WriterN: 1}); !s.Aside {
		t.Error("the second page wrote over the first")
	}
	w.save(t, w.eve, n, ticket.Draft{Body: "Second page, more", Writer: "b", WriterN: 3})
	w.save(t, w.eve, n, ticket.Draft{Body: "Second page, late", Writer: "b", WriterN: 2})
	w.save(t, w.eve, n, ticket.Draft{Body: "First page, late", Writer: "a", WriterN: 1})
	w.save(t, w.eve, n, ticket.Draft{Body: " ", Writer: "c", WriterN: 1}) // a page that nobody wrote on
	d, spares := w.draft(t, w.eve, n)
	if d.Body != "First page" || d.Version != first.Version || len(spares) != 1 || spares[0].Body != "Second page, more" {
		t.Fatalf("draft %+v, spares %+v", d, spares)
	}
	// A page that is loaded now goes on with what it shows.
	if s := w.save(t, w.eve, n, ticket.Draft{Body: "Third page", Writer: "c", WriterN: 2, Version: first.Version}); s.Aside {
		t.Error("a page that began with the draft may not go on with it")
	}
	if s := w.save(t, w.eve, n, ticket.Draft{Body: "First page again", Writer: "a", WriterN: 2}); !s.Aside {
		t.Error("the first page wrote over the third")
	}
	if _, _, err := w.svc.UseSpare(t.Context(), w.max, spares[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else uses a text of hers: %v", err)
	}
	if _, _, err := w.svc.UseSpare(t.Context(), w.eve, spares[0].ID); err != nil {
		t.Fatal(err)
	}
	d, spares = w.draft(t, w.eve, n)
	if d.Body != "Second page, more" || len(spares) != 2 {
		t.Fatalf("draft %+v, spares %+v", d, spares)
	}
	for _, s := range spares {
		if _, _, err := w.svc.DropSpare(t.Context(), w.eve, s.ID); err != nil {
			t.Error(err)
		}
	}
	// Sending one page's text leaves the other's.
	w.save(t, w.eve, n, ticket.Draft{Body: "Fourth page", Writer: "d", WriterN: 1})
	if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "Fourth page", Key: "d"}); err != nil {
		t.Fatal(err)
	}
	if d, spares := w.draft(t, w.eve, n); d == nil || d.Body != "Second page, more" || len(spares) != 0 {
		t.Errorf("draft %+v, spares %+v", d, spares)
	}
}

func TestPromise(t *testing.T) {
	t.Parallel()
	w := newSending(t)
	n := w.ticketIn(t, ticket.Postponed)
	until := *w.thread(t, n).PostponedUntil
	promised := func() *time.Time {
		work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewEnd, ticket.ReplyDraft)
		if err != nil {
			t.Fatal(err)
		}
		return work.Promised
	}
	if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "Thanks!"}); err != nil {
		t.Fatal(err)
	}
	if p := promised(); p == nil || !p.Equal(until) || w.thread(t, n).Status != ticket.Open {
		t.Fatalf("the ticket woke and the date is %v", p)
	}
	if err := w.svc.KeepPromise(t.Context(), w.eve, n); err != nil {
		t.Fatal(err)
	}
	if th := w.thread(t, n); th.Status != ticket.Postponed || !th.PostponedUntil.Equal(until) {
		t.Errorf("status %s until %v", th.Status, th.PostponedUntil)
	}
	w.pass(80 * time.Hour)
	w.sweep(t)
	if p := promised(); p == nil || w.thread(t, n).Status != ticket.Open {
		t.Errorf("the date came and is forgotten before anybody answered: %v", p)
	}
	overdue := func() (numbers []int64) {
		side, err := w.svc.Sidebar(t.Context(), w.eve)
		if err != nil {
			t.Fatal(err)
		}
		numbers = w.found(t, w.eve, ticket.ViewPromised.Filter().String())
		if int(side.Counts[ticket.ViewPromised]) != len(numbers) {
			t.Errorf("counted %s, listed %d", side.Counts[ticket.ViewPromised], len(numbers))
		}
		return numbers
	}
	w.pass(time.Minute)
	if got := overdue(); !slices.Equal(got, []int64{n}) {
		t.Errorf("overdue promises are %v", got)
	}
	if err := w.svc.KeepPromise(t.Context(), w.eve, n); key(err) != "ticket.no_promise" {
		t.Errorf("postponed to the past: %v", err)
	}
	w.answerBy(t, w.eve, n)
	if p := promised(); p != nil {
		t.Errorf("answered, and the promise still stands: %v", p)
	}
	if got := overdue(); len(got) != 0 {
		t.Errorf("answered, and overdue are still %v", got)
	}
}
