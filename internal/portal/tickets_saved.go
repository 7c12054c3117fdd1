package portal

import (
	"net/http"
	"net/url"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// A person may save filters so often.
const (
	mostFilterSaves   = 60
	filterSavesWindow = time.Hour
)

// postFilter is POST /tickets/filters: the list as it stands is kept under a
// name.
func (h *Handler) postFilter(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.throttle(ctx, "filters:"+num(by.PersonID), mostFilterSaves, filterSavesWindow); err != nil {
		return err
	}
	s, err := h.listSettings(ctx, by)
	if err != nil {
		return err
	}
	typed := httpx.ReadQuery(&http.Request{URL: &url.URL{RawQuery: in.Get("query")}})
	q := readTickets(ctx, typed, by, s, 0) // keeps only what the list knows
	name := in.Line("name")
	err = h.tickets.SaveFilter(ctx, by, ticket.SavedFilter{Name: name, Query: q.values.Encode(), Preset: in.On("preset")})
	if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
		save := saveForm{Name: name, Preset: in.On("preset"), Error: f.Fields["name"]}
		return h.renderTickets(w, r, httpx.Status(err), ticketsView{query: q, settings: s, save: save})
	}
	if err != nil {
		return err
	}
	return h.done(w, r, q.href(), "portal.tickets.filter_saved", "name", name)
}

// postFilterDrop is POST /tickets/filters/{id}/drop.
func (h *Handler) postFilterDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.tickets.DropFilter(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	return h.done(w, r, link.Query(link.Tickets, qTab, string(ticket.TabOpen)), "portal.tickets.filter_dropped")
}

// saveForm is a filter's name as typed, and what is wrong with it.
type saveForm struct {
	Name   string
	Preset bool
	Error  fault.Message
}
