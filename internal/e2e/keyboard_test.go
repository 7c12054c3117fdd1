package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// keyboard is all of a browser that needs no mouse.
type keyboard interface { //nolint:interfacebloat // what is left of a browser without its mouse
	Open(path string)
	Key(name string)
	KeyFollow(name string)
	TabTo(sel string)
	Type(text string)
	Await(sel string)
	AwaitGone(sel string)
	AwaitText(sel, text string)
	See(words ...string)
	SeeNot(words ...string)
	Count(sel string) int
	Has(sel string) bool
	Each(sel, js string) []string
	Path() string
	Focused() string
}

// hands are an agent's on the keyboard.
type hands struct {
	keyboard
	t *testing.T
}

// there waits until the focus is in a region and looks that one sees it.
func (h hands) there(region string) {
	h.t.Helper()
	h.Await(region + " :focus-visible")
	const ring = `(() => { for (let p = e, n = 0; p && n < 3; p = p.parentElement, n++) { const s = getComputedStyle(p);
		if (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none') return ''; } return e.outerHTML.slice(0, 200); })()`
	for _, dark := range h.Each(region+" :focus-visible", ring) {
		if dark != "" {
			h.t.Errorf("%s: nothing shows that this has the focus: %s", h.Path(), dark)
		}
	}
}

// menu opens one by its key and stands on one of its entries.
func (h hands) menu(key, entry string) {
	h.t.Helper()
	h.Key(key)
	h.Await("[popover]:popover-open")
	h.TabTo("[popover]:popover-open " + entry)
	h.there("[popover]:popover-open")
}

// act presses Enter where the focus is, which does something to the ticket, and
// looks that the focus is on its page again.
func (h hands) act(says ...string) {
	h.t.Helper()
	h.KeyFollow("Enter")
	h.See(says...)
	h.there("main")
}

// TestKeyboardAlone does everything that an agent does, without a mouse: there is
// always something that shows where the focus is, and no act loses it.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	staff := w.as(t, admin)
	staff.post(link.Macros, url.Values{"name": {"Ask for the log"}, "scope": {"mine"}, "add_tags": {"log"}, "note": {"Asked for the log."}}).want(t, http.StatusOK)
	w.as(t, customer).submit(w.topic(t, "billing"), "Admin password of a switch is lost", "How do we reset it?")
	first := w.newest(t)
	w.as(t, customer).submit(w.topic(t, "billing"), "Core switch is silent", "It is off.")
	last := w.newest(t)

	h := hands{testkit.NewBrowser(t, w.URL, testkit.Desktop), t}
	h.Open(link.Login)
	h.TabTo("[name=email]")
	h.there("main")
	h.Type(admin.email)
	h.TabTo("[name=password]")
	h.Type(password)
	h.KeyFollow("Enter")

	h.own(w)
	h.list(last)
	h.find(first)
	h.change(w)
	h.write(w)
	h.rest(first)
	h.beside(first, "Core switch")
	h.bins(first)
	h.many(w)
	h.leave()
}

// own makes what is the agent's own: a saved reply, and a time away.
func (h hands) own(w world) {
	h.t.Helper()
	h.Key("Control+k")
	h.Type("canned")
	h.Await("#palette [role=option][aria-selected=true]|Canned replies")
	h.KeyFollow("Enter")
	h.TabTo("main a|New canned reply")
	h.there("main")
	h.KeyFollow("Enter")
	h.TabTo("[name=name]")
	h.Type("Where the console port is")
	h.TabTo("#canned-form .rich")
	h.there("main")
	h.Type("The console port is on the left.")
	h.TabTo("#canned-form button|Save")
	h.KeyFollow("Enter")
	h.See("The console port is on the left.")

	h.Key("Control+k")
	h.Type("absence")
	h.Await("#palette [role=option][aria-selected=true]|Absence")
	h.KeyFollow("Enter")
	// How often the arrow goes up in month, day, year, hour, minute and half of the
	// day: from the second of February of this year to the first day of the next.
	for name, ups := range map[string]string{"from": "221111", "until": "112111"} {
		h.TabTo("[name=" + name + "]")
		h.there("main")
		for _, times := range ups {
			for range times - '0' {
				h.Key("ArrowUp")
			}
			h.Key("Tab")
		}
	}
	h.TabTo("main form button.btn--primary")
	h.KeyFollow("Enter")
	h.See("The absence is saved.")
	h.TabTo("main button[name=end]")
	h.there("main")
	h.KeyFollow("Enter")
	h.See("The absence has ended.")
	if n := one[int](h.t, w.db, "SELECT count(*) FROM absences WHERE until_at > now()"); n != 0 {
		h.t.Errorf("%d absences are left", n)
	}
}

// list goes through the inbox.
func (h hands) list(last int64) {
	h.t.Helper()
	h.Key("g")
	h.KeyFollow("n")
	h.Await(".trow--unread")
	h.Key("j")
	h.there(".trow")
	h.Key("j")
	h.Key("k")
	h.Key("Space")
	h.Await(".peek:popover-open")
	h.Key("Space")
	h.AwaitGone(".peek:popover-open")
	if n := h.Count(".trow--unread"); n != 2 {
		h.t.Errorf("looking at a row left %d unread, want both", n)
	}
	h.Key("Enter") // beside the list
	h.Await("#reading h2|Core switch is silent")
	row := fmt.Sprint("#t", last)
	h.there(row)
	h.AwaitText(`nav [data-count="unread:new"]`, "1")
	h.Key("]")
	h.Await("#reading h2|Admin password")
	h.Key("[")
	h.Await("#reading h2|Core switch is silent")
	h.there(row)
	h.menu("t", "input")
	h.Type("beside")
	h.Key("Enter")
	h.Await("#reading .reading__head a|beside")
	h.there("#reading")
	h.menu("w", "button")
	h.Key("Enter")
	h.Await("#reading .watch--on")
	h.there("#reading")
	h.Key("u") // unread again
	h.Await(row + ".trow--unread")
	h.there("main")
	h.AwaitText(`nav [data-count="unread:new"]`, "1")
}

// find opens the other ticket by the palette, and looks at what else it does.
func (h hands) find(number int64) {
	h.t.Helper()
	h.Key("/")
	h.there("main [role=search]")
	h.Type("console")
	h.Key("Escape") // leaves the field, so that keys are keys again
	h.Key("?")
	h.there("#shortcuts")
	h.See("Keyboard shortcuts", "On this page", "Go to", "Everywhere", "Icon and symbol glossary")
	h.Key("Escape")
	h.AwaitGone("#shortcuts")
	h.Key("Control+k")
	h.there("#palette")
	h.Type("password")
	h.Await("#palette [data-pal=found] [role=option][aria-selected=true]|Admin password")
	h.KeyFollow("Enter")
	h.Await("h1|Admin password of a switch is lost")
	if h.Path() != link.AgentTicket(number) {
		h.t.Errorf("the palette leads to %s", h.Path())
	}
}

// many changes several at once, and saves a view.
func (h hands) many(w world) {
	h.t.Helper()
	h.Key("g")
	h.KeyFollow("u")
	h.Key("j")
	h.Key("x")
	h.AwaitText("[data-picked]", "1 selected")
	h.there(".trow")
	h.menu("t", "input")
	h.Type("together")
	h.KeyFollow("Enter")
	h.there("main")
	tagged, taken := "SELECT count(*) FROM ticket_tags JOIN tags g ON g.id = tag_id JOIN tickets t ON t.id = ticket_id WHERE g.name = 'together'", " AND assignee_id IS NOT NULL"
	if n, m := one[int](h.t, w.db, tagged), one[int](h.t, w.db, tagged+taken); n != 1 || m != 0 {
		h.t.Errorf("Enter in the field for tags tagged %d tickets and assigned %d, want one and none", n, m)
	}
	h.KeyFollow("v")
	h.TabTo("main [name=name]")
	h.there("main")
	h.Type("What nobody has")
	h.TabTo("main form button.btn--primary")
	h.KeyFollow("Enter")
	h.See("What nobody has")
}

// leave looks at the bell and what icons mean, and signs out.
func (h hands) leave() {
	h.t.Helper()
	h.Key("g")
	h.Key("i")
	h.Await("#bell:popover-open")
	h.there("body")
	h.Key("Escape")
	h.AwaitGone("#bell:popover-open")
	h.there(".side")
	h.Key("?")
	h.TabTo("#shortcuts a|glossary")
	h.there("#shortcuts")
	h.KeyFollow("Enter")
	h.Await("h1|glossary")
	h.TabTo("[popovertarget=m-me]")
	h.there(".side")
	h.Key("Enter")
	h.TabTo("#m-me button|Sign out")
	h.there("#m-me")
	h.KeyFollow("Enter")
	if h.Path() != link.Login {
		h.t.Errorf("signing out leads to %s", h.Path())
	}
}

func exec(t *testing.T, w world, sql string) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}
