package e2e

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// pixel is a picture of one point, as a browser's page would make it.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// pastePicture puts it into an element.
const pastePicture = `(() => { const d = new DataTransfer(); const bytes = Uint8Array.from(atob("` + pixel + `"), (c) => c.charCodeAt(0));
	d.items.add(new File([bytes], "image.png", { type: "image/png" })); e.dispatchEvent(new ClipboardEvent("paste", { clipboardData: d, bubbles: true, cancelable: true })); return "" })()`

// excelTable is what a spreadsheet puts on the clipboard.
const excelTable = `<html><style>td{color:red}</style><table style="width:9pt" onclick="x()"><tr><td class=xl65 style="font-weight:700">Port</td><td>State</td></tr>` +
	`<tr><td>gi1/0/7</td><td>down<img src="https://spy.test/a.png"></td></tr></table></html>`

// TestCompose answers as an agent does: with what is there already, with canned
// replies, tables and pictures, and never with an empty placeholder.
func TestCompose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, customer).submit(w.topic(t, "billing"), "Admin password of a switch is lost", "How do we reset it?")
	number := w.newest(t)
	t.Run("without scripts", func(t *testing.T) { composePlain(t, w, number) })
	t.Run("with scripts", func(t *testing.T) { composeLive(t, w, number) })
}

// composePlain makes a canned reply and sends it, by links and forms alone.
func composePlain(t *testing.T, w world, number int64) {
	t.Helper()
	look := testkit.Desktop
	look.NoScript = true
	b := w.browser(t, agent, look)
	b.Open(link.Canned)
	b.See("No canned replies yet")
	b.Axe()
	b.Follow("a|New canned reply")
	b.Axe()
	b.FollowStatus("main form button|Save", 422)
	b.See("Type a name", "Write the text")
	b.Fill("[name=name]", "Where the console port is")
	b.Fill("[name=folder]", "Hardware")
	b.Fill("[name=message]", "The console port is behind the cover of {{company.name}}.\n\n| Model | Place |\n|---|---|\n| S2962 | left |")
	b.Follow("main form button|Save")
	b.See("The canned reply is saved.", "Preview", "Used 0 times")
	b.Axe()

	// The ticket's own words rank the answers before anything is typed.
	b.Open(link.AgentTicket(number))
	b.See("Ranked by what the customer wrote", "Reset the admin password of a switch")
	b.Fill("#answer-q", "console port")
	b.Follow(".answers form button")
	b.Await(".opt|Where the console port is")
	b.Axe()
	b.Follow(".opt|Where the console port is")
	if got := b.Value("[name=message]"); !strings.Contains(got, "The console port is behind") || !strings.Contains(got, "Ann") {
		t.Errorf("the reply begins as %q", got)
	}
	b.FollowStatus("main button|Send", 422)
	b.See("{{company.name}} is empty here")
	b.Axe()
	b.Fill("[name=message]", strings.Replace(b.Value("[name=message]"), " of {{company.name}}", "", 1))
	b.Follow("main button|Send")
	b.See("The console port is behind the cover.", "S2962")
	if n := one[int](t, w.db, "SELECT used FROM canned_replies"); n != 1 {
		t.Errorf("the canned reply counts %d uses", n)
	}
	b.Open(link.Canned)
	b.See("Hardware")
}

// composeLive answers by keyboard: the best answer, a canned reply behind a
// slash, a pasted table and a picture.
func composeLive(t *testing.T, w world, number int64) {
	t.Helper()
	b := w.browser(t, agent, testkit.Desktop)
	at := link.Query(link.AgentTicket(number), "tab", "answer")
	b.Open(at)
	b.Await(".opt[aria-current]|Reset the admin password")
	b.Fill("#answer-q", "firmware")
	b.Await(`#answer-list[data-query="firmware"] .opt[aria-current]|Update the firmware`)
	b.Key("ArrowDown")
	b.KeyFollow("Enter")
	b.Await(".rich|Download the image")
	b.Axe()
	b.Key("Control+z")
	b.Await(".rich.is-empty")
	if b.Has("[name=used]:enabled") {
		t.Error("the answer that was taken out counts as used")
	}
	b.Key("Control+y")
	b.Await(".rich|Download the image")

	// A slash at a line's start offers canned replies.
	b.Click(".rich")
	b.Key("Control+a")
	b.Key("Delete")
	b.Type("/")
	b.Await(".pick [role=option][aria-selected=true]|Where the console port is")
	b.Type("cons")
	b.Await(".pick [role=option][aria-selected=true]|Where the console port is")
	b.Axe()
	b.Key("Enter")
	b.AwaitGone(".pick")
	b.Await(".rich td|S2962")
	b.FollowStatus("main button|Send", 422)
	b.See("{{company.name}} is empty here")

	b.Await(".rich td|S2962")
	composeMarkdown(t, b)

	// What a spreadsheet and a screenshot put on the clipboard stays what it is.
	b.Type("See the table.")
	b.Key("Enter")
	b.Each(".rich", `(() => { const d = new DataTransfer(); d.setData("text/html", `+"`"+excelTable+"`"+`); e.dispatchEvent(new ClipboardEvent("paste", { clipboardData: d, bubbles: true, cancelable: true })); return "" })()`)
	b.Await(".rich td|gi1/0/7")
	b.Key("Control+End")
	b.Each(".rich", pastePicture)
	b.Await(".rich img[src^='/attachments/']")
	b.Await("[data-saved]|:")
	b.Follow("main button|Send")
	b.See("See the table.")
	b.Axe()

	c := w.browser(t, customer, testkit.Desktop)
	c.Open(link.Ticket(number))
	c.Await(".msg__body td strong|Port")
	c.Await(".msg__body td|gi1/0/7")
	c.Await(".msg__body img[src^='/attachments/']")
	if c.Has(".msg__foot a|image") || c.Has(`img[src*="spy.test"]`) {
		t.Error("the picture is listed beside the text, or a foreign one is shown")
	}
	c.Axe()
	if n := one[int](t, w.db, "SELECT count(*) FROM attachments WHERE message_id IS NOT NULL"); n != 1 {
		t.Errorf("%d attachments", n)
	}
	if got := one[string](t, w.db, "SELECT string_agg(kind, ',' ORDER BY message_id, kind) FROM used_answers"); got != "canned,article,canned" {
		t.Errorf("used: %s", got)
	}

	composeKept(t, w, b, number)

	// A text area in which somebody writes while the editor comes stays.
	c.Each("textarea[name=message]", `(() => { e.focus(); return "" })()`)
	if !c.Has(".rich") {
		c.Type("Typed at once")
		if got := c.Value("[name=message]"); !strings.Contains(got, "Typed at once") {
			t.Errorf("the text area holds %q", got)
		}
	}
}
