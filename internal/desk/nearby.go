package desk

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// nearbyRoutes are those of a ticket and others: merging, splitting, linking.
func (h *Handler) nearbyRoutes(r chi.Router) {
	r.Get("/agent/tickets/{number}/merge", h.errors.Handle(h.showMerge))
	r.Post("/agent/tickets/{number}/merge", h.errors.Handle(h.postMerge))
	r.Get("/agent/tickets/{number}/unmerge", h.errors.Handle(h.showUnmerge))
	r.Post("/agent/tickets/{number}/unmerge", h.errors.Handle(h.postUnmerge))
	r.Get("/agent/tickets/{number}/links", h.errors.Handle(h.showLinks))
	r.Post("/agent/tickets/{number}/links", h.errors.Handle(h.postLinks))
	r.Post("/agent/tickets/{number}/links/remove", h.errors.Handle(h.postLinksRemove))
	r.Get("/agent/tickets/{number}/split", h.errors.Handle(h.showSplit))
	r.Post("/agent/tickets/{number}/split", h.errors.Handle(h.postSplit))
	r.Get("/agent/tickets/{number}/children", h.errors.Handle(h.showChildren))
	r.Post("/agent/tickets/{number}/children", h.errors.Handle(h.postChildren))
	r.Post("/agent/tickets/{number}/draft/take", h.errors.Handle(h.postDraftTake))
}

// postDraftTake is POST /agent/tickets/{number}/draft/take: a draft that came
// with a merge goes into the agent's draft of this ticket.
func (h *Handler) postDraftTake(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	kind := ticket.DraftKind(form.Get("kind"))
	if err := h.tickets.TakeDraft(r.Context(), httpx.Actor(r), number, form.ID("from"), kind); err != nil {
		return err
	}
	s := showing{View: viewOf(form), Tab: tabWrite}
	if kind == ticket.NoteDraft {
		s.Tab = tabNote
	}
	httpx.Flash(r.Context(), h.sessions, "desk.carried.taken")
	return httpx.SeeOther(w, r, writingAgain(number, s))
}

// linkCount is how many tickets belong to this one.
func linkCount(p answerPage) string {
	n := len(p.Around)
	if p.Follows != nil {
		n++
	}
	if p.FollowedBy != nil {
		n++
	}
	if n == 0 {
		return ""
	}
	return num(int64(n))
}

// childrenDone counts a ticket's children, and those that are resolved or
// closed.
func childrenDone(around []ticket.LinkedTicket) (done, all int) {
	for _, l := range around {
		if l.Relation != ticket.ParentOf {
			continue
		}
		all++
		if l.Status == ticket.Resolved || l.Status == ticket.Closed {
			done++
		}
	}
	return done, all
}

// originText says where an entry came from.
func (p answerPage) originText(ctx context.Context, e ticket.Entry) string {
	n := ticket.MergedFrom(p.Merges, e.Seq)
	if n == 0 {
		return ""
	}
	return i18n.T(ctx, "desk.merge.from", "number", num(n))
}

// eventText is what happened, and in which ticket when it was another one.
func (p answerPage) eventText(ctx context.Context, e ticket.Entry) string {
	if from := p.originText(ctx, e); from != "" {
		return ticket.EventText(ctx, e) + " · " + from
	}
	return ticket.EventText(ctx, e)
}

// carriedTitle names a draft that came with a merge.
func carriedTitle(ctx context.Context, d ticket.CarriedDraft) string {
	if d.Kind == ticket.NoteDraft {
		return i18n.T(ctx, "desk.carried.note", "number", num(d.Number))
	}
	return i18n.T(ctx, "desk.carried.reply", "number", num(d.Number))
}
