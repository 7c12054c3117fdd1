package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// mostCopies is how often a person may put others on copy in an hour: each time
// mails leave.
const mostCopies = 60

// copiesView is the form that puts people on copy of a ticket.
type copiesView struct {
	number     int64
	subject    string
	company    string
	colleagues []ticket.Colleague
	picked     []int64
	typed      string
	outside    []string // to be confirmed
	wrong      fault.Message
}

// showCopies is GET /tickets/{number}/copies.
func (h *Handler) showCopies(w http.ResponseWriter, r *http.Request) error {
	return h.renderCopies(w, r, http.StatusOK, copiesView{})
}

// postCopies is POST /tickets/{number}/copies. Addresses outside the company are
// shown and asked about first.
func (h *Handler) postCopies(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	if err := h.throttle(ctx, "copies:"+strconv.FormatInt(by.PersonID, 10), mostCopies, time.Hour); err != nil {
		return err
	}
	v := copiesView{picked: form.IDs("person"), typed: form.Get("copies")}
	v.outside, err = h.tickets.AddCopies(ctx, by, number, ticket.NewCopies{Typed: v.typed, People: v.picked, Confirmed: form["confirmed"]})
	f := fault.Of(err)
	switch {
	case err == nil && len(v.outside) > 0:
		return h.renderCopies(w, r, http.StatusUnprocessableEntity, v)
	case err == nil:
		return h.done(w, r, link.Ticket(number), "portal.people.added")
	case f.Kind == fault.Invalid:
		v.wrong = f.Fields["copies"]
		return h.renderCopies(w, r, http.StatusUnprocessableEntity, v)
	case f.Kind == fault.Conflict:
		return h.renderRefused(w, r, number, fault.Message{Key: f.Key, Args: f.Args})
	default:
		return err
	}
}

func (h *Handler) renderCopies(w http.ResponseWriter, r *http.Request, status int, v copiesView) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	th, err := h.tickets.Thread(ctx, by, number, ticket.ViewEnd)
	if err != nil {
		return err
	}
	if th.LeadsTo != nil {
		return httpx.SeeOther(w, r, link.Copies(*th.LeadsTo))
	}
	if !th.Can.Copy {
		if th.Status == ticket.Closed {
			return h.renderRefused(w, r, number, fault.Message{Key: "ticket.copies_closed"})
		}
		return fault.New(fault.Forbidden, "ticket.copies_not_yours")
	}
	if v.colleagues, err = h.tickets.Colleagues(ctx, by, number); err != nil {
		return err
	}
	v.number, v.subject, v.company = number, th.Subject, th.CompanyName
	return httpx.Render(w, r, status, copiesPage(h.layout(r, "tickets", i18n.T(ctx, "portal.copies.title")), v))
}

func (v copiesView) chosen(id int64) bool { return slices.Contains(v.picked, id) }

// postCopiesRemove is POST /tickets/{number}/copies/remove. Who takes themselves
// off may not see the ticket any more, so they go to their list.
func (h *Handler) postCopiesRemove(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	address := form.Line("address")
	if err := h.tickets.TakeCopy(ctx, by, number, address); err != nil {
		return err
	}
	if form.On("leave") {
		return h.done(w, r, link.Tickets, "portal.people.left")
	}
	return h.done(w, r, link.Ticket(number), "portal.people.removed", "name", address)
}

// copyView is somebody on a ticket and why they get its replies (T8a).
type copyView struct {
	name, address, reason string
	me, removable         bool
}

// people are all who get the replies: the requester first.
func (v threadView) people(ctx context.Context) []copyView {
	requester := copyView{name: v.RequesterName, reason: i18n.T(ctx, "portal.people.reason_requester"), me: v.RequesterID == v.me.PersonID}
	if requester.me {
		requester.reason = i18n.T(ctx, "portal.people.reason_you")
	}
	all := []copyView{requester}
	for _, p := range v.Participants {
		c := copyView{name: p.Name, address: p.Address, reason: v.reason(ctx, p), removable: v.Removable(v.me, p)}
		c.me = p.PersonID != nil && *p.PersonID == v.me.PersonID
		if c.name == "" {
			c.name = p.Address
		}
		all = append(all, c)
	}
	return all
}

// reason is why a participant gets copies.
func (v threadView) reason(ctx context.Context, p ticket.Participant) string {
	switch {
	case p.AdderID == nil:
		return i18n.T(ctx, "portal.people.reason_cc")
	case *p.AdderID == v.me.PersonID:
		return i18n.T(ctx, "portal.people.reason_you_added", "date", i18n.Date(ctx, p.AddedAt))
	default:
		return i18n.T(ctx, "portal.people.reason_added", "name", p.AddedBy, "date", i18n.Date(ctx, p.AddedAt))
	}
}

// readers are colleagues who read the ticket without being on it.
func (v threadView) readers(ctx context.Context) []copyView {
	var all []copyView
	for _, p := range v.Readers {
		if slices.ContainsFunc(v.Participants, func(q ticket.Participant) bool { return q.PersonID != nil && *q.PersonID == p.ID }) {
			continue
		}
		all = append(all, copyView{
			name: p.Name, reason: i18n.T(ctx, "portal.people.reason_company", "company", v.CompanyName), me: p.ID == v.me.PersonID,
		})
	}
	return all
}
