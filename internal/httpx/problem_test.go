package httpx_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
)

func TestHandle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		shows  string
	}{
		{"a refused input is 422", fault.New(fault.Invalid, "x.bad"), 422, "x.bad"},
		{"not yours is 404", fault.New(fault.NotFound, "x.none"), 404, "x.none"},
		{"not allowed is 403", fault.New(fault.Forbidden, "x.no"), 403, "x.no"},
		{"a wrong state is 409", fault.New(fault.Conflict, "x.state"), 409, "x.state"},
		{"too much is 413", fault.New(fault.TooLarge, "x.big"), 413, "x.big"},
		{"too often is 429", fault.New(fault.TooMany, "x.often"), 429, "x.often"},
		{"an absent database is 503", fmt.Errorf("read: %w", errAway), 503, "error.unavailable"},
		{"anything else is 500 and shows no cause", errors.New("secret detail"), 500, "500 error.internal kept=false action= typed=[] lost=[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := send(plain().Handle(func(http.ResponseWriter, *http.Request) error { return tt.err }), get("/x"))
			wantStatus(t, rec, tt.status)
			wantBody(t, rec, tt.shows)
		})
	}

	t.Run("a visitor is sent to sign in and comes back", func(t *testing.T) {
		t.Parallel()
		rec := send(plain().SignedIn(http.NotFoundHandler()), get("/tickets?tab=all"))
		wantStatus(t, rec, http.StatusSeeOther)
		if got := rec.Header().Get("Location"); got != "/login?next=%2Ftickets%3Ftab%3Dall" {
			t.Errorf("Location = %q", got)
		}
	})
	t.Run("a script's request makes the whole page go to sign in", func(t *testing.T) {
		t.Parallel()
		r := get("/agent/inbox/counts")
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Current-URL", "https://desk.test/agent/inbox?view=mine")
		rec := send(plain().SignedIn(http.NotFoundHandler()), r)
		wantStatus(t, rec, http.StatusUnauthorized)
		if got := rec.Header().Get("HX-Redirect"); got != "/login?next=%2Fagent%2Finbox%3Fview%3Dmine" {
			t.Errorf("HX-Redirect = %q", got)
		}
	})
	t.Run("a form sent after the session ended keeps what was typed", func(t *testing.T) {
		t.Parallel()
		rec := send(plain().SignedIn(http.NotFoundHandler()), post("/tickets", "subject=No+link&password=secret"))
		wantStatus(t, rec, http.StatusUnauthorized)
		wantBody(t, rec, "kept=true action=/tickets typed=[{subject No link}] lost=[]")
	})
	t.Run("a form sent while the database is away keeps what was typed", func(t *testing.T) {
		t.Parallel()
		h := plain().Handle(func(_ http.ResponseWriter, r *http.Request) error {
			if _, err := httpx.ReadForm(r); err != nil {
				return err
			}
			return errAway
		})
		rec := send(h, post("/tickets?x=1", "message=a%0Ab&subject=%00S"))
		wantStatus(t, rec, http.StatusServiceUnavailable)
		wantBody(t, rec, "action=/tickets?x=1 typed=[{message a\nb} {subject S}]")
		if rec.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
	t.Run("a method that the route lacks is 405", func(t *testing.T) {
		t.Parallel()
		wantStatus(t, send(http.HandlerFunc(plain().NotAllowed), get("/x")), http.StatusMethodNotAllowed)
	})
}
