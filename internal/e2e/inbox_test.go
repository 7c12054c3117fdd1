package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

const askSQL = `
WITH who AS (SELECT person_id FROM identities WHERE value = $1),
    made AS (INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier, timeline_seq)
        SELECT $2, 'new', now(), 'agent', (SELECT id FROM topics ORDER BY id LIMIT 1), person_id, now(), now(), 'customer', 1 FROM who RETURNING id, number, requester_id),
    said AS (INSERT INTO messages (ticket_id, seq, author_id, author_kind, source, source_kind, text, created_at)
        SELECT id, 1, requester_id, 'customer', 'It happens every night.', 'text', 'It happens every night.', now() FROM made)
SELECT number, pg_notify('deskbell_live', '{"ticket":' || number || '}')::text FROM made`

// asks opens a ticket of the customer's, and tells open pages.
func (w world) asks(t *testing.T, subject string) string {
	t.Helper()
	var number int64
	var told string
	if err := w.db.QueryRow(t.Context(), askSQL, customer.email, subject).Scan(&number, &told); err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(number, 10)
}

// TestInbox works through the agents' list: by the keyboard, with a ticket beside
// it, and with a view of one's own.
func TestInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.asks(t, "The uplink flaps")
	last := w.asks(t, "Core switch is silent")

	t.Run("with scripts", func(t *testing.T) {
		b := w.browser(t, agent, testkit.Desktop)
		b.Open(link.InboxView("new"))
		b.Axe()
		if n := b.Count(".trow--unread"); n != 2 {
			t.Fatalf("%d unread rows, want both", n)
		}
		b.Key("j") // resting on a row shows what it says, and Space takes that away
		b.Await(".peek:popover-open")
		b.Key("Space")
		b.AwaitGone(".peek:popover-open")
		if n := b.Count(".trow--unread"); n != 2 {
			t.Errorf("looking at a row left %d unread, want both", n)
		}
		b.Key("x")
		b.AwaitText("[data-picked]", "1 selected")
		b.Key("x")
		b.AwaitGone(".bulk [data-picked]|1 selected")

		b.Key("Enter")
		b.Await("#reading h2|Core switch is silent")
		b.Await("#ctx strong|Ann Smith")
		b.Axe()
		if got := b.Path(); got != link.InboxView("new")+"&ticket="+last {
			t.Errorf("the address is %s", got)
		}
		if n := b.Count(".trow--unread"); n != 1 {
			t.Errorf("%d unread rows after one was opened", n)
		}
		b.Click("#t" + first + " a")
		b.Await("#reading h2|The uplink flaps")
		b.Await("#t" + first + ` a[aria-current="true"]`)

		w.asks(t, "Nobody can print") // the pointer is in the list: it does not jump
		b.Await("#list-news button|1 new")
		b.Click("#list-news button")
		b.Await("#rows .trow|Nobody can print")
		b.AwaitText(`nav [data-count="new"]`, "3")

		b.Open(link.Query(link.Inbox, "view", "new", "q", "uplink is:unread"))
		b.See("Nothing in")
		b.Open(link.Query(link.Inbox, "view", "new", "q", "colour:red"))
		b.See("There is no filter")
		b.Open(link.Query(link.NewView, "view", "new", "q", "is:unread"))
		b.Fill("[name=name]", "Fresh")
		b.Axe()
		b.Follow("button|Save view")
		b.See("The view “Fresh” is saved.", "Nobody can print")
		b.AwaitText(`#saved-views .num`, "1")

		// Beside the list a ticket has all that its own page has.
		exec(t, w, "UPDATE tickets SET promised_until = now() + interval '2 days' WHERE subject = 'Nobody can print'")
		b.Click("#rows a|Nobody can print")
		b.Await("#reading .notice button|Postpone again")
		b.Axe()
		b.Key("t")
		b.Type(strings.Repeat("x", 300))
		b.Key("Enter")
		b.Await("#reading [role=alert]")
		if bad := b.Forgive(); len(bad) != 1 || !strings.Contains(bad[0], "answered 422") {
			t.Errorf("what was refused is not all that went wrong: %q", bad)
		}
		b.Key("d")
		b.Await(`#reading [popovertarget=m-status][aria-label*=Postponed]`)
		b.AwaitGone("#reading .notice button|Postpone again")
		b.Click("[popovertarget=m-more]")
		b.Click("#m-more button|Move to trash")
		b.Await("#reading .empty|Choose a ticket")
		b.Click("#toasts button|Undo")
		b.Await("#conversation")

		// As a table the rows have the same keys.
		b.Open(link.InboxView("new"))
		b.Click("[popovertarget=m-list]")
		b.Click("#m-list label|Wide table")
		b.Follow("#m-list button.btn--primary")
		b.Key("j")
		b.Await(".prow__subj a:focus")
		b.Key("x")
		b.AwaitText("[data-picked]", "1 selected")
		b.Axe()
		b.Open(link.Views)
		b.Axe()
	})
	t.Run("without scripts", func(t *testing.T) {
		b := w.browser(t, second, testkit.Look{Width: 1440, Height: 900, NoScript: true})
		b.Open(link.InboxView("new"))
		b.Follow("#t" + first + " a")
		b.See("The uplink flaps", "Choose an existing answer")
		b.Open(link.Query(link.Inbox, "view", "new", "ticket", first))
		b.See("Core switch is silent", "Reply to Ann")
		b.Click("#reading [popovertarget=m-more]")
		b.Follow(`#reading button[data-key="u"]`)
		b.See("The ticket is marked as unread.")
		if !b.Has("#t" + first + ".trow--unread") {
			t.Error("the row is not unread again")
		}
		b.Open(link.Query(link.NewView, "view", "new"))
		b.Fill("[name=name]", "Mine for now")
		b.Follow("button|Save view")
		b.Open(link.Views)
		b.Follow(`button[aria-label="Delete Mine for now"]`)
		b.See("The view “Mine for now” is deleted.")
		b.Follow("button|Undo")
		b.See("The view is back.", "Mine for now")
	})
}
