package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
)

var errAway = errors.New("connection refused")

// plain is an ErrorPage that prints what a page would show.
func plain() httpx.ErrorPage {
	return httpx.Pages(func(err error) bool { return errors.Is(err, errAway) }, func(p httpx.Problem) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			_, err := fmt.Fprintf(w, "%s %d %s kept=%t action=%s typed=%v lost=%v", i18n.ReaderOf(ctx).Lang, p.Status, p.Fault.Key, p.Kept, p.Action, p.Typed, p.Lost)
			return err
		})
	})
}

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func post(path, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func wantStatus(t *testing.T, rec *httptest.ResponseRecorder, status int) {
	t.Helper()
	if rec.Code != status {
		t.Errorf("status = %d, want %d\n%s", rec.Code, status, rec.Body)
	}
}

func wantBody(t *testing.T, rec *httptest.ResponseRecorder, part string) {
	t.Helper()
	if !strings.Contains(rec.Body.String(), part) {
		t.Errorf("body lacks %q:\n%s", part, rec.Body)
	}
}
