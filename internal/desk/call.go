package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
	"github.com/deskbell/deskbell/web/ui"
)

// callForm is a call as it was typed into one of the forms that log one.
type callForm struct {
	Direction ticket.Direction
	Number    string
	Started   string // as a datetime-local input has it; "": it has just ended
	Minutes   string
}

func readCall(form httpx.Form) callForm {
	return callForm{
		Direction: ticket.Direction(form.Get("call_direction")), Number: form.Line("call_number"), Started: form.Line("call_started"), Minutes: form.Line("call_minutes"),
	}
}

// call is the form as the use cases take it.
func (f callForm) call(ctx context.Context) ticket.NewCall {
	minutes, err := strconv.Atoi(f.Minutes)
	if f.Minutes != "" && err != nil {
		minutes = -1 // refused, with its words
	}
	return ticket.NewCall{Direction: f.Direction, Number: f.Number, StartedAt: localTime(ctx, f.Started), Minutes: minutes}
}

// inputs are the call's inputs but for its direction.
func (f callForm) inputs(ctx context.Context, wrong map[string]fault.Message) []ui.Field {
	fields := []ui.Field{
		{Name: "call_number", Label: i18n.T(ctx, "desk.open.number"), Value: f.Number, Type: "tel"},
		{Name: "call_started", Label: i18n.T(ctx, "desk.open.started"), Value: f.Started, Type: "datetime-local", Hint: i18n.T(ctx, "desk.call.started_hint")},
		{Name: "call_minutes", Label: i18n.T(ctx, "desk.open.minutes"), Value: f.Minutes, InputMode: "numeric"},
	}
	for i := range fields {
		fields[i].Autocomplete, fields[i].Error = "off", wrong[fields[i].Name]
	}
	return fields
}

func (f callForm) direction(ctx context.Context, wrong map[string]fault.Message) ui.Field {
	return ui.Field{Name: "call_direction", Label: i18n.T(ctx, "desk.open.direction_label"), Value: string(f.Direction), Error: wrong["call_direction"]}
}

func directions(ctx context.Context) []ui.Option {
	options := make([]ui.Option, len(ticket.Directions))
	for i, d := range ticket.Directions {
		options[i] = ui.Option{Value: string(d), Label: i18n.T(ctx, "desk.open.direction."+string(d))}
	}
	return options
}

// callPage logs a call about a ticket that exists (A8).
type callPage struct {
	ticket.Work
	ui.AgentPage
	From   ticket.InboxView
	Call   callForm
	Said   string
	As     ticket.Opening
	Next   ticket.Status // "": it stays
	Spend  bool
	Key    string
	Fresh  bool             // nothing was typed into it yet
	Keep   templ.Attributes // what scripts keep while it is typed
	Errors map[string]fault.Message
	Refuse fault.Message
}

// showCall is GET /agent/tickets/{number}/calls.
func (h *Handler) showCall(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	return h.renderCall(w, r, http.StatusOK, number, callPage{
		From: viewOf(httpx.ReadQuery(r)), Call: callForm{Direction: ticket.CallIn}, As: ticket.OpenWithNote, Key: rand.Text(), Fresh: true,
	})
}

// postCall is POST /agent/tickets/{number}/calls.
func (h *Handler) postCall(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p := callPage{
		From: viewOf(form), Call: readCall(form), Said: form.Text("message"), As: ticket.Opening(form.Get("opening")), Next: ticket.Status(form.Get("status")),
		Spend: form.On("spend"), Key: form.Line("key"),
	}
	in := timesheet.TimedCall{LoggedCall: ticket.LoggedCall{NewCall: p.Call.call(ctx), Said: p.Said, As: p.As, Status: p.Next, Key: p.Key}}
	if p.Spend {
		in.SpentOn = spentDay(ctx, in.StartedAt, h.now())
	}
	seq, err := h.times.LogCall(ctx, httpx.Actor(r), number, in)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p.Errors = fault.Of(err).Fields
		if len(p.Errors) == 0 {
			p.Refuse = message(err)
		}
		return h.renderCall(w, r, httpx.Status(err), number, p)
	}
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "desk.call.logged")
	next := ticketHref(number, p.From)
	if seq > 0 {
		next += "#m" + num(seq)
	}
	return httpx.SeeOther(w, r, next)
}

// spentDay is the reader's day on which a call began.
func spentDay(ctx context.Context, started *time.Time, now time.Time) string {
	if started == nil {
		started = &now
	}
	return started.In(i18n.ReaderOf(ctx).Zone).Format(time.DateOnly)
}

func (h *Handler) renderCall(w http.ResponseWriter, r *http.Request, status int, number int64, p callPage) error {
	ctx, by := r.Context(), httpx.Actor(r)
	var err error
	if p.Work, err = h.tickets.Work(ctx, by, number, ticket.ViewEnd, ticket.NoteDraft); err != nil {
		return err
	}
	p.AgentPage, p.Keep = h.page(r, i18n.T(ctx, "desk.call.title"), "inbox"), keep(by, "call:"+num(number), status)
	beside(&p.AgentPage, p.Beside)
	if p.Fresh {
		p.Call.Number = p.Requester.Phone
	}
	return httpx.Render(w, r, status, callView(p))
}

// all are the form's inputs, for the summary of what is wrong.
func (p callPage) all(ctx context.Context) []ui.Field {
	return append(append([]ui.Field{p.Call.direction(ctx, p.Errors)}, p.Call.inputs(ctx, p.Errors)...), p.said(ctx), p.next(ctx))
}

func (p callPage) said(ctx context.Context) ui.Field {
	return ui.Field{Name: "message", Label: i18n.T(ctx, "desk.call.said"), Value: p.Said, Rows: 6, Error: p.Errors["message"]}
}

func (p callPage) next(ctx context.Context) ui.Field {
	return ui.Field{Name: "status", Label: i18n.T(ctx, "desk.call.status"), Value: string(p.Next), Error: p.Errors["status"]}
}

// statuses are those that a call may leave a ticket in.
func (p callPage) statuses(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "desk.call.stays", "status", p.statusNow(ctx))}}
	for _, s := range []ticket.Status{ticket.Open, ticket.Waiting, ticket.Resolved} {
		if s != p.Status {
			options = append(options, ui.Option{Value: string(s), Label: i18n.T(ctx, "ticket.status."+string(s))})
		}
	}
	return options
}

func (p callPage) statusNow(ctx context.Context) string {
	return i18n.T(ctx, "ticket.status."+string(p.Status))
}

// callLine is a call in words: who called, when, and how long.
func callLine(ctx context.Context, c ticket.Call) string {
	return i18n.T(ctx, "desk.open.direction."+string(c.Direction)) + ", " + i18n.DateTime(ctx, c.StartedAt) + ", " + ticket.CallLength(ctx, c.Seconds)
}
