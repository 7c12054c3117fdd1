package find_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

var noon = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)

// world is a desk with a few people whose tickets are searched.
type world struct {
	db      *pgxpool.Pool
	tickets *ticket.Service
	find    *find.Service
	files   *blob.Store
	topic   int64

	pavel, katrin, eve auth.Actor // customers; eve is an agent
	firm               int64      // Pavel's
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{db: testkit.DB(t)}
	ctx := t.Context()
	searches, err := pg.OpenForSearch(ctx, w.db.Config().ConnString(), 2, find.Timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(searches.Close)
	if w.files, err = blob.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.files.Close() })
	now := w.now
	w.tickets = ticket.NewService(w.db, w.files, ticket.Hooks{
		CheckFields: func(_ context.Context, _ auth.Actor, _ int64, values map[string]string) (map[string]any, error) {
			fields := map[string]any{}
			for k, v := range values {
				list := []any{}
				for one := range strings.SplitSeq(v, ";") {
					list = append(list, one)
				}
				fields[k] = list
			}
			return fields, nil
		},
		FilterFields: func(context.Context) ([]ticket.FilterField, error) {
			return []ticket.FilterField{
				{Key: "order", Kind: ticket.FieldText, Label: "Customer order"},
				{Key: "serials", Kind: ticket.FieldSerials, Label: "Serial numbers"},
				{Key: "impact", Kind: ticket.FieldSelect, Label: "Impact", Options: []ticket.FilterOption{{Value: "one", Label: "One person"}, {Value: "site", Label: "A whole site"}}},
			}, nil
		},
	}, now)
	w.find = find.New(find.Deps{DB: w.db, Searches: searches, Tickets: w.tickets, KB: kb.New(w.db, now), Files: w.files, Now: now})
	w.one(t, &w.topic, `INSERT INTO topics (key, name, position) VALUES ('test', '{"en": "Test"}', 99) RETURNING id`)
	w.one(t, &w.firm, `INSERT INTO companies (name, other_names, created_at, updated_at) VALUES ('Uralsvyaz Telecom', 'ООО «Уралсвязь»', now(), now()) RETURNING id`)
	w.exec(t, `INSERT INTO company_domains (domain, company_id) VALUES ('uralsvyaz.example', $1)`, w.firm)
	w.pavel = w.person(t, "Pavel", "Sokolov", "p.sokolov@uralsvyaz.example", "+7 (912) 345-67-89")
	w.exec(t, `INSERT INTO company_people (company_id, person_id, linked_at) VALUES ($1, $2, now())`, w.firm, w.pavel.PersonID)
	w.pavel.Companies = []auth.Membership{{CompanyID: w.firm}}
	w.katrin = w.person(t, "Katrin", "Vögel", "katrin@brennau.example", "0241 99 88-0")
	w.eve = w.person(t, "Eve", "Agent", "eve@desk.example", "")
	w.eve.Permissions = []auth.Permission{auth.AnswerTickets}
	w.exec(t, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, w.eve.PersonID)
	return w
}

func (w *world) one(t *testing.T, to any, sql string, args ...any) {
	t.Helper()
	if err := w.db.QueryRow(t.Context(), sql, args...).Scan(to); err != nil {
		t.Fatal(err)
	}
}

func (w *world) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func (w *world) person(t *testing.T, first, last, email, phone string) auth.Actor {
	t.Helper()
	a := auth.Actor{Kind: auth.Person, Name: first + " " + last}
	w.one(t, &a.PersonID, `INSERT INTO people (first_name, last_name, phone, created_at) VALUES ($1, $2, $3, now()) RETURNING id`, first, last, phone)
	w.exec(t, `INSERT INTO identities (person_id, kind, value) VALUES ($1, 'email', $2)`, a.PersonID, email)
	return a
}

func (*world) now() time.Time { return noon }

// submit opens a ticket.
func (w *world) submit(t *testing.T, by auth.Actor, subject, message string, fields ...string) int64 {
	t.Helper()
	in := ticket.Submission{TopicID: w.topic, Subject: subject, Message: message, MessageKind: richtext.KindText, Fields: map[string]string{}}
	for i := 0; i+1 < len(fields); i += 2 {
		in.Fields[fields[i]] = fields[i+1]
	}
	n, err := w.tickets.Submit(t.Context(), by, in)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) answer(t *testing.T, number int64, message string) int64 {
	t.Helper()
	seq, err := w.tickets.Answer(t.Context(), w.eve, number, ticket.AgentReply{Message: message, MessageKind: richtext.KindText})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func (w *world) note(t *testing.T, number int64, message string) int64 {
	t.Helper()
	seq, err := w.tickets.AddNote(t.Context(), w.eve, number, ticket.NewNote{Message: message, MessageKind: richtext.KindText})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func (w *world) catchUp(t *testing.T) {
	t.Helper()
	if err := w.find.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) search(t *testing.T, text string) find.Results {
	t.Helper()
	r, err := w.find.Search(t.Context(), w.eve, find.Query{Text: text})
	if err != nil {
		t.Fatalf("search %q: %v", text, err)
	}
	if r.Partial {
		t.Fatalf("the search for %q took too long", text)
	}
	return r
}

// tickets are the numbers of the tickets that a search shows, by their heads or
// by what was written in them.
func numbers(r find.Results) []int64 {
	var all []int64
	for _, t := range r.Tickets {
		all = append(all, t.Number)
	}
	for _, h := range r.Messages {
		all = append(all, h.Number)
	}
	return all
}
