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

// showTickets is GET /tickets: My tickets (P6). A script that searches while
// somebody types gets the parts that change.
func (h *Handler) showTickets(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	f := ticket.MineFilter{Tab: tabOf(q.Get("tab")), Query: q.Line("q"), Cursor: q.Get("cursor")}
	page, err := h.tickets.Mine(ctx, by, f)
	if err != nil {
		return err
	}
	v := ticketsView{filter: f, page: page, me: by, now: h.now()}
	if httpx.Partial(r) {
		return httpx.Render(w, r, http.StatusOK, ticketParts(v))
	}
	layout := h.layout(r, "tickets", i18n.T(ctx, "portal.tickets.title"))
	layout.Wrap = "wrap--80"
	return httpx.Render(w, r, http.StatusOK, ticketsPage(layout, v))
}

// tabOf reads a tab from an address; anything unknown is the open tickets.
func tabOf(s string) ticket.Tab {
	switch t := ticket.Tab(s); t {
	case ticket.TabOpen, ticket.TabResolved, ticket.TabAll:
		return t
	default:
		return ticket.TabOpen
	}
}

// ticketsView is one page of somebody's tickets.
type ticketsView struct {
	filter ticket.MineFilter
	page   ticket.MinePage
	me     auth.Actor
	now    time.Time
}

// href is the list under another tab or on another page.
func (v ticketsView) href(tab ticket.Tab, cursor string) string {
	return link.Query(link.Tickets, "tab", string(tab), "q", v.filter.Query, "cursor", cursor)
}

func (v ticketsView) tabs(ctx context.Context) []ui.Tab {
	labels := []struct {
		tab   ticket.Tab
		label string
	}{
		{ticket.TabOpen, i18n.T(ctx, "portal.tickets.tab.open")},
		{ticket.TabResolved, i18n.T(ctx, "portal.tickets.tab.resolved")},
		{ticket.TabAll, i18n.T(ctx, "portal.tickets.tab.all")},
	}
	tabs := make([]ui.Tab, 0, len(labels))
	for _, l := range labels {
		t := ui.Tab{Href: v.href(l.tab, ""), Label: l.label, Current: v.filter.Tab == l.tab}
		if n, ok := v.page.Counts[l.tab]; ok {
			t.Count = n.String()
		}
		tabs = append(tabs, t)
	}
	return tabs
}

func (v ticketsView) pager() ui.PagerView {
	p := ui.PagerView{}
	if v.page.Prev != "" {
		p.Newer = v.href(v.filter.Tab, v.page.Prev)
	}
	if v.page.Next != "" {
		p.Older = v.href(v.filter.Tab, v.page.Next)
	}
	return p
}

// empty says why the list has nothing in it, and what to do then.
func (v ticketsView) empty(ctx context.Context) ui.EmptyView {
	switch {
	case v.filter.Query != "" && v.filter.Tab != ticket.TabAll:
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "portal.tickets.none_found", "query", v.filter.Query), Text: i18n.T(ctx, "portal.tickets.none_found_tab"),
			Href: v.href(ticket.TabAll, ""), Action: i18n.T(ctx, "portal.tickets.search_all"),
		}
	case v.filter.Query != "":
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "portal.tickets.none_found", "query", v.filter.Query), Text: i18n.T(ctx, "portal.tickets.none_found_hint"),
			Href: link.Tickets, Action: i18n.T(ctx, "portal.tickets.clear"),
		}
	case v.filter.Tab == ticket.TabResolved:
		return ui.EmptyView{
			Icon: "st-resolved", Title: i18n.T(ctx, "portal.tickets.none_resolved"), Text: i18n.T(ctx, "portal.tickets.none_resolved_hint"),
			Href: link.Tickets, Action: i18n.T(ctx, "portal.tickets.to_open"),
		}
	case v.filter.Tab == ticket.TabOpen && v.page.Counts[ticket.TabAll] > 0:
		return ui.EmptyView{
			Icon: "check-circle", Title: i18n.T(ctx, "portal.tickets.none_open"), Text: i18n.T(ctx, "portal.tickets.none_open_hint"),
			Href: link.NewTicket, Action: i18n.T(ctx, "portal.submit"),
		}
	default:
		return ui.EmptyView{
			Icon: "ticket", Title: i18n.T(ctx, "portal.tickets.none"), Text: i18n.T(ctx, "portal.tickets.none_hint"),
			Href: link.NewTicket, Action: i18n.T(ctx, "portal.submit"),
		}
	}
}

// replier is who wrote last, as the reader calls them.
func (v ticketsView) replier(ctx context.Context, row ticket.MineRow) string {
	switch {
	case row.LastReplier == ticket.ByRobot || row.LastReplierName == "":
		return i18n.T(ctx, "ticket.robot.name")
	case row.LastReplier == ticket.ByCustomer && row.LastReplierName == v.me.Name:
		return i18n.T(ctx, "portal.you")
	default:
		return row.LastReplierName
	}
}

// rowStatus is the status of a row in the customer's words.
func rowStatus(row ticket.MineRow) ui.StatusView {
	return ui.StatusView{
		Status: string(row.Status), Reopened: row.Reopened, CustomerReply: row.LastReplier == ticket.ByCustomer,
		Until: row.PostponedUntil, Portal: true,
	}
}
