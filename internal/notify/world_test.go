package notify_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

// desk is a help desk whose letters go to a mail server of the test's own.
type desk struct {
	db      *pgxpool.Pool
	outbox  *mail.Outbox
	tickets *ticket.Service
	letters *notify.Service
	server  *testkit.MailServer // nil: letters are kept

	ann, cid, eve, max auth.Actor // ann and cid are customers, eve and max agents
	topic              int64
}

// newDesk makes a desk without a mail server; change adds to what its letters
// are made from.
func newDesk(t *testing.T, change func(*notify.Deps)) *desk {
	t.Helper()
	d := &desk{db: testkit.DB(t)}
	files, err := blob.Open(t.TempDir())
	check(t, err)
	jobs, err := river.NewClient(riverpgxv5.New(d.db), &river.Config{})
	check(t, err)
	d.outbox = mail.NewOutbox(jobs, "desk.test", time.Now)
	d.tickets = ticket.NewService(d.db, files, ticket.Hooks{Mail: d.outbox.Queue}, time.Now)
	check(t, d.db.QueryRow(t.Context(), `SELECT id FROM topics ORDER BY id LIMIT 1`).Scan(&d.topic))
	d.ann, d.cid = d.person(t, "Ann", "ru"), d.person(t, "Cid", "en")
	d.eve, d.max = d.person(t, "Eve", "en", auth.AnswerTickets), d.person(t, "Max", "en", auth.AnswerTickets, auth.AssignTickets, auth.ManageSettings)
	deps := notify.Deps{
		DB: d.db, Outbox: d.outbox, Address: "https://desk.test", Undelivered: d.tickets.Undelivered, Now: time.Now, Calendar: calendar,
		AuthCode: func(context.Context, int64) (string, error) { return "1307-3829", nil },
	}
	if change != nil {
		change(&deps)
	}
	d.letters = notify.New(deps)
	return d
}

// newSendingDesk makes a desk with a mail server.
func newSendingDesk(t *testing.T) *desk {
	t.Helper()
	server := testkit.NewMailServer(t)
	d := newDesk(t, func(deps *notify.Deps) {
		var err error
		deps.Server, err = mail.ParseServer("smtp://"+server.Address, "desk.test")
		check(t, err)
	})
	d.server = server
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) person(t *testing.T, first, lang string, perms ...auth.Permission) auth.Actor {
	t.Helper()
	a := auth.Actor{Kind: auth.Person, Name: first + " Test", Email: strings.ToLower(first) + "@acme.test", Permissions: perms}
	check(t, d.db.QueryRow(t.Context(), `INSERT INTO people (first_name, last_name, lang, zone, created_at) VALUES ($1, 'Test', $2, 'Asia/Yekaterinburg', now()) RETURNING id`,
		first, lang).Scan(&a.PersonID))
	d.exec(t, `INSERT INTO identities (person_id, kind, value) VALUES ($1, 'email', $2)`, a.PersonID, a.Email)
	if len(perms) > 0 {
		d.exec(t, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, a.PersonID)
	}
	return a
}

func (d *desk) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := d.db.Exec(t.Context(), sql, args...)
	check(t, err)
}

// submit opens a ticket of Ann's and sends her confirmation, so that a test
// begins with an empty outbox.
func (d *desk) submit(t *testing.T, subject string) int64 {
	t.Helper()
	n, err := d.tickets.Submit(t.Context(), d.ann, ticket.Submission{TopicID: d.topic, Subject: subject, Message: "It does not answer."})
	check(t, err)
	d.exec(t, `UPDATE deliveries SET state = 'sent' WHERE kind = 'created'`)
	return n
}

func (d *desk) answer(t *testing.T, number int64, in ticket.AgentReply) {
	t.Helper()
	_, err := d.tickets.Answer(t.Context(), d.eve, number, in)
	check(t, err)
}

// deliveries reads the outbox, the oldest letter first.
func (d *desk) deliveries(t *testing.T) []mail.Delivery {
	t.Helper()
	rows, _ := d.db.Query(t.Context(), `SELECT `+mail.DeliveryColumns+` FROM deliveries d ORDER BY d.id`)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[mail.Delivery])
	check(t, err)
	return all
}

// queued are the letters that wait, by recipient.
func (d *desk) queued(t *testing.T) map[string]mail.Delivery {
	t.Helper()
	all := map[string]mail.Delivery{}
	for _, l := range d.deliveries(t) {
		if l.State == mail.Queued {
			all[l.Recipient] = l
		}
	}
	return all
}

// work runs the job of a letter for the n-th time.
func (d *desk) work(t *testing.T, id int64, n int) error {
	t.Helper()
	return d.workIn(t.Context(), id, n)
}

// workIn is work until ctx ends.
func (d *desk) workIn(ctx context.Context, id int64, n int) error {
	return notify.NewWorker(d.letters).Work(ctx, &river.Job[mail.Send]{
		JobRow: &rivertype.JobRow{Attempt: n, MaxAttempts: mail.Tries()}, Args: mail.Send{DeliveryID: id},
	})
}

// workAll runs the jobs of all letters that wait; each must succeed.
func (d *desk) workAll(t *testing.T) {
	t.Helper()
	for _, l := range d.deliveries(t) {
		if l.State == mail.Queued {
			check(t, d.work(t, l.ID, 1))
		}
	}
}

func (d *desk) delivery(t *testing.T, id int64) mail.Delivery {
	t.Helper()
	for _, l := range d.deliveries(t) {
		if l.ID == id {
			return l
		}
	}
	t.Fatalf("no letter %d", id)
	return mail.Delivery{}
}

func (d *desk) thread(t *testing.T, number int64) ticket.Thread {
	t.Helper()
	th, err := d.tickets.Thread(t.Context(), d.eve, number, ticket.ViewAll)
	check(t, err)
	return th
}

// header is a header in words.
func header(t *testing.T, m testkit.Mail, name string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
	check(t, err)
	return s
}

// bodies are the two forms of a mail.
func bodies(t *testing.T, m testkit.Mail) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	check(t, err)
	if kind != "multipart/alternative" {
		t.Fatalf("a mail is %s", kind)
	}
	var forms []string
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		check(t, err)
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		check(t, err)
		forms = append(forms, p.Header.Get("Content-Type"), strings.ReplaceAll(string(b), "\r\n", "\n"))
	}
	if len(forms) != 4 || !strings.HasPrefix(forms[0], "text/plain; charset=UTF-8") || !strings.HasPrefix(forms[2], "text/html; charset=UTF-8") {
		t.Fatalf("the parts are %q", forms)
	}
	return forms[1], forms[3]
}
