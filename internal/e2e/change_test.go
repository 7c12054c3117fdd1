package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// manySQL opens many tickets of the customer's, of which the first is closed, and
// lets no reply that can be taken back leave while the test looks at it.
const manySQL = `
WITH who AS (SELECT person_id FROM identities WHERE value = 'ann@acme.test'),
    made AS (INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier, timeline_seq)
        SELECT 'Storm damage ' || i, CASE i WHEN 1 THEN 'closed' ELSE 'new' END, now(), CASE i WHEN 1 THEN 'nobody' ELSE 'agent' END,
            (SELECT id FROM topics ORDER BY id LIMIT 1), person_id, now(), now() - i * interval '1 minute', 'customer', 1
        FROM who, generate_series(1, 60) i RETURNING id, requester_id)
INSERT INTO messages (ticket_id, seq, author_id, author_kind, source, source_kind, text, created_at)
SELECT id, 1, requester_id, 'customer', 'The line is down.', 'text', 'The line is down.', now() FROM made`

const slowSQL = `
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.due_at := NEW.due_at + interval '1 hour'; RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON held_replies FOR EACH ROW EXECUTE FUNCTION slow();
UPDATE people SET undo_send = true`

// TestManyTickets: somebody changes all tickets of a filter at once, sees what
// became of each, and takes it back; writes a macro and runs it; and does to one
// ticket all that the small menus offer.
func TestManyTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, sql := range []string{manySQL, slowSQL} {
		if _, err := w.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	b := w.browser(t, admin, testkit.Desktop)
	w.manyAtOnce(t, b)
	w.byField(t, b)
	w.byMacro(t, b)
	w.oneByOne(t, b, one[int64](t, w.db, `SELECT number FROM tickets WHERE subject = 'Storm damage 3'`))
}

func (w world) count(t *testing.T, where string) int {
	t.Helper()
	return one[int](t, w.db, "SELECT count(*) FROM tickets WHERE "+where)
}

// manyAtOnce resolves everything that a filter finds.
func (w world) manyAtOnce(t *testing.T, b *testkit.Browser) {
	t.Helper()
	b.Open(link.Query(link.Inbox, "q", "storm damage"))
	b.Key("j")
	b.Key("x")
	b.Click("#bulk [name=all]")
	b.Click("[popovertarget=m-bulk-status]")
	b.Follow("#m-bulk-status button|Resolved")
	b.See("Selected tickets: 60", "Set status: Resolved", "You can take it back")
	b.Axe()
	b.Follow("main form button|Do it")
	b.AwaitText("#run [role=status]", "Finished: 59 of 60 tickets")
	b.Axe()
	b.Follow("#run .tabs a|Refused: 1")
	b.See("Storm damage 1", "closed")
	if n := b.Count(".bulk-rows li"); n != 1 {
		t.Errorf("%d rows are refused, want one", n)
	}
	if n := w.count(t, "status = 'resolved'"); n != 59 {
		t.Errorf("%d tickets are resolved", n)
	}
	b.Follow("#run button|Undo")
	b.AwaitText("#run [role=status]", "Taken back: 59 tickets")
	if n := w.count(t, "status = 'new'"); n != 59 {
		t.Errorf("%d tickets are new again", n)
	}
}

// byField sets a field of some tickets, narrows the list by it from its menu, and
// takes it back.
func (w world) byField(t *testing.T, b *testkit.Browser) {
	t.Helper()
	b.Open(link.Query(link.Inbox, "q", "storm damage"))
	b.Key("j")
	b.Key("x")
	b.Key("j")
	b.Key("x")
	b.Click("[popovertarget=m-bulk-more]")
	b.Follow("#m-bulk-more button|More changes")
	b.Click("summary|Ticket fields")
	b.Axe()
	b.Select("[name='field.impact']", "site")
	b.Fill("[name='field.order_number']", "PO-4711")
	b.Follow("main form button|Look at it first")
	b.See("2 tickets changed")
	if n := w.count(t, "fields ->> 'impact' = 'site' AND fields ->> 'order_number' = 'PO-4711'"); n != 2 {
		t.Errorf("%d tickets have the fields", n)
	}
	b.Click("[popovertarget=m-filter]")
	b.Select("#m-filter [name=field]", "order_number:")
	b.Fill("#m-filter [name=value]", "po-47*")
	b.Follow("#m-filter [type=submit]")
	b.Await(".chip|Customer order number: po-47*")
	if n := b.Count("#rows li"); n != 2 {
		t.Errorf("%d tickets are listed, want two", n)
	}
}

// byMacro writes a macro, looks at what it would do, runs it and takes its reply
// back.
func (w world) byMacro(t *testing.T, b *testkit.Browser) {
	t.Helper()
	b.Open(link.NewMacro)
	b.FollowStatus("main form button|Save", 422) // without a name
	b.See("Enter a name.")
	b.Fill("[name=name]", "Storm, first aid")
	b.Fill("[name=add_tags]", "storm")
	b.Select("[name=status]", "waiting")
	b.Fill("[name=reply]", "Hello {{customer.first_name}}, we are on our way.")
	b.Follow("main form button|Save")
	b.See("Storm, first aid", "Add tags: storm")

	number := one[int64](t, w.db, `SELECT number FROM tickets WHERE subject = 'Storm damage 2'`)
	b.Open(link.AgentTicket(number))
	b.KeyFollow("y")
	b.Follow("#macro-pick a|Storm, first aid")
	b.See("Hello Ann, we are on our way.", "you can take it back")
	b.Follow("#macro-pick form button|Apply")
	b.Await(".msg--pending|Hello Ann, we are on our way.")
	b.Await(".tag-line a|storm")
	b.KeyFollow("Control+z")
	b.Await(".rich|we are on our way.")
	if n := one[int](t, w.db, `SELECT count(*) FROM messages WHERE author_kind = 'agent'`) + one[int](t, w.db, held); n != 0 {
		t.Errorf("%d replies went or wait", n)
	}
}

// oneByOne does to one ticket what the small menus offer: tags, time, trash, spam.
func (w world) oneByOne(t *testing.T, b *testkit.Browser, number int64) {
	t.Helper()
	b.Open(link.AgentTicket(number))
	b.Click("[popovertarget=m-tags]")
	b.Fill("#tags", "Wind, hail")
	b.Follow("#m-tags button|Save")
	b.Await(".tag-line a|hail")
	b.Click("[popovertarget=m-tags]")
	b.Click("#m-tags label|hail")
	b.Follow("#m-tags button|Save")
	b.AwaitGone(".tag-line a|hail")

	b.Click("summary|Write down time")
	b.Fill("#time-new-m", "1:3x")
	b.Fill("#time-new-c", "Climbed the mast")
	b.FollowStatus("button|Save time", 422)
	b.See("Enter a duration")
	b.Await("#time-new-c[value='Climbed the mast']")
	b.Fill("#time-new-m", "1:30")
	b.Follow("button|Save time")
	b.See("1 h 30 min", "Climbed the mast")
	b.KeyFollow("i") // the timer runs
	b.Await("[data-timer]:not([data-timer='']) [data-timer-shows]")
	b.KeyFollow("i")
	b.Await("[data-timer=''] [data-timer-shows]")
	b.Open(link.TimeReport)
	b.See("Climbed the mast", "Storm damage 3", "1 h 30 min")

	b.Open(link.AgentTicket(number))
	b.KeyFollow("#")
	b.See("trash")
	b.Open(link.TrashView)
	b.See("Storm damage 3")
	b.Follow("a|Storm damage 3")
	b.Follow(".trash-bar button|Restore")
	b.See("Storm damage 3")
	b.KeyFollow("!")
	if n := one[int](t, w.db, `SELECT count(*) FROM blocked_senders`); n != 1 {
		t.Errorf("%d senders are blocked", n)
	}
	b.Open(link.AgentTicket(number))
	b.Follow(".trash-bar button|Not spam")
	if n := one[int](t, w.db, `SELECT count(*) FROM blocked_senders`) + w.count(t, "trashed_at IS NOT NULL"); n != 0 {
		t.Errorf("%d traces of the spam are left", n)
	}

	b.Open(link.Tags)
	id := strconv.FormatInt(one[int64](t, w.db, `SELECT id FROM tags WHERE key = 'wind'`), 10)
	form := "form[action$='/" + id + "']"
	b.Fill(form+" [name=name]", "Gale")
	b.Follow(form + " button|Save")
	b.Fill(form+" [name=name]", "STORM") // there is one already: they become one
	b.Follow(form + " button|Save")
	if got := one[string](t, w.db, `SELECT string_agg(name, ',') FROM tags WHERE key IN ('wind', 'gale', 'storm')`); !strings.EqualFold(got, "storm") {
		t.Errorf("the tags are %s", got)
	}
	b.Open(link.AgentTicket(number))
	b.Await(".tag-line a|storm")
}
