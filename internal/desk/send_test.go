package desk

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// hidden is the value of a hidden field of a page.
func hidden(t *testing.T, p page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatalf("the page has no field %s:\n%s", name, p.Body)
	}
	return m[1]
}

func TestSendHeldAndUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	write := link.Query(link.AgentTicket(n), "tab", "write")
	p := w.get(w.eve, write)
	p.wants(t, http.StatusOK, `name="send" value="held"`, "Customer’s next working morning", "Fri 16 Oct, 08:30 their time (03:30 yours)")
	w.post(w.eve, link.AgentReplies(n), "message", "Try this.", "key", hidden(t, p, "key"), "seen", hidden(t, p, "seen"), "status", "resolved",
		"cc", "x@y.test", "confirm", "x@y.test", "personal", "1", "send", "held").wants(t, http.StatusSeeOther)
	p = w.get(w.eve, link.AgentTicket(n))
	p.wants(t, http.StatusOK, "Sending in 10 seconds", "msg--pending", "Try this.", `data-left="10000"`, "Undo")
	id := w.work(n).Held[0].ID
	w.get(w.max, link.AgentTicket(n)).lacks(t, link.HeldUndo(id))
	w.post(w.eve, link.HeldUndo(id), "number", num(n)).wants(t, http.StatusSeeOther)
	w.get(w.eve, write).wants(t, http.StatusOK, ">Try this.</textarea>", `value="x@y.test"`, `name="personal" value="1" checked`, `value="resolved" selected`)
	late := w.post(w.eve, link.HeldUndo(id), "number", num(n))
	late.wants(t, http.StatusSeeOther)
	w.get(w.eve, late.Location).wants(t, http.StatusOK, "Too late")

	noHold := w.eve
	noHold.SendAtOnce = true
	w.get(noHold, write).lacks(t, `name="send" value="held"`)
}

func TestSendLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.post(w.eve, link.AgentReplies(n), "message", "m", "send", "later", "send_at_local", "2026-10-14T09:00").
		wants(t, http.StatusUnprocessableEntity, "Choose a date and time in the future", ">m</textarea>")
	w.post(w.eve, link.AgentReplies(n), "message", "Any news?", "send_at", "2026-10-16T06:00:00Z", "unless_reply", "1").wants(t, http.StatusSeeOther)
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "Will be sent Fri 16 Oct, 11:00 their time (06:00 yours) unless the customer replies", "Send now", "Edit")
	w.get(w.eve, link.Query(link.AgentTicket(n), "tab", "write")).wants(t, http.StatusOK, "Tomorrow <time", "their time (09:00 yours)")
	w.get(w.eve, link.Scheduled).wants(t, http.StatusOK, "Any news?", "Firmware update fails")
	if _, err := w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "It works."}); err != nil {
		t.Fatal(err)
	}
	w.get(w.eve, link.Scheduled).wants(t, http.StatusOK, "Nothing is scheduled", "Not sent: somebody wrote to this ticket first")
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, ">Any news?</textarea>", "was not sent, because somebody wrote first")
}

func TestReplyOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	p := w.get(w.eve, link.Query(link.AgentTicket(n), "tab", "write"))
	if _, err := w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "It is a B-50."}); err != nil {
		t.Fatal(err)
	}
	w.pass(40 * time.Second)
	form := []string{"message", "Try this.", "cc", "x@y.test", "confirm", "x@y.test", "personal", "1", "key", hidden(t, p, "key"), "kind", "reply"}
	refused := w.post(w.eve, link.AgentReplies(n), append(form, "seen", hidden(t, p, "seen"))...)
	refused.wants(t, http.StatusConflict, "Something new came while you were writing", "Elena Orlova answered</a> · <time", "It is a B-50.", "Send anyway",
		">Try this.</textarea>", `value="x@y.test"`, `name="personal" value="1" checked`)
	refused.lacks(t, `id="write-errors"`) // what came meanwhile says it
	w.post(w.eve, link.AgentReplies(n), append(form, "seen", hidden(t, refused, "seen"))...).wants(t, http.StatusSeeOther)
	w.post(w.eve, link.AgentDraft(n), "message", "Never mind.", "key", "k9", "kind", "reply", "discard", "1").wants(t, http.StatusSeeOther)
}

func TestPagesOfOneAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	save := func(key, text string) page {
		return w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", text, "key", key, "draft_n", "1")
	}
	save("a", "First window").wants(t, http.StatusNoContent)
	if p := save("b", "Second window"); p.Header.Get("X-Saved-Aside") != "1" {
		t.Errorf("the second window is not told: %v", p.Header)
	}
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, ">First window</textarea>", "Another text of yours", "Second window")
	id := w.work(n).Spares[0].ID
	w.post(w.eve, link.SpareUse(id), "ticket", num(n), "kind", "reply", "key", "a", "message", "First window, more").wants(t, http.StatusSeeOther)
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, ">Second window</textarea>", "First window, more")
}

func TestPresencePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "Half a sen", "key", "a").wants(t, http.StatusNoContent)
	w.post(w.eve, link.AgentPresence(n), "page", "p", "doing", "replying").wants(t, http.StatusOK)
	w.post(w.max, link.AgentPresence(n), "page", "q", "doing", "viewing").wants(t, http.StatusOK, "Marco Bellini is replying to this ticket", "View draft")
	w.get(w.max, link.ColleaguesDraft(n, w.eve.PersonID)).wants(t, http.StatusOK, "Half a sen", "Only its writer can change it")
	w.get(w.max, link.Query(link.Presence, "ticket", num(n))).wants(t, http.StatusOK, `data-here="`+num(n)+`"`, "Marco Bellini")
	w.post(w.eve, link.AgentPresence(n), "page", "p", "leave", "1").wants(t, http.StatusNoContent)
	w.get(w.max, link.Query(link.Presence, "ticket", num(n))).lacks(t, "Marco Bellini")
}
