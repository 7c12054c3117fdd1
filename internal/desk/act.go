package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// actForm is what is to be done to tickets as a form has it, and the choices that
// it offers: bulk actions and macros are written in the same form.
type actForm struct {
	Act         ticket.Act
	Errors      map[string]fault.Message
	Me          auth.Actor
	Agents      []ticket.AgentRef
	Departments []setting.Department
	Topics      []setting.Topic
	Fields      []setting.FormField
	Owner       actOwner
	Owners      ticket.Owners
}

// stays is the value of a select that changes nothing.
const stays = ""

// readAct reads what a form says of an act. A number that is none stays out.
func readAct(ctx context.Context, form httpx.Form) ticket.Act {
	a := ticket.Act{Reply: strings.TrimSpace(form.Text("reply")), Note: strings.TrimSpace(form.Text("note"))}
	a.Status = ticket.Status(form.Get("status"))
	if a.Status == ticket.Postponed {
		a.PostponeDays, _ = form.Int("postpone_days")
		if a.PostponeDays <= 0 {
			a.Until = localTime(ctx, form.Line("postponed_until"))
		}
	}
	if p, ok := form.Int("priority"); ok && p > 0 && p <= int(ticket.Urgent) {
		a.Priority = ticket.Priority(p)
	}
	a.Assignee, a.Department = readChoice(form.Get("assignee")), readChoice(form.Get("department"))
	a.Topic = form.ID("topic")
	a.AddTags, a.RemoveTags = ticket.ReadTags(form.Text("add_tags")), ticket.ReadTags(form.Text("remove_tags"))
	a.Bin = ticket.Bin(form.Get("bin"))
	a.Fields = readSet(form)
	return a
}

// readChoice reads a select of ids, in which "" stays, "0" is nobody and "me" is
// whoever does it.
func readChoice(typed string) *int64 {
	if typed == "me" {
		me := ticket.Myself
		return &me
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}

// fillActForm reads what the selects of an act's form offer.
func (h *Handler) fillActForm(ctx context.Context, f *actForm) error {
	var err error
	if f.Agents, err = h.tickets.Agents(ctx, f.Me); err != nil {
		return err
	}
	if err := h.fillOwners(ctx, f, f.Act); err != nil {
		return err
	}
	return h.fillPlaces(ctx, f)
}

// fillActWords reads what it takes to say what acts do.
func (h *Handler) fillActWords(ctx context.Context, f *actForm, acts ...ticket.Act) error {
	var agents []int64
	for _, a := range acts {
		if a.Assignee != nil && *a.Assignee > 0 && *a.Assignee != f.Me.PersonID {
			agents = append(agents, *a.Assignee)
		}
	}
	if len(agents) > 0 {
		var err error
		if f.Agents, err = h.tickets.AgentNames(ctx, f.Me, agents); err != nil {
			return err
		}
	}
	if err := h.fillOwners(ctx, f, acts...); err != nil {
		return err
	}
	return h.fillPlaces(ctx, f)
}

// fillPlaces reads where tickets can be filed and what fields they have, from memory.
func (h *Handler) fillPlaces(ctx context.Context, f *actForm) error {
	all, err := h.settings.Departments(ctx)
	if err != nil {
		return err
	}
	f.Departments = slices.DeleteFunc(all, func(d setting.Department) bool { return d.Retired })
	if f.Fields, err = h.settings.AgentFields(ctx); err != nil {
		return err
	}
	f.Topics, err = h.settings.Topics(ctx, f.Me)
	return err
}

// chosenID is a chosen id as a select's value.
func chosenID(id *int64) string {
	switch {
	case id == nil:
		return stays
	case *id == ticket.Myself:
		return "me"
	default:
		return num(*id)
	}
}

func (f actForm) statuses(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: stays, Label: i18n.T(ctx, "bulk.stays")}}
	for _, s := range ticket.AgentStatuses {
		all = append(all, ui.Option{Value: string(s), Label: statusName(ctx, s)})
	}
	return all
}

func (f actForm) priorities(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: stays, Label: i18n.T(ctx, "bulk.stays")}}
	for p := ticket.Urgent; p >= ticket.Low; p-- {
		all = append(all, ui.Option{Value: num(int64(p)), Label: ui.PriorityText(ctx, int(p))})
	}
	return all
}

func (f actForm) assignees(ctx context.Context) []ui.Option {
	all := []ui.Option{
		{Value: stays, Label: i18n.T(ctx, "bulk.stays")}, {Value: "me", Label: i18n.T(ctx, "bulk.me")}, {Value: "0", Label: i18n.T(ctx, "desk.answer.nobody")},
	}
	for _, a := range f.Agents {
		all = append(all, ui.Option{Value: num(a.ID), Label: a.Name})
	}
	return all
}

func (f actForm) departments(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: stays, Label: i18n.T(ctx, "bulk.stays")}}
	for _, d := range f.Departments {
		all = append(all, ui.Option{Value: num(d.ID), Label: d.Name})
	}
	return all
}

func (f actForm) topics(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: stays, Label: i18n.T(ctx, "bulk.stays")}}
	for _, t := range f.Topics {
		all = append(all, ui.Option{Value: num(t.ID), Label: t.Name})
	}
	return all
}

func (f actForm) bins(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: stays, Label: i18n.T(ctx, "bulk.stays")},
		{Value: string(ticket.Trash), Label: i18n.T(ctx, "desk.trash.move")},
		{Value: string(ticket.Spam), Label: i18n.T(ctx, "desk.trash.spam")},
	}
}

func (f actForm) field(name, label, value string) ui.Field {
	return ui.Field{ID: "act-" + name, Name: name, Label: label, Value: value, Error: f.Errors[name]}
}

// topic is the value of the topic's select.
func (f actForm) topic() string {
	if f.Act.Topic == 0 {
		return stays
	}
	return num(f.Act.Topic)
}

// level is the value of the priority's select.
func (f actForm) level() string {
	if f.Act.Priority == 0 {
		return stays
	}
	return num(int64(f.Act.Priority))
}

// days is the value of the field for how long to postpone.
func (f actForm) days() string {
	if f.Act.PostponeDays == 0 {
		return ""
	}
	return strconv.Itoa(f.Act.PostponeDays)
}

// said is one line of what an act does.
type said struct{ Icon, Text string }

// words say what an act will do, in the order in which it is done.
func (f actForm) words(ctx context.Context) []said {
	a := f.Act
	var all []said
	add := func(icon, text string) { all = append(all, said{icon, text}) }
	if a.Topic != 0 {
		i := slices.IndexFunc(f.Topics, func(t setting.Topic) bool { return t.ID == a.Topic })
		if i >= 0 {
			add("file", i18n.T(ctx, "bulk.does.topic", "topic", f.Topics[i].Name))
		}
	}
	all = append(all, f.setWords(ctx)...)
	if a.Priority != 0 {
		add("bolt", i18n.T(ctx, "bulk.does.priority", "priority", ui.PriorityText(ctx, int(a.Priority))))
	}
	if a.Department != nil {
		i := slices.IndexFunc(f.Departments, func(d setting.Department) bool { return d.ID == *a.Department })
		if i >= 0 {
			add("users", i18n.T(ctx, "bulk.does.department", "department", f.Departments[i].Name))
		}
	}
	if a.Assignee != nil {
		add("user", f.assignWords(ctx))
	}
	if len(a.AddTags) > 0 {
		add("tag", i18n.T(ctx, "bulk.does.add_tags", "tags", strings.Join(a.AddTags, ", ")))
	}
	if len(a.RemoveTags) > 0 {
		add("tag", i18n.T(ctx, "bulk.does.remove_tags", "tags", strings.Join(a.RemoveTags, ", ")))
	}
	if a.Note != "" {
		add("note", i18n.T(ctx, "bulk.does.note"))
	}
	if a.Reply != "" {
		add("reply", i18n.T(ctx, "bulk.does.reply"))
	}
	switch {
	case a.Status == ticket.Postponed && a.PostponeDays > 0:
		add("calendar", i18n.T(ctx, "bulk.does.postpone", "count", a.PostponeDays))
	case a.Status != "":
		add("st-open", i18n.T(ctx, "bulk.does.status", "status", statusName(ctx, a.Status)))
	}
	switch a.Bin {
	case ticket.Trash:
		add("trash", i18n.T(ctx, "bulk.does.trash"))
	case ticket.Spam:
		add("trash", i18n.T(ctx, "bulk.does.spam"))
	case ticket.Restore:
		add("reopen", i18n.T(ctx, "bulk.does.restore"))
	case ticket.Stay:
	}
	return all
}

// line are the words in one line.
func (f actForm) line(ctx context.Context) string {
	var all []string
	for _, w := range f.words(ctx) {
		all = append(all, w.Text)
	}
	return strings.Join(all, " · ")
}

func (f actForm) assignWords(ctx context.Context) string {
	id := *f.Act.Assignee
	switch id {
	case 0:
		return i18n.T(ctx, "bulk.does.unassign")
	case ticket.Myself, f.Me.PersonID:
		return i18n.T(ctx, "bulk.does.take")
	}
	for _, a := range f.Agents {
		if a.ID == id {
			return i18n.T(ctx, "bulk.does.assign", "name", a.Name)
		}
	}
	return i18n.T(ctx, "bulk.does.assign", "name", "#"+num(id))
}
