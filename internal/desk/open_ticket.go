package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/topicform"
	"github.com/deskbell/deskbell/web/ui"
)

// openPage is the form for a ticket that an agent opens for somebody (A8).
type openPage struct {
	ui.AgentPage
	In          ticket.OnBehalf
	Query       string
	Found       []ticket.Somebody
	Topics      []setting.Topic
	Fields      topicform.View
	Departments []setting.Department
	Call        callForm
	Notify      bool
	Agents      []ticket.AgentRef // whom the reader may give it to, beside themselves
	Form        writing           // the first message
	Answers     openAnswers
	Fresh       bool   // nothing was typed into it yet
	Keep        string // under which name scripts keep what is typed
	Errors      map[string]fault.Message
	Problem     fault.Message
}

// showOpenTicket is GET /agent/tickets/new; requester is a person's id, q finds
// one. What the server knows of a form that a script kept comes back with upload,
// canned_file and used.
func (h *Handler) showOpenTicket(w http.ResponseWriter, r *http.Request) error {
	q, by := httpx.ReadQuery(r), httpx.Actor(r)
	p := openPage{Query: q.Line("q"), Call: callForm{Direction: ticket.CallIn}, Notify: true, Fresh: true, Form: blank()}
	p.In = ticket.OnBehalf{RequesterID: q.ID("requester"), TopicID: q.ID("topic"), Channel: "phone", Status: ticket.New, Opening: ticket.OpenWithReply, Key: p.Form.Key}
	p.Form.Used = usedRefs(q["used"])
	var err error
	if ids := q.IDs("upload"); len(ids) > 0 {
		if p.Form.Uploads, err = h.tickets.Staged(r.Context(), by, ids); err != nil {
			return err
		}
	}
	if ids := q.IDs("canned_file"); len(ids) > 0 {
		if p.Form.Canned, err = h.canned.Files(r.Context(), by, ids); err != nil {
			return err
		}
	}
	return h.renderOpenTicket(w, r, http.StatusOK, p)
}

// postOpenTicket is POST /agent/tickets/new. With find it looks for people or
// answers, or shows another topic's fields, with insert it puts an answer into the
// message, and keeps what was typed.
func (h *Handler) postOpenTicket(w http.ResponseWriter, r *http.Request) error {
	by := httpx.Actor(r)
	f, form, err := h.readWriting(r, by)
	if form == nil {
		return err
	}
	p := typedOpening(r.Context(), form, f)
	if form.Has("find") || form.Has("insert") {
		if err := h.insertFirst(r.Context(), by, &p, ticket.ParseAnswerRef(form.Get("insert"))); err != nil {
			return err
		}
		return h.renderOpenTicket(w, r, http.StatusOK, p)
	}
	var number int64
	if err == nil {
		number, err = h.tickets.Open(r.Context(), by, p.In)
	}
	if err != nil {
		status, ok := p.Form.refused(err)
		if !ok {
			return err
		}
		p.Errors, p.Problem = p.Form.Errors, p.Form.Problem
		if p.Errors["contact_email"].Key == "account.caller_known" {
			p.Query = strings.ToLower(p.In.Contact.Email) // whose it is stands above, to be chosen
		}
		return h.renderOpenTicket(w, r, status, p)
	}
	seen, err := h.tickets.Seen(r.Context(), by, []int64{number})
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.open.opened")
	if len(seen) == 0 {
		return httpx.SeeOther(w, r, link.Inbox)
	}
	return httpx.SeeOther(w, r, link.AgentTicket(number))
}

// typedOpening is the form as it was typed.
func typedOpening(ctx context.Context, form httpx.Form, f writing) openPage {
	p := openPage{
		Query: form.Line("q"), Call: readCall(form), Notify: form.On("notify"), Form: f, Answers: openAnswers{Query: form.Line("answer_q")},
	}
	p.In = ticket.OnBehalf{
		RequesterID: form.ID("requester"), Channel: form.Get("channel"), TopicID: form.ID("topic"), Subject: form.Line("subject"),
		Contact: ticket.NewContact{Name: form.Line("contact_name"), Email: form.Line("contact_email"), Phone: form.Line("contact_phone")},
		Opening: ticket.Opening(form.Get("opening")), Message: f.Message, MessageKind: f.Kind, Uploads: f.uploadIDs(), Used: f.Used, CC: f.CC, Confirmed: f.To.Confirmed, Fields: topicform.Typed(form),
		Status: ticket.Status(form.Get("status")), DepartmentID: form.ID("department"), AssigneeID: form.ID("assignee"),
		Quiet: !p.Notify, Key: form.Line("key"),
	}
	if p.In.RequesterID != 0 {
		p.In.Contact = ticket.NewContact{}
	}
	if p.In.Channel == "phone" {
		call := p.Call.call(ctx)
		if call.Number == "" {
			call.Number = p.In.Contact.Phone
		}
		p.In.Call = &call
	}
	return p
}

func (h *Handler) renderOpenTicket(w http.ResponseWriter, r *http.Request, status int, p openPage) error {
	ctx, by := r.Context(), httpx.Actor(r)
	p.AgentPage, p.Keep = h.page(r, i18n.T(ctx, "desk.open.title"), "open"), num(by.PersonID)+":behalf"
	p.Editor = true
	var err error
	if err := h.count(ctx, by, &p.AgentPage, nil); err != nil {
		return err
	}
	if p.Found, err = h.people(ctx, by, p.Query, p.In.RequesterID); err != nil {
		return err
	}
	if p.Topics, err = h.settings.Topics(ctx, by); err != nil {
		return err
	}
	if p.Departments, err = h.settings.Departments(ctx); err != nil {
		return err
	}
	if p.Agents, err = h.tickets.Agents(ctx, by); err != nil {
		return err
	}
	if err := h.findFirst(ctx, by, &p); err != nil {
		return err
	}
	for _, t := range p.Topics {
		if p.In.TopicID == 0 && t.Preset || len(p.Topics) == 1 {
			p.In.TopicID = t.ID
		}
	}
	if p.In.TopicID == 0 && len(p.Topics) > 0 {
		p.In.TopicID = p.Topics[0].ID
	}
	tf, err := h.settings.TopicForm(ctx, by, p.In.TopicID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	values := tf.Preset()
	for key, value := range p.In.Fields {
		values[key] = value
	}
	for i := range tf.Fields {
		tf.Fields[i].Required = false // who is on the telephone does not know everything
	}
	p.Fields = topicform.View{Fields: tf.Fields, Values: values, Errors: p.Errors, Priority: tf.Priority}
	p.Form.Rules = h.tickets.Limits(r.Context())
	return httpx.Render(w, r, status, openView(p))
}

// people are those that the query finds, and the one who is chosen already.
func (h *Handler) people(ctx context.Context, by auth.Actor, query string, chosen int64) ([]ticket.Somebody, error) {
	found, err := h.tickets.FindPeople(ctx, by, query)
	if err != nil || chosen == 0 {
		return found, err
	}
	for _, f := range found {
		if f.ID == chosen {
			return found, nil
		}
	}
	one, err := h.tickets.Somebody(ctx, by, chosen)
	if fault.Is(err, fault.NotFound) {
		return found, nil
	}
	return append([]ticket.Somebody{one}, found...), err
}

// showPeople is GET /agent/tickets/people: the people that q finds, as radio
// buttons for the form above.
func (h *Handler) showPeople(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	p := openPage{Query: q.Line("q"), In: ticket.OnBehalf{RequesterID: q.ID("requester")}}
	var err error
	if p.Found, err = h.people(r.Context(), httpx.Actor(r), p.Query, p.In.RequesterID); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, openPeople(p))
}

func (p openPage) text(ctx context.Context, name, label string) ui.Field {
	values := map[string]string{
		"subject": p.In.Subject, "message": p.In.Message, "cc": p.In.CC, "contact_name": p.In.Contact.Name, "contact_email": p.In.Contact.Email,
		"contact_phone": p.In.Contact.Phone,
		"channel":       p.In.Channel, "topic": num(p.In.TopicID), "status": string(p.In.Status), "department": num(p.In.DepartmentID),
		"assignee": num(p.In.AssigneeID), "q": p.Query,
	}
	return ui.Field{Name: name, Label: i18n.T(ctx, label), Value: values[name], Error: p.Errors[name], Autocomplete: "off"}
}

// all are the form's inputs, for the summary of what is wrong.
func (p openPage) all(ctx context.Context) []ui.Field {
	fields := []ui.Field{
		{Name: "q", Label: i18n.T(ctx, "desk.open.requester"), Error: p.Errors["requester"]},
		p.text(ctx, "contact_name", "desk.open.name"), p.text(ctx, "contact_email", "desk.open.email"), p.text(ctx, "contact_phone", "desk.open.phone"),
		p.text(ctx, "topic", "desk.side.topic"), p.text(ctx, "subject", "desk.open.subject"), p.text(ctx, "message", "desk.open.message"), p.text(ctx, "cc", "desk.answer.cc"),
		p.text(ctx, "department", "desk.assign.department"), p.text(ctx, "assignee", "desk.open.assignee"),
	}
	fields = append(append(fields, p.Call.direction(ctx, p.Errors)), p.Call.inputs(ctx, p.Errors)...)
	return append(fields, p.Fields.Summary(ctx)...)
}

func (p openPage) channels(ctx context.Context) []ui.Option {
	options := make([]ui.Option, len(ticket.BehalfChannels))
	for i, c := range ticket.BehalfChannels {
		options[i] = ui.Option{Value: c, Label: i18n.T(ctx, "desk.channel."+c)}
	}
	return options
}

func (p openPage) topics() []ui.Option {
	options := make([]ui.Option, len(p.Topics))
	for i, t := range p.Topics {
		options[i] = ui.Option{Value: num(t.ID), Label: t.Name}
	}
	return options
}

// statuses are those that a ticket can begin with.
func (p openPage) statuses(ctx context.Context) []ui.Option {
	var options []ui.Option
	for _, s := range []ticket.Status{ticket.New, ticket.Open, ticket.Waiting, ticket.Resolved} {
		options = append(options, ui.Option{Value: string(s), Label: i18n.T(ctx, "ticket.status."+string(s))})
	}
	return options
}

func (p openPage) departments(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.open.by_topic")}}
	for _, d := range p.Departments {
		if !d.Retired {
			options = append(options, ui.Option{Value: num(d.ID), Label: queueLabel(ctx, d)})
		}
	}
	return options
}

// hands are whom the ticket can be given to at once: nobody, its opener, and
// with the right to assign any agent.
func (p openPage) hands(ctx context.Context) []ui.Option {
	options := []ui.Option{
		{Value: "0", Label: i18n.T(ctx, "desk.open.nobody")},
		{Value: num(p.Actor.PersonID), Label: i18n.T(ctx, "desk.open.me")},
	}
	for _, a := range p.Agents {
		if a.ID != p.Actor.PersonID {
			options = append(options, ui.Option{Value: num(a.ID), Label: a.Name})
		}
	}
	return options
}

// queueOptions are departments to choose from.
func queueOptions(ctx context.Context, all []setting.Department) []ui.Option {
	options := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.service.stays")}}
	for _, d := range all {
		options = append(options, ui.Option{Value: num(d.ID), Label: queueLabel(ctx, d)})
	}
	return options
}

// find is the search for people, which a script sends as one types.
func (p openPage) find(ctx context.Context) ui.Field {
	f := p.text(ctx, "q", "desk.open.find")
	f.Placeholder, f.Error = i18n.T(ctx, "desk.requester.find_hint"), p.Errors["requester"]
	f.Attrs = templ.Attributes{"data-get": link.FindPeople, "data-target": "#people", "data-trigger": "input", "data-wait": "250", "data-min": "2", "aria-controls": "people"}
	return f
}

func (p openPage) required(ctx context.Context, name, label string) ui.Field {
	f := p.text(ctx, name, label)
	f.Required = true
	return f
}
