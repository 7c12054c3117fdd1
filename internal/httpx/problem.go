package httpx

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
)

// Problem is what a page for a failed request shows.
type Problem struct {
	Status int
	Fault  *fault.Error
	ID     string // the request's id, as in the log
	// Kept says whether the page must offer what was typed for sending again:
	// the request was a form and the fault is not its sender's. Action, Typed
	// and Lost are set only then.
	Kept   bool
	Action string   // where the form goes
	Typed  []Typed  // its fields, passwords left out
	Lost   []string // names of the files that have to be chosen again
}

// Status is the HTTP status for err: that of its fault's kind.
func Status(err error) int {
	if s, ok := errors.AsType[*statusError](err); ok {
		return s.status
	}
	switch fault.Of(err).Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

// statusError answers with a status that no kind of fault has.
type statusError struct {
	status int
	fault  *fault.Error
}

func (e *statusError) Error() string { return e.fault.Error() }
func (e *statusError) Unwrap() error { return e.fault }

func withStatus(status int, f *fault.Error) error { return &statusError{status, f} }

// Pages returns the ErrorPage for people. page builds the HTML; away tells
// whether an error means that the database cannot be reached (pg.Away), which
// is answered as Unavailable wherever it arose.
//
// Who has to sign in first is sent there and comes back afterwards. A form
// whose sender is not to blame (the session ended, the database is away) is
// answered with all that was typed, ready for sending again.
func Pages(away func(error) bool, page func(Problem) templ.Component) ErrorPage {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		if fault.Of(err).Kind == fault.Internal && away(err) { // a body that broke off is no sign of the database's
			err = &fault.Error{Kind: fault.Unavailable, Key: "error.unavailable", Err: err}
		}
		f := fault.Of(err)
		logProblem(r, f, err)

		h := w.Header()
		h.Set("Cache-Control", "no-store")
		if f.Kind == fault.Unauthorized && !sentForm(r) {
			toLogin(w, r)
			return
		}
		r = locate(r)
		p := Problem{Status: Status(err), Fault: f, ID: RequestID(r.Context())}
		if sentForm(r) && (f.Kind == fault.Unauthorized || f.Kind == fault.Unavailable) {
			p.Kept, p.Action = true, r.URL.RequestURI()
			p.Typed, p.Lost = typed(r)
		}
		switch f.Kind { //nolint:exhaustive // the others say nothing about time
		case fault.Unavailable:
			h.Set("Retry-After", "5")
		case fault.TooMany:
			h.Set("Retry-After", "60")
		}
		if err := Render(w, r, p.Status, page(p)); err != nil {
			if r.Context().Err() != nil {
				return // the reader went away
			}
			slog.ErrorContext(r.Context(), "error page failed", "id", p.ID, "err", err)
			http.Error(w, http.StatusText(p.Status), p.Status) //nolint:forbidigo // the error page itself failed
		}
	}
}

// toLogin sends a visitor to the sign-in page, from where they come back to the
// page they wanted. A script that asked for a part of a page makes the whole
// page go there.
func toLogin(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if Partial(r) {
		next = ""
		if at, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			next = at.RequestURI()
		}
		w.Header().Set("HX-Redirect", link.Query(link.Login, "next", next))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if next == "/" {
		next = ""
	}
	http.Redirect(w, r, link.Query(link.Login, "next", next), http.StatusSeeOther) //nolint:gosec // to a page of ours; next is checked before it is followed
}

func sentForm(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodHead }

// logProblem keeps the cause: as an error when it is ours to mend, else at debug
// level. A reader who closed the page is nobody's mistake.
func logProblem(r *http.Request, f *fault.Error, err error) {
	level := slog.LevelDebug
	if (f.Kind == fault.Internal || f.Kind == fault.Unavailable) && r.Context().Err() == nil {
		level = slog.LevelError
	}
	route := ""
	if c := chi.RouteContext(r.Context()); c != nil {
		route = c.RoutePattern()
	}
	slog.Log(r.Context(), level, "request failed", "id", RequestID(r.Context()), "method", r.Method, "route", route, "err", err)
}
