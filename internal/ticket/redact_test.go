package ticket_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/ticket"
)

// redactor is a supervisor who may redact what others wrote.
func (w *world) redactor() auth.Actor {
	sue := w.max
	sue.Permissions = append(slices.Clone(sue.Permissions), auth.RedactMessages)
	return sue
}

// said are the ids and texts of the ticket's messages and notes.
func (w *world) said(t *testing.T, number int64) []ticket.Entry {
	t.Helper()
	work, err := w.svc.Work(t.Context(), w.max, number, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(work.Entries, func(e ticket.Entry) bool { return e.Kind == ticket.EventEntry })
}

func TestRedact(t *testing.T) {
	t.Parallel()
	t.Run("a password leaves the message, the search and every other text when asked to", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n, err := w.svc.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: "Login with hunter2zz fails", Message: "My password is **hunter2zz**, please try."})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "tried hunter2zz myself"}); err != nil {
			t.Fatal(err)
		}
		note := w.said(t, n)[1]
		if err := w.svc.EditNote(t.Context(), w.eve, n, note.ID, ticket.EditedNote{Message: "tried it myself", Seen: 1}); err != nil {
			t.Fatal(err)
		}
		first := w.said(t, n)[0]
		done, err := w.svc.Redact(t.Context(), w.redactor(), n, ticket.Redaction{MessageID: first.ID, Secrets: []string{"hunter2zz"}, Everywhere: true, Reason: "a customer's password"})
		if err != nil || done.Places != 3 || done.Entries != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		for _, sql := range []string{
			`SELECT source || text FROM messages`, `SELECT source || text FROM notes`, `SELECT source FROM note_versions`,
			`SELECT words::text FROM ticket_words`, `SELECT subject FROM tickets`, `SELECT coalesce(new, '') || old FROM events`,
		} {
			rows, _ := w.db.Query(t.Context(), sql)
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil || strings.Contains(text, "hunter2") {
					t.Errorf("%s: %q %v", sql, text, err)
				}
			}
		}
		entries := w.said(t, n)
		if r := entries[0].Redactions; len(r) != 1 || r[0].Reason != "a customer's password" || !strings.Contains(entries[0].Source, "█") {
			t.Errorf("%+v", entries[0])
		}
		th, err := w.svc.Thread(t.Context(), w.ann, n, ticket.ViewAll)
		if err != nil || strings.Contains(th.Entries[0].Source, "hunter") {
			t.Errorf("the customer reads %+v, %v", th.Entries, err)
		}
	})
	t.Run("what it was is found nowhere, and refusals say why", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		m := w.said(t, n)[0].ID
		for want, in := range map[string]ticket.Redaction{
			"ticket.redact_nowhere": {MessageID: m, Secrets: []string{"not in it"}, Reason: "r"},
			"ticket.redact_why":     {MessageID: m, Secrets: []string{"answer"}},
			"ticket.redact_what":    {MessageID: m, Reason: "r", Secrets: []string{" "}},
			"ticket.redact_short":   {MessageID: m, Reason: "r", Secrets: []string{"ab"}},
		} {
			if _, err := w.svc.Redact(t.Context(), w.redactor(), n, in); fieldKey(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		other := w.submit(t, w.ann)
		if _, err := w.svc.Redact(t.Context(), w.redactor(), other, ticket.Redaction{MessageID: m, Secrets: []string{"answer"}, Reason: "r"}); key(err) != "ticket.message_not_found" {
			t.Errorf("of another ticket: %v", err)
		}
	})
	t.Run("an agent redacts their own words, a customer's only with the permission", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticketIn(t, ticket.Open)
		said := w.said(t, n)
		if _, err := w.svc.Redact(t.Context(), w.eve, n, ticket.Redaction{MessageID: said[0].ID, Secrets: []string{"answer"}, Reason: "r"}); key(err) != "ticket.redact_forbidden" {
			t.Errorf("a customer's message: %v", err)
		}
		if _, err := w.svc.Redact(t.Context(), w.eve, n, ticket.Redaction{MessageID: said[1].ID, Secrets: []string{"this"}, Reason: "r", Everywhere: true}); key(err) != "ticket.redact_forbidden" {
			t.Errorf("everywhere: %v", err)
		}
		if _, err := w.svc.Redact(t.Context(), w.eve, n, ticket.Redaction{MessageID: said[1].ID, Secrets: []string{"this"}, Reason: "r"}); err != nil {
			t.Errorf("their own: %v", err)
		}
		if _, err := w.svc.Redact(t.Context(), w.ann, n, ticket.Redaction{MessageID: said[0].ID, Secrets: []string{"answer"}, Reason: "r"}); key(err) != "error.forbidden" {
			t.Errorf("a customer: %v", err)
		}
	})
	t.Run("a file is taken out and its bytes are nobody's", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.submit(t, w.ann)
		u, err := w.svc.Stage(t.Context(), w.ann, "keys.txt", strings.NewReader("private key"), ticket.MaxUploads)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "here", Uploads: []int64{u.ID}}); err != nil {
			t.Fatal(err)
		}
		m := w.said(t, n)[1]
		done, err := w.svc.Redact(t.Context(), w.redactor(), n, ticket.Redaction{MessageID: m.ID, Files: []int64{m.Files[0].ID}, Reason: "a private key"})
		if err != nil || done.Files != 1 || len(w.said(t, n)[1].Files) != 0 || len(w.said(t, n)[1].Redactions) != 1 {
			t.Errorf("%+v, %v, %+v", done, err, w.said(t, n)[1])
		}
	})
}
