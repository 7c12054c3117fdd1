package portal

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/topicform"
	"github.com/deskbell/deskbell/web/ui"
)

// newTicketView is the form for a new ticket with the topics to choose from and
// the fields of the chosen one.
type newTicketView struct {
	form   ticketForm
	topics []setting.Topic
	topic  setting.Topic
	fields []setting.FormField
	hits   []kb.Hit // articles that may answer the subject already
	me     auth.Actor
	hours  string // when the desk answers, in words; "" when it cannot be said in one line
}

// newTicketView reads what the form offers. A form without a topic, or with one
// that is not offered any more, gets the preset one.
func (h *Handler) newTicketView(ctx context.Context, by auth.Actor, form ticketForm) (newTicketView, error) {
	v := newTicketView{form: form}
	var err error
	if v.topics, err = h.settings.Topics(ctx, by); err != nil {
		return v, err
	}
	if len(v.topics) == 0 {
		return v, nil
	}
	v.topic = v.topics[0]
	for _, t := range v.topics {
		if t.ID == form.Topic {
			v.topic = t
			break
		}
		if t.Preset {
			v.topic = t
		}
	}
	v.form.Topic = v.topic.ID
	tf, err := h.settings.TopicForm(ctx, by, v.topic.ID)
	v.fields = tf.Fields
	v.form.Values = begun(form.Values, tf.Preset())
	return v, err
}

// begun are the values of a form: as typed, and what a field begins with where
// nobody has been yet.
func begun(typed, preset map[string]string) map[string]string {
	values := maps.Clone(preset)
	maps.Copy(values, typed)
	return values
}

// topicField and those below are the fields that every ticket has, for the form
// and for the summary of what is wrong with it.
func (v newTicketView) topicField(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "topic", Label: i18n.T(ctx, "portal.new.topic"), Required: true, Value: num(v.form.Topic), Error: v.form.Errors["topic"],
		Attrs: templ.Attributes{"data-get": link.TopicFields, "data-target": "#topic-fields"},
	}
}

func (v newTicketView) subjectField(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "subject", Label: i18n.T(ctx, "portal.new.subject"), Required: true, Value: v.form.Subject, MaxLength: ticket.MaxSubject,
		Hint: cmp.Or(v.topic.SubjectHint, i18n.T(ctx, "portal.new.subject_hint")), Error: v.form.Errors["subject"], Autocomplete: "off",
		Attrs: templ.Attributes{
			"data-get": link.TicketHelp, "data-target": "#kb-suggest", "data-trigger": "input", "data-wait": "300", "data-min": "4", "aria-controls": "kb-suggest",
		},
	}
}

func (v newTicketView) messageField(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "message", Label: cmp.Or(v.topic.MessageLabel, i18n.T(ctx, "portal.new.message")), Required: true, Value: v.form.Message, Error: v.form.Errors["message"],
		Hint: i18n.T(ctx, "portal.markdown_hint"),
	}
}

// composer is the message as the editor takes it.
func (v newTicketView) composer(ctx context.Context) composerView {
	f := v.messageField(ctx)
	return composerView{Label: f.Label, Hint: f.Hint, Value: f.Value, Kind: v.form.Kind, Wrong: f.Error, Rows: 8, Files: v.form.Files}
}

// action is where the form goes. A visitor's files are known by the form's key,
// which has to be read before them.
func (v newTicketView) action() string {
	if v.me.SignedIn() {
		return link.Tickets
	}
	return link.Query(link.Tickets, fieldKey, v.form.Key)
}

// keeping tells the scripts where what is typed is kept.
func (v newTicketView) keeping() templ.Attributes {
	at := templ.Attributes{"data-keep": num(v.me.PersonID) + ":" + num(v.form.Follows)}
	if v.me.SignedIn() {
		at["data-autosave"] = link.NewTicketDraft
	}
	if v.form.Fresh {
		at["data-fresh"] = true
	}
	return at
}

// stopped gives the warning of open tickets the focus when it is what kept the
// form from being sent.
func (v newTicketView) stopped() templ.Attributes {
	if v.form.Stopped {
		return templ.Attributes{"data-error-summary": true, "tabindex": "-1"}
	}
	return templ.Attributes{}
}

// companyField is which company a ticket is for, asked of a contact of several.
func (v newTicketView) companyField(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "company", Label: i18n.T(ctx, "portal.new.company"), Value: num(v.form.Company), Error: v.form.Errors["company"], Required: true,
	}
}

func (v newTicketView) companyOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "portal.new.choose")}}
	for _, m := range v.me.Companies {
		options = append(options, ui.Option{Value: num(m.CompanyID), Label: m.Company})
	}
	return options
}

func (v newTicketView) topicOptions() []ui.Option {
	options := make([]ui.Option, 0, len(v.topics))
	for _, t := range v.topics {
		options = append(options, ui.Option{Value: num(t.ID), Label: t.Name})
	}
	return options
}

// wrong lists all that is wrong with the form, in its order.
func (v newTicketView) wrong(ctx context.Context) []ui.Field {
	all, in := []ui.Field{v.topicField(ctx)}, v.inputs()
	if p, ok := v.priority(); ok {
		all = append(all, in.Field(ctx, p))
	}
	all = append(all, v.subjectField(ctx))
	for _, f := range v.further() {
		all = append(all, in.Field(ctx, f))
	}
	all = append(all, v.messageField(ctx))
	if len(v.me.Companies) > 1 {
		all = append(all, v.companyField(ctx))
	} else if m, ok := v.form.Errors["company"]; ok {
		all = append(all, ui.Field{Name: "topic", Label: i18n.T(ctx, "portal.details.company"), Error: m})
	}
	all = append(all, v.form.Files.wrong(ctx)...)
	if v.me.SignedIn() {
		return all
	}
	own := v.form.Guest.fields(ctx, v.form.Errors)
	return slices.Concat(own[:3], all, own[3:])
}

// inputs are the topic's fields with what was typed and what is wrong.
func (v newTicketView) inputs() topicform.View {
	return topicform.View{Fields: v.fields, Values: v.form.Values, Errors: v.form.Errors, Priority: v.topic.Priority}
}

// priority is the topic's field for the ticket's priority, which stands beside
// the topic.
func (v newTicketView) priority() (setting.FormField, bool) {
	for _, f := range v.inputs().Inputs() {
		if f.Kind == setting.KindPriority {
			return f, true
		}
	}
	return setting.FormField{}, false
}

// further are the topic's fields but the priority.
func (v newTicketView) further() []setting.FormField {
	var rest []setting.FormField
	for _, f := range v.inputs().Inputs() {
		if f.Kind != setting.KindPriority {
			rest = append(rest, f)
		}
	}
	return rest
}
