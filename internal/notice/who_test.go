package notice_test

import (
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/ticket"
)

func TestWhoStandsInIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	told := func() string {
		t.Helper()
		w.exec(t, `DELETE FROM notices`)
		w.reply(t, n)
		w.work(t)
		w.deliver(t)
		return w.letters(t)
	}
	if got := told(); got != "customer_reply to eve" {
		t.Errorf("told %q", got)
	}
	w.exec(t, `INSERT INTO absences (person_id, from_at, until_at, deputy_id, created_at) VALUES ($1, $2, $3, $4, now())`,
		w.eve.PersonID, w.now().Add(-time.Hour), w.now().Add(time.Hour), w.max.PersonID)
	if got := told(); got != "customer_reply to eve, customer_reply to max" {
		t.Errorf("while she is away: %q", got)
	}
	w.exec(t, `INSERT INTO departments (key, name, closed) VALUES ('closed', '{"en": "Closed"}', true)`)
	w.exec(t, `UPDATE tickets SET department_id = (SELECT id FROM departments WHERE key = 'closed') WHERE number = $1`, n)
	if got := told(); got != "customer_reply to eve" {
		t.Errorf("of a closed department that the deputy does not see: %q", got)
	}
	w.exec(t, `UPDATE tickets SET department_id = NULL WHERE number = $1`, n)
	w.pass(2 * time.Hour)
	if got := told(); got != "customer_reply to eve" {
		t.Errorf("once she is back: %q", got)
	}
}

func TestWhatIsSaidWithATicketComesWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	check(t, w.tickets.HandOver(t.Context(), w.max, n, ticket.Handover{AssigneeID: &w.ivo.PersonID, Note: "Ask for the log"}))
	w.work(t)
	w.deliver(t)
	var who, note string
	check(t, w.db.QueryRow(t.Context(), `SELECT data ->> 'who', data ->> 'note' FROM deliveries WHERE kind = 'assigned' ORDER BY id DESC LIMIT 1`).Scan(&who, &note))
	if who != "Max Test" || note != "Ask for the log" {
		t.Errorf("the letter says %q of %q", note, who)
	}
	if got := w.told(t, w.ivo); got != "assigned for mine" {
		t.Errorf("Ivo is told %q", got)
	}
}

func TestWhoIsMentionedIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.given(t)
	_, err := w.tickets.AddNote(t.Context(), w.max, n, ticket.NewNote{Message: "@Ivo, you know this one.", Mentions: []int64{w.ivo.PersonID}})
	check(t, err)
	w.work(t)
	w.deliver(t)
	if got := w.told(t, w.ivo) + "; " + w.told(t, w.eve) + "; " + w.letters(t); got != "mention for mentioned; note for mine; notice to ivo" {
		t.Errorf("told: %q", got)
	}
	w.reply(t, n)
	w.work(t)
	if got := w.told(t, w.ivo); got != "customer_reply for mentioned, mention for mentioned" {
		t.Errorf("of what follows Ivo is told %q", got)
	}
}

func TestDepartmentsAreTheirMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(t, `INSERT INTO departments (key, name) VALUES ('lab', '{"en": "Lab"}')`)
	w.exec(t, `INSERT INTO department_members (department_id, person_id) SELECT id, $1 FROM departments WHERE key = 'lab'`, w.ivo.PersonID)
	w.exec(t, `UPDATE topics SET department_id = (SELECT id FROM departments WHERE key = 'lab') WHERE id = $1`, w.topic)
	w.submit(t)
	w.work(t)
	if got := w.told(t, w.eve) + ";" + w.told(t, w.ivo); got != ";new_ticket for team" {
		t.Errorf("of a ticket of his department: %q", got)
	}
}
