package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestOpenTicketForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	boss := w.person("Bea", "Boss", auth.AnswerTickets, auth.AssignTickets)
	w.get(w.eve, link.OpenTicket).lacks(t, ">Bea Boss</option>")
	w.get(boss, link.OpenTicket).wants(t, http.StatusOK, ">Marco Bellini</option>", `name="attachments"`, `data-canned="`, `data-copies="`)

	log, err := w.tickets.Stage(t.Context(), boss, "log.txt", strings.NewReader("lines of a log"), ticket.MaxUploads)
	w.must(err)
	upload := num(log.ID)
	typed := []string{
		"requester", num(w.ann.PersonID), "channel", "email", "topic", num(w.topic), "subject", "TFTP stops", "message", "<p>Please see the log.</p>", "message_kind", "html",
		"opening", "reply", "status", "new", "assignee", num(w.eve.PersonID), "cc", "boss@partner.example", "notify", "1", "key", "form", "answer_q", "tftp",
		"upload", upload,
	}
	w.post(boss, link.OpenTicket, typed...).wants(t, http.StatusUnprocessableEntity, "Please see the log.", `value="boss@partner.example"`, `name="confirm" value="boss@partner.example"`, "log.txt", `name="upload"`,
		`value="`+num(w.eve.PersonID)+`" selected`, `value="TFTP stops"`, "write-errors")
	w.get(boss, link.OpenTicket+"?upload="+upload+"&requester="+num(w.ann.PersonID)).wants(t, http.StatusOK, "log.txt", "Elena Orlova")
	w.post(boss, link.OpenTicket, append(typed, "find", "answers")...).wants(t, http.StatusOK, "Please see the log.", "log.txt", `name="insert"`)
	w.part(boss, link.OpenAnswers+"?answer_q=tftp").wants(t, http.StatusOK, `name="insert" value="`)
	w.part(boss, link.CannedPick+"?q=tftp").wants(t, http.StatusOK)

	w.post(boss, link.OpenTicket, append(typed, "insert", "article-1")...).wants(t, http.StatusOK, "Please see the log.", `name="used"`)

	w.post(boss, link.OpenTicket, append(typed, "confirm", "boss@partner.example")...).wants(t, http.StatusSeeOther)
	var n int64
	w.must(w.db.QueryRow(t.Context(), `SELECT number FROM tickets WHERE subject = 'TFTP stops'`).Scan(&n))
	got := w.work(n)
	if len(got.Participants) != 1 || got.AssigneeID == nil || *got.AssigneeID != w.eve.PersonID {
		t.Errorf("%+v, assignee %v", got.Participants, got.AssigneeID)
	}
	for _, e := range got.Entries {
		if e.Kind == ticket.MessageEntry && len(e.Files) != 1 {
			t.Errorf("the message has %d files", len(e.Files))
		}
	}
	w.part(w.eve, link.FindCopies+"?ticket="+num(n)+"&q=new@elsewhere.example").wants(t, http.StatusOK, `data-address="new@elsewhere.example"`, `data-tone="tone-amber"`)
	w.get(w.ann, link.FindCopies).wants(t, http.StatusNotFound)
}

// TestACallerWhoIsKnown: who is named with a contact's address stands in the list
// above, to be chosen; a length that cannot be blames nothing but itself.
func TestACallerWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.post(w.eve, link.OpenTicket, "requester", "0", "channel", "phone", "topic", num(w.topic), "subject", "No link", "message", "She calls.",
		"contact_name", "Elena O.", "contact_email", "ELENA@uralsvyaz.example", "opening", "note", "status", "new", "call_direction", "in", "call_minutes", "5", "key", "k")
	page.wants(t, http.StatusUnprocessableEntity, "belongs to a contact already", `name="requester" value="`+num(w.ann.PersonID)+`"`, "She calls.")
	page = w.post(w.eve, link.OpenTicket, "requester", num(w.ann.PersonID), "channel", "phone", "topic", num(w.topic), "subject", "No link", "message", "She calls.",
		"opening", "note", "status", "new", "call_direction", "in", "call_minutes", "-5", "key", "k")
	page.wants(t, http.StatusUnprocessableEntity, `href="#call_minutes"`)
	page.lacks(t, `href="#call_started"`)
}
