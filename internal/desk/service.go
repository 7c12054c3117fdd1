package desk

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/topicform"
	"github.com/deskbell/deskbell/web/ui"
)

// servicePage is a ticket's way through the service centre: each stage as a
// form, and the way back.
type servicePage struct {
	ticket.Work
	ui.AgentPage
	Departments []setting.Department // that take equipment in
	Sent        ticket.StageInput    // as it was sent and refused
	Errors      map[string]fault.Message
	Refuse      fault.Message
	Note        string
}

// showService is GET /agent/tickets/{number}/service.
func (h *Handler) showService(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	return h.renderService(w, r, http.StatusOK, number, servicePage{})
}

// postService is POST /agent/tickets/{number}/service: a stage with its fields,
// or with back the way back to support.
func (h *Handler) postService(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	p := servicePage{Note: form.Text("note")}
	done := "desk.service.saved"
	if form.Has("back") {
		err, done = h.tickets.ReturnFromService(ctx, by, number, p.Note), "desk.service.returned"
	} else {
		p.Sent = ticket.StageInput{
			Stage: ticket.ServiceStage(form.Get("stage")), On: form.Line("on"), Details: form.Under(topicform.Prefix), DepartmentID: form.ID("department"),
		}
		err = h.tickets.RecordStage(ctx, by, number, p.Sent)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p.Errors = fault.Of(err).Fields
		if len(p.Errors) == 0 || p.Errors["stage"].Key != "" {
			p.Refuse = message(err)
		}
		return h.renderService(w, r, httpx.Status(err), number, p)
	}
	if err != nil {
		return err
	}
	seen, err := h.tickets.Seen(ctx, by, []int64{number})
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, done)
	if len(seen) == 0 {
		return httpx.SeeOther(w, r, link.Inbox)
	}
	return httpx.SeeOther(w, r, link.AgentTicket(number))
}

func (h *Handler) renderService(w http.ResponseWriter, r *http.Request, status int, number int64, p servicePage) error {
	ctx, by := r.Context(), httpx.Actor(r)
	var err error
	if p.Work, err = h.tickets.Work(ctx, by, number, ticket.ViewEnd, ticket.NoteDraft); err != nil {
		return err
	}
	all, err := h.settings.Departments(ctx)
	if err != nil {
		return err
	}
	p.Departments = slices.DeleteFunc(all, func(d setting.Department) bool { return d.Kind != setting.Services || d.Retired })
	p.AgentPage = h.page(r, i18n.T(ctx, "desk.service.title"), "inbox")
	beside(&p.AgentPage, p.Beside)
	return httpx.Render(w, r, status, serviceView(p))
}

// recorded is what is known of a stage now; nil: nothing.
func recorded(all []ticket.ServiceRecord, stage ticket.ServiceStage) *ticket.ServiceRecord {
	for i, s := range all {
		if s.Open && s.Stage == stage {
			return &all[i]
		}
	}
	return nil
}

// value is what stands in a field of a stage's form.
func (p servicePage) value(stage ticket.ServiceStage, key string) string {
	if p.Sent.Stage == stage {
		return p.Sent.Details[key]
	}
	if r := recorded(p.Service, stage); r != nil {
		return r.Details[key]
	}
	return ""
}

// day is the date of a stage's form.
func (p servicePage) day(ctx context.Context, stage ticket.ServiceStage) ui.Field {
	f := ui.Field{Name: "on", ID: string(stage) + "-on", Type: "date", Label: i18n.T(ctx, "desk.service.on."+string(stage)), Value: p.Now.In(i18n.ReaderOf(ctx).Zone).Format(time.DateOnly)}
	if p.Sent.Stage == stage {
		f.Value, f.Error = p.Sent.On, p.Errors["on"]
	} else if r := recorded(p.Service, stage); r != nil {
		f.Value = r.On
	}
	return f
}

// field is one of a stage's fields as an input.
func (p servicePage) field(ctx context.Context, stage ticket.ServiceStage, s ticket.ServiceField) ui.Field {
	f := ui.Field{Name: topicform.Prefix + s.Key, ID: string(stage) + "-" + s.Key, Label: ui.ServiceLabel(ctx, s.Key), Value: p.value(stage, s.Key)}
	if p.Sent.Stage == stage {
		f.Error = p.Errors[s.Key]
	}
	if s.Date {
		f.Type = "date"
	}
	if s.Long {
		f.Rows = 2
	}
	return f
}

func serviceOptions(ctx context.Context, s ticket.ServiceField) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "desk.service.open")}}
	for _, o := range s.Options {
		options = append(options, ui.Option{Value: o, Label: ui.ServiceValue(ctx, s.Key, o)})
	}
	return options
}

// serviceViews are the stages as both audiences read them.
func serviceViews(all []ticket.ServiceRecord) []ui.ServiceView {
	views := make([]ui.ServiceView, len(all))
	for i, s := range all {
		v := ui.ServiceView{Stage: string(s.Stage), On: s.On, Author: s.Author}
		for _, f := range s.Stage.Fields() {
			if value := s.Details[f.Key]; value != "" {
				v.Facts = append(v.Facts, ui.ServiceFact{Key: f.Key, Value: value, Closed: f.Options != nil, Day: f.Date})
			}
		}
		views[i] = v
	}
	return views
}
