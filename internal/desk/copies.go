package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// showCopies is GET /agent/tickets/copies?ticket=&q=: whom the field for copies
// offers.
func (h *Handler) showCopies(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	found, err := h.tickets.FindCopies(r.Context(), httpx.Actor(r), q.ID("ticket"), q.Line("q"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, copyList(found))
}

// copyWhy says in a word or two what somebody new on copy is to the ticket.
func copyWhy(ctx context.Context, of ticket.CopyOffers, o ticket.CopyOffer) string {
	why := i18n.T(ctx, "desk.to.new")
	switch {
	case of.Ticket && !o.Inside && of.Company != "":
		return why + ", " + i18n.T(ctx, "desk.to.outside", "company", of.Company)
	case o.Name == "":
		return why + ", " + i18n.T(ctx, "desk.to.stranger")
	default:
		return why
	}
}

// copyTone marks who must be confirmed, and whom nobody knows.
func copyTone(of ticket.CopyOffers, o ticket.CopyOffer) string {
	if !o.Inside || !of.Ticket && o.Name == "" {
		return "tone-amber"
	}
	return ""
}

// offerName is the name of somebody offered, or the address we know nobody by.
func offerName(o ticket.CopyOffer) string {
	if o.Name != "" {
		return o.Name
	}
	return o.Address
}

// offerNote is the address, with the company.
func offerNote(o ticket.CopyOffer) string {
	if o.Company == "" {
		return o.Address
	}
	return o.Address + " · " + o.Company
}
