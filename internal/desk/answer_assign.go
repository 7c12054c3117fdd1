package desk

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// postAssign is POST /agent/tickets/{number}/assign: assignee is an agent's id,
// 0 nobody, empty whoever the department finds; department its id; note a word
// for whoever goes on. What the form lacks stays as it is.
func (h *Handler) postAssign(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	in := ticket.Handover{AssigneeID: givenID(form, "assignee"), DepartmentID: givenID(form, "department"), Note: form.Text("note")}
	err = h.tickets.HandOver(r.Context(), httpx.Actor(r), number, in)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Forbidden) { // a colleague may have taken it meanwhile
		return h.refuse(w, r, number, form, err, showing{Problem: message(err), Handover: in})
	}
	if err != nil {
		return err
	}
	return h.handedOver(w, r, number, form)
}

// handedOver leads back to the ticket, or to the inbox when it went where the
// agent does not see it any more.
func (h *Handler) handedOver(w http.ResponseWriter, r *http.Request, number int64, form httpx.Form) error {
	seen, err := h.tickets.Seen(r.Context(), httpx.Actor(r), []int64{number})
	if err != nil {
		return err
	}
	if len(seen) == 0 {
		httpx.Flash(r.Context(), h.sessions, "desk.assign.gone")
		return httpx.SeeOther(w, r, backToList(form))
	}
	httpx.Flash(r.Context(), h.sessions, "desk.answer.assigned")
	return httpx.SeeOther(w, r, back(number, form))
}

// givenID is the id that a form has under name; nil when it has none or leaves
// it open.
func givenID(form httpx.Form, name string) *int64 {
	id, err := strconv.ParseInt(form.Get(name), 10, 64)
	if err != nil {
		return nil
	}
	return &id
}

// queues are the departments that the ticket can go to, and the one it is in.
func (p answerPage) queues() []setting.Department {
	var all []setting.Department
	for _, d := range p.Departments {
		if !d.Retired || p.DepartmentID != nil && *p.DepartmentID == d.ID {
			all = append(all, d)
		}
	}
	return all
}

// department is the name of the department that the ticket is in; "" none.
func (p answerPage) department() string { return departmentName(p.Departments, p.DepartmentID) }

// departmentName finds the name of a department; "" for none.
func departmentName(all []setting.Department, id *int64) string {
	for _, d := range all {
		if id != nil && d.ID == *id {
			return d.Name
		}
	}
	return ""
}

// queueOr is the department's name, or other when there is none.
func (p answerPage) queueOr(other string) string {
	if name := p.department(); name != "" {
		return name
	}
	return other
}

// queueLabel is a department as the list of them has it.
func queueLabel(ctx context.Context, d setting.Department) string {
	if d.Closed {
		return i18n.T(ctx, "desk.assign.closed", "name", d.Name)
	}
	return d.Name
}

// agentLabel is an agent as the list of them has it: with the day they are back.
func agentLabel(ctx context.Context, a ticket.Assignable, now time.Time) string {
	if a.AwayUntil == nil || !a.AwayUntil.After(now) {
		return a.Name
	}
	return i18n.T(ctx, "desk.assign.away", "name", a.Name, "until", i18n.Date(ctx, *a.AwayUntil))
}

// onlySeen keeps agents from every page of a ticket whose department is closed
// to them. It asks nothing for those from whom nothing is hidden.
func (h *Handler) onlySeen(next http.Handler) http.Handler {
	return h.errors.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if by := httpx.Actor(r); chi.URLParam(r, "number") != "" && len(by.Hidden) > 0 {
			number, err := httpx.PathID(r, "number")
			if err != nil {
				return err
			}
			seen, err := h.tickets.Seen(r.Context(), by, []int64{number})
			if err != nil {
				return err
			}
			if len(seen) == 0 {
				return fault.New(fault.NotFound, "ticket.not_found")
			}
		}
		next.ServeHTTP(w, r)
		return nil
	})
}
