package httpx_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alexedwards/scs/v2/memstore"

	"github.com/deskbell/deskbell/internal/httpx"
)

func TestSessionAlive(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	s := httpx.NewSessions(store, false)
	begun, err := s.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if alive, err := httpx.SessionAlive(begun, s); err != nil || !alive {
		t.Errorf("without a session: %v, %v", alive, err)
	}
	s.Put(begun, "person", int64(7))
	token, _, err := s.Commit(begun)
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := s.Load(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if alive, err := httpx.SessionAlive(ctx, s); err != nil || !alive {
		t.Errorf("signed in: %v, %v", alive, err)
	}
	elsewhere := httptest.NewRecorder()
	s.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = s.Destroy(r.Context()) })).
		ServeHTTP(elsewhere, withCookie(t, s.Cookie.Name, token))
	if alive, err := httpx.SessionAlive(ctx, s); err != nil || alive {
		t.Errorf("signed out elsewhere: %v, %v", alive, err)
	}
}

func withCookie(t *testing.T, name, value string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/logout", nil)
	r.AddCookie(&http.Cookie{Name: name, Value: value})
	return r
}
