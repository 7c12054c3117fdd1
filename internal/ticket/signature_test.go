package ticket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/ticket"
)

const deskSignature = `{"Texts": {"en": "Kind regards\n{{agent.name}}\n{{company.name}}", "ru": "С уважением,\n{{agent.name}}"}, "Departments": {}}`

func (w *sending) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// signed are the signatures that the ticket's messages were sent with.
func (w *sending) signed(t *testing.T, n int64) []string {
	t.Helper()
	var all []string
	for _, e := range w.thread(t, n).Entries {
		if e.Kind == ticket.MessageEntry && e.AuthorKind == ticket.ByAgent {
			all = append(all, e.Signature)
		}
	}
	return all
}

func TestSignature(t *testing.T) {
	t.Parallel()
	w := newSending(t)
	w.exec(t, "INSERT INTO options (key, value, updated_at) VALUES ('signature', $1, now())", deskSignature)
	n := w.submit(t, w.ann)
	w.exec(t, "UPDATE tickets SET company_id = NULL")
	answer := func(key string) {
		t.Helper()
		if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "Try this " + key, Key: key}); err != nil {
			t.Fatal(err)
		}
	}

	// The desk's, in the customer's language; a line with nothing to say is left out.
	answer("one")
	w.exec(t, "UPDATE people SET lang = 'ru' WHERE id = $1", w.ann.PersonID)
	answer("two")
	// Their own is theirs, and what was sent stays as it was sent.
	w.exec(t, "UPDATE people SET signature = 'Eve, **support**' WHERE id = $1", w.eve.PersonID)
	work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil || work.Signed(w.eve) != "Eve, **support**" {
		t.Fatalf("the page says %q, %v", work.Signed(w.eve), err)
	}
	held := w.hold(t, w.eve, n, ticket.AgentReply{Message: "Later", Key: "three"}, ticket.Hold{Why: ticket.ForLater, At: w.now().Add(time.Hour)})
	if _, err := w.svc.SendNow(t.Context(), w.eve, held.ID); err != nil {
		t.Fatal(err)
	}
	want := []string{"Kind regards\n" + w.eve.Name, "С уважением,\n" + w.eve.Name, "Eve, **support**"}
	if got := w.signed(t, n); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("signed %q, want %q", got, want)
	}
	var in int
	err = w.db.QueryRow(t.Context(), "SELECT count(*) FROM messages WHERE source LIKE '%regards%' OR text LIKE '%support%' OR text LIKE '%уважением%'").Scan(&in)
	if err != nil || in != 0 {
		t.Errorf("%d messages have the signature in their text, which search and earlier answers use: %v", in, err)
	}
	// A colleague's draft has none of it.
	w.types(t, w.eve, n, "a", "I am writing")
	if d, err := w.svc.ColleaguesDraft(t.Context(), w.max, n, w.eve.PersonID); err != nil || d.Body != "I am writing" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestADepartmentsSignatureComesFirst(t *testing.T) {
	t.Parallel()
	w := newSending(t)
	n := w.submit(t, w.ann)
	w.exec(t, `WITH d AS (INSERT INTO departments (key, name) VALUES ('north', '{"en": "North"}') RETURNING id),
		o AS (INSERT INTO options (key, value, updated_at) SELECT 'signature', jsonb_build_object('Texts', '{"en": "The desk"}'::jsonb, 'Departments', jsonb_build_object(id::text, '{"en": "Team North"}'::jsonb)), now() FROM d)
		UPDATE tickets SET department_id = d.id FROM d`)
	if _, err := w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: "Try this", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	if got := w.signed(t, n); len(got) != 1 || got[0] != "Team North" {
		t.Errorf("signed %q", got)
	}
}
