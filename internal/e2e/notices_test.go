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
	b.Open(link.Notices)
	b.See("Core switch is silent")
	id := one[int64](t, w.db, "SELECT max(id) FROM notices WHERE person_id = $1", ivan)
	b.Open(link.NoticeWhy(id))
	b.Axe()
	b.Follow("main button[value=like]")
	if n := one[int](t, w.db, "SELECT count(*) FROM notice_choices WHERE person_id = $1 AND NOT wanted", ivan); n == 0 {
		t.Error("nothing was turned off")
	}
}
