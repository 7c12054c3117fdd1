package e2e

import (
	"strings"

	"github.com/deskbell/deskbell/internal/link"
)

// change does what needs no answer.
func (h hands) change(w world) {
	h.t.Helper()
	h.menu("a", "button|Take")
	h.act()
	h.Await(".bar__who|Ada Admin")
	h.menu("a", "select[name=assignee]")
	for range 9 {
		if strings.Contains(h.Each("select[name=assignee]", "e.selectedOptions[0].text")[0], second.name) {
			break
		}
		h.Key("ArrowDown")
	}
	h.TabTo("[popover]:popover-open [name=note]")
	h.Type("You know this customer.")
	h.TabTo("[popover]:popover-open button|Assign")
	h.act()
	h.Await(".bar__who|" + second.name)
	h.menu("a", "button|Take")
	h.act()

	h.menu("t", "input")
	h.Type("lab")
	h.act()
	h.Await(".tag-line a|lab")
	h.menu("s", "button|Waiting")
	h.act()
	h.menu("p", "button|Postpone")
	h.act()
	h.menu("w", "button")
	h.act()
	h.KeyFollow("i") // the timer
	h.Await("[data-timer]:not([data-timer=''])")
	h.there("main")
	h.TabTo("summary|Write down")
	h.Key("Enter")
	h.TabTo("#time-new-m")
	h.Type("15")
	h.act("15")
	if n := one[int](h.t, w.db, "SELECT count(*) FROM time_entries"); n != 1 {
		h.t.Errorf("%d times written down", n)
	}

	// What the palette does on a ticket's page: a menu's entry and a macro.
	h.Key("Control+k")
	h.Type("priority urgent")
	h.Await("#palette [data-pal=commands] [role=option][aria-selected=true]")
	h.KeyFollow("Enter")
	h.Await("[popovertarget=m-priority][aria-label*=Urgent]")
	h.Key("Control+k")
	h.Type("log")
	h.Await("#palette [data-pal=found] [role=option]|Ask for the log")
	if !h.Has("#palette [data-pal=commands] + [data-pal=found]") || !h.Has("#palette [data-pal=commands] [role=option][aria-selected=true]") {
		h.t.Error("the answers took the place of the command")
	}
	h.Key("Escape") // what was typed
	h.Key("Escape")
	h.AwaitGone("#palette[open]")
	h.Key("Control+k")
	h.Type("assignee")
	h.Await("#palette [data-pal=commands] [role=option]|Assignee: Give it back")
	h.Key("Escape") // what was typed
	h.Key("Escape")
	h.AwaitGone("#palette[open]")
	h.Key("?")
	if named := h.Each("#shortcuts [data-keys] span:first-child", "e.innerText.endsWith(')') ? e.innerText : ''"); strings.Join(named, "") != "" {
		h.t.Errorf("keys stand in their names: %q", named)
	}
	h.Key("Escape")
	h.AwaitGone("#shortcuts")
	h.Key("Control+k")
	h.Type("ask for")
	h.Await("#palette [data-pal=found] [role=option][aria-selected=true]|Ask for the log")
	h.KeyFollow("Enter")
	h.KeyFollow("Enter") // what it will do is on the page
	h.Await(".tag-line a|log")
	h.See("Asked for the log.")
}

// phone logs a call about the ticket.
func (h hands) phone() {
	h.t.Helper()
	h.KeyFollow("l")
	h.TabTo("[name=call_minutes]")
	h.Type("5")
	h.TabTo("[name=message]")
	h.Type("The mast is cold.")
	h.TabTo("main form button|Log the call")
	h.KeyFollow("Enter")
	h.See("5 minutes", "The mast is cold.")
}

// write answers with what is there already, and tells a colleague.
func (h hands) write(w world) {
	h.t.Helper()
	exec(h.t, w, "UPDATE people SET undo_send = true")
	h.KeyFollow("q")
	h.there(".answers")
	h.Type("firmware")
	h.Await(`#answer-list[data-query="firmware"] .opt[aria-current]|Update the firmware`)
	h.KeyFollow("Enter")
	h.Await(".rich:focus|Download the image")
	h.there("#write")
	h.Key("Control+End")
	h.Key("Enter")
	h.Type("/")
	h.Type("cons")
	h.Await(".pick [role=option][aria-selected=true]|Where the console port is")
	h.Key("Enter")
	h.Await(".rich|on the left")
	h.TabTo("#status")
	h.there("#write")
	h.Key("ArrowDown")
	h.TabTo(".rich")
	h.KeyFollow("Control+Enter")
	h.Await("[data-undo-send]")
	exec(h.t, w, "UPDATE people SET undo_send = false")
	h.KeyFollow("z")
	h.Await(".rich:focus|on the left")
	h.KeyFollow("Control+Enter")
	h.there("main")
	h.Await(".msg__body|The console port is on the left")

	h.phone()
	h.KeyFollow("n")
	h.Await(".editor--note .rich:focus")
	h.Type("Please look at it.")
	h.TabTo(".mentions summary")
	h.there("#write")
	h.Key("Enter")
	h.TabTo(".mentions input|Maria")
	h.Key("Space")
	h.TabTo(".editor--note .rich")
	h.KeyFollow("Control+Enter")
	h.See("Please look at it.")
	if n := one[int](h.t, w.db, "SELECT count(*) FROM note_mentions"); n != 1 {
		h.t.Errorf("%d mentions", n)
	}
	h.there("main")
	h.KeyFollow("e")
	h.Await("h1:focus")
}

// beside links the ticket with another, looks at what merging would do and
// splits a message off.
func (h hands) beside(number int64, other string) {
	h.t.Helper()
	h.menu(".", "a|Link")
	h.KeyFollow("Enter")
	h.TabTo("main [name=q]")
	h.there("main")
	h.Type(other)
	h.TabTo("#picks :is(a, button, input)")
	h.there("#picks")
	h.KeyFollow("Enter")
	h.TabTo("main form[method=post] button.btn--primary")
	h.KeyFollow("Enter")
	h.Open(link.AgentTicket(number))
	h.See("Related to")

	h.menu(".", "a|Merge")
	h.KeyFollow("Enter")
	h.TabTo("main [name=q]")
	h.Type(other)
	h.TabTo("#picks a|Core switch is silent")
	h.KeyFollow("Enter")
	h.See("What happens")
	h.TabTo("main form button|Merge")
	h.there("main")
	h.KeyFollow("Enter")
	h.See("is now part of this ticket")
	h.TabTo("button[aria-label*='Undo the merge']")
	h.there("#ctx")
	h.KeyFollow("Enter")
	h.See("is on its own again")

	h.Open(link.AgentTicket(number))
	h.TabTo("a|Change requester")
	h.KeyFollow("Enter")
	h.TabTo("main [name=q]")
	h.there("main")
	h.Type("Bob")
	h.KeyFollow("Enter")
	h.TabTo("main a|Bob Stone")
	h.KeyFollow("Enter")
	h.TabTo("main form button|Change requester")
	h.there("main")
	h.KeyFollow("Enter")
	h.See("Bob Stone")

	h.Open(link.AgentTicket(number))
	h.menu(".", "a|Split")
	h.KeyFollow("Enter")
	h.TabTo("main form input[type=checkbox]")
	h.there("main")
	h.Key("Space")
	h.TabTo("main [name=subject]")
	h.KeyFollow("Enter")
	h.See("were split off from")
	h.Open(link.AgentTicket(number))
}

// bins takes the ticket into the trash and out, and the same as spam.
func (h hands) bins(number int64) {
	h.t.Helper()
	h.KeyFollow("#")
	h.there("main")
	h.KeyFollow("z") // of the words that say it is done
	if h.Path() != link.AgentTicket(number) {
		h.t.Errorf("undoing leads to %s", h.Path())
	}
	h.there("main")
	h.KeyFollow("!")
	h.there("main")
	h.Open(link.AgentTicket(number))
	h.Await(".trash-bar")
	h.KeyFollow("z")
	h.AwaitGone(".trash-bar")
	h.there("main")
}
