package desk

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestPostReply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		form   []string
		status int
		now    ticket.Status
		shows  []string
	}{
		{"waiting when nothing is chosen", []string{"message", "Try this."}, http.StatusSeeOther, ticket.Waiting, nil},
		{"the status chosen", []string{"message", "Try this.", "status", "resolved"}, http.StatusSeeOther, ticket.Resolved, nil},
		{"postponed until a date", []string{"message", "The lab has it.", "status", "postponed", "postponed_until", "2026-11-02T09:30"}, http.StatusSeeOther, ticket.Postponed, nil},
		{"postponed until a time with its zone", []string{"message", "The lab has it.", "status", "postponed", "postponed_until", "2026-11-02T09:30:00+03:00"}, http.StatusSeeOther, ticket.Postponed, nil},
		{
			"postponed without a date keeps the text",
			[]string{"message", "The lab <b>has</b> it.", "status", "postponed", "suggest", "1", "cc", "a@b.example", "confirm", "a@b.example"},
			http.StatusUnprocessableEntity, ticket.New,
			[]string{"The lab &lt;b&gt;has&lt;/b&gt; it.", `value="postponed" selected`, `name="suggest" value="1" checked`, `value="a@b.example"`, "data-error-summary"},
		},
		{"an empty message", []string{"message", "  "}, http.StatusUnprocessableEntity, ticket.New, []string{"data-error-summary", `aria-invalid="true"`}},
		{"a bad address of a copy keeps the text", []string{"message", "Try this.", "cc", "nonsense"}, http.StatusUnprocessableEntity, ticket.New, []string{"Try this.</textarea>", "nonsense"}},
		{"an unknown status", []string{"message", "Try this.", "status", "new"}, http.StatusUnprocessableEntity, ticket.New, []string{"Try this.</textarea>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			n := w.submit(w.ann, "Firmware update fails")
			p := w.post(w.eve, link.AgentReplies(n), append(tt.form, "view", "new", "key", "k1")...)
			p.wants(t, tt.status, tt.shows...)
			if tt.status == http.StatusSeeOther && p.Location != ticketHref(n, ticket.ViewNew)+"#m3" {
				t.Errorf("Location = %s", p.Location)
			}
			if got := w.work(n).Status; got != tt.now {
				t.Errorf("status = %s, want %s", got, tt.now)
			}
		})
	}
}

func TestPostReplyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	first := w.post(w.eve, link.AgentReplies(n), "message", "Try this, {{customer.first_name}}.", "key", "k1", "used", "1", "suggest", "1")
	second := w.post(w.eve, link.AgentReplies(n), "message", "Try this, {{customer.first_name}}.", "key", "k1", "used", "1", "suggest", "1")
	if first.Location != second.Location {
		t.Errorf("%s, then %s", first.Location, second.Location)
	}
	p := w.get(w.eve, link.AgentTicket(n))
	if strings.Count(p.Body, "Try this, Elena.") != 1 {
		t.Errorf("the reply is there %d times, filled in", strings.Count(p.Body, "Try this, Elena."))
	}
	if w.used.Load() != 1 || w.suggested.Load() != 1 {
		t.Errorf("used %d, suggested %d", w.used.Load(), w.suggested.Load())
	}
	w.post(w.eve, link.AgentReplies(n), "message", "For you alone.", "key", "k2", "suggest", "1", "personal", "1").wants(t, http.StatusSeeOther)
	if w.suggested.Load() != 1 {
		t.Error("a personal answer was suggested")
	}
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "personal answer")
}

// TestRefusalsAddressLeadsBack is about the address that a refused form leaves in
// the browser.
func TestRefusalsAddressLeadsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	for path, to := range map[string]string{
		link.AgentReplies(n):                     link.AgentTicket(n) + "?tab=write",
		link.AgentNotes(n):                       link.AgentTicket(n) + "?tab=note",
		link.AgentStatus(n):                      link.AgentTicket(n),
		link.AgentTicket(n) + "/copies/remove":   link.AgentTicket(n),
		link.AgentTicket(n) + "/assign?view=new": link.AgentTicket(n),
	} {
		if p := w.get(w.eve, path); p.Status != http.StatusSeeOther || p.Location != to {
			t.Errorf("GET %s: %d to %q", path, p.Status, p.Location)
		}
	}
	w.get(w.eve, link.AgentTicket(n)+"/nonsense").wants(t, http.StatusNotFound)
	w.get(w.eve, link.AgentTicket(n)+"/links").wants(t, http.StatusOK)
}

func TestPostReplyToClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.must(w.tickets.SetStatus(t.Context(), w.eve, n, ticket.Closed, nil))
	w.post(w.eve, link.AgentReplies(n), "message", "A long answer.", "key", "k1").wants(t, http.StatusConflict, "A long answer.</textarea>", "data-error-summary")
}

func TestDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	at := link.AgentTicket(n)
	p := w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "I am **writing**", "message_kind", "markdown", "status", "resolved", "cc", "x@y.example")
	p.wants(t, http.StatusNoContent)
	if got := p.Header.Get("X-Saved-At"); got != "10:20" {
		t.Errorf("X-Saved-At = %q", got)
	}
	t.Run("it is there again in any browser, and nobody else's", func(t *testing.T) {
		w.cookie = ""
		w.get(w.eve, at).wants(t, http.StatusOK, "I am **writing**</textarea>", `value="resolved" selected`, `value="x@y.example"`, "Saved 10:20")
		w.get(w.max, at+"?tab=write").lacks(t, "I am **writing**")
	})
	t.Run("a note has a draft of its own", func(t *testing.T) {
		w.post(w.eve, link.AgentDraft(n), "kind", "note", "message", "Look at the lab").wants(t, http.StatusNoContent)
		p := w.get(w.eve, at+"?tab=note")
		p.wants(t, http.StatusOK, "Look at the lab</textarea>")
		p.lacks(t, "I am **writing**")
	})
	t.Run("the button saves without scripts, files too", func(t *testing.T) {
		p := w.send(w.eve, link.AgentDraft(n), map[string]string{"boot.txt": "log"}, "kind", "reply", "message", "More", "save", "1")
		p.wants(t, http.StatusSeeOther)
		path, _, _ := strings.Cut(p.Location, "#")
		w.get(w.eve, path).wants(t, http.StatusOK, "More</textarea>", "The draft is saved.", "boot.txt", `name="upload"`)
	})
	t.Run("nonsense is refused", func(t *testing.T) {
		w.post(w.eve, link.AgentDraft(n), "kind", "letter", "message", "x").wants(t, http.StatusUnprocessableEntity)
		w.post(w.eve, link.AgentDraft(1), "kind", "reply", "message", "x").wants(t, http.StatusNotFound)
		w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", strings.Repeat("x", 64_001), "save", "1").
			wants(t, http.StatusUnprocessableEntity, "data-error-summary", "xxxx</textarea>")
	})
	t.Run("sending forgets it", func(t *testing.T) {
		w.post(w.eve, link.AgentReplies(n), "message", "Sent.").wants(t, http.StatusSeeOther)
		if d := w.work(n).Draft; d != nil {
			t.Errorf("the draft is still there: %+v", d)
		}
	})
}

func TestReplyWithFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	p := w.send(w.eve, link.AgentReplies(n), map[string]string{"good.txt": "a log", "bad.html": "<!doctype html><html><script>1</script>"}, "message", "See the log.", "key", "k1")
	p.wants(t, http.StatusUnprocessableEntity, "See the log.</textarea>", "bad.html", "good.txt", `name="upload"`)
	_, rest, _ := strings.Cut(p.Body, `name="upload" value="`)
	id, _, _ := strings.Cut(rest, `"`)

	w.post(w.eve, link.AgentReplies(n), "message", "See the log.", "key", "k1", "upload", id).wants(t, http.StatusSeeOther)
	for _, e := range w.work(n).Entries {
		if e.AuthorKind == ticket.ByAgent && e.Kind == ticket.MessageEntry && (len(e.Files) != 1 || e.Files[0].Name != "good.txt") {
			t.Errorf("files = %v", e.Files)
		}
	}
}

func TestPostNote(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	p := w.send(w.eve, link.AgentNotes(n), map[string]string{"lab.txt": "318"}, "message", "See **lab report** 318", "key", "k1", "view", "mine")
	if p.Status != http.StatusSeeOther || p.Location != ticketHref(n, ticket.ViewMine)+"#m3" {
		t.Fatalf("%d %s\n%s", p.Status, p.Location, p.Body)
	}
	w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "msg--note", "<strong>lab report</strong>", "lab.txt", "The note is added.")
	w.post(w.eve, link.AgentNotes(n), "message", " ").wants(t, http.StatusUnprocessableEntity, "data-error-summary", "editor--note")
	w.post(w.eve, link.AgentNotes(1), "message", "x").wants(t, http.StatusNotFound)
	if w.work(n).Status != ticket.New {
		t.Error("a note moved the ticket")
	}
}

func TestCustomersHaveNoDesk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	gets := []string{
		link.Agent, link.Inbox, link.InboxCounts, link.QuickAnswers, link.Live, link.AgentTicket(n), link.AgentPreview(n), link.AgentNext(n, "new", "next"),
	}
	posts := []string{
		link.AgentReplies(n), link.AgentNotes(n), link.AgentDraft(n), link.AgentAssign(n), link.AgentStatus(n), link.AgentPriority(n), link.AgentPlan(n),
	}
	for _, path := range gets {
		if p := w.get(w.ann, path); p.Status != http.StatusNotFound || strings.Contains(p.Body, "Firmware") {
			t.Errorf("GET %s as the customer: %d", path, p.Status)
		}
		if p := w.get(nobody, path); p.Status != http.StatusSeeOther || p.Location != link.Login {
			t.Errorf("GET %s as a visitor: %d %s", path, p.Status, p.Location)
		}
	}
	for _, path := range posts {
		if p := w.post(w.ann, path, "message", "x", "status", "open", "assignee", "0", "priority", "4", "action", "hold"); p.Status != http.StatusNotFound {
			t.Errorf("POST %s as the customer: %d", path, p.Status)
		}
	}
	if got := w.work(n); got.Status != ticket.New || len(got.Entries) != 2 {
		t.Errorf("something changed: %s, %d entries", got.Status, len(got.Entries))
	}
}

// send posts a form with files.
func (w *world) send(by actor, path string, files map[string]string, pairs ...string) page {
	w.tb.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w.must(m.WriteField(pairs[i], pairs[i+1]))
	}
	for name, content := range files {
		part, err := m.CreateFormFile("attachments", name)
		w.must(err)
		_, err = part.Write([]byte(content))
		w.must(err)
	}
	w.must(m.Close())
	req := httptest.NewRequestWithContext(w.tb.Context(), http.MethodPost, path, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(by, req)
}

func TestLocalTime(t *testing.T) {
	t.Parallel()
	if got := localTime(t.Context(), "2026-11-02T09:30"); got == nil || !got.Equal(time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)) {
		t.Errorf("got %v", got)
	}
	if got := localTime(t.Context(), "02.11.2026"); got != nil {
		t.Errorf("got %v", got)
	}
}
