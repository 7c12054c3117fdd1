package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// childrenView is the page of a parent's children.
type childrenView struct {
	ticket.Family
	After   ticket.Status // the parent has just got: what about the children?
	Message string
	Status  ticket.Status // that the update gives them; "" their own
	Own     bool          // the parent's requester gets it too
	Key     string
	Errors  map[string]fault.Message
	Problem fault.Message
	Keep    templ.Attributes // what scripts keep while an update is written
}

// showChildren is GET /agent/tickets/{number}/children. after=resolved or closed
// asks what is to become of them.
func (h *Handler) showChildren(w http.ResponseWriter, r *http.Request) error {
	v := childrenView{Own: true, Key: rand.Text()}
	if after := ticket.Status(httpx.ReadQuery(r).Get("after")); after == ticket.Resolved || after == ticket.Closed {
		v.After, v.Status, v.Own = after, ticket.Resolved, false
	}
	return h.renderChildren(w, r, http.StatusOK, v)
}

// postChildren is POST /agent/tickets/{number}/children: one update for all of
// them.
func (h *Handler) postChildren(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	v := childrenView{Message: form.Text("message"), Status: ticket.Status(form.Get("status")), Own: form.On("own"), Key: form.Line("key")}
	err = h.tickets.UpdateChildren(r.Context(), httpx.Actor(r), number, ticket.ChildUpdate{
		Message: v.Message, MessageKind: richtext.KindMarkdown, Status: v.Status, Own: v.Own, Key: v.Key,
	})
	switch f := fault.Of(err); {
	case err == nil:
		httpx.Flash(r.Context(), h.sessions, "desk.children.sending")
		return httpx.SeeOther(w, r, link.AgentChildren(number))
	case f.Kind == fault.Invalid:
		v.Errors = f.Fields
	case f.Kind == fault.Conflict:
		v.Problem = message(err)
	default:
		return err
	}
	return h.renderChildren(w, r, httpx.Status(err), v)
}

func (h *Handler) renderChildren(w http.ResponseWriter, r *http.Request, status int, v childrenView) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx := r.Context()
	if v.Family, err = h.tickets.Children(ctx, httpx.Actor(r), number); err != nil {
		return err
	}
	v.Keep = keep(httpx.Actor(r), "children:"+num(number), status)
	p, err := h.aside(r, i18n.T(ctx, "desk.children.of", "number", num(number)))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, childrenPage(p, v))
}

// afterStatus goes on after a ticket got a status: where that leaves open
// children behind, to the question what becomes of them.
func (h *Handler) afterStatus(w http.ResponseWriter, r *http.Request, number int64, to ticket.Status, next string) error {
	if to == ticket.Resolved || to == ticket.Closed {
		open, err := h.tickets.HasOpenChildren(r.Context(), httpx.Actor(r), number)
		if err != nil {
			return err
		}
		if open {
			next = link.Query(link.AgentChildren(number), "after", string(to))
		}
	}
	return httpx.SeeOther(w, r, next)
}

// done is how far the children are, in percent.
func (v childrenView) done() string {
	all := len(v.Children)
	if all == 0 {
		return "0"
	}
	return num(int64(100 * (all - v.Open()) / all))
}

// statuses are what an update may do to the children.
func (v childrenView) statuses(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: "", Label: i18n.T(ctx, "desk.children.keep"), Selected: v.Status == ""}}
	for _, s := range []ticket.Status{ticket.Open, ticket.Waiting, ticket.Resolved, ticket.Closed} {
		all = append(all, ui.Option{Value: string(s), Label: statusName(ctx, s), Selected: s == v.Status})
	}
	return all
}

// refusedNumbers are the tickets that an update did not reach.
func refusedNumbers(u ticket.SentUpdate) string {
	all := make([]string, len(u.Refused))
	for i, n := range u.Refused {
		all[i] = "#" + num(n)
	}
	return strings.Join(all, ", ")
}
