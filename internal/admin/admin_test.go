package admin_test

import (
	"context"
	"fmt"
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

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/admin"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

// office are the settings' pages with an administrator, an agent and a customer.
type office struct {
	t                    *testing.T
	db                   *pgxpool.Pool
	accounts             *account.Service
	pages                http.Handler
	lang                 string
	ada, agent, customer auth.Actor
	replanned            []int64
	sent                 counter // statements
}

// counter counts statements sent to Postgres.
type counter struct{ atomic.Int64 }

// TraceQueryStart implements pgx.QueryTracer.
func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.Add(1)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

var thursday = time.Date(2026, 11, 19, 10, 20, 0, 0, time.UTC)

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t}
	config := testkit.DB(t).Config()
	config.ConnConfig.Tracer = &o.sent
	db, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	o.db = db
	now := func() time.Time { return thursday }
	settings := setting.New(o.db, setting.Hooks{Replan: func(_ context.Context, _ pgx.Tx, topic int64) error {
		o.replanned = append(o.replanned, topic)
		return nil
	}}, now)
	o.accounts = account.New(o.db, settings.Audit, now)
	o.ada, o.agent, o.customer = o.person("ada@desk.test", "admin"), o.person("al@desk.test", "agent"), o.person("elena@a.test", "customer")

	sessions := httpx.NewSessions(memstore.New(), false)
	r := chi.NewRouter()
	r.Use(httpx.Sessions(sessions, errorPage))
	admin.New(admin.Deps{
		Accounts: o.accounts, Settings: settings, Tickets: ticket.NewService(o.db, nil, ticket.Hooks{Audit: settings.Audit}, now),
		Letters:  notify.New(notify.Deps{DB: o.db, Outbox: mail.NewOutbox(nil, "desk.test", now), Address: "http://desk.test", Texts: settings.LetterText, Now: now}),
		Sessions: sessions, Errors: errorPage, Now: now,
	}).Routes(r)
	o.pages = r
	return o
}

// errorPage prints a fault's words alone.
func errorPage(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.Of(err)
	if f.Kind == fault.Unauthorized {
		http.Redirect(w, r, link.Login, http.StatusSeeOther)
		return
	}
	http.Error(w, i18n.T(r.Context(), f.Key, f.Args...)+" "+err.Error(), httpx.Status(err))
}

func (o *office) person(email, role string) auth.Actor {
	o.t.Helper()
	name, _, _ := strings.Cut(email, "@")
	id, err := o.accounts.AddUser(o.t.Context(), auth.TheSystem(), account.NewUser{
		Email: email, Name: account.Name{First: name, Last: "Lee"}, Roles: []string{role}, Password: "a long enough word",
	})
	if err != nil {
		o.t.Fatal(err)
	}
	a, err := o.accounts.ByID(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// answer is what a browser got.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

var untranslated = regexp.MustCompile(`[>"]\[[a-z_]+\.`)

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status = %d, want %d:\n%s", a.Code, status, a.Body)
	}
	if untranslated.MatchString(a.Body.String()) {
		a.t.Errorf("a message key has no translation:\n%s", a.Body)
	}
	return a
}

func (a answer) leads(to string) {
	a.t.Helper()
	a.is(http.StatusSeeOther)
	if got := a.Header().Get("Location"); got != to {
		a.t.Errorf("Location = %q, want %q", got, to)
	}
}

func (a answer) shows(texts ...string) {
	a.t.Helper()
	for _, s := range texts {
		if !strings.Contains(a.Body.String(), s) {
			a.t.Errorf("the page lacks %q:\n%s", s, a.Body)
		}
	}
}

func (a answer) lacks(texts ...string) {
	a.t.Helper()
	for _, s := range texts {
		if strings.Contains(a.Body.String(), s) {
			a.t.Errorf("the page has %q:\n%s", s, a.Body)
		}
	}
}

func (o *office) get(by auth.Actor, path string) answer {
	o.t.Helper()
	return o.send(by, httptest.NewRequestWithContext(o.t.Context(), http.MethodGet, path, nil))
}

func (o *office) post(by auth.Actor, path string, pairs ...string) answer {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.send(by, req)
}

func (o *office) send(by auth.Actor, r *http.Request) answer {
	o.t.Helper()
	ctx := httpx.WithActor(r.Context(), by)
	rec := httptest.NewRecorder()
	o.pages.ServeHTTP(rec, r.WithContext(i18n.With(ctx, i18n.Reader{Lang: o.lang, Zone: time.UTC})))
	return answer{rec, o.t}
}

func TestPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	paths := []string{
		link.Admin, link.Users, link.NewUser, link.User(1), link.Roles, link.NewRole, link.Role(1), link.Lifecycle,
		link.LifecyclePolicy(0), link.LifecyclePolicy(1), link.Calendar, link.Query(link.Calendar, "breaks", "1"), link.Audit, link.Branding, link.Letters, link.LetterWords("reply", "ru"), link.LetterWords("activation", "de"), link.Registration,
	}
	for _, lang := range []string{"en", "ru"} {
		o.lang = lang
		for _, path := range paths {
			o.get(o.ada, path).is(http.StatusOK)
		}
	}
	for _, path := range paths {
		o.sent.Store(0)
		o.get(o.ada, path)
		if n := o.sent.Load(); n > 4 { // six with the session's and the person's
			t.Errorf("%s: %d statements", path, n)
		}
		o.get(o.agent, path).is(http.StatusForbidden)
		o.get(o.customer, path).is(http.StatusNotFound)
		o.get(auth.Actor{}, path).is(http.StatusSeeOther)
	}
	for _, path := range []string{link.User(99), link.Role(99), link.LifecyclePolicy(99), "/admin/users/x", "/admin/lifecycle/x"} {
		o.get(o.ada, path).is(http.StatusNotFound)
	}
	for _, path := range []string{link.Users, link.User(1), link.UserPassword(1), link.UserDisable(1), link.Roles, link.Role(1), link.LifecyclePolicy(0), link.Calendar, link.Registration} {
		o.post(o.agent, path).is(http.StatusForbidden)
		o.post(o.customer, path).is(http.StatusNotFound)
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	t.Run("a new user gets a password that is shown once", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		p := o.post(o.ada, link.Users, "email", "new@a.test", "first_name", "New", "roles", "1", "give_password", "1").is(http.StatusOK)
		_, rest, _ := strings.Cut(p.Body.String(), `id="new-password">`)
		password, _, _ := strings.Cut(rest, "<")
		if _, err := o.accounts.SignIn(t.Context(), "new@a.test", password, "192.0.2.1"); err != nil {
			t.Errorf("with %q: %v", password, err)
		}
		if p.Header().Get("Cache-Control") != "no-store" {
			t.Error("the page may be kept")
		}
		o.get(o.ada, link.User(4)).is(http.StatusOK).lacks(password)
	})
	t.Run("what is wrong is said and what was typed kept", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.post(o.ada, link.Users, "email", "ELENA@a.test", "first_name", "New", "roles", "2").is(http.StatusUnprocessableEntity).
			shows("elena@a.test belongs to somebody already", `value="New"`, `value="2" checked`)
		o.post(o.ada, link.User(3), "first_name", strings.Repeat("x", 101), "phone", "12").is(http.StatusUnprocessableEntity).
			shows("100 characters at most", `value="12"`)
	})
	t.Run("names and roles are changed", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.post(o.ada, link.User(3), "first_name", "Elena", "last_name", "Orlova", "roles", "1", "roles", "2").leads(link.User(3))
		o.get(o.ada, link.Query(link.Users, "kind", "staff", "q", "orlova")).is(http.StatusOK).shows("Elena Orlova", "Agent", "Editor")
	})
	t.Run("switching off and on", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.post(o.ada, link.UserDisable(3)).leads(link.User(3))
		o.get(o.ada, link.User(3)).shows("Switched off 19 Nov 2026", "Switch on")
		o.get(o.ada, link.Query(link.Users, "kind", "disabled")).shows("elena@a.test")
		o.post(o.ada, link.UserEnable(3)).leads(link.User(3))
	})
	t.Run("the last administrator stays one", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.post(o.ada, link.UserDisable(1)).is(http.StatusConflict).shows("You cannot switch off your own account.")
		o.post(o.ada, link.User(1), "first_name", "Ada").is(http.StatusConflict).shows("Nobody would be left who can manage users and settings.")
	})
}

func TestRoles(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.post(o.ada, link.Roles, "name", " ").is(http.StatusUnprocessableEntity).shows("Enter a name for the role.")
	o.post(o.ada, link.Roles, "name", "Night shift", "permissions", "tickets.answer", "permissions", "made.up").leads(link.Roles)
	o.get(o.ada, link.Roles).is(http.StatusOK).shows("Night shift", "Built in", "1 person")
	o.post(o.ada, link.Role(5), "version", "1", "name", "Nights", "permissions", "tickets.assign").leads(link.Roles)
	o.post(o.ada, link.Role(5), "version", "1", "name", "Other").is(http.StatusConflict).shows("Somebody changed this role", `value="Other"`, `name="version" value="2"`)
	o.post(o.ada, link.Role(4), "version", "1", "permissions", "users.manage").is(http.StatusUnprocessableEntity).shows("keeps managing users and settings")
	o.post(o.ada, link.Role(99), "name", "x").is(http.StatusNotFound)
}

// policy is the default policy's form with some values replaced.
func policy(pairs ...string) []string {
	form := map[string]string{
		"version": "1", "enabled": "1", "calendar": "1", "remind_after": "2", "remind_days": "calendar", "resolve_after": "2",
		"resolve_days": "working", "close_after": "5", "close_days": "calendar", "reopen_closed": "0",
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	var out []string
	for k, v := range form {
		out = append(out, k, v)
	}
	return out
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	t.Run("a preview tells what would happen and saves nothing", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		_, err := o.db.Exec(t.Context(), `INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at,
			last_replier, next_step, next_step_at, step_from) VALUES ('Silent one', 'waiting', '2026-11-19 09:00Z', 'customer', 1, 3, now(), now(), 'agent',
			'remind', '2026-11-21 09:00Z', '2026-11-19 09:00Z')`)
		if err != nil {
			t.Fatal(err)
		}
		o.post(o.ada, link.LifecyclePolicy(0), policy("remind_after", "3", "preview", "1")...).is(http.StatusOK).
			shows("1 waiting or resolved ticket follows this policy.", "1 would get another plan.", "Silent one", "Sat 21 Nov, 09:00", "Sun 22 Nov, 09:00", `value="3"`)
		o.get(o.ada, link.LifecyclePolicy(0)).shows(`id="remind_after"`, `value="2"`)
		if len(o.replanned) != 0 {
			t.Errorf("planned anew: %v", o.replanned)
		}
	})
	t.Run("saving needs the version that was shown and sensible numbers", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.post(o.ada, link.LifecyclePolicy(0), policy("remind_after", "soon", "close_after", "-3")...).is(http.StatusUnprocessableEntity).
			shows(`value="soon"`, `value="-3"`, "2 things need attention")
		o.post(o.ada, link.LifecyclePolicy(0), policy("resolve_after", "4", "remind.ru", "Вы ещё с нами?")...).leads(link.Lifecycle)
		o.get(o.ada, link.LifecyclePolicy(0)).shows("Вы ещё с нами?", `name="version" value="2"`)
		o.post(o.ada, link.LifecyclePolicy(0), policy("resolve_after", "6")...).is(http.StatusConflict).
			shows("Somebody changed this", `value="6"`, `name="version" value="2"`)
		if fmt.Sprint(o.replanned) != "[0]" {
			t.Errorf("planned anew: %v", o.replanned)
		}
	})
	t.Run("a topic gets its own policy and gives it up", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t)
		o.post(o.ada, link.LifecyclePolicy(2), policy("version", "0", "enabled", "")...).leads(link.Lifecycle)
		o.get(o.ada, link.Lifecycle).shows("Switched off", "As for all help topics")
		o.post(o.ada, link.LifecycleDrop(2), "version", "1").leads(link.Lifecycle)
		o.post(o.ada, link.LifecycleDrop(0), "version", "1").is(http.StatusConflict)
	})
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := func(pairs ...string) []string {
		return append([]string{"id", "1", "version", "1", "zone", "Asia/Yekaterinburg", "on.1", "1", "from.1", "08:30", "to.1", "12:00", "from2.1", "13:00", "until.1", "00:00"}, pairs...)
	}
	o.post(o.ada, link.Calendar, form("holidays", "soon\n31.12.2026")...).is(http.StatusUnprocessableEntity).shows("“soon” is not a date", "31.12.2026")
	o.post(o.ada, link.Calendar, form("on.2", "1", "from.2", "18:00", "to.2", "09:00")...).is(http.StatusUnprocessableEntity).shows("Enter times in order", `value="18:00"`)
	o.post(o.ada, link.Calendar, form("holidays", "31.12.2026\n2027-01-01")...).leads(link.Calendar)
	o.get(o.ada, link.Calendar).is(http.StatusOK).shows("Asia/Yekaterinburg", "2026-12-31\n2027-01-01", `name="from2.1" value="13:00"`)
	o.post(o.ada, link.Calendar, form()...).is(http.StatusConflict).shows(`name="version" value="2"`)
	o.get(o.ada, link.Audit).is(http.StatusOK).shows("Changed working hours", "ada Lee")
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.post(o.ada, link.Registration, "version", "0", "mode", "domain", "domains", "nonsense", "consent.en", "I agree").is(http.StatusUnprocessableEntity).
		shows("nonsense is no domain name", "I agree")
	o.post(o.ada, link.Registration, "version", "0", "mode", "domain", "domains", "@Example.com\nпочта.рф", "link", "1", "consent.en", "I agree").leads(link.Registration)
	o.get(o.ada, link.Registration).is(http.StatusOK).shows("example.com\nпочта.рф", "I agree", "Present version: 2")
	o.post(o.ada, link.Registration, "version", "0", "mode", "closed").is(http.StatusConflict).shows("Present version: 2")
	o.post(o.ada, link.Registration, "version", "1", "mode", "maybe").is(http.StatusUnprocessableEntity).shows("Choose who may register.")
}
