// Package httpx is the thin layer between net/http and our handlers: handlers
// return errors, one place turns them into responses; forms, sessions, headers
// and the middleware that every page shares. It knows no words of the desk.
package httpx

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// HandlerFunc is an http.HandlerFunc that may fail. One that returns an error
// has written nothing to w.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ErrorPage answers a request that failed with err. An audience brings its own:
// HTML for people (see Pages), problem+json for the API.
type ErrorPage func(w http.ResponseWriter, r *http.Request, err error)

// Handle adapts h to net/http.
func (p ErrorPage) Handle(h HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			p(w, r, err)
		}
	}
}

// NotFound answers for a path that no route serves.
func (p ErrorPage) NotFound(w http.ResponseWriter, r *http.Request) {
	p(w, r, fault.New(fault.NotFound, "error.page_not_found"))
}

// NotAllowed answers for a route that does not serve the request's method.
func (p ErrorPage) NotAllowed(w http.ResponseWriter, r *http.Request) {
	p(w, r, withStatus(http.StatusMethodNotAllowed, fault.New(fault.NotFound, "error.method")))
}

// Render writes c with the given status. It buffers, so a component that fails
// half-way leaves w untouched.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := c.Render(r.Context(), buf); err != nil {
		return fmt.Errorf("render the page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the client is gone; nothing to do about it
	return nil
}

// SeeOther answers a POST that worked: the browser fetches path, one of package
// link's, with GET.
func SeeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// PathID reads a positive integer from the route. Anything else is NotFound:
// no such page.
func PathID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, name), 10, 64)
	if err != nil || id <= 0 {
		return 0, &fault.Error{Kind: fault.NotFound, Key: "error.page_not_found", Err: err}
	}
	return id, nil
}

// Partial reports whether a script of ours asked for a part of a page rather
// than the browser for the whole.
func Partial(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }
