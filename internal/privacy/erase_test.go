package privacy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

const place = "192.0.2.7"

func TestErasureRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.RequestErasure(t.Context(), w.ann, "a wrong password", place); fault.Of(err).Fields["current"].Key != "account.current_wrong" {
		t.Errorf("a wrong password gives %v", err)
	}
	want(t, w.RequestErasure(t.Context(), w.eve, password, place), fault.Conflict, "privacy.staff_ask_admin")
	if err := w.RequestErasure(t.Context(), w.ann, password, place); err != nil {
		t.Fatal(err)
	}
	want(t, w.RequestErasure(t.Context(), w.ann, password, place), fault.Conflict, "privacy.erasure_open")
	st, err := w.State(t.Context(), w.ann)
	if err != nil || st.Erasure == nil || st.Erasure.DueAt.Sub(w.now()) != 30*24*time.Hour {
		t.Fatalf("state = %+v, %v", st.Erasure, err)
	}
	if st, _ := w.State(t.Context(), w.abe); st.Erasure != nil {
		t.Error("somebody else's request shows")
	}
	for range 2 { // a button pressed twice
		if err := w.WithdrawErasure(t.Context(), w.ann); err != nil {
			t.Fatal(err)
		}
	}
	var letters int
	w.scan(t, &letters, `SELECT count(*) FROM deliveries WHERE kind LIKE 'erasure%'`)
	if letters != 2 {
		t.Errorf("%d letters, want one for each step", letters)
	}
	want(t, w.Erase(t.Context(), w.ada, st.Erasure.ID), fault.NotFound, "privacy.erasure_not_found")
	if err := w.RequestErasure(t.Context(), w.ann, password, place); err != nil {
		t.Errorf("after a withdrawn request: %v", err)
	}
}

func TestErasureNeedsARight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, by := range []struct {
		name string
		err  func() error
	}{
		{"an agent lists", func() error { _, err := w.Erasures(t.Context(), w.eve, ""); return err }},
		{"a customer looks", func() error { _, err := w.Erasure(t.Context(), w.ann, 1); return err }},
		{"an agent erases", func() error { return w.Erase(t.Context(), w.eve, 1) }},
		{"a customer erases", func() error { return w.Erase(t.Context(), w.abe, 1) }},
		{"an agent makes anonymous", func() error {
			return pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error {
				_, err := w.accounts.Anonymise(t.Context(), tx, w.eve, w.ann.PersonID)
				return err
			})
		}},
	} {
		t.Run(by.name, func(t *testing.T) {
			want(t, by.err(), fault.Forbidden, "error.forbidden")
		})
	}
	t.Run("nobody makes staff anonymous", func(t *testing.T) {
		err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error {
			_, err := w.accounts.Anonymise(t.Context(), tx, w.ada, w.eve.PersonID)
			return err
		})
		want(t, err, fault.Conflict, "account.staff_stay")
	})
}

// tables where a person's name or address may stand, as text. The change log is
// for administrators and keeps what it recorded; what people wrote stays.
var tables = []string{"people", "identities", "credentials", "participants", "deliveries", "drafts", "company_people", "events", "messages", "tickets", "companies", "notification_choices", "saved_filters"}

func TestErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.ticket(t, w.ann, "The switch is silent", "It does not answer.", "", "")
	others := w.ticket(t, w.abe, "Mine is silent too", "Help.", "", "")
	if _, err := w.tickets.Answer(t.Context(), w.eve, others, ticket.AgentReply{Message: "Look.", Status: ticket.Waiting, CC: "ann@acme.test; zoe@acme.test", To: ticket.Recipients{Confirmed: []string{"ann@acme.test", "zoe@acme.test"}}}); err != nil {
		t.Fatal(err)
	}
	w.exec(t, `UPDATE companies SET watchers = ARRAY[$1::bigint, $2]`, w.ann.PersonID, w.abe.PersonID)
	if err := w.accounts.Choose(t.Context(), w.ann, map[account.Notice]bool{account.NoticeRobot: false}); err != nil {
		t.Fatal(err)
	}
	if err := w.tickets.SaveFilter(t.Context(), w.ann, ticket.SavedFilter{Name: "Farewell switches", Query: "q=farewell"}); err != nil {
		t.Fatal(err)
	}
	w.make(t, w.ann)
	if err := w.RequestErasure(t.Context(), w.ann, password, place); err != nil {
		t.Fatal(err)
	}
	w.bounce(t, number, "ann@acme.test")
	page, err := w.Erasures(t.Context(), w.ada, "")
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Email != "ann@acme.test" || page.Rows[0].Tickets != 1 || page.Rows[0].Open != 1 {
		t.Fatalf("requests = %+v, %v", page, err)
	}
	if err := w.Erase(t.Context(), w.ada, page.Rows[0].ID); err != nil {
		t.Fatal(err)
	}
	want(t, w.Erase(t.Context(), w.ada, page.Rows[0].ID), fault.NotFound, "privacy.erasure_not_found")

	// The farewell alone still has an address to go to, until it has left.
	var farewell string
	w.scan(t, &farewell, `SELECT kind FROM deliveries WHERE recipient = 'ann@acme.test'`)
	if farewell != "erased" {
		t.Errorf("a letter of kind %q keeps the address", farewell)
	}
	w.exec(t, `UPDATE deliveries SET state = 'failed', detail = '550 <ann@acme.test>: no such user' WHERE kind = 'erased'`)
	if err := w.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var found int
		w.scan(t, &found, `SELECT count(*) FROM `+table+` t WHERE t::text ~* 'farewell|ann@acme|555 0147' AND t::text NOT LIKE '%abe%'`)
		if table == "people" {
			w.scan(t, &found, `SELECT count(*) FROM people t WHERE t::text ~* 'farewell' OR id = $1 AND t::text ~* '555 0147|engineer'`, w.ann.PersonID)
		}
		if found > 0 {
			t.Errorf("%d rows of %s still tell who it was", found, table)
		}
	}
	var bounces int
	w.scan(t, &bounces, `SELECT count(*) FROM events WHERE kind = 'undelivered' AND new = 'Former customer' AND old = '…'`)
	if bounces != 1 {
		t.Error("the ticket does not say any more that a letter was lost")
	}
	th, err := w.tickets.Thread(t.Context(), w.eve, number, ticket.ViewAll)
	if err != nil || th.RequesterName != "Former customer" {
		t.Errorf("the ticket's requester is %q, %v", th.RequesterName, err)
	}
	if th, err := w.tickets.Thread(t.Context(), w.abe, others, ticket.ViewAll); err != nil || strings.Contains(strings.ToLower(sayAll(th)), "ann@") {
		t.Errorf("a colleague's ticket still names the address: %v", err)
	}
	if _, err := w.accounts.SignIn(t.Context(), "ann@acme.test", password, place); err == nil {
		t.Error("they can still sign in")
	}
	if err := w.accounts.Enable(t.Context(), w.ada, w.ann.PersonID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an erased account is switched on again: %v", err)
	}
	var proof int
	w.scan(t, &proof, `SELECT count(*) FROM audit WHERE action = 'erasure.done' AND actor_id = $1 AND after::text NOT LIKE '%ann@%'`, w.ada.PersonID)
	if proof != 1 {
		t.Error("nothing proves that it was done")
	}
}

// bounce is a letter of a ticket that the mail server refused with words that
// name whom it was for.
func (w *world) bounce(t *testing.T, number int64, address string) {
	t.Helper()
	const said = "550 5.1.1 <%s>: Recipient address rejected: User unknown"
	w.exec(t, `UPDATE deliveries SET state = 'failed', detail = format($2, recipient) WHERE recipient = $1`, address, said)
	var id int64
	w.scan(t, &id, `SELECT id FROM tickets WHERE number = $1`, number)
	err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error {
		return w.tickets.Undelivered(t.Context(), tx, id, address, fmt.Sprintf(said, address))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sayAll(th ticket.Thread) string {
	var b strings.Builder
	for _, p := range th.Participants {
		b.WriteString(p.Address + " ")
	}
	for _, e := range th.Entries {
		b.WriteString(strings.Join(e.CC, " ") + e.Old + e.New)
	}
	return b.String()
}
