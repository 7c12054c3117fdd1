package desk

import (
	"maps"
	"net/http"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// dashboardPage is an agent's first page.
type dashboardPage struct {
	ui.AgentPage
	ticket.Dashboard
}

// tiles are the views that the dashboard counts, in the order of urgency.
var tiles = []tile{
	{ticket.ViewNew, "spark", ""},
	{ticket.ViewMine, "user", ""},
	{ticket.ViewUnassigned, "inbox", ""},
	{ticket.ViewBreaching, "clock", "tone-red"},
	{ticket.ViewPromised, "hourglass", "tone-amber"},
	{ticket.ViewPostponed, "calendar", "tone-violet"},
}

type tile struct {
	View       ticket.InboxView
	Icon, Tone string
}

// showDashboard is GET /agent.
func (h *Handler) showDashboard(w http.ResponseWriter, r *http.Request) error {
	side, err := h.tickets.Sidebar(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	d, err := h.tickets.Dashboard(r.Context(), httpx.Actor(r), side.Views)
	if err != nil {
		return err
	}
	maps.Copy(side.Counts, d.Counts)
	p := dashboardPage{AgentPage: h.page(r, "", "dashboard"), Dashboard: d}
	beside(&p.AgentPage, side)
	return httpx.Render(w, r, http.StatusOK, dashboard(p))
}
