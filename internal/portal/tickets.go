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

// showTickets is GET /tickets: My tickets (P6). A bare address is the filter
// that the reader begins with, a whole number that they see leads to the
// ticket. A script that searches while somebody types gets the parts that
// change.
func (h *Handler) showTickets(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	if r.URL.RawQuery == "" {
		preset, err := h.tickets.PresetFilter(ctx, by)
		if err != nil {
			return err
		}
		if preset != "" {
			return httpx.SeeOther(w, r, link.Tickets+"?"+preset)
		}
	}
	s, err := h.listSettings(ctx, by)
	if err != nil {
		return err
	}
	q := readTickets(ctx, httpx.ReadQuery(r), by, s, h.company(r))
	if q.Query != "" && q.Cursor == "" && !httpx.Partial(r) {
		number, err := h.tickets.ExactMine(ctx, by, q.Query)
		if err != nil {
			return err
		}
		if number != 0 {
			return httpx.SeeOther(w, r, link.Ticket(number))
		}
	}
	return h.renderTickets(w, r, http.StatusOK, ticketsView{query: q, settings: s})
}

// renderTickets fills v, which has its query and settings, with the list and
// shows it.
func (h *Handler) renderTickets(w http.ResponseWriter, r *http.Request, status int, v ticketsView) error {
	ctx, by := r.Context(), httpx.Actor(r)
	v.me, v.now, v.chosen = by, h.now(), h.company(r)
	var err error
	if v.page, err = h.tickets.Mine(ctx, by, v.query.MineFilter); err != nil {
		return err
	}
	if v.choices, err = h.tickets.Choices(ctx, by); err != nil {
		return err
	}
	if httpx.Partial(r) {
		return httpx.Render(w, r, status, ticketParts(v))
	}
	layout := h.layout(r, "tickets", i18n.T(ctx, "portal.tickets.title"))
	layout.Wrap = "wrap--80"
	return httpx.Render(w, r, status, ticketsPage(layout, v))
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
	query    ticketQuery
	page     ticket.MinePage
	settings listSettings
	choices  ticket.MineChoices
	save     saveForm
	me       auth.Actor
	chosen   int64 // the company that all lists are of; 0: all
	now      time.Time
}

// whose are the lists of the reader's own tickets and of all they see.
func (v ticketsView) whose(ctx context.Context) []ui.Tab {
	all := i18n.T(ctx, "portal.tickets.whole_company")
	if len(v.me.SharedCompanies()) == 0 {
		all = i18n.T(ctx, "portal.tickets.whole_site")
	}
	return []ui.Tab{
		{
			Href: v.query.href(qWhose, string(ticket.WhoseOwn)), Label: i18n.T(ctx, "portal.tickets.mine"),
			Count: v.page.Whose[ticket.WhoseOwn].String(), Current: v.query.Whose == ticket.WhoseOwn,
		},
		{
			Href: v.query.href(qWhose, ""), Label: all,
			Count: v.page.Whose[ticket.WhoseAll].String(), Current: v.query.Whose != ticket.WhoseOwn,
		},
	}
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
		t := ui.Tab{Href: v.query.href(qTab, string(l.tab)), Label: l.label, Current: v.query.Tab == l.tab}
		if n, ok := v.page.Counts[l.tab]; ok {
			t.Count = n.String()
		}
		tabs = append(tabs, t)
	}
	return tabs
}

func (v ticketsView) pager(ctx context.Context) ui.PagerView {
	p := ui.PagerView{}
	if v.page.Prev != "" {
		p.Newer = v.query.href(qCursor, v.page.Prev)
	}
	if v.page.Next != "" {
		p.Older = v.query.href(qCursor, v.page.Next)
	}
	if n := len(v.page.Rows); n > 0 {
		p.Text = i18n.T(ctx, "portal.tickets.shown", "count", n, "total", v.page.Counts[v.query.Tab])
	}
	return p
}

// sizes are the numbers of rows that a page may have.
func (v ticketsView) sizes() []ui.Tab {
	tabs := make([]ui.Tab, 0, len(ticket.MineSizes))
	for _, n := range ticket.MineSizes {
		tabs = append(tabs, ui.Tab{Href: v.query.href(qRows, num(int64(n))), Label: num(int64(n)), Current: v.page.Filter.Size == n})
	}
	return tabs
}

// empty says why the list has nothing in it, and what to do then.
func (v ticketsView) empty(ctx context.Context) ui.EmptyView {
	q := v.query
	switch {
	case q.Query != "" && q.Tab != ticket.TabAll:
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "portal.tickets.none_found", "query", q.Query), Text: i18n.T(ctx, "portal.tickets.none_found_tab"),
			Href: q.href(qTab, string(ticket.TabAll)), Action: i18n.T(ctx, "portal.tickets.search_all"),
		}
	case q.Query != "":
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "portal.tickets.none_found", "query", q.Query), Text: i18n.T(ctx, "portal.tickets.none_found_hint"),
			Href: q.href(qQuery, ""), Action: i18n.T(ctx, "portal.tickets.clear"),
		}
	case len(q.narrowing()) > 0:
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "portal.tickets.none_narrowed"), Text: i18n.T(ctx, "portal.tickets.none_narrowed_hint"),
			Href: q.bare(), Action: i18n.T(ctx, "portal.tickets.clear_filters"),
		}
	case q.Tab == ticket.TabResolved:
		return ui.EmptyView{
			Icon: "st-resolved", Title: i18n.T(ctx, "portal.tickets.none_resolved"), Text: i18n.T(ctx, "portal.tickets.none_resolved_hint"),
			Href: link.Query(link.Tickets, qTab, string(ticket.TabOpen)), Action: i18n.T(ctx, "portal.tickets.to_open"),
		}
	case q.Tab == ticket.TabOpen && v.page.Counts[ticket.TabAll] > 0:
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

// requester is who opened a ticket, as the reader calls them.
func (v ticketsView) requester(ctx context.Context, row ticket.MineRow) string {
	if row.RequesterID == v.me.PersonID && row.RequesterName == "" {
		return i18n.T(ctx, "portal.you")
	}
	return row.RequesterName
}

// rowStatus is the status of a row in the customer's words.
func rowStatus(row ticket.MineRow) ui.StatusView {
	return ui.StatusView{
		Status: string(row.Status), Reopened: row.Reopened, CustomerReply: row.LastReplier == ticket.ByCustomer,
		Until: row.PostponedUntil, Portal: true,
	}
}
