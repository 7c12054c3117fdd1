package portal

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// showPrint is GET /tickets/{number}/print: the whole conversation on paper, in
// the reader's language, with its details, files and pictures. It is made of
// what the reader's own page shows, so an internal note cannot be on it.
func (h *Handler) showPrint(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	v := threadView{view: ticket.ViewAll}
	if err := h.fill(r, number, &v); err != nil {
		return err
	}
	if v.LeadsTo != nil {
		return httpx.SeeOther(w, r, link.TicketPrint(*v.LeadsTo))
	}
	title := i18n.T(r.Context(), "portal.print.title", "number", number)
	return httpx.Render(w, r, http.StatusOK, printPage(h.layout(r, "tickets", title), v))
}
