package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// linksView is the page on which a ticket is linked to others.
type linksView struct {
	Number   int64
	Picker   picker
	Relation ticket.Relation // chosen
	Other    string          // number, as typed
	Wrong    fault.Message
}

// showLinks is GET /agent/tickets/{number}/links.
func (h *Handler) showLinks(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v := linksView{Picker: picker{Query: q.Line("q")}, Relation: ticket.Relation(q.Get("relation")), Other: q.Line("other")}
	return h.renderLinks(w, r, http.StatusOK, v)
}

// postLinks is POST /agent/tickets/{number}/links.
func (h *Handler) postLinks(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	v := linksView{Relation: ticket.Relation(form.Get("relation")), Other: form.Line("other")}
	other := typedNumber(v.Other)
	if other == 0 {
		v.Wrong = fault.Message{Key: "desk.links.number_wrong"}
		return h.renderLinks(w, r, http.StatusUnprocessableEntity, v)
	}
	err = h.tickets.AddLink(r.Context(), httpx.Actor(r), number, other, v.Relation)
	switch {
	case err == nil:
	case fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict):
		v.Wrong = message(err)
		return h.renderLinks(w, r, httpx.Status(err), v)
	default:
		return err
	}
	if v.Relation == ticket.DistinctFrom {
		httpx.Flash(r.Context(), h.sessions, "desk.links.distinct", "number", num(other))
	} else {
		httpx.Flash(r.Context(), h.sessions, "desk.links.done", "number", num(other))
	}
	return httpx.SeeOther(w, r, back(number, form))
}

// postLinksRemove is POST /agent/tickets/{number}/links/remove.
func (h *Handler) postLinksRemove(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "desk.links.removed", func(number int64, form httpx.Form) error {
		return h.tickets.RemoveLink(r.Context(), httpx.Actor(r), number, form.ID("other"), ticket.Relation(form.Get("relation")))
	})
}

// typedNumber reads a ticket's number as people type it; 0: it is none.
func typedNumber(typed string) int64 {
	for len(typed) > 0 && (typed[0] == '#' || typed[0] == ' ') {
		typed = typed[1:]
	}
	return httpx.Form{"n": {typed}}.ID("n")
}

func (h *Handler) renderLinks(w http.ResponseWriter, r *http.Request, status int, v linksView) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx := r.Context()
	v.Number = number
	v.Picker.Number, v.Picker.Action, v.Picker.Relation = number, link.AgentLinks(number), v.Relation
	if err := h.fillPicker(ctx, r, &v.Picker); err != nil {
		return err
	}
	if httpx.Partial(r) && r.Method == http.MethodGet {
		return httpx.Render(w, r, status, picks(v.Picker, "other"))
	}
	p, err := h.aside(r, i18n.T(ctx, "desk.links.title", "number", num(number)))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, linksPage(p, v))
}

// relations are the choices of what this ticket is to the other.
func (v linksView) relations(ctx context.Context) []ui.Option {
	all := make([]ui.Option, len(ticket.Relations))
	for i, r := range ticket.Relations {
		all[i] = ui.Option{Value: string(r), Label: ticket.RelationName(ctx, r), Selected: r == v.Relation}
	}
	return all
}
