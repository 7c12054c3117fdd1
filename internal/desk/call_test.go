package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestCallForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, `href="`+link.AgentCalls(n)+`" data-key="l"`)
	w.get(w.eve, link.AgentCalls(n)).wants(t, http.StatusOK, `name="call_direction"`, `name="call_started"`, `type="datetime-local"`, `value="note" checked`, `name="spend"`, "data-keep=")
	w.get(w.ann, link.AgentCalls(n)).wants(t, http.StatusNotFound)

	typed := []string{
		"call_direction", "out", "call_number", "+7 343 555-01-28", "call_started", "2026-10-14T09:05", "call_minutes", "many", "message", "They <b>will</b> try.",
		"opening", "reply", "status", "resolved", "spend", "1", "key", "form",
	}
	w.post(w.eve, link.AgentCalls(n), typed...).wants(t, http.StatusUnprocessableEntity,
		"data-error-summary", `value="out" selected`, `value="+7 343 555-01-28"`, `value="2026-10-14T09:05"`, `value="many"`, "They &lt;b&gt;will&lt;/b&gt; try.",
		`value="reply" checked`, `value="resolved" selected`, `name="spend" value="1" checked`, `value="form"`)
	typed[7] = "7"
	p := w.post(w.eve, link.AgentCalls(n), typed...)
	p.wants(t, http.StatusSeeOther)
	if !strings.HasPrefix(p.Location, link.AgentTicket(n)+"#m") {
		t.Errorf("leads to %s", p.Location)
	}
	w.post(w.eve, link.AgentCalls(n), typed...).wants(t, http.StatusSeeOther) // twice is once
	got := w.work(n)
	if got.Status != ticket.Resolved || len(got.Calls) != 1 || got.Calls[0].Seconds != 420 || !strings.Contains(string(got.Times), `"minutes": 7`) {
		t.Errorf("%s, calls %+v, times %s", got.Status, got.Calls, got.Times)
	}
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "logged an outgoing call: 14 Oct 2026, 09:05, 7 minutes", "+7 343 555-01-28")
}

func TestReplyModes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	write := link.AgentTicket(n) + "?tab=write"
	w.get(w.eve, write).lacks(t, "reply_mode") // nobody is on copy
	w.post(w.eve, link.AgentReplies(n), "message", "One", "cc", "cid@acme.example", "confirm", "cid@acme.example", "key", "k1").wants(t, http.StatusSeeOther)
	all, one := `name="reply_mode" value="all" checked`, `name="reply_mode" value="requester" checked`
	w.get(w.eve, write).wants(t, http.StatusOK, all)
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "Half", "reply_mode", "requester", "shown", "cid@acme.example", "key", "k2").wants(t, http.StatusNoContent)
	w.get(w.eve, write).wants(t, http.StatusOK, one, "Half")
	w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "", "cc", "dora@acme.example", "key", "k2").wants(t, http.StatusNoContent)
	w.get(w.eve, write).wants(t, http.StatusOK, `value="dora@acme.example"`) // people alone are kept too
	w.post(w.eve, link.AgentReplies(n), "message", "Two", "reply_mode", "requester", "shown", "cid@acme.example", "key", "k2").wants(t, http.StatusSeeOther)
	w.get(w.eve, write).wants(t, http.StatusOK, one)
	w.post(w.eve, link.AgentReplies(n), "message", "Three", "reply_mode", "reply", "shown", "cid@acme.example", "to", "cid@acme.example", "key", "k3").wants(t, http.StatusSeeOther)
	w.get(w.eve, write).wants(t, http.StatusOK, `name="reply_mode" value="reply" checked`, `name="to" value="cid@acme.example" checked`)
}
