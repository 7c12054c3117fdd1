package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// How many links into the knowledge base the home page has.
const (
	homeArticles = 6
	homeSections = 4
)

// homeView is what the home page shows.
type homeView struct {
	me       auth.Actor
	tickets  ticket.HomeView // of a customer; empty for a visitor
	articles []homeLink
	sections []homeLink // of the knowledge base, the first few
	chosen   int64      // the company that all lists are of; 0: all
	now      time.Time
}

// homeLink leads into the knowledge base.
type homeLink struct{ title, href string }

// showHome is GET /: the customers' home (P4). Staff begin at their dashboard.
func (h *Handler) showHome(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	if by.Staff() {
		return httpx.SeeOther(w, r, link.Agent)
	}
	v := homeView{me: by, now: h.now()}
	if err := h.library(ctx, by, &v); err != nil {
		return err
	}
	if by.SignedIn() {
		var err error
		v.chosen = h.company(r)
		if v.tickets, err = h.tickets.WaitingForMe(ctx, by, v.chosen); err != nil {
			return err
		}
	}
	return httpx.Render(w, r, http.StatusOK, homePage(h.layout(r, "home", i18n.T(ctx, "portal.home.title")), v))
}

// library fills in what the knowledge base offers first: the articles that
// readers and agents use most, and where to browse.
func (h *Handler) library(ctx context.Context, by auth.Actor, v *homeView) error {
	articles, err := h.kb.Popular(ctx, by, homeArticles)
	if err != nil {
		return err
	}
	for _, a := range articles {
		v.articles = append(v.articles, homeLink{a.Title, link.Article(a.Slug)})
	}
	home, err := h.kb.Home(ctx, by)
	if err != nil {
		return err
	}
	for _, s := range home.Sections[:min(len(home.Sections), homeSections)] {
		v.sections = append(v.sections, homeLink{s.Name, link.Section(s.Slug)})
	}
	return nil
}

// greeting is the page's first line.
func (v homeView) greeting(ctx context.Context) string {
	if name := firstName(v.me.Name); name != "" {
		return i18n.T(ctx, "portal.home.greeting", "name", name)
	}
	if b := ui.Brand(ctx); b.WelcomeTitle != "" {
		return b.WelcomeTitle
	}
	return i18n.T(ctx, "portal.home.welcome")
}

// lead is the line below it.
func lead(ctx context.Context) string {
	if b := ui.Brand(ctx); b.WelcomeText != "" {
		return b.WelcomeText
	}
	return i18n.T(ctx, "portal.home.lead")
}

// counts says how many tickets are open and how many wait for the reader.
func (v homeView) counts(ctx context.Context) string {
	open, waiting := v.tickets.Open, v.tickets.WaitingCount
	switch {
	case open == 0:
		return i18n.T(ctx, "portal.home.none_open")
	case waiting == 0:
		return i18n.T(ctx, "portal.home.open", "count", int(open), "open", open)
	default:
		return i18n.T(ctx, "portal.home.open_waiting", "open", open, "waiting", i18n.T(ctx, "portal.home.waiting_count", "count", int(waiting)))
	}
}

// lastWord is who wrote last in a ticket that waits.
func lastWord(ctx context.Context, row ticket.MineRow) string {
	if row.LastReplierName == "" {
		return i18n.T(ctx, "ticket.robot.name")
	}
	return row.LastReplierName
}
