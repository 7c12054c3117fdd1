package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// composeKept leaves a reply in all ways in which words, files and recipients
// could be lost: in b, where its writer is signed in.
func composeKept(t *testing.T, w world, b *testkit.Browser, number int64) {
	t.Helper()
	at := link.Query(link.AgentTicket(number), "tab", "write")
	spares := func(when string) {
		t.Helper()
		if n := one[int](t, w.db, "SELECT count(*) FROM spare_drafts"); n != 0 {
			t.Errorf("%s: %d texts stand beside the draft", when, n)
		}
	}

	// A file is on the server once it is chosen, and stays without a word.
	dir := t.TempDir()
	write(t, filepath.Join(dir, "boot.log"), "LACP: timeout\n")
	write(t, filepath.Join(dir, "more.log"), "more\n")
	b.Open(at)
	b.Attach("#attachments", filepath.Join(dir, "boot.log"), filepath.Join(dir, "more.log"))
	b.Await("[data-upload]|more.log")
	b.Axe()
	b.Open(link.Inbox)
	b.Open(link.AgentTicket(number))
	b.Await("[data-upload]|boot.log")
	b.Click("button|Remove more.log")
	b.AwaitGone("[data-upload]|more.log")

	// An answer that was put in and written over is not put in again.
	b.Open(link.Query(link.AgentTicket(number), "tab", "answer"))
	b.Await(".opt[aria-current]")
	b.Follow("a.btn--primary|Insert")
	b.Await(".rich|Ann")
	b.Click(".rich")
	b.Key("Control+a")
	b.Type("My own words")
	testkit.Await(t, limit, "the address names no answer", func() bool { return !strings.Contains(b.Path(), "answer") })

	// The page goes while somebody types: all of it is there, and only once.
	b.Type(", and their end")
	b.Open(at)
	b.AwaitText(".rich", "My own words, and their end")
	b.Click(".rich")
	b.Key("Control+End")
	b.Type(" twice")
	b.Open(link.Inbox)
	b.Back()
	b.AwaitText(".rich", "My own words, and their end twice")
	b.Await("[data-upload]|boot.log")
	b.SeeNot("more.log")
	spares("after reloading and going back")

	// The session ends while somebody types.
	if _, err := w.db.Exec(t.Context(), "DELETE FROM sessions WHERE person_id = (SELECT person_id FROM identities WHERE value = $1)", agent.email); err != nil {
		t.Fatal(err)
	}
	b.Click(".rich")
	b.Key("Control+End")
	b.Type(". Still")
	b.See("What you type is kept on this device", "You are signed out")
	b.Forgive()
	b.Axe()
	b.Type(" here.")
	b.Follow("main a|Sign in")
	b.Forgive()
	b.Fill("[name=email]", agent.email)
	b.Fill("[name=password]", password)
	b.Follow("main form button")
	b.AwaitText(".rich", "My own words, and their end twice. Still here.")
	b.Await("[data-upload]|boot.log")
	spares("after signing in again")
	b.Follow("main button|Send")
	b.See("My own words, and their end twice. Still here.", "boot.log")
	b.Open(at)
	b.Await(".rich.is-empty")
	if b.Has("[data-upload]") {
		t.Error("the file waits again")
	}

	// Signing out saves what was typed a moment ago.
	b.Click(".rich")
	b.Type("Signed out at once")
	b.Each("[data-sign-out]", "e.requestSubmit()")
	testkit.Await(t, limit, "the draft is on the server", func() bool {
		return one[int](t, w.db, "SELECT count(*) FROM drafts WHERE body LIKE '%Signed out at once%'") == 1
	})
	if n := one[int](t, w.db, "SELECT count(*) FROM attachments WHERE name IN ('boot.log', 'more.log')"); n != 1 {
		t.Errorf("%d files", n)
	}
}
