package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestNotices: an agent hears at once, on whatever page they are, what others do
// to their ticket and nothing of what they do themselves; a line says why it
// came, and its like can be turned off there.
func TestNotices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, customer).submit(w.topic(t, "billing"), "Core switch is silent", "It is off.")
	number := w.newest(t)
	ivan := one[int64](t, w.db, "SELECT person_id FROM identities WHERE value = $1", agent.email)
	mine := w.as(t, agent)
	mine.post(link.AgentAssign(number), url.Values{"assignee": {strconv.FormatInt(ivan, 10)}}).want(t, http.StatusOK)
	if n := one[int](t, w.db, "SELECT count(*) FROM notices WHERE person_id = $1 AND actor_id = $1", ivan); n != 0 {
		t.Errorf("%d lines about one's own acts", n)
	}

	b := w.browser(t, agent, testkit.Desktop)
	b.Open(link.Notices)
	b.Await(".side .bell__n:not(:empty)") // the new ticket
	b.Open(link.Notices)
	b.Follow("main button|Mark all")
	w.as(t, customer).post(link.Replies(number), url.Values{"message": {"Any news?"}}).want(t, http.StatusOK)
	b.Await(".side .bell__n|1")
	b.Click(".side [data-bell]")
	b.Await("#bell:popover-open")
	b.Axe()
	b.See("Core switch is silent")
	b.Follow("#bell .nt__why") // out of the bell itself
	b.Axe()
	b.Follow("main button[value=like]")

	// What is chosen: that kind is off now. It is wanted again, status changes of
	// one's own tickets are not, and nights are quiet.
	const replies, moves = "[name='app.customer_reply.mine']", "[name='app.status_changed.mine']"
	b.Open(link.ProfileMatrix)
	if on := b.Each(replies, "String(e.checked)"); on[0] != "false" {
		t.Error("the kind that was turned off is still ticked")
	}
	b.Axe()
	b.Click(replies)
	if b.Each(moves, "String(e.checked)")[0] == "true" {
		b.Click(moves)
	}
	b.Set("[name=quiet_from]", "22:00")
	b.FollowStatus("main form button|Save", 422)
	b.See("Enter both times")
	b.Set("[name=quiet_to]", "07:30")
	b.Follow("main form button|Save")
	if got := b.Value("[name=quiet_from]") + b.Value("[name=quiet_to]"); got != "22:0007:30" {
		t.Errorf("quiet hours are %s", got)
	}
	told := one[int](t, w.db, "SELECT count(*) FROM notices WHERE person_id = $1 AND event = 'status_changed'", ivan)
	w.as(t, second).post(link.AgentStatus(number), url.Values{"status": {"waiting"}}).want(t, http.StatusOK)
	w.as(t, customer).post(link.Replies(number), url.Values{"message": {"It hums now."}}).want(t, http.StatusOK)
	b.Await(".side .bell__n:not(:empty)") // quiet hours keep letters back, never the bell
	if n := one[int](t, w.db, "SELECT count(*) FROM notices WHERE person_id = $1 AND event = 'status_changed'", ivan); n != told {
		t.Error("told of what was turned off")
	}
}
