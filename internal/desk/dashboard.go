package desk

import (
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
	{ticket.ViewWaiting, "st-waiting", "tone-amber"},
	{ticket.ViewPostponed, "calendar", "tone-violet"},
}

type tile struct {
	View       ticket.InboxView
	Icon, Tone string
}

// showDashboard is GET /agent.
func (h *Handler) showDashboard(w http.ResponseWriter, r *http.Request) error {
	d, err := h.tickets.Dashboard(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p := dashboardPage{AgentPage: h.page(r, "", "dashboard"), Dashboard: d}
	p.AgentPage.Counts = counts(d.Counts)
	return httpx.Render(w, r, http.StatusOK, dashboard(p))
}
