package desk

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// unmergeView is the page on which an agent says what of the conversation since
// a merge goes with the ticket that will be on its own again.
type unmergeView struct {
	Number  int64
	Target  int64
	Since   []ticket.Entry
	Along   ticket.Along
	Problem fault.Message
}

// showUnmerge is GET /agent/tickets/{number}/unmerge.
func (h *Handler) showUnmerge(w http.ResponseWriter, r *http.Request) error {
	return h.renderUnmerge(w, r, http.StatusOK, unmergeView{})
}

// postUnmerge is POST /agent/tickets/{number}/unmerge.
func (h *Handler) postUnmerge(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	along := ticket.Along{Messages: form.IDs("message"), Notes: form.IDs("note")}
	into, err := h.tickets.Unmerge(r.Context(), httpx.Actor(r), number, along)
	if fault.Is(err, fault.Conflict) {
		return h.renderUnmerge(w, r, httpx.Status(err), unmergeView{Along: along, Problem: message(err)})
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.merge.undone", "number", num(number), "into", num(into))
	return httpx.SeeOther(w, r, link.AgentTicket(number))
}

func (h *Handler) renderUnmerge(w http.ResponseWriter, r *http.Request, status int, v unmergeView) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	was, err := h.tickets.Work(ctx, by, number, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		return err
	}
	v.Number = number
	if was.LeadsTo != nil {
		into, err := h.tickets.Work(ctx, by, *was.LeadsTo, ticket.ViewAll, ticket.ReplyDraft)
		if err != nil {
			return err
		}
		v.Target, v.Since = into.Number, into.WrittenSince(number)
	} else if v.Problem.Key == "" {
		return httpx.SeeOther(w, r, link.AgentTicket(number))
	}
	p := h.page(r, i18n.T(ctx, "desk.merge.undo_of", "number", num(number)), "inbox")
	beside(&p, was.Beside)
	return httpx.Render(w, r, status, unmergePage(p, v))
}
