package notice_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

// thursday is a working Thursday, 10:20 in UTC.
var thursday = time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)

// world is a desk with two customers and three agents, and a clock.
type world struct {
	db       *pgxpool.Pool
	at       *atomic.Int64
	tickets  *ticket.Service
	notices  *notice.Service
	deps     notice.Deps
	hidden   map[int64]int64 // a ticket's number that a person may not see: person -> number
	happened []notice.Happened

	ann, eve, max, ivo auth.Actor // ann asks; eve, max and ivo are agents
	topic              int64
}

func newWorld(t *testing.T, change ...func(*notice.Deps)) *world {
	t.Helper()
	w := &world{db: testkit.DB(t), at: &atomic.Int64{}, hidden: map[int64]int64{}}
	w.at.Store(thursday.Unix())
	files, err := blob.Open(t.TempDir())
	check(t, err)
	jobs, err := river.NewClient(riverpgxv5.New(w.db), &river.Config{})
	check(t, err)
	outbox := mail.NewOutbox(jobs, "desk.test", w.now)
	accounts := account.New(w.db, func(context.Context, pgx.Tx, auth.Actor, string, string, any, any) error { return nil }, w.now)
	w.deps = notice.Deps{
		DB: w.db, Jobs: jobs, Outbox: outbox, Secret: []byte("a secret of the test's own"), Now: w.now,
		Person: accounts.ByID, Seen: w.seen, Zone: func(context.Context) *time.Location { return time.UTC },
		Sender: func(context.Context) string { return "support@desk.test" },
	}
	for _, c := range change {
		c(&w.deps)
	}
	w.notices = notice.New(w.deps)
	w.tickets = ticket.NewService(w.db, files, ticket.Hooks{
		Mail: outbox.Queue,
		Happened: func(ctx context.Context, tx pgx.Tx, id, after, upto int64) error {
			h := notice.Happened{TicketID: id, After: after, Upto: upto}
			w.happened = append(w.happened, h)
			return w.notices.Happened(ctx, tx, h)
		},
	}, w.now)
	check(t, w.db.QueryRow(t.Context(), `SELECT id FROM topics ORDER BY id LIMIT 1`).Scan(&w.topic))
	w.ann = w.person(t, "Ann", "")
	w.eve, w.max, w.ivo = w.person(t, "Eve", "agent"), w.person(t, "Max", "supervisor"), w.person(t, "Ivo", "agent")
	return w
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) now() time.Time { return time.Unix(w.at.Load(), 0).UTC() }

func (w *world) pass(d time.Duration) { w.at.Add(int64(d / time.Second)) }

func (w *world) seen(_ context.Context, by auth.Actor, numbers []int64) ([]int64, error) {
	return slices.DeleteFunc(slices.Clone(numbers), func(n int64) bool { return w.hidden[by.PersonID] == n }), nil
}

func (w *world) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := w.db.Exec(t.Context(), sql, args...)
	check(t, err)
}

func (w *world) person(t *testing.T, first, role string) auth.Actor {
	t.Helper()
	var id int64
	check(t, w.db.QueryRow(t.Context(), `INSERT INTO people (first_name, last_name, lang, created_at) VALUES ($1, 'Test', 'en', now()) RETURNING id`, first).Scan(&id))
	w.exec(t, `INSERT INTO identities (person_id, kind, value) VALUES ($1, 'email', $2)`, id, strings.ToLower(first)+"@acme.test")
	if role != "" {
		w.exec(t, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = $2`, id, role)
	}
	a, err := w.deps.Person(t.Context(), id)
	check(t, err)
	return a
}

// submit opens a ticket of Ann's.
func (w *world) submit(t *testing.T) int64 {
	t.Helper()
	n, err := w.tickets.Submit(t.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: "Switch is silent", Message: "It does not answer."})
	check(t, err)
	return n
}

// given is a ticket of Ann's that Eve works, of which everybody has read what
// they were told.
func (w *world) given(t *testing.T) int64 {
	t.Helper()
	n := w.submit(t)
	check(t, w.tickets.Assign(t.Context(), w.eve, n, w.eve.PersonID))
	w.work(t)
	w.exec(t, `DELETE FROM notices`)
	return n
}

func (w *world) reply(t *testing.T, n int64) {
	t.Helper()
	_, err := w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "And now?"})
	check(t, err)
}

// work tells of all that happened, each thing twice: jobs may run again.
func (w *world) work(t *testing.T) {
	t.Helper()
	for _, h := range w.happened {
		for range 2 {
			check(t, notice.NewFanOut(w.notices).Work(t.Context(), &river.Job[notice.Happened]{Args: h}))
		}
	}
	w.happened = nil
}

// deliver runs the jobs of all lines that have something due, and those that
// come too early.
func (w *world) deliver(t *testing.T) {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `SELECT id FROM notices ORDER BY id`)
	check(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	check(t, err)
	for _, id := range ids {
		for _, c := range []notice.Channel{notice.Push, notice.Mail, notice.Mail} {
			check(t, notice.NewCourier(w.notices).Work(t.Context(), &river.Job[notice.Deliver]{Args: notice.Deliver{NoticeID: id, Channel: c}}))
		}
	}
}

// told are the lines in somebody's centre, the newest first, as "event for
// reason x count".
func (w *world) told(t *testing.T, by auth.Actor) string {
	t.Helper()
	list, err := w.notices.List(t.Context(), by, notice.Filter{})
	check(t, err)
	var all []string
	for _, r := range list.Rows {
		text := string(r.Event) + " for " + string(r.Reason)
		if r.Count > 1 {
			text += " x" + string(rune('0'+r.Count))
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// letters are the letters to agents since the last call.
func (w *world) letters(t *testing.T) string {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `
SELECT kind || ' to ' || split_part(recipient, '@', 1) FROM deliveries
WHERE state = 'queued' AND kind IN ('notice', 'assigned', 'customer_reply') ORDER BY id`)
	check(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(t, err)
	w.exec(t, `UPDATE deliveries SET state = 'sent'`)
	return strings.Join(all, ", ")
}
