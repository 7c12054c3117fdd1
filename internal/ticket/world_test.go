package ticket_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

// world is a desk with people, a company and a clock that tests turn.
type world struct {
	db  *pgxpool.Pool
	svc *ticket.Service
	at  *atomic.Int64 // Unix seconds

	ann, abe, cid, bob, eve, max auth.Actor // ann and abe (sees all), cid (sees own) are of a company; bob of none; eve is an agent, max a supervisor
	company, topic               int64
}

// thursday is a working Thursday, 10:20 in UTC.
var thursday = time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{db: testkit.DB(tb), at: &atomic.Int64{}}
	w.at.Store(thursday.Unix())
	files, err := blob.Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	w.svc = ticket.NewService(w.db, files, ticket.Hooks{}, w.now)
	ctx := tb.Context()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	must(w.db.QueryRow(ctx, `INSERT INTO companies (name, created_at, updated_at) VALUES ('Acme', now(), now()) RETURNING id`).Scan(&w.company))
	must(w.db.QueryRow(ctx, `INSERT INTO topics (key, name, position) VALUES ('test', '{"en": "Test", "ru": "Проба"}', 99) RETURNING id`).Scan(&w.topic))
	person := func(first string, perms ...auth.Permission) auth.Actor {
		a := auth.Actor{Kind: auth.Person, Name: first + " Test", Permissions: perms}
		must(w.db.QueryRow(ctx, `INSERT INTO people (first_name, last_name, created_at) VALUES ($1, 'Test', now()) RETURNING id`, first).Scan(&a.PersonID))
		_, err := w.db.Exec(ctx, `INSERT INTO identities (person_id, kind, value) VALUES ($1, 'email', $2)`, a.PersonID, strings.ToLower(first)+"@acme.test")
		must(err)
		if len(perms) > 0 {
			_, err := w.db.Exec(ctx, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, a.PersonID)
			must(err)
		}
		return a
	}
	w.ann, w.abe, w.cid, w.bob = person("Ann"), person("Abe"), person("Cid"), person("Bob")
	w.eve = person("Eve", auth.AnswerTickets, auth.SuggestAnswers)
	w.max = person("Max", auth.AnswerTickets, auth.AssignTickets, auth.ManageSettings)
	member := func(a *auth.Actor, sees auth.Scope) {
		_, err := w.db.Exec(ctx, `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1, $2, $3, now())`, w.company, a.PersonID, sees)
		must(err)
		a.Companies = []auth.Membership{{CompanyID: w.company, Sees: sees}}
	}
	member(&w.ann, auth.SeesOwn)
	member(&w.abe, auth.SeesCompany)
	member(&w.cid, auth.SeesOwn)
	return w
}

func (w *world) now() time.Time { return time.Unix(w.at.Load(), 0).UTC() }

func (w *world) pass(d time.Duration) { w.at.Add(int64(d / time.Second)) }

// submit opens a ticket of by.
func (w *world) submit(tb testing.TB, by auth.Actor) int64 {
	tb.Helper()
	n, err := w.svc.Submit(tb.Context(), by, ticket.Submission{TopicID: w.topic, Subject: "Switch S2962-24T is silent", Message: "It does not answer."})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// answer is an agent's reply that leaves the ticket in status.
func (w *world) answer(tb testing.TB, number int64, status ticket.Status) {
	tb.Helper()
	in := ticket.AgentReply{Message: "Try this.", Status: status}
	if status == ticket.Postponed {
		until := w.now().Add(72 * time.Hour)
		in.PostponedUntil = &until
	}
	if _, err := w.svc.Answer(tb.Context(), w.eve, number, in); err != nil {
		tb.Fatal(err)
	}
}

// ticketIn is a ticket of Ann's in the given status.
func (w *world) ticketIn(tb testing.TB, status ticket.Status) int64 {
	tb.Helper()
	n := w.submit(tb, w.ann)
	if status != ticket.New {
		w.answer(tb, n, status)
	}
	return n
}

func (w *world) thread(tb testing.TB, number int64) ticket.Thread {
	tb.Helper()
	th, err := w.svc.Thread(tb.Context(), w.eve, number, ticket.ViewAll)
	if err != nil {
		tb.Fatal(err)
	}
	return th
}

func (w *world) sweep(tb testing.TB) []ticket.RobotMove {
	tb.Helper()
	moves, err := w.svc.Sweep(context.WithoutCancel(tb.Context()))
	if err != nil {
		tb.Fatal(err)
	}
	return moves
}

func key(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}
