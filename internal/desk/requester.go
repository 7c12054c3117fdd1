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

// requesterPage finds another requester and says what that means before it is
// done.
type requesterPage struct {
	ui.AgentPage
	Number int64
	Query  string
	Found  []ticket.Somebody
	Effect *ticket.Effect // of the chosen person; nil: nobody is chosen
	Refuse fault.Message
}

// showRequester is GET /agent/tickets/{number}/requester: q finds people, to
// shows what it would mean.
func (h *Handler) showRequester(w http.ResponseWriter, r *http.Request) error {
	return h.renderRequester(w, r, http.StatusOK, fault.Message{})
}

// postRequester is POST /agent/tickets/{number}/requester.
func (h *Handler) postRequester(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	err = h.tickets.SetRequester(ctx, httpx.Actor(r), number, ticket.NewRequester{
		PersonID: form.ID("to"), Notify: form.On("notify"), KeepCopy: form.On("keep"),
	})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		why := message(err)
		if m, ok := fault.Of(err).Fields["requester"]; ok {
			why = m
		}
		return h.renderRequester(w, r, httpx.Status(err), why)
	}
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "desk.requester.saved")
	return httpx.SeeOther(w, r, link.AgentTicket(number))
}

func (h *Handler) renderRequester(w http.ResponseWriter, r *http.Request, status int, refuse fault.Message) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	p := requesterPage{Number: number, Query: q.Line("q"), Refuse: refuse, AgentPage: h.page(r, i18n.T(ctx, "desk.requester.title"), "inbox")}
	to := q.ID("to")
	if _, err := h.tickets.Preview(ctx, by, number); err != nil {
		return err
	}
	if to != 0 {
		effect, err := h.tickets.RequesterEffect(ctx, by, number, to)
		if err != nil {
			return err
		}
		p.Effect = &effect
	}
	if err := h.count(ctx, by, &p.AgentPage, nil); err != nil {
		return err
	}
	if p.Found, err = h.tickets.FindPeople(ctx, by, p.Query); err != nil {
		return err
	}
	return httpx.Render(w, r, status, requesterView(p))
}

// companyOr is a company's name, or words for none.
func companyOr(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "desk.requester.no_company")
	}
	return name
}
