package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestMergeAndSplit: an agent merges two tickets of different people after
// reading who will see what; the customer's old page and number lead on; undoing
// restores both, and what was written since goes where the agent says; then messages are split off. By links and forms alone on a
// phone, and once more by the keyboard with scripts.
func TestMergeAndSplit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	newest := func() int64 { return one[int64](t, w.db, "SELECT max(number) FROM tickets") }
	old := w.as(t, customer).submit(w.topic(t, "billing"), "Invoice 1201 is wrong", "It has the wrong VAT.")
	source := newest()
	w.as(t, stranger).submit(w.topic(t, "billing"), "Invoice of the office", "Ours is wrong as well.")
	target := newest()

	open := w.browser(t, customer, testkit.Desktop) // Ann has the old page open all the while
	open.Open(old)
	open.See("It has the wrong VAT.")

	b := w.browser(t, agent, testkit.Look{Width: 390, Height: 844, NoScript: true})
	b.Open(link.AgentTicket(source))
	b.Click("[popovertarget=m-more]")
	b.Follow("#m-more a|Merge into another ticket")
	b.Fill("main [name=q]", "invoice office")
	b.Follow("main form[role=search] button")
	b.Axe()
	b.Fits()
	b.Follow("#picks a|Invoice of the office")
	b.See("What happens", "Who can see the conversations changes", "Ann Smith", "Bob Stone")
	b.FollowStatus("main form button|Merge", 409)
	b.See("Read the list and confirm it first")
	b.Click("#sight input")
	b.Axe()
	b.Fits()
	b.Follow("main form button|Merge")
	b.See("is now part of this ticket", "It has the wrong VAT.", "Ours is wrong as well.", "from #"+strconv.FormatInt(source, 10))
	b.Axe()

	open.Await(".msg__body p|Ours is wrong as well.") // the page goes there by itself
	if got := open.Path(); !strings.HasPrefix(got, link.Ticket(target)) {
		t.Errorf("the old page leads to %s", got)
	}
	open.Open(old)
	if got := open.Path(); !strings.HasPrefix(got, link.Ticket(target)) {
		t.Errorf("the old number leads to %s", got)
	}
	w.as(t, customer).post(link.Replies(target), url.Values{"message": {"The VAT of May is wrong too."}}).want(t, http.StatusOK)
	b.Open(link.AgentTicket(source))
	if got := b.Path(); !strings.HasPrefix(got, link.AgentTicket(target)) {
		t.Errorf("the agents' old number leads to %s", got)
	}
	b.Click("[popovertarget=ctx]")
	b.Follow("#ctx a|Undo…")
	b.Click("label|The VAT of May is wrong too.")
	b.Axe()
	b.Fits()
	b.Follow("main form button|Undo")
	b.See("is on its own again", "It has the wrong VAT.", "The VAT of May is wrong too.")
	b.SeeNot("Ours is wrong as well.")
	open.Open(old)
	open.See("It has the wrong VAT.", "The VAT of May is wrong too.")
	open.SeeNot("Ours is wrong as well.")
	open.OpenStatus(link.Ticket(target), 404)

	s := w.browser(t, agent, testkit.Desktop)
	w.as(t, customer).post(link.Replies(source), url.Values{"message": {"And the printer is silent."}}).want(t, http.StatusOK)
	s.Open(link.AgentTicket(source))
	s.Key(".")
	s.TabTo("#m-more a|Split off messages")
	s.KeyFollow("Enter")
	s.Click("label|And the printer is silent.")
	s.Fill("[name=subject]", "The printer is silent")
	s.Axe()
	s.Follow("main form button|Split off")
	s.See("were split off from", "The printer is silent", "Related to")
	s.Axe()
	open.Open(link.Ticket(newest()))
	open.See("And the printer is silent.")
	open.Open(old)
	open.SeeNot("And the printer is silent.")
}
