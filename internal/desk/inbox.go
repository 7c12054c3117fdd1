package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// inboxPage is one page of a view or of what a search found.
type inboxPage struct {
	ui.AgentPage
	ticket.InboxFilter
	ticket.InboxPage
}

// showInbox is GET /agent/inbox. A number in the search goes straight to the
// ticket.
func (h *Handler) showInbox(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	f := ticket.InboxFilter{View: viewOf(q), Query: q.Line("q"), Sort: sortOf(q.Get("sort")), Cursor: q.Get("cursor")}
	if f.View == "" {
		f.View = ticket.ViewNew
	}
	if number := numberIn(f.Query); number > 0 {
		_, err := h.tickets.Preview(ctx, by, number)
		if err == nil {
			return httpx.SeeOther(w, r, link.AgentTicket(number))
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	rows, err := h.tickets.Inbox(ctx, by, f)
	if err != nil {
		return err
	}
	p := inboxPage{AgentPage: h.page(r, "", "inbox"), InboxFilter: f, InboxPage: rows}
	p.AgentPage.Counts = counts(rows.Counts)
	p.Title = p.heading(ctx)
	if f.Query == "" {
		p.AgentPage.View = string(f.View)
	}
	return httpx.Render(w, r, http.StatusOK, inbox(p))
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
	return httpx.Render(w, r, http.StatusOK, preview(v, h.now()))
}

// showCounts is GET /agent/inbox/counts: the sidebar's numbers by view, for
// the script that heard of a change.
func (h *Handler) showCounts(w http.ResponseWriter, r *http.Request) error {
	n, err := h.tickets.Counts(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	b, err := json.Marshal(counts(n))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the client is gone; nothing to do about it
	return nil
}

// numberIn is the ticket's number that somebody typed, "#100042" too; 0 for
// anything else.
func numberIn(typed string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(typed, "#"), 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return n
}

func sortOf(typed string) ticket.Sort {
	switch s := ticket.Sort(typed); s {
	case ticket.SortOldest, ticket.SortPriority:
		return s
	case ticket.SortNewest:
		return s
	default:
		return ticket.SortNewest
	}
}

// counts are the sidebar's numbers as it prints them.
func counts(n map[ticket.InboxView]ticket.Count) map[string]string {
	all := make(map[string]string, len(n))
	for v, c := range n {
		all[string(v)] = c.String()
	}
	return all
}

func (p inboxPage) heading(ctx context.Context) string {
	if p.Query != "" {
		return i18n.T(ctx, "desk.inbox.found", "query", p.Query)
	}
	return ui.ViewTitle(ctx, string(p.InboxFilter.View))
}

// number is how many tickets the view has; a search is not counted.
func (p inboxPage) number() string {
	if p.Query != "" {
		return ""
	}
	return p.AgentPage.Counts[string(p.InboxFilter.View)]
}

// href is the list in another order or at another place.
func (p inboxPage) href(sort ticket.Sort, cursor string) string {
	return link.Query(link.Inbox, "view", string(p.InboxFilter.View), "q", p.Query, "sort", string(sort), "cursor", cursor)
}

// older and newer are the pages around this one; "" at the ends.
func (p inboxPage) older() string { return p.at(p.Next) }
func (p inboxPage) newer() string { return p.at(p.Prev) }

func (p inboxPage) at(cursor string) string {
	if cursor == "" {
		return ""
	}
	return p.href(p.Sort, cursor)
}

// empty says why a list has nothing in it and where to go.
func (p inboxPage) empty(ctx context.Context) ui.EmptyView {
	switch {
	case p.Query != "":
		return ui.EmptyView{
			Icon: "search", Title: i18n.T(ctx, "desk.inbox.nothing_found"), Text: i18n.T(ctx, "desk.inbox.nothing_found_text"),
		}
	case p.Cursor != "":
		return ui.EmptyView{
			Icon: "inbox", Title: i18n.T(ctx, "desk.inbox.end"), Text: i18n.T(ctx, "desk.inbox.end_text"),
			Href: p.href(p.Sort, ""), Action: i18n.T(ctx, "desk.inbox.to_start"),
		}
	default:
		return ui.EmptyView{
			Icon: "check-circle", Title: i18n.T(ctx, "desk.inbox.empty."+string(p.InboxFilter.View)), Text: i18n.T(ctx, "desk.inbox.empty_text"),
		}
	}
}

func (p inboxPage) rowHref(number int64) string {
	if p.Query != "" {
		return link.AgentTicket(number)
	}
	return ticketHref(number, p.InboxFilter.View)
}

// name is what follows "·" in a row: the company.
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
