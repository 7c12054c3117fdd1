// Package desk serves the agents' pages: the dashboard, the inbox, the page a
// ticket is answered on, and the companies they work for.
package desk

import (
	"net/http"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
	"github.com/deskbell/deskbell/web/ui"
)

// Deps is what the agents' pages are built from.
type Deps struct {
	Accounts *account.Service
	Tickets  *ticket.Service
	Letters  *notify.Service
	Settings *setting.Service
	KB       *kb.Service
	Canned   *canned.Service
	Bulk     *bulk.Service
	Macros   *macro.Service
	Times    *timesheet.Service
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Presence *presence.Service
	Live     *pg.Hub
	Stop     <-chan struct{} // closed when the server begins to stop; ends the live streams
	Now      func() time.Time
}

// Handler serves the agents' pages.
type Handler struct {
	accounts *account.Service
	tickets  *ticket.Service
	letters  *notify.Service
	settings *setting.Service
	kb       *kb.Service
	canned   *canned.Service
	bulk     *bulk.Service
	macros   *macro.Service
	times    *timesheet.Service
	sessions *scs.SessionManager
	errors   httpx.ErrorPage
	presence *presence.Service
	live     *pg.Hub
	stop     <-chan struct{}
	now      func() time.Time
	streams  streams
}

// New returns the agents' pages.
func New(d Deps) *Handler {
	return &Handler{
		accounts: d.Accounts, tickets: d.Tickets, letters: d.Letters, settings: d.Settings, kb: d.KB, canned: d.Canned, sessions: d.Sessions, errors: d.Errors, presence: d.Presence, bulk: d.Bulk, macros: d.Macros, times: d.Times, live: d.Live, stop: d.Stop, now: d.Now,
	}
}

// Routes adds the agents' pages to r. Visitors sign in first; for customers
// none of them exists.
func (h *Handler) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.errors.Staff, h.onlySeen)
		r.Get("/agent", h.errors.Handle(h.showDashboard))
		r.Get("/agent/inbox", h.errors.Handle(h.showInbox))
		r.Get("/agent/inbox/counts", h.errors.Handle(h.showCounts))
		r.Get("/agent/quick-answers", h.errors.Handle(h.showQuickAnswers))
		r.Get("/agent/tickets/new", h.errors.Handle(h.showOpenTicket))
		r.Post("/agent/tickets/new", h.errors.Handle(h.postOpenTicket))
		r.Get("/agent/tickets/people", h.errors.Handle(h.showPeople))
		r.Get("/agent/tickets/copies", h.errors.Handle(h.showCopies))
		r.Get("/agent/tickets/answers", h.errors.Handle(h.showOpenAnswers))
		r.Get("/agent/tickets/{number}/service", h.errors.Handle(h.showService))
		r.Post("/agent/tickets/{number}/service", h.errors.Handle(h.postService))
		r.Get("/agent/tickets/{number}/calls", h.errors.Handle(h.showCall))
		r.Post("/agent/tickets/{number}/calls", h.errors.Handle(h.postCall))
		r.Get("/agent/tickets/{number}/requester", h.errors.Handle(h.showRequester))
		r.Post("/agent/tickets/{number}/requester", h.errors.Handle(h.postRequester))
		r.Get("/agent/absence", h.errors.Handle(h.showAbsence))
		r.Post("/agent/absence", h.errors.Handle(h.postAbsence))
		r.Get("/agent/absence/{id}", h.errors.Handle(h.showAbsence))
		r.Post("/agent/absence/{id}", h.errors.Handle(h.postAbsence))
		r.Get("/agent/canned", h.errors.Handle(h.showCanned))
		r.Get("/agent/canned/new", h.errors.Handle(h.showNewCanned))
		r.Post("/agent/canned", h.errors.Handle(h.postCanned))
		r.Get("/agent/canned/pick", h.errors.Handle(h.showCannedPick))
		r.Get("/agent/mentions", h.errors.Handle(h.showMentions))
		r.Get("/agent/canned/{id}", h.errors.Handle(h.showCannedReply))
		r.Post("/agent/canned/{id}", h.errors.Handle(h.postCanned))
		r.Post("/agent/canned/{id}/delete", h.errors.Handle(h.postCannedDelete))
		r.Post("/agent/canned/{id}/text", h.errors.Handle(h.postCannedText))
		r.Post("/agent/canned/{id}/article", h.errors.Handle(h.postCannedArticle))
		r.Post("/agent/canned/folders/{id}", h.errors.Handle(h.postCannedFolder))
		r.Get("/agent/live", h.errors.Handle(h.streamLive))
		r.Get("/agent/tickets/{number}", h.errors.Handle(h.showTicket))
		r.Get("/agent/tickets/{number}/preview", h.errors.Handle(h.showPreview))
		r.Get("/agent/tickets/{number}/pane", h.errors.Handle(h.showPane))
		r.Post("/agent/tickets/{number}/unread", h.errors.Handle(h.postUnread))
		r.Get("/agent/tickets/{number}/next", h.errors.Handle(h.showNext))
		r.Post("/agent/tickets/{number}/replies", h.errors.Handle(h.postReply))
		r.Post("/agent/tickets/{number}/notes", h.errors.Handle(h.postNote))
		r.Get("/agent/tickets/{number}/notes/{note}", h.errors.Handle(h.showNote))
		r.Post("/agent/tickets/{number}/notes/{note}", h.errors.Handle(h.postNoteEdit))
		r.Post("/agent/tickets/{number}/notes/{note}/pin", h.errors.Handle(h.postNotePin))
		r.Get("/agent/tickets/{number}/redact", h.errors.Handle(h.showRedact))
		r.Post("/agent/tickets/{number}/redact", h.errors.Handle(h.postRedact))
		r.Post("/agent/tickets/{number}/draft", h.errors.Handle(h.postDraft))
		r.Post("/agent/tickets/{number}/assign", h.errors.Handle(h.postAssign))
		r.Post("/agent/tickets/{number}/status", h.errors.Handle(h.postStatus))
		r.Post("/agent/tickets/{number}/priority", h.errors.Handle(h.postPriority))
		r.Post("/agent/tickets/{number}/fields", h.errors.Handle(h.postFields))
		r.Post("/agent/tickets/{number}/letters", h.errors.Handle(h.postLetter))
		r.Post("/agent/tickets/{number}/plan", h.errors.Handle(h.postPlan))
		h.changeRoutes(r)
		r.Post("/agent/tickets/{number}/copies/remove", h.errors.Handle(h.postCopiesRemove))
		h.sendRoutes(r)
		h.nearbyRoutes(r)
		r.Get("/agent/tickets/{number}/*", h.errors.Handle(h.showPosted))
	})
}

// page is what the layout prints around every page; nav is its place in the
// navigation.
func (h *Handler) page(r *http.Request, title, nav string) ui.AgentPage {
	return dressed(r, h.sessions, h.now(), title, nav)
}

// dressed is what surrounds a page but for the sidebar's numbers. Taking the kept
// message spends it, so only a page that is about to be shown may ask.
func dressed(r *http.Request, sessions *scs.SessionManager, now time.Time, title, nav string) ui.AgentPage {
	p := ui.AgentPage{Nav: nav}
	p.Page = ui.Page{Title: title, Actor: httpx.Actor(r), Theme: httpx.Theme(r), Now: now}
	if m, ok := httpx.TakeFlash(r.Context(), sessions); ok {
		p.Flash = m
	}
	return p
}

// framed is dressed with the sidebar's numbers.
func framed(r *http.Request, tickets *ticket.Service, sessions *scs.SessionManager, now time.Time, title, nav string) (ui.AgentPage, error) {
	side, err := tickets.Sidebar(r.Context(), httpx.Actor(r))
	if err != nil {
		return ui.AgentPage{}, err
	}
	p := dressed(r, sessions, now, title, nav)
	beside(&p, side)
	return p, nil
}

func titled(p ui.AgentPage, title string) ui.AgentPage {
	p.Title = title
	return p
}

// beside fills in the sidebar.
func beside(p *ui.AgentPage, side ticket.Sidebar) {
	p.Counts = side.Numbers()
	p.Saved = nil
	for _, v := range side.Views {
		p.Saved = append(p.Saved, ui.SavedView{Key: string(v.View()), Name: v.Name, Tone: "tone-" + v.Colour})
	}
}

// known reports whether v is one of the inbox's views, or may be a saved one.
func known(v ticket.InboxView) bool { return v.Saved() > 0 || slices.Contains(ticket.InboxViews, v) }
