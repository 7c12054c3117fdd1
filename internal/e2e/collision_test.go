package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

const held = "SELECT count(*) FROM held_replies"

// TestTwoAgentsOnOneTicket lets two agents meet in two browsers, and a customer
// answer between "write" and "send".
func TestTwoAgentsOnOneTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(t, customer)
	path := c.submit(w.topic(t, "billing"), "The switch forgets its address", "After each restart.")
	number := w.newest(t)
	look := testkit.Desktop
	a, b := w.browser(t, agent, look), w.browser(t, second, look)

	// Ivan wants ten seconds in which he can take a reply back.
	a.Open(link.Profile)
	a.Click("label|Undo send")
	a.Follow("#look button|Save")

	// They see each other, in the list and on the ticket.
	b.Open(link.InboxView("new"))
	a.Open(link.Query(link.AgentTicket(number), "tab", "write"))
	b.Await(".here|Ivan")
	b.Open(link.AgentTicket(number))
	b.Await(".presence|Ivan Petrov is viewing")
	a.Await(".presence|Maria Orlova is viewing")
	message(a, look, "Hold the Reset button.")
	b.Await(".presence|Ivan Petrov is replying")
	b.Axe()
	testkit.Await(t, limit, "the draft is on the server", func() bool {
		return one[int](t, w.db, "SELECT count(*) FROM drafts WHERE body LIKE '%Reset button.%'") == 1
	})
	b.Open(link.AgentTicket(number))
	b.Await(".presence a|View draft")
	b.Follow(".presence a|View draft")
	b.See("Hold the Reset button.", "Only its writer can change it")
	a.AwaitGone(".presence")
	b.Open(link.Query(link.Inbox, "view", "new", "ticket", strconv.FormatInt(number, 10)))
	a.Await(".presence|Maria Orlova is viewing") // beside the list, too
	b.Await("#reading .presence|Ivan Petrov")
	b.Open(link.Scheduled)
	a.AwaitGone(".presence")

	// The customer answers while he writes: he sees it before it goes.
	c.post(path+"/replies", url.Values{"message": {"It is a B-50, by the way."}}).want(t, http.StatusOK)
	a.FollowStatus("button[data-send]|Send", http.StatusConflict)
	a.See("Something new came while you were writing", "Ann Smith answered", "It is a B-50, by the way.")
	a.Await(".rich|Hold the Reset button.")
	a.Axe()
	a.Follow(".overtaken button|Send anyway")

	// It can be taken back by one key, from here and from elsewhere.
	a.Await(".msg--pending|Hold the Reset button.")
	a.KeyFollow("Control+z")
	a.Await(".rich|Hold the Reset button.")
	if n := one[int](t, w.db, held); n != 0 {
		t.Errorf("%d replies still wait", n)
	}
	a.Follow("button[data-send]|Send")
	a.Await(".msg--pending button|Undo")
	a.Axe()
	a.Open(link.Agent)
	a.Await("[data-undo-toast] button|Undo")
	a.Open(link.AgentTicket(number))
	a.Await(".msg--agent:not(.msg--pending)|Hold the Reset button.") // his ten seconds are over
	c.get(path).want(t, http.StatusOK, "Hold the Reset button.")

	// Later, unless the customer answers before.
	a.Open(link.Query(link.AgentTicket(number), "tab", "write"))
	message(a, look, "Did it help?")
	a.Click("[popovertarget=m-later]")
	a.Follow("#m-later button|Tomorrow")
	a.See("unless the customer replies")
	a.Open(link.Scheduled)
	a.See("Did it help?", "Waiting to be sent")
	a.Axe()
	c.post(path+"/replies", url.Values{"message": {"It did."}}).want(t, http.StatusOK)
	a.Open(link.Scheduled)
	a.See("Not sent: somebody wrote to this ticket first")
	a.Follow("a|The switch forgets its address")
	a.Await(".rich|Did it help?")
	a.Axe()
	w.consistent(t)
}

// TestHeldRepliesSurvive kills the server while replies can still be taken back.
func TestHeldRepliesSurvive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(t, customer)
	c.submit(w.topic(t, "billing"), "Two of them", "Which?")
	number := w.newest(t)
	send := func(text string) {
		t.Helper()
		v := w.as(t, agent)
		form := v.get(link.Query(link.AgentTicket(number), "tab", "write")).form(t, link.AgentReplies(number))
		form.Set("message", text)
		form.Set("send", "held")
		v.post(link.AgentReplies(number), form).want(t, http.StatusOK, "Sending", "Undo", text)
		w.Kill(t)
	}

	send("Sent by the next server.")
	w.Server = w.Serve(t)
	testkit.Await(t, 2*limit, "the reply is sent", func() bool {
		return one[int](t, w.db, "SELECT count(*) FROM messages WHERE text = 'Sent by the next server.'") == 1
	})
	if n := one[int](t, w.db, held); n != 0 {
		t.Errorf("%d replies still wait", n)
	}

	// The second is taken back after the restart, however slow that was.
	send("Taken back.")
	if _, err := w.db.Exec(t.Context(), "UPDATE held_replies SET due_at = due_at + interval '1 hour'"); err != nil {
		t.Fatal(err)
	}
	w.Server = w.Serve(t)
	id := one[int64](t, w.db, "SELECT id FROM held_replies")
	v := w.as(t, agent)
	v.get(link.AgentTicket(number)).want(t, http.StatusOK, "Undo", "Taken back.")
	undo := v.get(link.AgentTicket(number)).form(t, link.HeldUndo(id))
	back := v.post(link.HeldUndo(id), undo)
	back.want(t, http.StatusOK)
	if typed := back.form(t, link.AgentReplies(number)).Get("message"); typed != "Taken back." {
		t.Errorf("the editor holds %q", typed)
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM messages WHERE text = 'Taken back.'"); n != 0 {
		t.Errorf("it was sent %d times", n)
	}
	w.consistent(t)
}
