package desk

import (
	"net/http"
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
	p, err := h.reading(r, number, l)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, panes(&p))
}

// reading reads a ticket as it stands beside the list, which marks it as read.
func (h *Handler) reading(r *http.Request, number int64, l inboxList) (answerPage, error) {
	work, err := h.tickets.Work(r.Context(), httpx.Actor(r), number, ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil {
		return answerPage{}, err
	}
	l.Ticket = number
	p := answerPage{Work: work, Me: httpx.Actor(r), From: l.In, Tab: tabChoose, Pane: l.href()}
	p.Actor, p.Now = p.Me, h.now()
	if work.Draft != nil {
		p.Tab = tabWrite
	}
	if p.Departments, err = h.settings.Departments(r.Context()); err != nil {
		return p, err
	}
	return p, h.fillFields(r.Context(), &p, nil)
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
	l := inboxList{In: viewOf(form)}
	return httpx.SeeOther(w, r, l.href())
}

// paneOf is the list that a form beside it came from; "" when it came from the
// ticket's own page.
func paneOf(form httpx.Form) string {
	if to := form.Get("pane"); strings.HasPrefix(to, link.Inbox+"?") {
		return to
	}
	return ""
}
