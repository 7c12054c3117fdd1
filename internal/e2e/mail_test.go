package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// chip is where a letter stands, below an agent's message.
const chip = ".letters__one|"

// TestLettersLeaveTheDesk: an agent answers, the chips say where the letters
// are, an admin reads them in the outbox; then a mail server is set up, and what
// was kept is sent.
func TestLettersLeaveTheDesk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path, _, _ := strings.Cut(w.as(t, customer).submit(w.topic(t, "billing"), "Fan 2 failed", "It is loud."), "?")
	page := "/agent" + path
	w.as(t, agent).post(page+"/replies", url.Values{
		"message": {"Please turn it **off**."}, "message_kind": {"markdown"}, "status": {"waiting"}, "key": {"1"}, "cc": {"gone@partner.test"}, "confirm": {"gone@partner.test"},
	}).want(t, http.StatusOK)
	w.settled(t, "queued", 0)

	t.Run("the outbox keeps them while there is no mail server", func(t *testing.T) {
		b := w.browser(t, agent, testkit.Phone)
		b.Open(page)
		b.Await(chip + "Ann Smith: kept in the outbox")
		b.Await(chip + "gone@partner.test: kept in the outbox")
		b.See("requester", "added by Ivan Petrov")
		b.Fits()
		b.Axe()
		readOutbox(t, w)
	})

	server := testkit.NewMailServer(t)
	w.Terminate(t)
	w.AwaitEnd(t)
	w.Env = append(w.Env, "DESKBELL_SMTP_URL=smtp://"+server.Address)
	w.Server = w.Serve(t)
	b := w.browser(t, admin, testkit.Look{Width: 1280, Height: 900, NoScript: true})
	for _, to := range []string{customer.email, "gone@partner.test"} {
		id := one[int64](t, w.db, "SELECT id FROM deliveries WHERE kind = 'reply' AND recipient = $1", to)
		b.Open(link.OutboxLetter(id))
		b.Follow("main button|Send again")
		b.See("The letter is queued again")
	}
	w.settled(t, "queued", 0)
	m := server.Await(t, 1)[0]
	if m.To != customer.email || !strings.HasSuffix(m.Header.Get("Subject"), "Fan 2 failed") {
		t.Errorf("%s got %q", m.To, m.Header.Get("Subject"))
	}
	b.Open(page)
	b.Await(chip + "Ann Smith: handed over")
	b.Await(chip + "gone@partner.test: not delivered")
	b.See("No such mailbox here", "The letter to gone@partner.test could not be delivered", "Open")
	b.Axe()
	b.Follow(".letters button")
	b.See("The letter is queued again")
	b.Open(link.Outbox)
	b.See("Mail goes out by " + server.Address)
	b.Axe()
	w.consistent(t)

	c := w.browser(t, customer, testkit.Look{Width: 1280, Height: 900, NoScript: true})
	c.Open(path)
	c.See("Please turn it off")
	c.SeeNot("gone@partner.test could not", "handed over", "not delivered")
	w.as(t, customer).get(link.Outbox).want(t, http.StatusNotFound)
	w.as(t, agent).get(link.Outbox).want(t, http.StatusForbidden)
}

// settled waits until n letters are in a state.
func (w world) settled(t *testing.T, state string, n int64) {
	t.Helper()
	testkit.Await(t, time.Minute, "letters "+state, func() bool {
		return one[int64](t, w.db, "SELECT count(*) FROM deliveries WHERE state = $1", state) == n
	})
}

// readOutbox lets an admin find a letter and read it.
func readOutbox(t *testing.T, w world) {
	t.Helper()
	b := w.browser(t, admin, testkit.Phone)
	b.Open(link.Outbox)
	b.See("No mail server is set up", "ann@acme.test", "Fan 2 failed", "Kept here")
	b.Fits()
	b.Axe()
	b.Follow("main a|Reply")
	b.See("Fan 2 failed", "How it looks", "Kept here")
	b.Fits()
	b.Axe()
	id := strings.TrimPrefix(b.Path(), link.Outbox+"/")
	a := w.as(t, admin).get(link.Outbox + "/" + id + "/page")
	if p := a.header.Get("Content-Security-Policy"); !strings.Contains(p, "sandbox") || !strings.Contains(p, "default-src 'none'") {
		t.Errorf("a letter is shown under %q", p)
	}
	if !strings.Contains(a.body, "<strong>off</strong>") || !strings.Contains(a.body, "Reply above this line") {
		t.Errorf("the letter reads:\n%s", a.text())
	}
	b.Open(link.MailSender)
	b.Fill("[name=address]", "not an address")
	b.FollowStatus("main button|Save", http.StatusUnprocessableEntity)
	b.See("Write an address as support@example.com")
	b.Axe()
	b.Fill("[name=address]", "help@acme.test")
	b.Follow("main button|Save")
	b.See("The sender is saved")
}
