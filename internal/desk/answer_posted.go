package desk

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
)

// showPosted is GET /agent/tickets/{number}/*: an address below a ticket that
// takes forms alone. It stands in the browser after a refusal; opened again or
// passed on it leads to the ticket, with the tab that the form was on.
func (h *Handler) showPosted(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	if !chi.RouteContext(r.Context()).Routes.Match(chi.NewRouteContext(), http.MethodPost, r.URL.Path) {
		return fault.New(fault.NotFound, "error.page_not_found")
	}
	var on tab
	switch chi.URLParam(r, "*") {
	case "replies", "draft":
		on = tabWrite
	case "notes":
		on = tabNote
	}
	return httpx.SeeOther(w, r, link.Query(link.AgentTicket(number), "tab", string(on)))
}
