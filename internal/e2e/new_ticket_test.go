package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestNewTicket writes tickets as customers do: with help while they type, files
// that go ahead, and nothing lost on the way.
func TestNewTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("with scripts", func(t *testing.T) {
		t.Parallel()
		newTicketLive(t, w)
	})
	t.Run("on a phone, without scripts", func(t *testing.T) {
		t.Parallel()
		newTicketPlain(t, w)
	})
	t.Run("by a visitor", func(t *testing.T) {
		t.Parallel()
		newTicketByVisitor(t)
	})
}

func newTicketLive(t *testing.T, w world) {
	t.Helper()
	b := w.browser(t, customer, testkit.Desktop)
	b.Open(link.NewTicket)

	// An article is reached and read by the keyboard, and the form is still there.
	b.Fill("[name=subject]", "LACP is down after a reboot")
	b.Await("#kb-suggest a|LACP does not come up")
	b.Key("ArrowDown")
	if got := b.Focused(); !strings.Contains(got, "LACP does not come up") {
		t.Errorf("the arrow leads to %s", got)
	}
	b.Key("Enter")
	b.Await("#suggested[open] h2|LACP does not come up")
	b.See("Check that both sides use the same mode")
	b.Axe()
	b.Key("Escape")
	b.AwaitGone("#suggested[open]")
	b.AwaitValue("[name=subject]", "LACP is down after a reboot")
	if n := one[int](t, w.db, "SELECT count(*) FROM kb_openings WHERE outcome = 'open'"); n != 1 {
		t.Errorf("%d articles count as opened", n)
	}

	// Files go ahead; one is refused in words, one fails and is tried again.
	b.SelectText("[name=topic]", "Billing")
	message(b, testkit.Desktop, "Both sides are active.")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "boot.log"), "LACP: timeout\n")
	write(t, filepath.Join(dir, "page.png"), "<!doctype html><script>alert(1)</script>")
	write(t, filepath.Join(dir, "more.log"), strings.Repeat("more\n", 1000))
	b.Attach("#attachments", filepath.Join(dir, "boot.log"), filepath.Join(dir, "page.png"))
	b.See("14 B · Uploaded", "“page.png” is of a type that we do not take")
	b.Forgive() // the refusal is in the console
	b.Click("button|Dismiss")
	b.Each("[data-uploads]", "e.dataset.to = '/no-such-door'")
	b.Attach("#attachments", filepath.Join(dir, "more.log"))
	b.See("“more.log” was not uploaded.")
	b.Forgive()
	b.Click("main button|Create ticket")
	b.See("Some files were not uploaded.")
	b.Axe()
	b.Each("[data-uploads]", "e.dataset.to = '"+link.Attachments+"'")
	b.Click("button|Try again: more.log")
	b.See("5 KB · Uploaded")
	b.Click("button|Remove more.log")
	b.AwaitGone("[data-upload]|more.log")

	// A reload at once, and a session that ran out, keep it all.
	b.Open(link.NewTicket)
	b.See("We kept what you had typed", "boot.log", "Both sides are active.")
	b.SeeNot("more.log")
	if _, err := w.db.Exec(t.Context(), "DELETE FROM sessions WHERE person_id = (SELECT person_id FROM identities WHERE value = $1)", customer.email); err != nil {
		t.Fatal(err)
	}
	b.Click(".rich")
	b.Key("End")
	b.Type(" Still.")
	b.See("What you type is kept on this device", "You are signed out")
	b.Forgive()
	b.Axe()
	b.Follow("main a|Sign in")
	b.Fill("[name=email]", customer.email)
	b.Fill("[name=password]", password)
	b.Follow("main form button")
	b.AwaitText(".rich", "Both sides are active. Still.")
	b.See("boot.log")
	b.AwaitValue("[name=subject]", "LACP is down after a reboot")

	b.Follow("main button|Create ticket")
	number := w.newest(t)
	b.See(fmt.Sprintf("Ticket %d created", number), "What happens next", "First reply by", "Both sides are active. Still.", "boot.log")
	b.Axe()
	if got := one[string](t, w.db, "SELECT outcome FROM kb_openings"); got != "sent" {
		t.Errorf("the article counts as %s", got)
	}

	// The same again is warned of, and still may be sent.
	b.Follow("main a|Submit another")
	b.SeeNot("We kept")
	b.SelectText("[name=topic]", "Billing")
	b.Fill("[name=subject]", "LACP down after reboot")
	message(b, testkit.Desktop, "Another one.")
	b.FollowStatus("main button|Create ticket", http.StatusConflict)
	b.Forgive()
	b.See("You or a colleague already asked this", fmt.Sprintf("#%d", number))
	b.Axe()
	b.Click("label|create the ticket anyway")
	b.Follow("main button|Create ticket")
	b.See(fmt.Sprintf("Ticket %d created", w.newest(t)))
	b.Quiet()
}

func newTicketPlain(t *testing.T, w world) {
	t.Helper()
	look := testkit.Phone
	look.NoScript = true
	b := w.browser(t, stranger, look)
	b.Open(link.NewTicket)
	b.Fits()
	b.SelectText("[name=topic]", "Billing")
	b.Follow("button|Update fields")
	b.Fill("[name=message]", "The **sum** is wrong.")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "invoice.txt"), "1204\n")
	b.Attach("#attachments", filepath.Join(dir, "invoice.txt"))
	b.FollowStatus("main button|Create ticket", http.StatusUnprocessableEntity)
	b.See("Give the ticket a subject", "invoice.txt")
	b.Open(link.NewTicket) // another day
	b.See("We kept what you had typed", "invoice.txt")
	b.Fits()
	b.Axe()
	b.Fill("[name=subject]", "Wrong sum")
	b.Follow("main button|Create ticket")
	b.See(fmt.Sprintf("Ticket %d created", w.newest(t)), "The sum is wrong.", "invoice.txt")
	b.Fits()
	b.Axe()
}

func newTicketByVisitor(t *testing.T) {
	t.Helper()
	w := newWorld(t)
	a := w.browser(t, admin, testkit.Desktop)
	a.Open(link.AttachmentRules)
	a.Axe()
	a.Click("label|Visitors may send tickets")
	a.Follow("main button|Save")
	a.See("Saved")

	look := testkit.Desktop
	look.NoScript = true
	b := testkit.NewBrowser(t, w.URL, look)
	b.Open(link.NewTicket)
	b.Axe()
	b.SelectText("[name=topic]", "Billing")
	b.Follow("button|Update fields")
	b.Fill("[name=first_name]", "Gina")
	b.Fill("[name=last_name]", "Guest")
	b.Fill("[name=email]", "gina@guest.test")
	b.Fill("[name=subject]", "A question from outside")
	b.Fill("[name=message]", "Do you sell this in blue?")
	b.FollowStatus("main button|Create ticket", http.StatusUnprocessableEntity)
	b.AwaitValue("[name=message]", "Do you sell this in blue?")
	b.Click("[name=consent]")
	b.Fill("[name=answer]", sum(t, b.Text("body")))
	shown := time.Now()
	testkit.Await(t, time.Minute, "the form was read by a person", func() bool { return time.Since(shown) > 4*time.Second })
	b.Follow("main button|Create ticket")
	b.See("Confirm your email address")
	b.Axe()
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets"); n != 0 {
		t.Fatalf("%d tickets before the address is confirmed", n)
	}
	at := one[string](t, w.db, "SELECT data ->> 'link' FROM deliveries WHERE kind = 'guest_confirm'")
	b.Open(at)
	b.Axe()
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets"); n != 0 {
		t.Error("opening the link confirmed it")
	}
	b.Follow("main button|Confirm and send")
	b.See(fmt.Sprintf("Ticket %d created", w.newest(t)), "gina@guest.test")
	a.Open(link.InboxView("new"))
	a.See("A question from outside")
}
