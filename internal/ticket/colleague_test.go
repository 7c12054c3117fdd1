package ticket_test

import (
	"slices"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestColleaguesHear: an agent's reply is told to those who see the ticket
// through the company and asked for it, and to nobody else.
func TestColleaguesHear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := w.withAllMail(t)
	for _, p := range []auth.Actor{w.abe, w.cid, w.bob} { // Abe sees all of the company, Cid his own, Bob is of none
		_, err := w.db.Exec(t.Context(), `INSERT INTO notification_choices (person_id, kind, wanted) VALUES ($1, 'company', true)`, p.PersonID)
		if err != nil {
			t.Fatal(err)
		}
	}
	heard := func(number int64) []int64 {
		t.Helper()
		*sent = nil
		w.answer(t, number, ticket.Waiting)
		var people []int64
		for _, l := range *sent {
			if l.Kind == mail.Reply {
				people = append(people, l.PersonID)
			}
		}
		return people
	}
	number := w.submit(t, w.ann)
	if got := heard(number); !slices.Equal(got, []int64{w.ann.PersonID, w.abe.PersonID}) {
		t.Errorf("the reply went to %v", got)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET private = true WHERE number = $1`, number); err != nil {
		t.Fatal(err)
	}
	if got := heard(number); !slices.Equal(got, []int64{w.ann.PersonID}) {
		t.Errorf("the reply on a private ticket went to %v", got)
	}
	if got := heard(w.submit(t, w.bob)); !slices.Equal(got, []int64{w.bob.PersonID}) {
		t.Errorf("the reply to a private person went to %v", got)
	}
}

// TestStakeOf: why somebody hears of a ticket is what holds when a letter leaves.
func TestStakeOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.submit(t, w.ann)
	id := w.thread(t, number).ID
	in := ticket.AgentReply{Message: "m", CC: "bob@acme.test, boss@partner.test", To: ticket.Recipients{Confirmed: []string{"bob@acme.test", "boss@partner.test"}}}
	if _, err := w.svc.Answer(t.Context(), w.eve, number, in); err != nil {
		t.Fatal(err)
	}
	is := func(person int64, address string, want ticket.Stake) {
		t.Helper()
		if got, err := w.svc.StakeOf(t.Context(), id, person, address); err != nil || got != want {
			t.Errorf("%s hears because of %q, %v; want %q", address, got, err, want)
		}
	}
	do := func(sql string, args ...any) {
		t.Helper()
		if _, err := w.db.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	is(w.ann.PersonID, "ann@acme.test", ticket.Asked)
	is(w.bob.PersonID, "bob@acme.test", ticket.Copy)
	is(0, "boss@partner.test", ticket.Copy)
	is(0, "other@partner.test", ticket.NoSuch)
	is(w.abe.PersonID, "abe@acme.test", ticket.Reads)
	is(w.cid.PersonID, "cid@acme.test", ticket.NoSuch)
	is(w.max.PersonID, "max@acme.test", ticket.Reads)
	for _, address := range []string{"bob@acme.test", "boss@partner.test"} {
		if err := w.svc.TakeCopy(t.Context(), w.eve, number, address); err != nil {
			t.Fatal(err)
		}
	}
	is(w.bob.PersonID, "bob@acme.test", ticket.NoSuch)
	is(0, "boss@partner.test", ticket.NoSuch)
	do(`UPDATE companies SET privacy = 'own' WHERE id = $1`, w.company)
	is(w.abe.PersonID, "abe@acme.test", ticket.NoSuch)
	do(`UPDATE companies SET privacy = 'everyone' WHERE id = $1`, w.company)
	is(w.cid.PersonID, "cid@acme.test", ticket.Reads)
	do(`DELETE FROM company_people WHERE person_id = $1`, w.cid.PersonID)
	is(w.cid.PersonID, "cid@acme.test", ticket.NoSuch)
	do(`DELETE FROM person_roles WHERE person_id = $1`, w.max.PersonID)
	is(w.max.PersonID, "max@acme.test", ticket.NoSuch)
	do(`UPDATE people SET disabled_at = now() WHERE id = $1`, w.ann.PersonID)
	is(w.ann.PersonID, "ann@acme.test", ticket.NoSuch)
}
