package ticket_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestActOfOwner is that an act gives a ticket to somebody else with their company,
// refuses a company that is not theirs, and that undoing puts everything back, a
// copy of the new requester too.
func TestActOfOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.bob)
	if _, err := w.db.Exec(t.Context(), `INSERT INTO company_people (company_id, person_id, linked_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING`, w.company, w.ann.PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), `INSERT INTO participants (ticket_id, address, person_id, why, side, added_at) SELECT id, 'ann@acme.test', $1, 'cc', 'customer', now() FROM tickets`, w.ann.PersonID); err != nil {
		t.Fatal(err)
	}
	state := func() (requester, company int64, copies int) {
		t.Helper()
		err := w.db.QueryRow(t.Context(), `SELECT requester_id, coalesce(company_id, 0), (SELECT count(*) FROM participants) FROM tickets`).Scan(&requester, &company, &copies)
		if err != nil {
			t.Fatal(err)
		}
		return requester, company, copies
	}
	u, err := w.svc.Apply(t.Context(), w.eve, n, ticket.Changes{Requester: w.ann.PersonID, Priority: ticket.High})
	if requester, company, copies := state(); err != nil || requester != w.ann.PersonID || company != w.company || copies != 0 || !u.Uncopied {
		t.Errorf("it is of %d and company %d with %d copies (%v)", requester, company, copies, err)
	}
	if err := w.svc.Undo(t.Context(), w.eve, n, u); err != nil {
		t.Fatal(err)
	}
	if requester, company, copies := state(); requester != w.bob.PersonID || company != 0 || copies != 1 {
		t.Errorf("taken back it is of %d and company %d with %d copies", requester, company, copies)
	}
	if _, err := w.svc.Apply(t.Context(), w.eve, n, ticket.Changes{Company: w.company}); fault.Of(err).Fields["company"].Key != "ticket.company_not_theirs" {
		t.Errorf("a stranger's company: %v", err)
	}
	if _, err := w.svc.Apply(t.Context(), w.eve, n, ticket.Changes{Requester: 987654}); fault.Of(err).Fields["requester"].Key != "ticket.requester_unknown" {
		t.Errorf("nobody: %v", err)
	}
}

// TestSizeOf is that all tickets of a filter are counted exactly, and that what
// lies far from the top of the lists is said to be more; Whole has all of it.
func TestSizeOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.submit(t, w.ann)
	_, err := w.db.Exec(t.Context(), `
INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier, priority)
SELECT CASE i % 100 WHEN 0 THEN 'Storm' ELSE 'Calm' END, 'closed', $1, 'nobody', t.topic_id, t.requester_id, $1, $1, 'customer', CASE i WHEN 12000 THEN 4 ELSE 2 END
FROM tickets t, generate_series(1, 12000) i`, w.now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET last_activity_at = $1 WHERE priority = 4`, w.now().AddDate(-1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct {
		size ticket.Size
		all  int
	}{
		"status:new":      {ticket.Size{N: 1}, 1},
		"storm":           {ticket.Size{N: 120}, 120},
		"priority:normal": {ticket.Size{N: 10000, More: true}, 12000},
		"priority:urgent": {ticket.Size{More: true}, 1},
		"number:" + strconv.FormatInt(first, 10) + " status:new": {ticket.Size{N: 1}, 1},
	} {
		f, err := w.svc.ReadFilter(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if size, err := w.svc.SizeOf(t.Context(), w.eve, f); err != nil || size != want.size {
			t.Errorf("%s has %+v, want %+v (%v)", text, size, want.size, err)
		}
		scope, err := w.svc.Whole(t.Context(), w.eve, f)
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM tickets t WHERE `+scope.Where, scope.Args).Scan(&n); err != nil || n != want.all {
			t.Errorf("all of %s are %d, want %d (%v)", text, n, want.all, err)
		}
	}
	if _, err := w.svc.Whole(t.Context(), w.ann, ticket.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer gets all: %v", err)
	}
}
