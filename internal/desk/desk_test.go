package desk

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// world is the agents' pages on a desk with people, a company and a clock.
type world struct {
	tb       testing.TB
	db       *pgxpool.Pool
	tickets  *ticket.Service
	settings *setting.Service
	kb       *kb.Service
	canned   *canned.Service
	hub      *pg.Hub
	stop     chan struct{}
	at       *atomic.Int64 // Unix seconds
	pages    http.Handler
	cookie   string // of eve's browser

	ann, bob, eve, max auth.Actor // ann is of a company, bob of none; eve is an agent, max a supervisor
	company, topic     int64
	suggested, used    atomic.Int64
}

// thursday is a working Thursday, 10:20 in UTC.
var thursday = time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{tb: tb, db: testkit.DB(tb), at: &atomic.Int64{}, hub: pg.NewHub(ticket.LiveChannel), stop: make(chan struct{})}
	w.at.Store(thursday.Unix())
	files, err := blob.Open(tb.TempDir())
	w.must(err)
	w.settings = setting.New(w.db, setting.Hooks{}, w.now)
	w.tickets = ticket.NewService(w.db, files, w.hooks(), w.now)
	w.insert(&w.company, `INSERT INTO companies (name, site, created_at, updated_at) VALUES ('Uralsvyaz Telecom', 'uralsvyaz.example', now(), now()) RETURNING id`)
	w.insert(&w.topic, `INSERT INTO topics (key, name, position) VALUES ('test', '{"en": "Firmware update", "ru": "Обновление прошивки"}', 99) RETURNING id`)
	w.ann, w.bob = w.person("Elena", "Orlova"), w.person("Pavel", "Sokolov")
	w.eve = w.person("Marco", "Bellini", auth.AnswerTickets, auth.SuggestAnswers)
	w.max = w.person("Anna", "Keller", auth.AnswerTickets, auth.AssignTickets, auth.SuggestAnswers)
	_, err = w.db.Exec(tb.Context(), `INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES ($1, $2, 'own', now())`, w.company, w.ann.PersonID)
	w.must(err)
	w.ann.Companies = []auth.Membership{{CompanyID: w.company, Sees: auth.SeesOwn}}
	w.kb = kb.New(w.db, w.now)
	w.canned = w.cannedReplies(w.db)
	w.addArticles()
	w.pages = w.router(w.handler())
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *world) insert(id *int64, sql string, args ...any) {
	w.tb.Helper()
	w.must(w.db.QueryRow(w.tb.Context(), sql, args...).Scan(id))
}

func (w *world) now() time.Time { return time.Unix(w.at.Load(), 0).UTC() }

func (w *world) pass(d time.Duration) { w.at.Add(int64(d / time.Second)) }

func (w *world) person(first, last string, perms ...auth.Permission) auth.Actor {
	w.tb.Helper()
	a := auth.Actor{Kind: auth.Person, Name: first + " " + last, Email: strings.ToLower(first) + "@uralsvyaz.example", Permissions: perms}
	w.insert(&a.PersonID, `INSERT INTO people (first_name, last_name, job_title, phone, zone, created_at)
		VALUES ($1, $2, 'Lead network engineer', '+7 343 555-01-28', 'Asia/Yekaterinburg', now()) RETURNING id`, first, last)
	_, err := w.db.Exec(w.tb.Context(), `INSERT INTO identities (person_id, kind, value, verified_at) VALUES ($1, 'email', $2, now())`, a.PersonID, a.Email)
	w.must(err)
	if len(perms) > 0 {
		_, err := w.db.Exec(w.tb.Context(), `INSERT INTO person_roles SELECT $1, id FROM roles WHERE name = 'agent'`, a.PersonID)
		w.must(err)
	}
	return a
}

// router serves h as package app does: sessions, then the actor, whom the
// request names, then the reader's language and zone.
func (w *world) router(h *Handler, others ...interface{ Routes(r chi.Router) }) http.Handler {
	errors := h.errors
	r := chi.NewRouter()
	r.Use(httpx.Sessions(h.sessions, errors))
	r.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if a, ok := r.Context().Value(asKey{}).(auth.Actor); ok {
				r = r.WithContext(httpx.WithActor(r.Context(), a))
			}
			next.ServeHTTP(rw, r)
		})
	})
	r.Use(httpx.Locale(func(context.Context) *time.Location { return time.UTC }))
	r.NotFound(errors.NotFound)
	h.Routes(r)
	for _, o := range others {
		o.Routes(r)
	}
	return r
}

type asKey struct{}

type actor = auth.Actor

var nobody actor

func (w *world) handler() *Handler {
	return New(Deps{
		Tickets: w.tickets, Settings: w.settings, KB: w.kb, Canned: w.canned, Sessions: httpx.NewSessions(memstore.New(), false), Errors: errorPage,
		Live: w.hub, Stop: w.stop, Now: w.now, Presence: presence.New(w.db, w.tickets.Seen, w.now),
		Macros: macro.New(w.db, w.tickets, nil, w.now), Times: timesheet.New(w.db, w.tickets, w.now), Bulk: w.bulk(),
	})
}

// bulk are bulk actions whose jobs nobody works: a test does.
func (w *world) bulk() *bulk.Service {
	return bulk.New(bulk.Deps{
		DB: w.db, Tickets: w.tickets, Now: w.now,
		Person:  func(context.Context, int64) (auth.Actor, error) { return w.max, nil },
		Enqueue: func(context.Context, pgx.Tx, int64) error { return nil },
		Used:    macro.New(w.db, w.tickets, nil, w.now).CountUse,
	})
}

// errorPage prints a fault's words alone.
func errorPage(w http.ResponseWriter, r *http.Request, err error) {
	if fault.Is(err, fault.Unauthorized) {
		http.Redirect(w, r, link.Login, http.StatusSeeOther)
		return
	}
	f := fault.Of(err)
	http.Error(w, i18n.T(r.Context(), f.Key, f.Args...)+" "+err.Error(), httpx.Status(err))
}

// page is what a browser got.
type page struct {
	Status   int
	Location string
	Body     string
	Header   http.Header
}

func (w *world) do(by auth.Actor, req *http.Request) page {
	w.tb.Helper()
	ctx := req.Context()
	if by.SignedIn() {
		ctx = context.WithValue(ctx, asKey{}, by)
	}
	if w.cookie != "" {
		req.Header.Set("Cookie", w.cookie)
	}
	rec := httptest.NewRecorder()
	w.pages.ServeHTTP(rec, req.WithContext(ctx))
	res := rec.Result()
	for _, c := range res.Cookies() {
		w.cookie = c.Name + "=" + c.Value
	}
	b, err := io.ReadAll(res.Body)
	w.must(err)
	return page{res.StatusCode, res.Header.Get("Location"), string(b), res.Header}
}

func (w *world) get(by auth.Actor, path string) page {
	w.tb.Helper()
	return w.do(by, httptest.NewRequestWithContext(w.tb.Context(), http.MethodGet, path, nil))
}

// part is get as a script asks for a part of a page.
func (w *world) part(by auth.Actor, path string) page {
	w.tb.Helper()
	req := httptest.NewRequestWithContext(w.tb.Context(), http.MethodGet, path, nil)
	req.Header.Set("HX-Request", "true")
	return w.do(by, req)
}

func (w *world) post(by auth.Actor, path string, pairs ...string) page {
	w.tb.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequestWithContext(w.tb.Context(), http.MethodPost, path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(by, req)
}

// submit opens a ticket of by.
func (w *world) submit(by auth.Actor, subject string) int64 {
	w.tb.Helper()
	n, err := w.tickets.Submit(w.tb.Context(), by, ticket.Submission{TopicID: w.topic, CompanyID: companyOf(by), Subject: subject, Message: "The transfer over **TFTP** stops at 83 %."})
	w.must(err)
	return n
}

func companyOf(a auth.Actor) int64 {
	if len(a.Companies) == 0 {
		return 0
	}
	return a.Companies[0].CompanyID
}

func (w *world) work(number int64) ticket.Work {
	w.tb.Helper()
	work, err := w.tickets.Work(w.tb.Context(), w.eve, number, ticket.ViewAll, ticket.ReplyDraft)
	w.must(err)
	return work
}

var untranslated = regexp.MustCompile(`[>"]\[[a-z_]+\.`)

// wants fails the test unless the page has the status and all of the texts.
func (p page) wants(t *testing.T, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("status = %d, want %d\n%s", p.Status, status, p.Body)
	}
	for _, s := range texts {
		if !strings.Contains(p.Body, s) {
			t.Errorf("the page lacks %q:\n%s", s, p.Body)
		}
	}
	if untranslated.MatchString(p.Body) {
		t.Errorf("a message key has no translation:\n%s", p.Body)
	}
}

// lacks fails the test when the page has any of the texts.
func (p page) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(p.Body, s) {
			t.Errorf("the page must not have %q:\n%s", s, p.Body)
		}
	}
}
