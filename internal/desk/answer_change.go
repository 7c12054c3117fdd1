package desk

import (
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/ticket"
)

// postStatus is POST /agent/tickets/{number}/status.
func (h *Handler) postStatus(w http.ResponseWriter, r *http.Request) error {
	return h.changeThen(w, r, "desk.answer.status_set", h.afterStatusForm, func(number int64, form httpx.Form) error {
		until := localTime(r.Context(), form.Line("postponed_until"))
		return h.tickets.SetStatus(r.Context(), httpx.Actor(r), number, ticket.Status(form.Get("status")), until)
	})
}

// postPriority is POST /agent/tickets/{number}/priority.
func (h *Handler) postPriority(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "desk.answer.priority_set", func(number int64, form httpx.Form) error {
		p, _ := form.Int("priority")
		if p < int(ticket.Low) || p > int(ticket.Urgent) {
			p = 0 // refused, with its words
		}
		return h.tickets.SetPriority(r.Context(), httpx.Actor(r), number, ticket.Priority(p))
	})
}

// postCopiesRemove is POST /agent/tickets/{number}/copies/remove.
func (h *Handler) postCopiesRemove(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "desk.side.copy_removed", func(number int64, form httpx.Form) error {
		return h.tickets.TakeCopy(r.Context(), httpx.Actor(r), number, form.Line("address"))
	})
}

// postPlan is POST /agent/tickets/{number}/plan: another time for the robot's
// next step, no steps, or the policy's again.
func (h *Handler) postPlan(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	return h.change(w, r, "desk.answer.plan_set", func(number int64, form httpx.Form) error {
		switch form.Get("action") {
		case "move":
			at := localTime(ctx, form.Line("at"))
			if at == nil {
				at = &time.Time{} // refused as a time that has passed
			}
			return h.tickets.MovePlan(ctx, by, number, *at)
		case "hold":
			return h.tickets.HoldPlan(ctx, by, number)
		case "resume":
			return h.tickets.ResumePlan(ctx, by, number)
		default:
			return fault.New(fault.Invalid, "error.bad_request")
		}
	})
}

// refusedForm is one of a ticket's small forms as it was sent and refused: what
// was typed stands in it again.
type refusedForm struct {
	Action string // its address
	form   httpx.Form
}

// is reports whether it is the form with an address.
func (f refusedForm) is(action string) bool { return f.form != nil && f.Action == action }

// or is what was typed into a field of the form with an address; without it, what
// stands there at first.
func (f refusedForm) or(action, name, first string) string {
	if f.is(action) {
		return f.form.Get(name)
	}
	return first
}

// change runs a use case of one of the small forms. What it refuses is shown
// above the conversation; what worked is told once by the message done.
func (h *Handler) change(w http.ResponseWriter, r *http.Request, done string, do func(number int64, form httpx.Form) error) error {
	return h.changeThen(w, r, done, h.backToTicket, do)
}

// changeThen is change with another way on.
func (h *Handler) changeThen(
	w http.ResponseWriter, r *http.Request, done string, then func(http.ResponseWriter, *http.Request, int64, httpx.Form) error, do func(number int64, form httpx.Form) error,
) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	err = do(number, form)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return h.refuse(w, r, number, form, err, showing{Problem: message(err), Refused: refusedForm{r.URL.Path, form}})
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, done)
	return then(w, r, number, form)
}

func (h *Handler) backToTicket(w http.ResponseWriter, r *http.Request, number int64, form httpx.Form) error {
	return httpx.SeeOther(w, r, back(number, form))
}

func (h *Handler) afterStatusForm(w http.ResponseWriter, r *http.Request, number int64, form httpx.Form) error {
	return h.afterStatus(w, r, number, ticket.Status(form.Get("status")), back(number, form))
}
