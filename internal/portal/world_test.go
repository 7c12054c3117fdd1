package portal

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

// world is the portal in front of real services on a database of its own, with
// people and a clock that tests turn.
type world struct {
	db       *pgxpool.Pool
	tickets  *ticket.Service
	kb       *kb.Service
	settings *setting.Service
	routes   http.Handler
	at       *atomic.Int64 // Unix seconds
	lang     string        // of the reader; "" is English

	hub  *pg.Hub
	left *atomic.Bool // Pavel is of no company any more

	elena, pavel, oleg, anna auth.Actor // Pavel sees all of Elena's company; Oleg is a stranger; Anna is an agent
	topics                   map[string]int64
}

// thursday is a working Thursday, 10:20 in UTC.
var thursday = time.Date(2026, 11, 19, 10, 20, 0, 0, time.UTC)

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, func(*pgxpool.Config) {})
}

// newWorldOn is newWorld with a pool that change may alter first.
func newWorldOn(t *testing.T, change func(*pgxpool.Config)) *world {
	t.Helper()
	c := testkit.DB(t).Config()
	change(c)
	pool, err := pgxpool.NewWithConfig(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	w := &world{db: pool, at: &atomic.Int64{}, topics: map[string]int64{}, hub: pg.NewHub(ticket.LiveChannel), left: &atomic.Bool{}}
	w.at.Store(thursday.Unix())
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	settings := setting.New(w.db, setting.Hooks{}, w.now)
	w.tickets = ticket.NewService(w.db, files, ticket.Hooks{
		CheckFields: settings.CheckFields, Secret: []byte("a secret for tests"),
		Mail:   func(context.Context, pgx.Tx, ...mail.Letter) error { return nil },
		Guests: func(context.Context, pgx.Tx, ticket.Guest) (auth.Actor, error) { return w.oleg, nil },
		ChangeFields: func(ctx context.Context, by auth.Actor, topic int64, current map[string]any, values map[string]string) ([]ticket.FieldChange, error) {
			changes, err := settings.ChangeFields(ctx, by, topic, current, values)
			out := make([]ticket.FieldChange, len(changes))
			for i, c := range changes {
				out[i] = ticket.FieldChange{Key: c.Key, Value: c.Value, Label: c.Label, Old: c.Old, New: c.New, Shown: c.Shown}
			}
			return out, err
		},
	}, w.now)
	w.kb, w.settings = kb.New(w.db, w.now), settings
	w.people(t)
	topics, err := settings.Topics(t.Context(), auth.TheSystem())
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics {
		w.topics[topic.Key] = topic.ID
	}
	sessions := httpx.NewSessions(memstore.New(), false)
	errs := httpx.ErrorPage(func(rw http.ResponseWriter, r *http.Request, err error) {
		f := fault.Of(err)
		if f.Kind == fault.Unauthorized && r.Method == http.MethodGet {
			http.Redirect(rw, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
			return
		}
		http.Error(rw, i18n.T(r.Context(), f.Key, f.Args...)+"\n"+err.Error(), httpx.Status(err))
	})
	r := chi.NewRouter()
	r.Use(httpx.Sessions(sessions, errs))
	New(Deps{
		Tickets: w.tickets, Settings: settings, KB: w.kb, Companies: company.New(w.db, company.Hooks{}, w.now),
		Sessions: sessions, Errors: errs, Now: w.now, Live: w.hub, Person: w.person,
		Throttle: func(ctx context.Context, key string, limit int, window time.Duration) error {
			return account.Throttle(ctx, w.db, key, limit, window, w.now())
		},
	}).Routes(r)
	w.routes = r
	return w
}

// person is Pavel as he is now.
func (w *world) person(context.Context, int64) (auth.Actor, error) {
	a := w.pavel
	if w.left.Load() {
		a.Companies = nil
	}
	return a, nil
}

func (w *world) now() time.Time { return time.Unix(w.at.Load(), 0).UTC() }

func (w *world) pass(d time.Duration) { w.at.Add(int64(d / time.Second)) }

func (w *world) people(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var firm int64
	must(w.db.QueryRow(ctx, `INSERT INTO companies (name, created_at, updated_at) VALUES ('Uralsvyaz Telecom', now(), now()) RETURNING id`).Scan(&firm))
	person := func(first, last string, perms ...auth.Permission) auth.Actor {
		a := auth.Actor{Kind: auth.Person, Name: first + " " + last, Email: strings.ToLower(first) + "@uralsvyaz.test", Permissions: perms}
		must(w.db.QueryRow(ctx, `INSERT INTO people (first_name, last_name, created_at) VALUES ($1, $2, now()) RETURNING id`, first, last).Scan(&a.PersonID))
		_, err := w.db.Exec(ctx, `INSERT INTO identities (person_id, kind, value) VALUES ($1, 'email', $2)`, a.PersonID, a.Email)
		must(err)
		return a
	}
	member := func(a *auth.Actor, sees auth.Scope) {
		_, err := w.db.Exec(ctx, `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1, $2, $3, now())`, firm, a.PersonID, sees)
		must(err)
		a.Companies = []auth.Membership{{CompanyID: firm, Company: "Uralsvyaz Telecom", Sees: sees}}
	}
	w.elena, w.pavel, w.oleg = person("Elena", "Orlova"), person("Pavel", "Sokolov"), person("Oleg", "Stranger")
	member(&w.elena, auth.SeesOwn)
	member(&w.pavel, auth.SeesCompany)
	w.anna = person("Anna", "Keller", auth.AnswerTickets, auth.SuggestAnswers)
	_, err := w.db.Exec(ctx, `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, w.anna.PersonID)
	must(err)
}

// reply is what the portal answered.
type reply struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// shows fails the test when the page lacks one of the texts.
func (r reply) shows(texts ...string) {
	r.t.Helper()
	for _, want := range texts {
		if !strings.Contains(r.Body.String(), want) {
			r.t.Errorf("the page lacks %q:\n%s", want, r.Body)
		}
	}
}

// lacks fails the test when the page has one of the texts.
func (r reply) lacks(texts ...string) {
	r.t.Helper()
	for _, bad := range texts {
		if strings.Contains(r.Body.String(), bad) {
			r.t.Errorf("the page has %q:\n%s", bad, r.Body)
		}
	}
}

// is fails the test when the status is another one.
func (r reply) is(status int) {
	r.t.Helper()
	if r.Code != status {
		r.t.Fatalf("status = %d, want %d:\n%s", r.Code, status, r.Body)
	}
}

// leads fails the test unless the answer is a redirect there.
func (r reply) leads(to string) {
	r.t.Helper()
	r.is(http.StatusSeeOther)
	if got := r.Header().Get("Location"); got != to {
		r.t.Errorf("Location = %q, want %q", got, to)
	}
}

// value is the value of the page's first hidden input of that name.
func (r reply) value(name string) string {
	r.t.Helper()
	_, rest, ok := strings.Cut(r.Body.String(), `name="`+name+`" value="`)
	if !ok {
		r.t.Fatalf("the page has no hidden %q:\n%s", name, r.Body)
	}
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

func (w *world) do(t *testing.T, by auth.Actor, req *http.Request) reply {
	t.Helper()
	ctx := httpx.WithActor(req.Context(), by)
	ctx = i18n.With(ctx, i18n.Reader{Lang: w.lang, Zone: time.UTC})
	rec := httptest.NewRecorder()
	w.routes.ServeHTTP(rec, req.WithContext(ctx))
	return reply{rec, t}
}

func (w *world) get(t *testing.T, by auth.Actor, path string) reply {
	t.Helper()
	return w.do(t, by, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
}

// file is one attachment of a form.
type file struct{ name, content string }

// post sends a form as a browser does, fields before files.
func (w *world) post(t *testing.T, by auth.Actor, path string, fields url.Values, files ...file) reply {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := m.CreateFormFile(fieldFiles, f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, &body)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(t, by, req)
}

// ticket opens a ticket of Elena's and, unless it is to stay new, has Anna
// answer it into the status.
func (w *world) ticket(t *testing.T, status ticket.Status) int64 {
	t.Helper()
	n, err := w.tickets.Submit(t.Context(), w.elena, ticket.Submission{
		TopicID: w.topics["technical_support"], Subject: "Firmware update fails on S2962-24T",
		Message: "The transfer stops at **83 %**.",
		Fields:  map[string]string{"type": "firmware", "priority": "3", "serial_numbers": "OE4423DS23;OE4423DS31", "order_year": "2026"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if status == ticket.New {
		return n
	}
	in := ticket.AgentReply{Message: "Set the block timeout to 12.", Status: status}
	if status == ticket.Postponed {
		until := w.now().Add(14 * 24 * time.Hour)
		in.PostponedUntil = &until
	}
	w.pass(time.Hour)
	if _, err := w.tickets.Answer(t.Context(), w.anna, n, in); err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) thread(t *testing.T, number int64) ticket.Thread {
	t.Helper()
	th, err := w.tickets.Thread(context.WithoutCancel(t.Context()), w.anna, number, ticket.ViewAll)
	if err != nil {
		t.Fatal(err)
	}
	return th
}
