package portal

import (
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// KBDeps is what the knowledge base's pages are built from.
type KBDeps struct {
	KB       *kb.Service
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Now      func() time.Time
}

// KB serves the knowledge base to readers, signed in or not.
type KB struct {
	kb       *kb.Service
	sessions *scs.SessionManager
	errors   httpx.ErrorPage
	now      func() time.Time
}

// NewKB returns the knowledge base's pages.
func NewKB(d KBDeps) *KB { return &KB{kb: d.KB, sessions: d.Sessions, errors: d.Errors, now: d.Now} }

// Routes adds the pages to r.
func (h *KB) Routes(r chi.Router) {
	r.Get(link.KB, h.errors.Handle(h.showHome))
	r.Get(link.KBSearch, h.errors.Handle(h.showSearch))
	r.Get(link.KBSuggest, h.errors.Handle(h.showSuggestions))
	r.Get("/kb/sections/{slug}", h.errors.Handle(h.showSection))
	r.Get("/kb/articles/{slug}", h.errors.Handle(h.showArticle))
	r.Post("/kb/articles/{slug}/vote", h.errors.Handle(h.postVote))
}

func (h *KB) layout(r *http.Request, title string) ui.PortalPage {
	p := ui.PortalPage{Nav: "kb", Page: ui.Page{Title: title, Actor: httpx.Actor(r), Theme: httpx.Theme(r), Now: h.now()}}
	if m, ok := httpx.TakeFlash(r.Context(), h.sessions); ok {
		p.Flash = m
	}
	return p
}

// showHome is GET /kb.
func (h *KB) showHome(w http.ResponseWriter, r *http.Request) error {
	v, err := h.kb.Home(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, kbHomePage(h.layout(r, i18n.T(r.Context(), "portal.kb.title")), v))
}

// showSection is GET /kb/sections/{slug}.
func (h *KB) showSection(w http.ResponseWriter, r *http.Request) error {
	v, err := h.kb.SectionPage(r.Context(), httpx.Actor(r), httpx.Clean(chi.URLParam(r, "slug")))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, kbSectionPage(h.layout(r, v.Name), v))
}

// cardArticles is how many articles a section's card on the home page names.
const cardArticles = 3

// first are the articles that stand for a section: its own, else those of the
// sections in it.
func first(b *kb.Branch, n int) []kb.Card {
	list := b.Articles[:min(n, len(b.Articles))]
	for _, c := range b.Children {
		if len(list) < n {
			list = append(list[:len(list):len(list)], first(c, n-len(list))...)
		}
	}
	return list
}

// way are the links to the sections that a page lies in.
func way(home string, path []kb.Crumb) []ui.Crumb {
	crumbs := []ui.Crumb{{Href: link.KB, Label: home}}
	for _, c := range path {
		crumbs = append(crumbs, ui.Crumb{Href: link.Section(c.Slug), Label: c.Name})
	}
	return crumbs
}

// open reports whether the branch of the tree is on the way to a section.
func open(b *kb.Branch, current string, path []kb.Crumb) bool {
	if b.Slug == current {
		return true
	}
	for _, c := range path {
		if c.Slug == b.Slug {
			return true
		}
	}
	return false
}
