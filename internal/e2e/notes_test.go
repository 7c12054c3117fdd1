package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestNotesAndSecrets: an agent writes a note that names a colleague, corrects
// it, pins it, and takes a password out of what the customer wrote. By links and
// forms alone; then the shortcut that scripts give.
func TestNotesAndSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const secret = "Tr0ub4dor&3"
	path := w.as(t, customer).submit(w.topic(t, "billing"), "Cannot sign in", "My password is "+secret+" and it fails. Again: "+secret)
	number := one[int64](t, w.db, "SELECT max(number) FROM tickets")
	page := link.AgentTicket(number)

	b := w.browser(t, admin, testkit.Look{Width: 390, Height: 844, NoScript: true})
	b.Open(link.Query(page, "tab", "note"))
	b.Fill("[name=message]", "Batch of 2022, see the lab report")
	b.Click(".mentions summary")
	b.Click("label|Maria Orlova")
	b.Follow("button|Add note")
	b.See("Batch of 2022")
	if n := one[int](t, w.db, "SELECT count(*) FROM note_mentions m JOIN people p ON p.id = m.person_id WHERE p.name = 'Maria Orlova'"); n != 1 {
		t.Errorf("%d mentions of Maria", n)
	}
	note := one[int64](t, w.db, "SELECT max(id) FROM notes")
	b.Open(link.AgentNote(number, note))
	b.Fill("[name=message]", "Batch of 2023, see the lab report")
	b.Follow("main button|Save note")
	b.See("The note is saved.", "Batch of 2023", "edited")
	b.Open(link.AgentNote(number, note))
	b.See("Version 2", "Version 1", "Batch of 2022")
	b.Axe()
	b.Fits()
	b.Open(page)
	b.Click(".msg--note .msg__acts button")
	b.Follow(".msg--note button|Pin above the conversation")
	b.See("Pinned note by Ada Admin")

	message := one[int64](t, w.db, "SELECT min(id) FROM messages")
	b.Open(link.Query(link.AgentRedact(number), "message", strconv.FormatInt(message, 10)))
	b.FollowStatus("main button|Remove for ever", 422)
	b.See("Copy the text to remove", "Say why")
	b.Fill("[name=secrets]", secret)
	b.Fill("[name=reason]", "a customer's password")
	b.Axe()
	b.Follow("main button|Remove for ever")
	b.See("Removed in 2 places", "My password is █████ and it fails", "Ada Admin removed something here")
	c := w.browser(t, customer, testkit.Phone)
	c.Open(path)
	c.See("My password is █████")
	if n := one[int](t, w.db, "SELECT count(*) FROM messages WHERE source LIKE '%Tr0ub%' OR text LIKE '%Tr0ub%'"); n != 0 {
		t.Errorf("the password stands in %d messages", n)
	}

	s := w.browser(t, admin, testkit.Desktop)
	s.Open(page)
	s.Mark(".msg--customer p", "it fails")
	s.Click(".msg--customer .msg__acts button")
	s.Follow(".msg--customer a|Remove a secret")
	s.AwaitValue("[name=secrets]", "it fails")

	// What is typed into forms that nothing saves meanwhile outlives their pages.
	s.Fill("[name=reason]", "her password")
	s.Open(link.AgentNote(number, note))
	s.Await(".rich|Batch of 2023")
	s.Click(".rich")
	s.Key("Control+End")
	s.Type(", and batch 7")
	s.Open(link.NewMacro)
	s.Fill("[name=name]", "Ask for the batch")
	s.Fill("[name=reply]", "Which batch is it?")
	s.Open(link.Query(link.AgentRedact(number), "message", strconv.FormatInt(message, 10)))
	s.AwaitValue("[name=reason]", "her password")
	if got := s.Value("[name=secrets]") + s.Each("body", "JSON.stringify(localStorage)")[0]; strings.Contains(got, "it fails") {
		t.Errorf("the secret is kept: %s", got)
	}
	s.Open(link.AgentNote(number, note))
	s.Await("[data-put-back]|did not send is back")
	s.Await(".rich|Batch of 2023, see the lab report, and batch 7")
	s.Axe()
	s.Follow("main button|Save note")
	s.See("Batch of 2023, see the lab report, and batch 7")
	s.Open(link.NewMacro)
	s.AwaitValue("[name=reply]", "Which batch is it?")
	s.Follow("[data-start-over]")
	if got := s.Value("[name=reply]"); got != "" {
		t.Errorf("a form that was begun anew holds %q", got)
	}
	s.Fill("[name=name]", "Not for the next one")
	s.Open(link.AgentNote(number, note))
	if s.Has("[data-put-back]:not([hidden])") {
		t.Error("the note that was saved is put back")
	}
	s.Click("[popovertarget=m-me]")
	s.Follow("[data-sign-out] button")
	if left := s.Each("body", `JSON.stringify(Object.keys(localStorage).filter((k) => k.startsWith("deskbell-unsent:")))`); left[0] != "[]" {
		t.Errorf("after signing out the browser keeps %s", left)
	}
}
