package desk

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// showPane is GET /agent/tickets/{number}/pane: a ticket beside the list that
// the rest of the address names, for the script that swaps it in.
func (h *Handler) showPane(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	l := readList(httpx.ReadQuery(r))
	l.Ticket = number
	p, err := h.reading(r, number, l, showing{})
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, panes(&p))
}

// reading reads a ticket as it stands beside the list, which marks it as read. The
// number of one that was merged leads on.
func (h *Handler) reading(r *http.Request, number int64, l inboxList, s showing) (answerPage, error) {
	work, err := h.tickets.Work(r.Context(), httpx.Actor(r), number, ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil {
		return answerPage{}, err
	}
	if work.LeadsTo != nil {
		return h.reading(r, *work.LeadsTo, l, s)
	}
	l.Ticket = number
	p := answerPage{
		Work: work, Me: httpx.Actor(r), From: l.In, Tab: tabChoose, Pane: l.href(),
		Refuse: s.Problem, Handover: s.Handover, Refused: s.Refused, TrashAge: h.trashAge(r),
	}
	p.Actor, p.Now = p.Me, h.now()
	if work.Draft != nil {
		p.Tab = tabWrite
	}
	if p.Departments, err = h.settings.Departments(r.Context()); err != nil {
		return p, err
	}
	return p, h.fillFields(r.Context(), &p, s.Fields)
}

// postUnread is POST /agent/tickets/{number}/unread.
func (h *Handler) postUnread(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.tickets.MarkUnread(r.Context(), httpx.Actor(r), number); err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.inbox.marked_unread")
	return httpx.SeeOther(w, r, backToList(form))
}

// paneOf is the list that a form beside it came from; "" when it came from the
// ticket's own page.
func paneOf(form httpx.Form) string {
	if to := form.Get("pane"); strings.HasPrefix(to, link.Inbox+"?") {
		return to
	}
	return ""
}

// listAt is the list that an address of the inbox shows.
func listAt(address string) inboxList {
	to, err := url.Parse(address)
	if err != nil {
		return inboxList{In: ticket.ViewNew}
	}
	return readList(httpx.ReadQuery(&http.Request{URL: to}))
}

// backToList is the list that a form's ticket stood in, without the ticket: it has
// left, or is to be left.
func backToList(form httpx.Form) string {
	list := paneOf(form)
	if list == "" {
		return link.InboxView(string(viewOf(form)))
	}
	l := listAt(list)
	l.Ticket = 0
	return l.href()
}

// refuse shows one of a ticket's small forms again that was refused, where it was
// sent: on the ticket's own page, or beside the list.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, number int64, form httpx.Form, err error, s showing) error {
	list := paneOf(form)
	if list == "" {
		s.View, s.Tab = viewOf(form), tab(form.Get("tab"))
		return h.renderTicket(w, r, httpx.Status(err), number, s)
	}
	l := listAt(list)
	l.Ticket = number
	p, failed := h.inboxPage(r, l, s)
	if failed != nil {
		return failed
	}
	return httpx.Render(w, r, httpx.Status(err), inboxScreen(p))
}
