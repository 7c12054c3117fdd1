package desk

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// inboxPage is one page of a list, and the ticket that is read beside it.
type inboxPage struct {
	ui.AgentPage
	inboxList
	List        ticket.InboxPage
	Filter      ticket.Filter   // of the view and what was typed
	Typed       ticket.Filter   // what was typed alone
	Saved       ticket.SideView // the saved view, zero for a built-in one
	Choices     ticket.ListChoices
	Problem     fault.Message // what is wrong with what was typed
	Open        *answerPage   // the ticket beside the list; nil: none chosen
	Order       ticket.Sort   // the view's own when the address has none
	Departments []setting.Department
	Fields      []ticket.FilterField // that filters know
}

// inboxList is which page of which list, as addresses have it.
type inboxList struct {
	In     ticket.InboxView // "" is all tickets
	Query  string           // as typed
	Sort   string           // "" is the view's own order
	Cursor string
	Ticket int64
}

// readList reads an address of the inbox. A search without a view is one of all
// tickets.
func readList(q httpx.Form) inboxList {
	l := inboxList{In: viewOf(q), Query: q.Line("q"), Sort: q.Get("sort"), Cursor: q.Get("cursor"), Ticket: q.ID("ticket")}
	if l.In == "" && l.Query == "" {
		l.In = ticket.ViewNew
	}
	if l.order() == "" && l.Sort != sortNewest {
		l.Sort = ""
	}
	return l
}

// sortNewest is the order by last activity where an address says it, because the
// view has another one.
const sortNewest = "newest"

func (l inboxList) order() ticket.Sort {
	if s := ticket.Sort(l.Sort); slices.Contains(ticket.Sorts, s) {
		return s
	}
	return ticket.SortNewest
}

// listed is the list as other tickets of it are found; one that is not understood
// is not narrowed.
func (h *Handler) listed(ctx context.Context, l inboxList) ticket.Listed {
	typed, err := h.tickets.ReadFilter(ctx, l.Query)
	if err != nil {
		typed = ticket.Filter{}
	}
	in := ticket.Listed{View: l.In, Typed: typed}
	if l.Sort != "" {
		order := l.order()
		in.Sort = &order
	}
	return in
}

// href is the list's address.
func (l inboxList) href() string {
	id := ""
	if l.Ticket > 0 {
		id = num(l.Ticket)
	}
	return link.Query(link.Inbox, "view", string(l.In), "q", l.Query, "sort", l.Sort, "cursor", l.Cursor, "ticket", id)
}

// from is the first page of the list, in another order, without a ticket.
func (l inboxList) sorted(sort ticket.Sort) inboxList {
	l.Sort, l.Cursor, l.Ticket = string(sort), "", 0
	if sort == ticket.SortNewest {
		l.Sort = sortNewest
	}
	return l
}

// at is another page of the list; "" when there is none.
func (l inboxList) at(cursor string) string {
	if cursor == "" {
		return ""
	}
	l.Cursor, l.Ticket = cursor, 0
	return l.href()
}

// asking is the list with another search.
func (l inboxList) asking(f ticket.Filter) string {
	l.Query, l.Cursor, l.Ticket = f.String(), "", 0
	return l.href()
}

// showInbox is GET /agent/inbox. A number in the search goes straight to the
// ticket.
func (h *Handler) showInbox(w http.ResponseWriter, r *http.Request) error {
	l := readList(httpx.ReadQuery(r))
	if done, err := addFieldFilter(w, r, httpx.ReadQuery(r), l); done || err != nil {
		return err
	}
	if number := ticket.TypedNumber(l.Query); number > 0 {
		_, err := h.tickets.Preview(r.Context(), httpx.Actor(r), number)
		if err == nil {
			return httpx.SeeOther(w, r, link.AgentTicket(number))
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if page, _ := httpx.ReadQuery(r).Int("page"); page > 1 && l.Cursor == "" {
		var err error
		if l.Cursor, err = h.tickets.PageCursor(r.Context(), httpx.Actor(r), h.listed(r.Context(), l), page); err != nil {
			return err
		}
		return httpx.SeeOther(w, r, l.href())
	}
	p, err := h.inboxPage(r, l, showing{})
	if err != nil {
		return err
	}
	if httpx.Partial(r) {
		return httpx.Render(w, r, http.StatusOK, ticketList(p))
	}
	return httpx.Render(w, r, http.StatusOK, inboxScreen(p))
}

// inboxPage reads a page of the inbox; s is how the ticket beside it is shown.
func (h *Handler) inboxPage(r *http.Request, l inboxList, s showing) (inboxPage, error) {
	ctx, by := r.Context(), httpx.Actor(r)
	p := inboxPage{inboxList: l}
	side, err := h.openBeside(r, &p, s)
	if err != nil {
		return p, err
	}
	p.Choices, p.Filter = side.Choices, l.In.Filter()
	if l.In == "" {
		p.Filter = ticket.Filter{}
	}
	order := l.order()
	if l.Sort == "" {
		order = l.In.Sort()
	}
	if l.In.Saved() > 0 {
		var ok bool
		if p.Saved, ok = side.View(l.In); !ok {
			return p, fault.New(fault.NotFound, "ticket.view_not_found")
		}
		p.Filter = h.tickets.ViewFilter(ctx, p.Saved)
		if l.Sort == "" {
			order = p.Saved.Sort
		}
	}
	if p.Fields, err = h.tickets.FilterFields(ctx); err != nil {
		return p, err
	}
	typed, err := ticket.ParseFilter(l.Query, p.Fields...)
	if err != nil {
		p.Problem = message(err)
	}
	p.Typed, p.Filter = typed, p.Filter.And(typed)
	in := ticket.InboxFilter{Filter: p.Filter, Sort: order, Cursor: l.Cursor, Views: side.Views}
	if p.List, err = h.tickets.Inbox(ctx, by, in); err != nil {
		return p, err
	}
	p.AgentPage = h.page(r, "", "inbox")
	maps.Copy(side.Counts, p.List.Counts)
	beside(&p.AgentPage, side)
	p.Title, p.View = p.heading(ctx), string(l.In)
	p.Unread = p.Counts[l.In.Unread()]
	p.Order = order
	if !hasColumn(p, "tags") {
		for i := range p.List.Rows {
			p.List.Rows[i].Tags = nil
		}
	}
	if p.Departments, err = h.settings.Departments(ctx); err != nil {
		return p, err
	}
	return p, nil
}

// openBeside reads the ticket beside the list, if one is chosen, and the sidebar.
func (h *Handler) openBeside(r *http.Request, p *inboxPage, s showing) (ticket.Sidebar, error) {
	ctx, by := r.Context(), httpx.Actor(r)
	if p.Ticket > 0 && !httpx.Partial(r) {
		open, err := h.reading(r, p.Ticket, p.inboxList, s)
		if err == nil {
			p.Open, p.Ticket = &open, open.Number
			return open.Beside, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return ticket.Sidebar{}, err
		}
		p.Ticket = 0
	}
	return h.tickets.Sidebar(ctx, by)
}

// showPreview is GET /agent/tickets/{number}/preview, what hovering a row of
// the inbox shows.
func (h *Handler) showPreview(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	v, err := h.tickets.Preview(r.Context(), httpx.Actor(r), number)
	if err != nil {
		return err
	}
	all, err := h.settings.Departments(r.Context())
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, preview(v, queueName(httpx.Actor(r), all, v.DepartmentID), h.now()))
}

// showCounts is GET /agent/inbox/counts: the sidebar's numbers by view, for
// the script that heard of a change.
func (h *Handler) showCounts(w http.ResponseWriter, r *http.Request) error {
	side, err := h.tickets.AllCounts(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	b, err := json.Marshal(side.Numbers())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the client is gone; nothing to do about it
	return nil
}

func (p inboxPage) heading(ctx context.Context) string {
	switch {
	case p.In == "":
		return i18n.T(ctx, "desk.inbox.found", "query", p.Query)
	case p.Saved.ID > 0:
		return p.Saved.Name
	default:
		return ui.ViewTitle(ctx, string(p.In))
	}
}

// number is how many tickets the view has; a search is not counted.
func (p inboxPage) number() string {
	if p.Query != "" {
		return ""
	}
	return p.Counts[string(p.In)]
}

// allSelected says that all of the list is, not only what the page shows.
func (p inboxPage) allSelected(ctx context.Context) string {
	if p.number() == "" {
		return i18n.T(ctx, "desk.inbox.selected_all")
	}
	return i18n.T(ctx, "desk.inbox.selected_all_n", "count", p.number())
}

// whole reports whether the page shows the whole list.
func (p inboxPage) whole() bool { return p.List.Next == "" && p.List.Prev == "" }

// empty says why a list has nothing in it and where to go.
func (p inboxPage) empty(ctx context.Context) ui.EmptyView {
	switch {
	case p.List.Short:
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "desk.inbox.short"), Text: i18n.T(ctx, "desk.inbox.short_text"),
			Href: p.at(p.List.Next), Action: i18n.T(ctx, "desk.inbox.look_on"),
		}
	case p.Query != "" && p.In != "":
		all := inboxList{Query: p.Query}
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "desk.inbox.nothing_found"), Text: i18n.T(ctx, "desk.inbox.nothing_in", "view", p.Title),
			Href: all.href(), Action: i18n.T(ctx, "desk.inbox.search_all"),
		}
	case p.Query != "":
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "desk.inbox.nothing_found"), Text: i18n.T(ctx, "desk.inbox.nothing_found_text"),
		}
	case p.Cursor != "":
		first := p.inboxList
		first.Cursor = ""
		return ui.EmptyView{
			Icon: "inbox", Title: i18n.T(ctx, "desk.inbox.end"), Text: i18n.T(ctx, "desk.inbox.end_text"),
			Href: first.href(), Action: i18n.T(ctx, "desk.inbox.to_start"),
		}
	case p.Saved.ID > 0:
		return ui.EmptyView{Icon: "check-circle", Title: i18n.T(ctx, "desk.inbox.empty_saved"), Text: i18n.T(ctx, "desk.inbox.empty_text")}
	default:
		return ui.EmptyView{
			Icon: "check-circle", Title: i18n.T(ctx, "desk.inbox.empty."+string(p.In)), Text: i18n.T(ctx, "desk.inbox.empty_text"),
		}
	}
}

// rowHref is where a row leads without scripts: to the ticket's own page.
func (p inboxPage) rowHref(number int64) string { return ticketHref(number, p.In) }

func assigneeOf(t ticket.InboxRow) string {
	if t.AssigneeName == nil {
		return ""
	}
	return *t.AssigneeName
}

func rowStatus(t ticket.InboxRow) ui.StatusView {
	return statusView(t.Status, t.Reopened, t.LastReplier, t.PostponedUntil)
}

// rowClass is the class of a row's element.
func rowClass(t ticket.InboxRow) string {
	if t.Unread {
		return "trow trow--unread"
	}
	return "trow"
}
