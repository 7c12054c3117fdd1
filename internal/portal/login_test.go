package portal

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/testkit"
)

const goodPassword = "correct horse battery"

// door is the sign-in behind all of its middleware, on a database of its own.
type door struct {
	db     *pgxpool.Pool
	routes http.Handler
	now    time.Time
	mails  []mail.Letter
	rules  account.Rules
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{db: testkit.DB(t), now: time.Now()} // the store compares with the database's clock
	now := func() time.Time { return d.now }
	quiet := func(context.Context, pgx.Tx, auth.Actor, string, string, any, any) error { return nil }
	accounts := account.New(d.db, quiet, now)
	words := func(lang string) string { return "what is agreed to, " + lang }
	d.rules = account.Rules{Mode: account.Open, ConsentVersion: 1, Consent: words, Help: words}
	accounts.Use(account.Doors{
		Secret: []byte("a secret"),
		Mail: func(_ context.Context, _ pgx.Tx, l ...mail.Letter) error {
			d.mails = append(d.mails, l...)
			return nil
		},
		Rules:  func(context.Context) account.Rules { return d.rules },
		Joined: func(context.Context, pgx.Tx, int64) error { return nil },
	})
	for email, role := range map[string]string{"agent@desk.test": "agent", "elena@a.test": "customer"} {
		in := account.NewUser{Email: email, Name: account.ParseName("Ann Lee"), Roles: []string{role}, Password: goodPassword}
		if _, err := accounts.AddUser(t.Context(), auth.TheSystem(), in); err != nil {
			t.Fatal(err)
		}
	}
	sessions := httpx.NewSessions(account.NewSessions(d.db, httpx.SessionOwner), false)
	errs := httpx.Pages(pg.Away, func(p httpx.Problem) templ.Component {
		return templ.Raw(p.Fault.Key)
	})
	r := chi.NewRouter()
	recall := func(ctx context.Context, cookie string) (httpx.Recalled, error) {
		e, err := accounts.Recall(ctx, cookie)
		return httpx.Recalled{Person: e.PersonID, Device: e.Device, Cookie: e.Cookie, Until: e.Until}, err
	}
	r.Use(httpx.Sessions(sessions, errs), httpx.Remembered(sessions, recall, now, errs), httpx.People(sessions, accounts.Resume, errs),
		httpx.Locale(func(context.Context) *time.Location { return time.UTC }))
	NewSignIn(accounts, sessions, errs, now).Routes(r)
	r.With(errs.SignedIn).Get("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("hello " + httpx.Actor(r).Email))
	})
	d.routes = r
	return d
}

// browser keeps cookies between requests, as one at address does.
type browser struct {
	*door
	t       *testing.T
	address string
	cookies map[string]*http.Cookie
}

func (d *door) browser(t *testing.T, address string) *browser {
	t.Helper()
	return &browser{d, t, address, map[string]*http.Cookie{}}
}

func (b *browser) do(req *http.Request) reply {
	b.t.Helper()
	req.RemoteAddr = b.address + ":4711"
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	rec := httptest.NewRecorder()
	b.routes.ServeHTTP(rec, req)
	for _, c := range rec.Result().Cookies() {
		b.cookies[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return reply{rec, b.t}
}

func (b *browser) get(path string) reply {
	b.t.Helper()
	return b.do(httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, path, nil))
}

func (b *browser) post(path string, pairs ...string) reply {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Referer", "http://example.com/kb?x=1")
	return b.do(req)
}

func (b *browser) signIn(email, password string, more ...string) reply {
	b.t.Helper()
	return b.post(link.Login, append([]string{"email", email, "password", password}, more...)...)
}

func TestLoginPage(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "login", loginCard(loginForm{}))
	testkit.Golden(t, "login_wrong", loginCard(loginForm{
		Email: `"<b>@a.test`, Next: "/tickets", Remember: true, Problem: fault.Message{Key: "account.wrong_password"},
	}))
}

func TestPostLogin(t *testing.T) {
	t.Parallel()
	t.Run("staff land on the desk, customers on the portal", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		d.browser(t, "192.0.2.1").signIn("agent@desk.test", goodPassword).leads(link.Agent)
		b := d.browser(t, "192.0.2.1")
		b.signIn("Elena@A.test", goodPassword).leads(link.Home)
		b.get("/").shows("hello elena@a.test")
		b.get(link.Login).leads(link.Home)
	})
	t.Run("a wrong password keeps the address and says so", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		r := d.browser(t, "192.0.2.1").signIn("elena@a.test", "not it at all", "next", "/tickets", "remember", "1")
		r.is(http.StatusUnprocessableEntity)
		r.shows("The email or the password is wrong.", `value="elena@a.test"`, `name="next" value="/tickets"`, "checked")
		r.lacks("not it at all")
	})
	t.Run("one goes on to where one wanted to, but only here", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		for next, want := range map[string]string{
			"/tickets?tab=all": "/tickets?tab=all", "https://evil.test/": "/", "//evil.test": "/", `/\evil.test`: "/", "/\t/evil.test": "/",
			"javascript:alert(1)": "/", "/logout": "/", "/agent/inbox": "/",
		} {
			d.browser(t, "192.0.2.1").signIn("elena@a.test", goodPassword, "next", next).leads(want)
		}
		d.browser(t, "192.0.2.1").signIn("agent@desk.test", goodPassword, "next", "/agent/inbox").leads("/agent/inbox")
	})
	t.Run("a session planted before is worth nothing after", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		thief := d.browser(t, "192.0.2.9")
		thief.signIn("agent@desk.test", goodPassword)
		planted := *thief.cookies["session"]
		victim := d.browser(t, "192.0.2.1")
		victim.cookies["session"] = &planted
		victim.signIn("elena@a.test", goodPassword)
		if victim.cookies["session"].Value == planted.Value {
			t.Error("the token stayed")
		}
		thief.get("/").leads("/login")
		victim.get("/").shows("hello elena@a.test")
	})
	t.Run("remember lasts 30 days, else until the browser closes", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		b.signIn("elena@a.test", goodPassword)
		if c := b.cookies["session"]; c.MaxAge != 0 || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie = %+v", c)
		}
		if c := b.cookies["session_remember"]; c != nil {
			t.Errorf("remembered unasked: %+v", c)
		}
		b.signIn("elena@a.test", goodPassword, "remember", "1")
		c := b.cookies["session_remember"]
		if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Expires.Sub(d.now).Round(time.Hour) != 30*24*time.Hour {
			t.Errorf("cookie = %+v", c)
		}
	})
	t.Run("guessing stops with 429, the owner comes in from elsewhere", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		guesser := d.browser(t, "192.0.2.1")
		for range 8 {
			guesser.signIn("elena@a.test", "guess guess").is(http.StatusUnprocessableEntity)
		}
		r := guesser.signIn("elena@a.test", goodPassword)
		r.is(http.StatusTooManyRequests)
		r.shows("Too many attempts", `value="elena@a.test"`)
		d.browser(t, "192.0.2.2").signIn("elena@a.test", goodPassword).leads(link.Home)
	})
	t.Run("signing out ends the session", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		b.signIn("elena@a.test", goodPassword)
		kept := *b.cookies["session"]
		b.post(link.Logout).leads(link.Login)
		b.cookies["session"] = &kept
		b.get("/").leads("/login")
	})
}

func TestPostPreferences(t *testing.T) {
	t.Parallel()
	t.Run("a visitor's choices are kept in cookies", func(t *testing.T) {
		t.Parallel()
		b := newDoor(t).browser(t, "192.0.2.1")
		b.post(link.Preferences, "lang", "ru").leads("/kb?x=1")
		b.post(link.Preferences, "theme", "dark").leads("/kb?x=1")
		b.get(link.Login).shows("Вход в личный кабинет", `data-theme="dark"`)
		b.post(link.Preferences, "theme", "").leads("/kb?x=1")
		b.get(link.Login).lacks(`data-theme="dark"`)
	})
	t.Run("a person's choices go with them", func(t *testing.T) {
		t.Parallel()
		d := newDoor(t)
		b := d.browser(t, "192.0.2.1")
		b.signIn("elena@a.test", goodPassword)
		b.post(link.Preferences, "lang", "ru", "zone", "Asia/Yekaterinburg", "theme", "dark").leads("/kb?x=1")
		var got string
		err := d.db.QueryRow(t.Context(), `SELECT concat_ws(' ', lang, zone, theme) FROM people JOIN identities i ON i.person_id = people.id
			WHERE i.value = 'elena@a.test'`).Scan(&got)
		if err != nil || got != "ru Asia/Yekaterinburg dark" {
			t.Errorf("kept %q, %v", got, err)
		}
	})
	t.Run("there is no such language", func(t *testing.T) {
		t.Parallel()
		b := newDoor(t).browser(t, "192.0.2.1")
		b.post(link.Preferences, "lang", "xx\r\nSet-Cookie: a=b").is(http.StatusUnprocessableEntity)
		if len(b.cookies) != 0 {
			t.Errorf("cookies = %v", b.cookies)
		}
	})
}
