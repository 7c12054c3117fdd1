package ticket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestTrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticketIn(t, ticket.Waiting)
	w.apply(t, n, ticket.Changes{Bin: ticket.Trash})

	t.Run("the customer finds nothing", func(t *testing.T) {
		if _, err := w.svc.Thread(t.Context(), w.ann, n, ticket.ViewEnd); !fault.Is(err, fault.NotFound) {
			t.Errorf("page: %v", err)
		}
		if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "Hello?"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("reply: %v", err)
		}
		if err := w.svc.Solve(t.Context(), w.ann, n); !fault.Is(err, fault.NotFound) {
			t.Errorf("solve: %v", err)
		}
	})
	t.Run("an agent reads it and changes nothing", func(t *testing.T) {
		if _, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewEnd, ticket.ReplyDraft); err != nil {
			t.Errorf("page: %v", err)
		}
		if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "Hi"}); key(err) != "ticket.in_trash" {
			t.Errorf("answer: %v", err)
		}
		if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "Hi"}); key(err) != "ticket.in_trash" {
			t.Errorf("note: %v", err)
		}
		if err := w.svc.SetPriority(t.Context(), w.eve, n, ticket.Urgent); key(err) != "ticket.in_trash" {
			t.Errorf("priority: %v", err)
		}
	})
	t.Run("the robot leaves it alone and begins anew when it is back", func(t *testing.T) {
		w.pass(30 * 24 * time.Hour)
		if moves := w.sweep(t); len(moves) != 0 {
			t.Errorf("the robot moved %v", moves)
		}
		if _, err := w.svc.Apply(t.Context(), w.eve, n, ticket.Changes{Bin: ticket.Restore}); err != nil {
			t.Fatal(err)
		}
		if moves := w.sweep(t); len(moves) != 0 {
			t.Errorf("restored, it was moved on the spot: %v", moves)
		}
		w.pass(3 * 24 * time.Hour)
		if moves := w.sweep(t); len(moves) != 1 {
			t.Errorf("the robot moved %v", moves)
		}
	})
}

func TestSpamBlocksTheAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	blocked := func(email string) bool {
		yes, err := w.svc.Blocked(t.Context(), w.db, email)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	n := w.ticketIn(t, ticket.New)
	w.apply(t, n, ticket.Changes{Bin: ticket.Spam})
	if !blocked("Ann@acme.test") || blocked("abe@acme.test") {
		t.Error("spam blocks the requester's address alone")
	}
	w.apply(t, n, ticket.Changes{Bin: ticket.Restore})
	if blocked("ann@acme.test") {
		t.Error("no spam after all, and still blocked")
	}
	own, err := w.svc.Submit(t.Context(), w.eve, ticket.Submission{TopicID: w.topic, Subject: "S", Message: "M"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Apply(t.Context(), w.max, own, ticket.Changes{Bin: ticket.Spam}); key(err) != "ticket.spam_of_staff" {
		t.Errorf("a colleague is blocked: %v", err)
	}

	if err := w.svc.Block(t.Context(), w.max, " @Spam.Test "); err != nil {
		t.Fatal(err)
	}
	if !blocked("x@spam.test") || !blocked("x@mail.spam.test") || blocked("x@notspam.test") {
		t.Error("a domain blocks its addresses and those below it")
	}
	for _, bad := range []string{"", "test", "a b@c.test", strings.Repeat("x", 400) + ".test"} {
		if err := w.svc.Block(t.Context(), w.max, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is taken for a sender: %v", bad, err)
		}
	}
	if err := w.svc.Block(t.Context(), w.eve, "x.test"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an agent blocks domains: %v", err)
	}
}

func TestEmptyTrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	month := 30 * 24 * time.Hour
	gone, kept, alive := w.ticketIn(t, ticket.Waiting), w.ticketIn(t, ticket.Waiting), w.ticketIn(t, ticket.Waiting)
	u, err := w.svc.Stage(t.Context(), w.eve, "log.txt", strings.NewReader("boot log"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.AddNote(t.Context(), w.eve, gone, ticket.NewNote{Message: "See the log", Uploads: []int64{u.ID}}); err != nil {
		t.Fatal(err)
	}
	w.apply(t, gone, ticket.Changes{Bin: ticket.Trash, AddTags: []string{"spam"}})
	w.pass(2 * 24 * time.Hour)
	w.apply(t, kept, ticket.Changes{Bin: ticket.Trash})
	w.pass(29 * 24 * time.Hour)
	if n, err := w.svc.EmptyTrash(t.Context(), month); n != 1 || err != nil {
		t.Fatalf("deleted %d (%v)", n, err)
	}
	left := map[int64]bool{}
	rows, _ := w.db.Query(t.Context(), `SELECT number FROM tickets`)
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		left[n] = true
	}
	if left[gone] || !left[kept] || !left[alive] {
		t.Errorf("left: %v", left)
	}
	if _, err := w.svc.Download(t.Context(), w.eve, u.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("its file is still there: %v", err)
	}
	if err := w.svc.Purge(t.Context(), w.max, alive); key(err) != "ticket.not_in_trash" {
		t.Errorf("a living ticket is deleted: %v", err)
	}
	if err := w.svc.Purge(t.Context(), w.eve, kept); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an agent deletes for ever: %v", err)
	}
	if err := w.svc.Purge(t.Context(), w.max, kept); err != nil {
		t.Error(err)
	}
}

// TestEverythingOfATicketGoes holds every table that names a ticket, a message
// or a note to a rule of what becomes of its rows when that is deleted.
func TestEverythingOfATicketGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, _ := w.db.Query(t.Context(), `SELECT conrelid::regclass::text, conname FROM pg_constraint
		WHERE contype = 'f' AND confdeltype NOT IN ('c', 'n') AND confrelid IN ('tickets'::regclass, 'messages'::regclass, 'notes'::regclass)`)
	for rows.Next() {
		var table, name string
		if err := rows.Scan(&table, &name); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s (%s) keeps a ticket from being deleted for ever: say ON DELETE CASCADE, or SET NULL", table, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
