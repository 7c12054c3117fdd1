package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/testkit"
)

// password is everybody's.
const password = "correct horse battery"

// person is somebody who can sign in.
type person struct{ name, email, role string }

// The people of the tests.
var (
	admin    = person{"Ada Admin", "ada@desk.test", "admin"}
	agent    = person{"Ivan Petrov", "ivan@desk.test", "agent"}
	second   = person{"Maria Orlova", "maria@desk.test", "agent"}
	customer = person{"Ann Smith", "ann@acme.test", "customer"}
	stranger = person{"Bob Stone", "bob@elsewhere.test", "customer"}
)

// world is a desk that runs, with people and articles.
type world struct {
	*testkit.Program
	*testkit.Server
	db *pgxpool.Pool // to look behind the pages
}

// newWorld starts a desk with a database of its own.
func newWorld(t *testing.T) world {
	t.Helper()
	dsn := testkit.Prepared(t, "world", func(dsn string) {
		w := world{Program: testkit.NewProgram(t, dsn)}
		w.people(t)
		w.articles(t)
	})
	w := world{Program: testkit.NewProgram(t, dsn), db: open(t, dsn)}
	w.sendAtOnce(t)
	w.Server = w.Serve(t)
	return w
}

// sendAtOnce turns off everybody's ten seconds in which a reply can be taken
// back: most tests are about what comes after.
func (w world) sendAtOnce(t *testing.T) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), "UPDATE people SET undo_send = false"); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dsn string) *pgxpool.Pool {
	t.Helper()
	db, err := pg.Open(t.Context(), dsn, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func (w world) people(t *testing.T) {
	t.Helper()
	for _, p := range []person{admin, agent, second, customer, stranger} {
		w.Run(t, password+"\n", "user", "add", "--email", p.email, "--name", p.name, "--role", p.role, "--password-stdin")
	}
}

// kb are the articles of the tests, by the name of their file.
var kb = map[string]string{
	"reset-admin-password.md": "---\ntitle: Reset the admin password of a switch\nkeywords: password, login, recovery\n---\n" +
		"Hold the **Reset** button for ten seconds while the switch starts.\n\n1. Connect to the console port.\n2. Sign in as `admin` without a password.\n3. Set a new one.\n",
	"update-firmware.md": "---\ntitle: Update the firmware of an access switch\nkeywords: firmware, upgrade, flash\n---\n" +
		"Download the image and copy it with TFTP.\n\n## Before you begin\n\nSave the configuration.\n\n## Steps\n\n1. `copy tftp flash`\n2. Reload.\n",
	"lacp-after-reboot.md": "---\ntitle: LACP does not come up after a reboot\nkeywords: lacp, port-channel, aggregation\n---\n" +
		"Check that both sides use the same mode.\n\n```\nshow lacp neighbor\n```\n",
}

func (w world) articles(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range kb {
		write(t, filepath.Join(dir, name), text)
	}
	w.Run(t, "", "kb", "import", dir, "--lang", "en", "--section", "Switches")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// browser opens a browser in which p is signed in.
func (w world) browser(t *testing.T, p person, look testkit.Look) *testkit.Browser {
	t.Helper()
	b := testkit.NewBrowser(t, w.URL, look)
	w.signIn(b, p)
	return b
}

// message writes into the page's message, in whichever editor it has.
func message(b *testkit.Browser, look testkit.Look, text string) {
	if look.NoScript {
		b.Fill("[name=message]", text)
		return
	}
	b.Hover("main")
	b.Await(".rich")
	b.Click(".rich")
	b.Type(text)
}

func (w world) signIn(b *testkit.Browser, p person) {
	b.Open(link.Login)
	b.Fill("[name=email]", p.email)
	b.Fill("[name=password]", password)
	b.Follow("main form button")
}

// age makes a ticket older by d, as if that time had passed since all that
// happened to it.
func (w world) age(t *testing.T, number int64, d time.Duration) {
	t.Helper()
	by := pgx.NamedArgs{"number": number, "d": d}
	for _, sql := range []string{
		`UPDATE tickets SET created_at = created_at - @d::interval, status_since = status_since - @d::interval, last_activity_at = last_activity_at - @d::interval,
		 next_step_at = next_step_at - @d::interval, step_from = step_from - @d::interval, postponed_until = postponed_until - @d::interval WHERE number = @number`,
		`UPDATE messages m SET created_at = m.created_at - @d::interval FROM tickets t WHERE t.id = m.ticket_id AND t.number = @number`,
		`UPDATE notes n SET created_at = n.created_at - @d::interval FROM tickets t WHERE t.id = n.ticket_id AND t.number = @number`,
		`UPDATE events e SET at = e.at - @d::interval FROM tickets t WHERE t.id = e.ticket_id AND t.number = @number`,
	} {
		if _, err := w.db.Exec(t.Context(), sql, by); err != nil {
			t.Fatal(err)
		}
	}
}

// untilDue makes a ticket older until the robot's next step is due.
func (w world) untilDue(t *testing.T, number int64) {
	t.Helper()
	at := one[*time.Time](t, w.db, "SELECT next_step_at FROM tickets WHERE number = $1", number)
	if at == nil {
		t.Fatalf("the robot plans nothing for ticket %d", number)
	}
	w.age(t, number, time.Until(*at)+time.Minute)
}

// one is the one value that a query finds.
func one[T any](t *testing.T, db *pgxpool.Pool, sql string, args ...any) T {
	t.Helper()
	rows, err := db.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// newest is the number of the ticket that was made last.
func (w world) newest(t *testing.T) int64 {
	t.Helper()
	return one[int64](t, w.db, "SELECT number FROM tickets ORDER BY id DESC LIMIT 1")
}

// topic is the id of a help topic.
func (w world) topic(t *testing.T, key string) string {
	t.Helper()
	return one[string](t, w.db, "SELECT id::text FROM topics WHERE key = $1", key)
}

// consistent fails the test when a ticket is half written: every ticket's
// timeline must be numbered without gap or double up to what its row says, its
// status must be the one of its last change, and its row must name its last
// message.
func (w world) consistent(t *testing.T) {
	t.Helper()
	const sql = `
WITH entries AS (
    SELECT ticket_id, seq FROM messages UNION ALL SELECT ticket_id, seq FROM notes UNION ALL SELECT ticket_id, seq FROM events
), line AS (
    SELECT ticket_id, count(*) AS n, count(DISTINCT seq) AS different, max(seq) AS last FROM entries GROUP BY ticket_id
)
SELECT t.number || ': ' || CASE
    WHEN l.n IS NULL THEN 'no timeline'
    WHEN l.n <> l.different OR l.n <> l.last THEN 'timeline has ' || l.n || ' entries, ' || l.different || ' numbers, up to ' || l.last
    WHEN t.timeline_seq <> l.last THEN 'row says ' || t.timeline_seq || ', timeline ends at ' || l.last
    ELSE 'status ' || t.status || ', last change to ' || (SELECT split_part(e.new, ' ', 1) FROM events e WHERE e.ticket_id = t.id AND e.kind = 'status_changed' ORDER BY e.seq DESC LIMIT 1)
    END
FROM tickets t LEFT JOIN line l ON l.ticket_id = t.id
WHERE l.n IS NULL OR l.n <> l.different OR l.n <> l.last OR t.timeline_seq <> l.last
    OR t.status <> coalesce((SELECT split_part(e.new, ' ', 1) FROM events e WHERE e.ticket_id = t.id AND e.kind = 'status_changed' ORDER BY e.seq DESC LIMIT 1), 'new')`
	rows, err := w.db.Query(context.Background(), sql)
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(wrong) > 0 {
		t.Errorf("half-written tickets:\n%s", strings.Join(wrong, "\n"))
	}
}
