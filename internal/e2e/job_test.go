package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// job is the desk's main job while it is played.
type job struct {
	*testing.T
	w      world
	look   testkit.Look
	number int64
}

// TestMainJob plays the main job from end to end: an admin links a customer to
// their company, the customer asks, an agent answers with a quick answer, the
// robot walks the silent ticket, the customer reopens it, and at last follows
// up the closed one.
func TestMainJob(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]testkit.Look{
		"with scripts":    testkit.Desktop,
		"without scripts": {Width: 1440, Height: 900, NoScript: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &job{T: t, w: newWorld(t), look: look}
			j.linkCustomers()
			c := j.w.browser(t, customer, look)
			watcher := j.w.browser(t, second, look)
			j.ask(c, watcher)
			a := j.w.browser(t, agent, look)
			j.answer(a)
			j.silence(c)
			j.reopen(c)
			j.resolve(a)
			j.followUp(c)
			j.w.consistent(t)
		})
	}
}

func (j *job) scripts() bool { return !j.look.NoScript }

// ask lets the customer look for help, then write a ticket. The watcher is an
// agent who has the inbox open meanwhile.
func (j *job) ask(b, watcher *testkit.Browser) {
	j.Helper()
	watcher.Open(link.InboxView("new"))
	watcher.AwaitText(`nav [data-count="new"]`, "0")

	b.Open(link.Home)
	b.See("Hi Ann")
	b.Axe()
	b.Fill("main [name=q]", "lacp reboot")
	b.KeyFollow("Enter")
	b.See("LACP does not come up after a reboot")
	b.Axe()
	b.Follow("main a|LACP does not come up")
	b.See("Check that both sides use the same mode")
	b.Axe()

	b.Open(link.NewTicket)
	b.Axe()
	b.Fill("[name=subject]", "LACP is down after a reboot of the core switch")
	if j.scripts() {
		b.Await("#kb-suggest a|LACP does not come up")
		b.Axe()
	}
	message(b, j.look, "Both sides are **active**, and nothing comes up.")
	b.SelectText("[name=topic]", "Technical support")
	if !j.scripts() {
		b.Follow("button|Update fields")
	}
	b.Await(`[name="field.type"]`)
	b.AwaitValue("[name=subject]", "LACP is down after a reboot of the core switch")
	b.AwaitValue("[name=message]", "Both sides are **active**")

	// First with a file that is not taken and a field forgotten.
	dir := j.TempDir()
	write(j.T, filepath.Join(dir, "switch.log"), "LACP: timeout\n")
	write(j.T, filepath.Join(dir, "drawing.svg"), `<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>`)
	b.Attach("[name=attachments]", filepath.Join(dir, "switch.log"), filepath.Join(dir, "drawing.svg"))
	if j.scripts() {
		b.See("“drawing.svg” is of a type that we do not take", "14 B · Uploaded") // before anything is sent
		b.Forgive()
	}
	b.FollowStatus("main button|Create ticket", 422)
	if !j.scripts() {
		b.See("“drawing.svg” is of a type that we do not take")
	}
	b.See("switch.log", "Type")
	b.AwaitValue("[name=message]", "Both sides are **active**, and nothing comes up.")
	b.Axe()
	b.SelectText(`[name="field.type"]`, "Help with setup")
	b.SelectText(`[name="field.priority"]`, "High")
	b.Fill(`[name="field.serial_numbers"]`, "HS2024001;HS2024002")
	b.Follow("main button|Create ticket")

	j.number = j.w.newest(j.T)
	b.See(fmt.Sprintf("Ticket %d created", j.number), "First reply by", "LACP is down after a reboot", "nothing comes up", "switch.log")
	b.SeeNot("drawing.svg")
	b.Axe()
	if b.Path() != link.CreatedTicket(j.number) {
		j.Errorf("the confirmation is at %s", b.Path())
	}
	b.Open(link.Tickets)
	b.See("LACP is down after a reboot", fmt.Sprintf("#%d", j.number))
	b.Axe()

	if j.scripts() {
		watcher.AwaitText(`nav [data-count="new"]`, "1") // without a reload
	} else {
		watcher.Open(link.InboxView("new"))
		watcher.AwaitText(`nav [data-count="new"]`, "1")
	}
}

// answer lets the agent find the ticket and answer it with a quick answer.
func (j *job) answer(b *testkit.Browser) {
	j.Helper()
	if b.Path() != link.Agent {
		j.Errorf("an agent lands on %s", b.Path())
	}
	b.See("LACP is down after a reboot")
	b.AwaitText(`main [data-count="new"]`, "1")
	b.Axe()
	b.Follow(`nav a[href="` + link.InboxView("new") + `"]`)
	b.Await(".trow")
	b.Axe()
	if j.scripts() {
		b.Hover(".trow")
		b.Await(".peek")
		b.See("nothing comes up")
		b.Open(link.InboxView("new"))
		b.TabTo(".trow a")
		b.Await(".peek")
		b.Axe()
	}
	j.open(b, "LACP is down after a reboot")
	b.See("LACP is down after a reboot", "Ann Smith", "HS2024001", "ACME")

	if !b.Has("#answer-q") {
		b.Follow("a|Choose an existing answer")
	}
	b.Fill("#answer-q", "admin password")
	if !j.scripts() {
		b.Follow(".answers form button")
	}
	b.Await(".opt|Reset the admin password")
	b.Fill("#answer-q", "aggregation")
	if j.scripts() {
		b.Await(".opt|LACP does not come up")
		b.AwaitGone(".opt|Reset the admin password")
		b.Hover(".opt|LACP does not come up")
		b.Await("#answer-preview|Hello Ann")
	} else {
		b.Follow(".answers form button")
		b.Await(".opt|LACP does not come up")
		b.Follow(".answers__look|LACP does not come up")
	}
	b.See("Check that both sides use the same mode")
	b.Axe()
	b.Follow("#answer-preview a|Insert")
	b.Axe()
	j.write(b, "Please send me the output.")
	b.Select("#status", "waiting")
	b.Follow("button|Send")
	b.See("Please send me the output.", "Check that both sides use the same mode", "Hello Ann")
	if got := one[string](j.T, j.w.db, "SELECT status FROM tickets WHERE number = $1", j.number); got != "waiting" {
		j.Errorf("the ticket is %s", got)
	}
	b.Axe()
	b.Follow("nav a|Internal note")
	b.Axe()
	j.write(b, "Firmware 2.1 has a bug there.")
	b.Follow("button|Add note")
	b.See("Firmware 2.1 has a bug there.")
	b.Axe()
}

// write adds text to what is being written on the answering page.
func (j *job) write(b *testkit.Browser, text string) {
	j.Helper()
	if j.scripts() {
		b.Click(".rich")
		b.Key("Control+End")
		b.Key("Enter")
		b.Type(text)
		return
	}
	b.Fill("[name=message]", strings.TrimSpace(b.Value("[name=message]")+"\n\n"+text))
}

// silence lets time pass without an answer.
func (j *job) silence(b *testkit.Browser) {
	j.Helper()
	b.Open(link.Ticket(j.number))
	b.See("We are waiting for your reply", "What happens next", "We remind you", "Resolved automatically", "Please send me the output.")
	b.SeeNot("Firmware 2.1")
	b.Axe()
	j.robot("remind")
	b.Open(link.Ticket(j.number))
	b.See("We have not heard from you. Without a reply this ticket moves to Resolved in 2 working days.")
	b.Axe()
	j.robot("resolve")
	b.Open(link.Ticket(j.number))
	b.See("This ticket was resolved automatically", "We still have not heard from you.", "Reopen")
	b.Axe()
}

// robot moves time to the robot's next step and lets it make its round.
func (j *job) robot(step string) {
	j.Helper()
	if got := one[*string](j.T, j.w.db, "SELECT next_step FROM tickets WHERE number = $1", j.number); got == nil || *got != step {
		j.Fatalf("next is %v, not %s", got, step)
	}
	j.w.untilDue(j.T, j.number)
	out := j.w.Run(j.T, "", "robot", "run")
	testkit.Await(j, limit, step+" is done; robot run printed "+out, func() bool { // by the command or by the server
		now := one[*string](j.T, j.w.db, "SELECT next_step FROM tickets WHERE number = $1", j.number)
		return now == nil || *now != step
	})
}

// reopen lets the customer reopen the resolved ticket by a reply.
func (j *job) reopen(b *testkit.Browser) {
	j.Helper()
	message(b, j.look, "Here I am again. It still is down.")
	b.Follow("#reply button|Reply and reopen")
	b.See("Here I am again.", "Open")
	b.Axe()
}

// open leads from a row of the inbox to the ticket's page: with scripts the
// ticket stands beside the list first.
func (j *job) open(b *testkit.Browser, subject string) {
	j.Helper()
	if !j.scripts() {
		b.Follow(".trow a")
		return
	}
	b.Click(".trow a")
	b.Await("#reading h2|" + subject)
	b.Follow("#reading a|Reply to Ann")
}

// resolve lets the agent answer with the keyboard alone, and resolve.
func (j *job) resolve(b *testkit.Browser) {
	j.Helper()
	b.Open(link.InboxView("open"))
	b.See("Reopened")
	b.TabTo(".trow a")
	if j.scripts() {
		b.Key("Enter")
		b.Await("#reading h2|LACP is down after a reboot")
		b.TabTo("#reading a|Reply to Ann")
	}
	b.KeyFollow("Enter")
	b.See("Here I am again.")
	if j.scripts() {
		b.TabTo(".rich")
	} else {
		b.TabTo("a|Write answer")
		b.KeyFollow("Enter")
		b.TabTo("textarea[name=message]")
	}
	b.Type("Firmware 2.2 mends it.")
	b.TabTo("#status")
	for range 10 {
		if b.Value("#status") == "resolved" {
			break
		}
		b.Key("ArrowDown")
	}
	b.TabTo("button|Send")
	b.KeyFollow("Enter")
	b.See("Firmware 2.2 mends it.")
	if got := one[string](j.T, j.w.db, "SELECT status FROM tickets WHERE number = $1", j.number); got != "resolved" {
		j.Errorf("the ticket is %s", got)
	}
	j.robot("close")
	b.Open(link.AgentTicket(j.number))
	b.See("Closed", "closed for good")
	b.Axe()
}

// followUp lets the customer follow up the closed ticket.
func (j *job) followUp(b *testkit.Browser) {
	j.Helper()
	b.Open(link.Ticket(j.number))
	b.See("This ticket is closed", "Create follow-up ticket")
	b.Axe()
	b.Follow("main a|Create follow-up ticket")
	b.See(fmt.Sprintf("Follow-up of ticket #%d", j.number))
	b.Axe()
	b.AwaitValue("[name=subject]", "LACP is down after a reboot")
	message(b, j.look, "It came back.")
	b.Follow("main button|Create ticket")
	next := j.w.newest(j.T)
	b.See(fmt.Sprintf("Ticket %d created", next), "It came back.", fmt.Sprintf("#%d", j.number))
	b.Open(link.Ticket(j.number))
	b.See(fmt.Sprintf("#%d", next))
	b.Axe()
}
