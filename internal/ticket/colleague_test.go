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
	if stake, err := w.svc.StakeOf(t.Context(), w.thread(t, number).ID, w.abe.PersonID); err != nil || stake != ticket.Reads {
		t.Errorf("Abe's stake is %q, %v", stake, err)
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
