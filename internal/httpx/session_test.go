package httpx_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
)

// countingStore counts the statements a real store would send.
type countingStore struct {
	*memstore.MemStore
	finds, commits int
	err            error
}

func (s *countingStore) Find(token string) ([]byte, bool, error) {
	s.finds++
	if s.err != nil {
		return nil, false, s.err
	}
	return s.MemStore.Find(token)
}

func (s *countingStore) Commit(token string, b []byte, expiry time.Time) error {
	s.commits++
	if s.err != nil {
		return s.err
	}
	return s.MemStore.Commit(token, b, expiry)
}

func site(store *countingStore) http.Handler {
	s := httpx.NewSessions(store, false)
	resume := func(_ context.Context, id int64, _ time.Time) (auth.Actor, error) {
		if id == 9 {
			return auth.Actor{}, fault.New(fault.NotFound, "x")
		}
		return auth.Actor{Kind: auth.Person, PersonID: id, Name: "Ann", Lang: "ru"}, nil
	}
	r := chi.NewRouter()
	r.Use(httpx.Log(time.Now, plain()), httpx.Headers, httpx.Compress, httpx.CrossOrigin(plain()), httpx.Sessions(s, plain()),
		httpx.People(s, resume, plain()), httpx.Locale(func(context.Context) *time.Location { return time.UTC }))
	r.Get("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, httpx.Actor(r).Name+"|"+i18n.ReaderOf(r.Context()).Lang)
	})
	r.Get("/flash", func(w http.ResponseWriter, r *http.Request) {
		m, ok := httpx.TakeFlash(r.Context(), s)
		if ok {
			_, _ = io.WriteString(w, i18n.T(r.Context(), m.Key, m.Args...))
		}
	})
	r.Get("/long", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, strings.Repeat("long ", 1000))
	})
	r.Get("/panic", func(http.ResponseWriter, *http.Request) { panic("x") })
	r.Post("/in/{id}", plain().Handle(func(w http.ResponseWriter, r *http.Request) error {
		id, err := httpx.PathID(r, "id")
		if err != nil {
			return err
		}
		if err := httpx.SignIn(r.Context(), s, id, 0, time.Now()); err != nil {
			return err
		}
		httpx.Flash(r.Context(), s, "format.hours_ago", "count", 3)
		return httpx.SeeOther(w, r, "/")
	}))
	return r
}

func with(r *http.Request, cookies []*http.Cookie) *http.Request {
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func TestSessions(t *testing.T) {
	t.Parallel()
	t.Run("a visitor costs no statement", func(t *testing.T) {
		t.Parallel()
		store := &countingStore{MemStore: memstore.New()}
		h := site(store)
		rec := send(h, get("/"))
		wantBody(t, rec, "|en")
		if store.finds+store.commits != 0 || len(rec.Result().Cookies()) != 0 {
			t.Errorf("finds = %d, commits = %d, cookies = %v", store.finds, store.commits, rec.Result().Cookies())
		}
	})
	t.Run("a person is known by one read and no write", func(t *testing.T) {
		t.Parallel()
		store := &countingStore{MemStore: memstore.New()}
		h := site(store)
		cookies := send(h, post("/in/7", "")).Result().Cookies()
		store.finds, store.commits = 0, 0
		wantBody(t, send(h, with(get("/"), cookies)), "Ann|ru")
		if store.finds != 1 || store.commits != 0 {
			t.Errorf("finds = %d, commits = %d", store.finds, store.commits)
		}
	})
	t.Run("signing in renews the token", func(t *testing.T) {
		t.Parallel()
		h := site(&countingStore{MemStore: memstore.New()})
		planted := send(h, post("/in/7", "")).Result().Cookies()
		mine := send(h, with(post("/in/8", ""), planted)).Result().Cookies()
		if planted[0].Value == mine[0].Value {
			t.Error("the token stayed")
		}
		wantBody(t, send(h, with(get("/"), planted)), "|en")
	})
	t.Run("a person who is out has their session ended", func(t *testing.T) {
		t.Parallel()
		h := site(&countingStore{MemStore: memstore.New()})
		cookies := send(h, post("/in/9", "")).Result().Cookies()
		rec := send(h, with(get("/"), cookies))
		wantBody(t, rec, "|en")
		if c := rec.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
			t.Errorf("cookies = %v", c)
		}
	})
	t.Run("a flash is shown once, with its plural", func(t *testing.T) {
		t.Parallel()
		h := site(&countingStore{MemStore: memstore.New()})
		cookies := send(h, post("/in/7", "")).Result().Cookies()
		wantBody(t, send(h, with(get("/flash"), cookies)), "3 часа назад")
		if rec := send(h, with(get("/flash"), cookies)); rec.Body.Len() != 0 {
			t.Errorf("again: %s", rec.Body)
		}
	})
	t.Run("an absent database answers 503 with the form kept", func(t *testing.T) {
		t.Parallel()
		store := &countingStore{MemStore: memstore.New(), err: errAway}
		h := site(store)
		r := with(post("/in/7", "message=typed"), []*http.Cookie{{Name: "session", Value: "x"}})
		r.Header.Set("Accept-Language", "ru")
		rec := send(h, r)
		wantStatus(t, rec, http.StatusServiceUnavailable)
		wantBody(t, rec, "ru 503")
		wantBody(t, rec, "typed=[{message typed}]")
	})
	t.Run("a session that cannot be saved answers 503 alone", func(t *testing.T) {
		t.Parallel()
		store := &countingStore{MemStore: memstore.New(), err: errAway}
		h := site(store)
		rec := send(h, post("/in/7", "message=typed"))
		wantStatus(t, rec, http.StatusServiceUnavailable)
		if rec.Header().Get("Location") != "" || strings.Count(rec.Body.String(), "error.unavailable") != 1 {
			t.Errorf("Location = %q, body = %s", rec.Header().Get("Location"), rec.Body)
		}
	})
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	h := site(&countingStore{MemStore: memstore.New()})
	t.Run("a form from another site is refused", func(t *testing.T) {
		t.Parallel()
		r := post("/in/7", "")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		rec := send(h, r)
		wantStatus(t, rec, http.StatusForbidden)
		wantBody(t, rec, "error.cross_site")
	})
	t.Run("a panic is an error page with an id", func(t *testing.T) {
		t.Parallel()
		rec := send(h, get("/panic"))
		wantStatus(t, rec, http.StatusInternalServerError)
		if rec.Header().Get("X-Request-Id") == "" {
			t.Error("no id")
		}
	})
	t.Run("pages may load from our origin only", func(t *testing.T) {
		t.Parallel()
		csp := send(h, get("/")).Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy = %q", csp)
		}
	})
	t.Run("text is compressed", func(t *testing.T) {
		t.Parallel()
		r := get("/long")
		r.Header.Set("Accept-Encoding", "gzip")
		rec := send(h, r)
		zr, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(zr)
		if err != nil || !strings.HasPrefix(string(b), "long long") {
			t.Errorf("body = %.20s, err = %v", b, err)
		}
	})
	t.Run("the language is the cookie's, then the browser's", func(t *testing.T) {
		t.Parallel()
		r := get("/")
		r.Header.Set("Accept-Language", "ru;q=0.9")
		wantBody(t, send(h, r), "|ru")
		r.AddCookie(&http.Cookie{Name: httpx.LangCookie, Value: "en"})
		wantBody(t, send(h, r), "|en")
	})
}

func TestGuards(t *testing.T) {
	t.Parallel()
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	agent := auth.Actor{Kind: auth.Person, PersonID: 1, Permissions: []auth.Permission{auth.AnswerTickets}}
	admin := auth.Actor{Kind: auth.Person, PersonID: 2, Permissions: []auth.Permission{auth.AnswerTickets, auth.ManageUsers}}
	customer := auth.Actor{Kind: auth.Person, PersonID: 3}
	staff, users := plain().Staff(ok), plain().AnyOf(auth.ManageUsers)(ok)
	tests := []struct {
		name   string
		page   http.Handler
		actor  auth.Actor
		status int
	}{
		{"an agent works", staff, agent, 204},
		{"a customer finds no agent's page", staff, customer, 404},
		{"a visitor signs in first", staff, auth.Actor{}, 303},
		{"an admin manages users", users, admin, 204},
		{"an agent is told that it is not theirs", users, agent, 403},
		{"a customer finds no settings", users, customer, 404},
		{"a visitor signs in before settings", users, auth.Actor{}, 303},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := get("/agent")
			wantStatus(t, send(tt.page, r.WithContext(httpx.WithActor(r.Context(), tt.actor))), tt.status)
		})
	}
}
