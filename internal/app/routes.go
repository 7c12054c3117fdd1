package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/admin"
	"github.com/deskbell/deskbell/internal/desk"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/portal"
	"github.com/deskbell/deskbell/web"
)

// routes is the whole map of the desk. What serves machines stands outside the
// sessions that pages have. stopping is closed when the server begins to stop.
func (a *App) routes(worker worker, stopping <-chan struct{}) (http.Handler, error) {
	static, err := web.Handler()
	if err != nil {
		return nil, fmt.Errorf("read the embedded files: %w", err)
	}
	errors := httpx.Pages(pg.Away, problem)
	m := newMetrics(a.Pool, a.now)

	r := chi.NewRouter()
	r.Use(httpx.Behind(a.Config.Proxies), httpx.Log(a.now, errors), m.count, httpx.Headers)
	r.NotFound(errors.NotFound)
	r.MethodNotAllowed(errors.NotAllowed)
	r.Get("/healthz", healthz)
	r.Get("/readyz", a.readyz(worker))
	r.Method(http.MethodGet, "/metrics", m.handler())
	r.Method(http.MethodGet, link.Static("*"), static)
	r.Get(link.BrandStyle, a.brandStyle)
	r.Get(link.BrandLogo+"{logo}", errors.Handle(a.brandLogo))

	sessions := a.sessions()
	r.Group(func(r chi.Router) {
		r.Use(
			httpx.CrossOrigin(errors),
			httpx.Compress,
			oneVisit,
			httpx.Sessions(sessions, errors),
			httpx.Remembered(sessions, a.recall, a.now, errors),
			httpx.People(sessions, a.Accounts.Resume, errors),
			httpx.Locale(a.Settings.DeskZone),
			a.branded,
		)
		r.NotFound(errors.NotFound)
		r.MethodNotAllowed(errors.NotAllowed)
		a.pages(r, sessions, errors, stopping)
	})
	return r, nil
}

// pages adds the audiences' pages.
func (a *App) pages(r chi.Router, sessions *scs.SessionManager, errors httpx.ErrorPage, stopping <-chan struct{}) {
	signIn := portal.NewSignIn(a.Accounts, sessions, errors, a.now)
	signIn.Routes(r)
	portal.NewProfile(portal.ProfileDeps{
		Accounts: a.Accounts, Privacy: a.Privacy, Settings: a.Settings, Tickets: a.Tickets, Notices: a.Notices, SignIn: signIn,
		Sessions: sessions, Errors: errors, Now: a.now,
	}).Routes(r)
	portal.New(portal.Deps{
		Tickets: a.Tickets, Settings: a.Settings, KB: a.KB, Companies: a.Companies, Sessions: sessions, Errors: errors, Now: a.now,
		Accounts: a.Accounts,
		Throttle: func(ctx context.Context, key string, limit int, window time.Duration) error {
			return account.Throttle(ctx, a.Pool, key, limit, window, a.now())
		},
		Live: a.hub, Stop: stopping, Person: a.Accounts.ByID,
	}).Routes(r)
	portal.NewKB(portal.KBDeps{KB: a.KB, Sessions: sessions, Errors: errors, Now: a.now}).Routes(r)
	desk.New(desk.Deps{
		Accounts: a.Accounts, Tickets: a.Tickets, Letters: a.Letters, Settings: a.Settings, KB: a.KB, Canned: a.Canned, Sessions: sessions, Errors: errors, Live: a.hub, Stop: stopping, Now: a.now,
		Presence: a.Presence, Bulk: a.Bulk, Macros: a.Macros, Times: a.Times,
	}).Routes(r)
	desk.NewViews(desk.ViewDeps{
		Inbox: a.Inbox, Tickets: a.Tickets, Settings: a.Settings, Sessions: sessions, Errors: errors, Now: a.now,
	}).Routes(r)
	desk.NewCompanies(desk.CompanyDeps{
		Companies: a.Companies, Tickets: a.Tickets, Sessions: sessions, Errors: errors, Now: a.now,
	}).Routes(r)
	desk.NewSearch(desk.SearchDeps{
		Find: a.Find, Macros: a.Macros, Tickets: a.Tickets, Sessions: sessions, Errors: errors, Now: a.now,
	}).Routes(r)
	desk.NewNotices(desk.NoticeDeps{
		Notices: a.Notices, Tickets: a.Tickets, Sessions: sessions, Errors: errors, Now: a.now,
	}).Routes(r)
	admin.New(admin.Deps{
		Accounts: a.Accounts, Settings: a.Settings, Tickets: a.Tickets, Letters: a.Letters, Sender: a.presetSender(),
		Privacy: a.Privacy, Sessions: sessions, Errors: errors, Now: a.now,
	}).Routes(r)
}

// oneVisit lets a request's session and its person come in one statement.
func oneVisit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(account.Visit(r.Context())))
	})
}

func (a *App) sessions() *scs.SessionManager {
	s := httpx.NewSessions(account.NewSessions(a.Pool, httpx.SessionOwner), a.Config.Secure())
	s.Cookie.Name = sessionCookie
	return s
}

// recall signs a remembered device in again.
func (a *App) recall(ctx context.Context, cookie string) (httpx.Recalled, error) {
	e, err := a.Accounts.Recall(ctx, cookie)
	return httpx.Recalled{Person: e.PersonID, Device: e.Device, Cookie: e.Cookie, Until: e.Until}, err
}

// sessionCookie is the name of the cookie that carries a session's token.
const sessionCookie = "deskbell_session"
