package portal

import (
	"context"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// elsewhere is where a page of a ticket is to be read now: the entry asked for
// got another place, or the ticket was merged into another. ok is false when it
// is here.
func (h *Handler) elsewhere(r *http.Request, number int64, v threadView) (to string, ok bool) {
	if r.Method != http.MethodGet {
		return "", false
	}
	if v.view > 0 && v.Moved != nil && int64(v.view) <= *v.Moved {
		if at, place, err := h.tickets.PlaceOf(r.Context(), httpx.Actor(r), number, int64(v.view)); err == nil {
			return link.TicketAt(at, place), true
		}
	}
	if v.LeadsTo == nil {
		return "", false
	}
	return link.Ticket(*v.LeadsTo), true
}

// origin says which ticket an entry came from with a merge; "": it was written
// here.
func (v threadView) origin(ctx context.Context, e ticket.Entry) string {
	if n := ticket.MergedFrom(v.Merges, e.Seq); n != 0 {
		return i18n.T(ctx, "portal.merged.from", "number", num(n))
	}
	return ""
}

// eventText is what happened, and in which ticket when it was another one.
func (v threadView) eventText(ctx context.Context, e ticket.Entry) string {
	if from := v.origin(ctx, e); from != "" {
		return ticket.EventText(ctx, e) + " · " + from
	}
	return ticket.EventText(ctx, e)
}

// replies are the carried drafts of replies: a customer has no others.
func (v threadView) replies() []ticket.CarriedDraft {
	return slices.DeleteFunc(slices.Clone(v.Carried), func(d ticket.CarriedDraft) bool { return d.Kind != ticket.ReplyDraft })
}

// postDraftTake is POST /tickets/{number}/draft/take: a draft that came with a
// merge goes into the customer's reply.
func (h *Handler) postDraftTake(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.tickets.TakeDraft(r.Context(), httpx.Actor(r), number, form.ID("from"), ticket.ReplyDraft); err != nil {
		return err
	}
	return h.done(w, r, link.Ticket(number), "portal.merged.taken")
}
