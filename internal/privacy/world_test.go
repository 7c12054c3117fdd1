package privacy_test

import (
	"context"
	"io/fs"
	"path/filepath"
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
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

const password = "correct horse battery"

// world is the service in front of real features, with people and a clock that
// tests turn. Its jobs run when a test says so.
type world struct {
	*privacy.Service
	db        *pgxpool.Pool
	files     *blob.Store
	dir       string // of files
	accounts  *account.Service
	tickets   *ticket.Service
	companies *company.Service
	at        *atomic.Int64 // Unix seconds
	queued    []int64       // copies to make
	during    func()        // runs while a copy is made, once for each ticket; nil: nothing

	ann, abe, eve, ada auth.Actor // Ann and Abe are of a company, Abe sees all of it; Eve is an agent, Ada an admin
	company, topic     int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: testkit.DB(t), at: &atomic.Int64{}, dir: t.TempDir()}
	w.at.Store(time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC).Unix())
	var err error
	if w.files, err = blob.Open(w.dir); err != nil {
		t.Fatal(err)
	}
	queue, err := river.NewClient(riverpgxv5.New(w.db), &river.Config{})
	if err != nil {
		t.Fatal(err)
	}
	outbox := mail.NewOutbox(queue, "desk.test", w.now)
	settings := setting.New(w.db, setting.Hooks{}, w.now)
	w.accounts = account.New(w.db, settings.Audit, w.now)
	w.tickets = ticket.NewService(w.db, w.files, ticket.Hooks{}, w.now)
	w.companies = company.New(w.db, company.Hooks{Audit: settings.Audit}, w.now)
	w.Service = privacy.New(privacy.Deps{
		DB: w.db, Files: w.files, Accounts: w.accounts, Tickets: w.tickets, Companies: w.companies, KB: kb.New(w.db, w.now),
		Outbox: outbox, Audit: settings.Audit, Now: w.now,
		Facts: func(context.Context, int64, map[string]any) ([]privacy.Fact, error) {
			if w.during != nil {
				w.during()
			}
			return []privacy.Fact{{Label: "Brand", Value: "Halden"}}, nil
		},
		Own: func(context.Context, auth.Actor) (privacy.Own, error) {
			return privacy.Own{
				Calls:       []privacy.OwnCall{{Ticket: 100007, Direction: "out", Number: "+49 30 1", StartedAt: w.now(), Seconds: 300, Agent: "Eve Agent"}},
				TimeEntries: []privacy.OwnTime{{Ticket: 100007, Day: "2026-10-15", Minutes: 1, Kind: "lab", Comment: "Measured <it>"}},
				Views:       []privacy.OwnView{{Name: "Mine", Query: "is:unread", Scope: "mine"}},
				Notices:     []privacy.OwnNotice{{At: w.now(), Ticket: 100007, Text: "Eve Agent replied"}},
			}, nil
		},
		Enqueue: func(_ context.Context, _ pgx.Tx, id int64) error { w.queued = append(w.queued, id); return nil },
		Desk:    func(context.Context) string { return "Halden desk" },
	})
	w.people(t)
	return w
}

func (w *world) now() time.Time { return time.Unix(w.at.Load(), 0).UTC() }

func (w *world) pass(d time.Duration) { w.at.Add(int64(d / time.Second)) }

func (w *world) people(t *testing.T) {
	t.Helper()
	w.scan(t, &w.company, `INSERT INTO companies (name, created_at, updated_at) VALUES ('Acme', now(), now()) RETURNING id`)
	w.scan(t, &w.topic, `SELECT id FROM topics WHERE key = 'it_support'`)
	add := func(name, role string, sees auth.Scope) auth.Actor {
		first, _, _ := strings.Cut(name, " ")
		id, err := w.accounts.AddUser(t.Context(), auth.TheSystem(), account.NewUser{
			Email: strings.ToLower(first) + "@acme.test", Name: account.ParseName(name), JobTitle: "Engineer", Phone: "+1 202 555 0147",
			Roles: []string{role}, Password: password,
		})
		if err != nil {
			t.Fatal(err)
		}
		if sees != "" {
			w.exec(t, `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1, $2, $3, now())`, w.company, id, sees)
		}
		a, err := w.accounts.ByID(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	w.ann, w.abe = add("Ann Farewell", "", auth.SeesOwn), add("Abe Manager", "", auth.SeesCompany)
	w.eve, w.ada = add("Eve Agent", "agent", ""), add("Ada Admin", "admin", "")
}

func (w *world) scan(t *testing.T, to any, sql string, args ...any) {
	t.Helper()
	if err := w.db.QueryRow(t.Context(), sql, args...).Scan(to); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// ticket opens a ticket of by with a file.
func (w *world) ticket(t *testing.T, by auth.Actor, subject, message, file, content string) int64 {
	t.Helper()
	in := ticket.Submission{TopicID: w.topic, Subject: subject, Message: message}
	if file != "" {
		u, err := w.tickets.Stage(t.Context(), by, file, strings.NewReader(content), ticket.MaxUploads)
		if err != nil {
			t.Fatal(err)
		}
		in.Uploads = []int64{u.ID}
	}
	n, err := w.tickets.Submit(t.Context(), by, in)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// make asks for a copy of by's data and makes it.
func (w *world) make(t *testing.T, by auth.Actor) privacy.Export {
	t.Helper()
	if err := w.RequestExport(t.Context(), by); err != nil {
		t.Fatal(err)
	}
	if err := w.Make(t.Context(), w.queued[len(w.queued)-1]); err != nil {
		t.Fatal(err)
	}
	st, err := w.State(t.Context(), by)
	if err != nil || st.Export == nil {
		t.Fatalf("no copy: %v", err)
	}
	return *st.Export
}

// kept counts the files whose bytes are kept.
func (w *world) kept(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(w.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func want(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != kind || f.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}
