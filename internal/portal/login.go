package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// SignIn serves the ways in for everybody (sign-in, registration, a new
// password) and what a reader may set about the pages: language, time zone,
// theme.
type SignIn struct {
	accounts *account.Service
	sessions *scs.SessionManager
	errors   httpx.ErrorPage
	now      func() time.Time
}

// NewSignIn returns the handler of the sign-in pages.
func NewSignIn(accounts *account.Service, sessions *scs.SessionManager, errors httpx.ErrorPage, now func() time.Time) *SignIn {
	return &SignIn{accounts: accounts, sessions: sessions, errors: errors, now: now}
}

// Routes adds the sign-in pages to r.
func (h *SignIn) Routes(r chi.Router) {
	r.Get(link.Login, h.errors.Handle(h.showLogin))
	r.Post(link.Login, h.errors.Handle(h.postLogin))
	r.Get(link.LoginCode, h.errors.Handle(h.showLoginCode))
	r.Post(link.LoginCode, h.errors.Handle(h.postLoginCode))
	r.Post(link.Logout, h.errors.Handle(h.postLogout))
	r.Get(link.Register, h.errors.Handle(h.showRegister))
	r.Post(link.Register, h.errors.Handle(h.postRegister))
	r.Get(link.Consent, h.errors.Handle(h.showConsent))
	r.Get(link.Activate, h.errors.Handle(h.showActivate))
	r.Post(link.Activate, h.errors.Handle(h.postActivate))
	r.Get(link.Reset, h.errors.Handle(h.showReset))
	r.Post(link.Reset, h.errors.Handle(h.postReset))
	r.Post(link.ResetCode, h.errors.Handle(h.postResetCode))
	r.Get(link.ConfirmEmail, h.errors.Handle(h.showConfirmEmail))
	r.Post(link.ConfirmEmail, h.errors.Handle(h.postConfirmEmail))
	r.Post(link.Preferences, h.errors.Handle(h.postPreferences))
}

// loginForm is what was typed and what is wrong with it. The password is never
// printed again.
type loginForm struct {
	Email    string
	Next     string
	Remember bool
	Closed   bool // nobody may register
	Problem  fault.Message
}

// showLogin is GET /login. Who is signed in already goes on.
func (h *SignIn) showLogin(w http.ResponseWriter, r *http.Request) error {
	next := localPath(httpx.ReadQuery(r).Get("next"))
	if a := httpx.Actor(r); a.SignedIn() {
		return httpx.SeeOther(w, r, landing(a, next))
	}
	return h.renderLogin(w, r, http.StatusOK, loginForm{Next: next})
}

// postLogin is POST /login.
func (h *SignIn) postLogin(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	form := loginForm{Email: in.Line("email"), Next: localPath(in.Get("next")), Remember: in.On("remember")}
	id, err := h.accounts.SignIn(r.Context(), form.Email, in.Get("password"), httpx.ClientIP(r))
	if f := fault.Of(err); err != nil && shownOnForm(f.Kind) {
		form.Problem = fault.Message{Key: f.Key, Args: f.Args}
		return h.renderLogin(w, r, httpx.Status(err), form)
	}
	if err != nil {
		return err
	}
	a, err := h.enter(w, r, account.Arrival{PersonID: id, Remember: form.Remember})
	if err != nil {
		return err
	}
	return httpx.SeeOther(w, r, landing(a, form.Next))
}

// enter signs in a person who has shown who they are. The sign-in that the
// browser had before ends.
func (h *SignIn) enter(w http.ResponseWriter, r *http.Request, in account.Arrival) (auth.Actor, error) {
	ctx := r.Context()
	a, err := h.accounts.ByID(ctx, in.PersonID)
	if err != nil {
		return a, err
	}
	in.Agent, in.Place, in.Former = r.UserAgent(), httpx.ClientIP(r), httpx.Device(ctx, h.sessions)
	e, err := h.accounts.Begin(ctx, in)
	if err != nil {
		return a, err
	}
	if err := httpx.SignIn(ctx, h.sessions, e.PersonID, e.Device, h.now()); err != nil {
		return a, err
	}
	if e.Cookie == "" {
		httpx.DropRemember(w, h.sessions)
	} else {
		httpx.KeepRemember(w, h.sessions, e.Cookie, e.Until)
	}
	return a, nil
}

// shownOnForm reports whether the sign-in form itself says what went wrong.
func shownOnForm(k fault.Kind) bool {
	return k == fault.Invalid || k == fault.TooMany || k == fault.Forbidden
}

// postLogout is POST /logout.
func (h *SignIn) postLogout(w http.ResponseWriter, r *http.Request) error {
	if err := h.accounts.Forget(r.Context(), httpx.Device(r.Context(), h.sessions)); err != nil {
		return err
	}
	if err := httpx.SignOut(r.Context(), h.sessions); err != nil {
		return err
	}
	httpx.DropRemember(w, h.sessions)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return httpx.SeeOther(w, r, link.Login)
}

// landing is where a person goes after signing in: where they wanted to, if
// there is such a page for them, else to their own start page.
func landing(a auth.Actor, next string) string {
	staffOnly := strings.HasPrefix(next, link.Agent) || strings.HasPrefix(next, link.Admin)
	switch {
	case next != "" && (a.Staff() || !staffOnly):
		return next
	case a.Staff():
		return link.Agent
	default:
		return link.Home
	}
}

// localPath returns s when it is a path of ours, else "". Browsers read "//x"
// and "/\x" as another site, and drop control characters first.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.HasPrefix(s, link.Logout) || len(s) > 2000 {
		return ""
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || r < 0x20 || r == 0x7f }) {
		return ""
	}
	return s
}

func (h *SignIn) renderLogin(w http.ResponseWriter, r *http.Request, status int, form loginForm) error {
	form.Closed = h.accounts.Rules(r.Context()).Mode == account.Closed
	page := h.bare(w, r, i18n.T(r.Context(), "login.title"))
	return httpx.Render(w, r, status, loginPage(page, form))
}

// bare is what surrounds a page without navigation; nobody keeps such a page. A
// word kept for the next page is spent.
func (h *SignIn) bare(w http.ResponseWriter, r *http.Request, title string) ui.BarePage {
	w.Header().Set("Cache-Control", "no-store")
	p := ui.BarePage{Page: ui.Page{Title: title, Actor: httpx.Actor(r), Theme: httpx.Theme(r), Now: h.now()}}
	if m, ok := httpx.TakeFlash(r.Context(), h.sessions); ok {
		p.Flash = m
	}
	return p
}

// loginAttrs makes an input required, and the one to type in next focused.
func loginAttrs(focus bool) templ.Attributes { //nolint:revive // focus is an attribute
	a := templ.Attributes{"required": true, "autocapitalize": "none", "spellcheck": "false"}
	if focus {
		a["autofocus"] = true
	}
	return a
}
