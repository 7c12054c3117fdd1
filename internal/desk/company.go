package desk

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// CompanyDeps is what the pages about companies and contacts are built from.
type CompanyDeps struct {
	Companies *company.Service
	Tickets   *ticket.Service // the counts in the sidebar
	Sessions  *scs.SessionManager
	Errors    httpx.ErrorPage
	Now       func() time.Time
}

// Companies serves the agents' pages about companies and contacts.
type Companies struct {
	companies *company.Service
	tickets   *ticket.Service
	sessions  *scs.SessionManager
	errors    httpx.ErrorPage
	now       func() time.Time
}

// NewCompanies returns the handler of the pages about companies and contacts.
func NewCompanies(d CompanyDeps) *Companies {
	return &Companies{companies: d.Companies, tickets: d.Tickets, sessions: d.Sessions, errors: d.Errors, now: d.Now}
}

// Routes adds the pages to r. What may be changed is decided by the use cases.
func (h *Companies) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.errors.Staff)
		r.Get("/agent/companies", h.errors.Handle(h.showCompanies))
		r.Post("/agent/companies", h.errors.Handle(h.postCompany))
		r.Get("/agent/companies/new", h.errors.Handle(h.showNewCompany))
		r.Get("/agent/companies/{id}", h.errors.Handle(h.showCompany))
		r.Get("/agent/companies/{id}/edit", h.errors.Handle(h.showCompanyEdit))
		r.Post("/agent/companies/{id}/edit", h.errors.Handle(h.postCompanyEdit))
		r.Get("/agent/companies/{id}/contacts", h.errors.Handle(h.showLinkContact))
		r.Post("/agent/companies/{id}/contacts", h.errors.Handle(h.postLinkContact))
		r.Post("/agent/companies/{id}/contacts/{person}", h.errors.Handle(h.postContactSees))
		r.Post("/agent/companies/{id}/contacts/{person}/unlink", h.errors.Handle(h.postUnlinkContact))
		r.Post("/agent/companies/{id}/privacy", h.errors.Handle(h.postPrivacy))
		r.Post("/agent/companies/{id}/sites", h.errors.Handle(h.postNewSite))
		r.Post("/agent/companies/{id}/sites/{site}", h.errors.Handle(h.postSite))
		r.Post("/agent/companies/{id}/sites/{site}/remove", h.errors.Handle(h.postRemoveSite))
		r.Get("/agent/contacts", h.errors.Handle(h.showContacts))
		r.Get("/agent/contacts/{id}", h.errors.Handle(h.showContact))
	})
}

// layout is what surrounds a page. Taking the kept message spends it, so only a
// page that is about to be shown may ask.
func (h *Companies) layout(r *http.Request, nav, title string) (ui.AgentPage, error) {
	return framed(r, h.tickets, h.sessions, h.now(), title, nav)
}

// done keeps a word of success for the next page and goes there.
func (h *Companies) done(w http.ResponseWriter, r *http.Request, path, key string, args ...any) error {
	httpx.Flash(r.Context(), h.sessions, key, args...)
	return httpx.SeeOther(w, r, path)
}

// companiesView is the list of companies.
type companiesView struct {
	company.Page
	Query  string
	Paged  bool // not the first page
	MayAdd bool
}

func (v companiesView) pager() ui.PagerView {
	return ui.Forward(link.Companies, v.Paged, v.Next, "q", v.Query)
}

func (v companiesView) empty(ctx context.Context) ui.EmptyView {
	if v.Query != "" {
		return ui.EmptyView{Icon: "search", Title: i18n.T(ctx, "companies.none_found"), Text: i18n.T(ctx, "companies.none_found_text")}
	}
	e := ui.EmptyView{Icon: "building", Title: i18n.T(ctx, "companies.none"), Text: i18n.T(ctx, "companies.none_text")}
	if v.MayAdd {
		e.Href, e.Action = link.NewCompany, i18n.T(ctx, "companies.new")
	}
	return e
}

// showCompanies is GET /agent/companies: the list, by name (C1).
func (h *Companies) showCompanies(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v := companiesView{Query: q.Line("q"), Paged: q.Get("after") != "", MayAdd: mayEditCompanies(r)}
	var err error
	v.Page, err = h.companies.List(r.Context(), httpx.Actor(r), company.Filter{Query: v.Query, After: q.Get("after")})
	if err != nil {
		return err
	}
	if httpx.Partial(r) {
		return httpx.Render(w, r, http.StatusOK, companyList(v))
	}
	p, err := h.layout(r, "companies", i18n.T(r.Context(), "companies.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, companiesPage(p, v))
}
