package e2e

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestParentAndChildren: two tickets get one parent, by its number and by a
// search; one update reaches and resolves both; each customer reads it with their
// own name; a link is taken away. By links and forms alone.
func TestParentAndChildren(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := w.as(t, customer), w.as(t, stranger)
	pages := [2]string{
		ann.submit(w.topic(t, "billing"), "No signal in the office", "It is down."),
		bob.submit(w.topic(t, "billing"), "Radio is silent", "Ours as well."),
	}
	second := w.newest(t)
	ann.submit(w.topic(t, "billing"), "Mast on the hill broken", "The whole mast.")
	parent := w.newest(t)

	b := w.browser(t, agent, testkit.Look{Width: 390, Height: 844, NoScript: true})
	b.Open(link.AgentTicket(second - 1))
	b.Click("[popovertarget=m-more]")
	b.Follow("#m-more a|Make it a child")
	b.Fill("[name=other]", "999999")
	b.FollowStatus("main form button|Add link", http.StatusNotFound)
	if got := b.Value("[name=other]"); got != "999999" {
		t.Errorf("the number that was typed is %q now", got)
	}
	b.Fill("[name=other]", strconv.FormatInt(parent, 10))
	b.Follow("main form button|Add link")
	b.Open(link.AgentChildren(parent))
	b.See("No signal in the office")
	b.Follow("main a|Add a child")
	b.Fill("main [name=q]", "radio")
	b.Follow("main form[role=search] button")
	b.Follow("#picks a|Radio is silent")
	b.Follow("main form button|Add link")

	b.Open(link.AgentChildren(parent))
	b.See("No signal in the office", "Radio is silent", "0 of 2")
	b.Fill("[name=message]", "{{customer.first_name}}, the mast is mended.")
	b.Set("[name=status]", "resolved")
	b.Follow("main form button|Send")
	testkit.Await(t, limit, "the update is sent to both and to the parent's own requester", func() bool {
		return one[int](t, w.db, "SELECT count(*) FROM ticket_update_children WHERE state = 'sent'") == 3
	})
	b.Open(link.AgentChildren(parent))
	b.See("2 of 2", "the mast is mended")
	ann.get(pages[0]).want(t, http.StatusOK, "Ann, the mast is mended.")
	bob.get(pages[1]).want(t, http.StatusOK, "Bob, the mast is mended.")

	b.Open(link.AgentTicket(parent))
	b.Click("[popovertarget=ctx]")
	b.Follow("#ctx button[aria-label*='" + strconv.FormatInt(second, 10) + "']")
	b.Open(link.AgentChildren(parent))
	b.See("1 of 1")
	b.SeeNot("Radio is silent")
}
