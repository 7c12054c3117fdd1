// Package portal serves the customers' pages: home, new ticket, My tickets, the
// ticket page, the knowledge base and the sign-in.
//
// Handlers read the form, call one use case and render one page; rules live in
// the features below. Every page works by links and forms alone.
package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// Deps is what the customers' ticket pages are built from.
type Deps struct {
	Tickets  *ticket.Service
	Settings *setting.Service
	KB       *kb.Service
	// Companies serves the customers' company page.
	Companies *company.Service
	Sessions  *scs.SessionManager // keeps the word of success for the next page
	Errors    httpx.ErrorPage
	Now       func() time.Time
	// Throttle counts one attempt under key and refuses it with TooMany beyond
	// limit in window, over all replicas; nil refuses none.
	Throttle func(ctx context.Context, key string, limit int, window time.Duration) error
	Accounts *account.Service // proves that visitors are no robots; nil: everybody is believed
	Live     *pg.Hub          // tells of tickets that changed
	Stop     <-chan struct{}  // closed when the server begins to stop
	// Person returns somebody as they are now: streams ask whether they still
	// may see what they see. nil: whoever was there stays.
	Person func(ctx context.Context, id int64) (auth.Actor, error)
}

// Handler serves the customers' ticket pages.
type Handler struct {
	tickets   *ticket.Service
	settings  *setting.Service
	kb        *kb.Service
	companies *company.Service
	sessions  *scs.SessionManager
	errors    httpx.ErrorPage
	now       func() time.Time
	throttle  func(ctx context.Context, key string, limit int, window time.Duration) error
	accounts  *account.Service
	live      *pg.Hub
	stop      <-chan struct{}
	person    func(ctx context.Context, id int64) (auth.Actor, error)
	streams   streams
}

// New returns the handler of the customers' ticket pages.
func New(d Deps) *Handler {
	if d.Throttle == nil {
		d.Throttle = func(context.Context, string, int, time.Duration) error { return nil }
	}
	return &Handler{
		tickets: d.Tickets, settings: d.Settings, kb: d.KB, companies: d.Companies, sessions: d.Sessions, errors: d.Errors, now: d.Now,
		throttle: d.Throttle, accounts: d.Accounts, live: d.Live, stop: d.Stop, person: d.Person,
	}
}

// Routes adds the pages to r. Visitors have the home page, the rating and the
// confirmation behind a letter's link, and the form for a new ticket where a
// setting lets them write.
func (h *Handler) Routes(r chi.Router) {
	r.Get(link.Home, h.errors.Handle(h.showHome))
	r.Group(func(r chi.Router) {
		r.Use(h.errors.SignedIn)
		r.Get(link.Tickets, h.errors.Handle(h.showTickets))
		r.Get(link.TicketsCSV, h.errors.Handle(h.showTicketsCSV))
		r.Get(link.TicketsNews, h.errors.Handle(h.showTicketsNews))
		r.Get(link.TicketsLive, h.errors.Handle(h.streamTickets))
		r.Post(link.Filters, h.errors.Handle(h.postFilter))
		r.Post("/tickets/filters/{id}/drop", h.errors.Handle(h.postFilterDrop))
		r.Get(link.OwnCompany, h.errors.Handle(h.showOwnCompany))
		r.Post(link.PickCompany, h.errors.Handle(h.postPickCompany))
		r.Post(link.NewTicketDraft, h.errors.Handle(h.postDraft))
		r.Post(link.DropDraft, h.errors.Handle(h.postDiscard))
		r.Get("/tickets/{number}", h.errors.Handle(h.showThread))
		r.Post("/tickets/{number}/replies", h.errors.Handle(h.postReply))
		r.Post("/tickets/{number}/resolve", h.errors.Handle(h.postResolve))
		r.Post("/tickets/{number}/reopen", h.errors.Handle(h.postReopen))
		r.Get(link.AttachmentPrefix+"{id}", h.errors.Handle(h.showAttachment))
		r.Post("/tickets/{number}/fields", h.errors.Handle(h.postFields))
		r.Post("/tickets/{number}/draft", h.errors.Handle(h.postReplyDraft))
		r.Post("/tickets/{number}/draft/take", h.errors.Handle(h.postDraftTake))
		r.Get("/tickets/{number}/live", h.errors.Handle(h.streamThread))
		r.Get("/tickets/{number}/print", h.errors.Handle(h.showPrint))
		r.Get("/tickets/{number}/copies", h.errors.Handle(h.showCopies))
		r.Post("/tickets/{number}/copies", h.errors.Handle(h.postCopies))
		r.Post("/tickets/{number}/copies/remove", h.errors.Handle(h.postCopiesRemove))
		r.Get(link.AttachmentPrefix+"{id}/thumbnail", h.errors.Handle(h.showThumbnail))
	})
	r.Group(func(r chi.Router) { // visitors too, where a setting lets them write
		r.Use(h.guests)
		r.Post(link.Tickets, h.errors.Handle(h.postTicket))
		r.Get(link.NewTicket, h.errors.Handle(h.showNewTicket))
		r.Get(link.TopicFields, h.errors.Handle(h.showTopicFields))
		r.Get(link.TicketHelp, h.errors.Handle(h.showHelp))
		r.Post(link.TicketSolved, h.errors.Handle(h.postSolved))
		r.Get(link.KBSuggest+"/{slug}", h.errors.Handle(h.showSuggested))
		r.Post(link.Attachments, h.errors.Handle(h.postAttachment))
		r.Post(link.AttachmentPrefix+"{id}/drop", h.errors.Handle(h.postAttachmentDrop))
	})
	r.Get("/tickets/{number}/rating", h.errors.Handle(h.showRating)) // by a signed link without sign-in too
	r.Post("/tickets/{number}/rating", h.errors.Handle(h.postRating))
	r.Get(link.GuestSent, h.errors.Handle(h.showGuestSent))
	r.Get("/tickets/confirm/{token}", h.errors.Handle(h.showConfirm))
	r.Post("/tickets/confirm/{token}", h.errors.Handle(h.postConfirm))
}

// done keeps a word of success for the next page and goes there.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, path, key string, args ...any) error {
	httpx.Flash(r.Context(), h.sessions, key, args...)
	return httpx.SeeOther(w, r, path)
}

// layout is what surrounds a page: its title, who reads it, and the word of
// success that an earlier request kept. Taking that word spends it, so only a
// page that is about to be shown may ask.
func (h *Handler) layout(r *http.Request, nav, title string) ui.PortalPage {
	p := ui.PortalPage{Nav: nav, Page: ui.Page{Title: title, Actor: httpx.Actor(r), Theme: httpx.Theme(r), Now: h.now()}}
	if m, ok := httpx.TakeFlash(r.Context(), h.sessions); ok {
		p.Flash = m
	}
	return p
}
