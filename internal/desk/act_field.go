package desk

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/topicform"
	"github.com/deskbell/deskbell/web/ui"
)

// actOwner is whose the tickets are to become, as typed.
type actOwner struct {
	Requester string // a name, an address, or "#7"
	Company   string
}

// emptied is the name of the ticks for fields that are to be emptied.
const emptied = "empty"

// readSet reads the fields that an act sets: an input that is left empty leaves
// its field as it is.
func readSet(form httpx.Form) map[string]string {
	set := map[string]string{}
	for _, key := range form[emptied] {
		if setting.IsKey(key) {
			set[key] = ""
		}
	}
	for key, typed := range topicform.Typed(form) {
		if setting.IsKey(key) && strings.Trim(typed, "; \r\n\t") != "" {
			set[key] = typed
		}
	}
	if len(set) == 0 {
		return nil
	}
	return set
}

// readOwner reads whose the tickets are to become. What is wrong comes with the
// fields requester and company.
func (h *Handler) readOwner(ctx context.Context, form httpx.Form, f *actForm) (wrong fault.Field, err error) {
	f.Owner.Requester, f.Owner.Company = form.Line("requester"), form.Line("company")
	if typed := f.Owner.Requester; typed != "" {
		found, err := h.peopleCalled(ctx, f, typed)
		if err != nil {
			return nil, err
		}
		switch len(found) {
		case 0:
			wrong.Add("requester", "ticket.requester_unknown")
		case 1:
			f.Act.Requester = found[0].ID
		default:
			names := make([]string, len(found))
			for i, one := range found {
				names[i] = strings.TrimSpace(one.Name + " " + one.Email)
			}
			wrong.Add("requester", "bulk.requester_many", "names", strings.Join(names, "; "))
		}
	}
	if typed := f.Owner.Company; typed != "" {
		found, err := h.firmsCalled(ctx, f, typed)
		if err != nil {
			return nil, err
		}
		switch {
		case len(found) == 0:
			wrong.Add("company", "ticket.company_unknown")
		case len(found) == 1 || strings.EqualFold(found[0].Name, typed):
			f.Act.Company = found[0].ID
		default:
			names := make([]string, len(found))
			for i, one := range found {
				names[i] = one.Name
			}
			wrong.Add("company", "bulk.company_many", "names", strings.Join(names, "; "))
		}
	}
	return wrong, nil
}

// peopleCalled are the people whom somebody may have meant: one who has exactly
// that address, else all.
func (h *Handler) peopleCalled(ctx context.Context, f *actForm, typed string) ([]ticket.Somebody, error) {
	if id, ok := typedID(typed); ok {
		one, err := h.tickets.Somebody(ctx, f.Me, id)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return []ticket.Somebody{one}, err
	}
	found, err := h.tickets.FindPeople(ctx, f.Me, typed)
	i := slices.IndexFunc(found, func(one ticket.Somebody) bool { return strings.EqualFold(one.Email, typed) })
	if i >= 0 {
		found = found[i : i+1]
	}
	return found, err
}

func (h *Handler) firmsCalled(ctx context.Context, f *actForm, typed string) ([]ticket.Firm, error) {
	if id, ok := typedID(typed); ok {
		one, err := h.tickets.Firm(ctx, f.Me, id)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return []ticket.Firm{one}, err
	}
	return h.tickets.FindCompanies(ctx, f.Me, strings.ToLower(typed))
}

// typedID is an id that stands for a name: "#7".
func typedID(typed string) (int64, bool) {
	digits, ok := strings.CutPrefix(typed, "#")
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, ok && err == nil && id > 0
}

// fillOwners reads what they are called whom acts make owners.
func (h *Handler) fillOwners(ctx context.Context, f *actForm, acts ...ticket.Act) error {
	var people, firms []int64
	for _, a := range acts {
		if a.Requester != 0 {
			people = append(people, a.Requester)
		}
		if a.Company != 0 {
			firms = append(firms, a.Company)
		}
	}
	if len(people)+len(firms) == 0 {
		return nil
	}
	var err error
	f.Owners, err = h.tickets.Owners(ctx, f.Me, people, firms)
	return err
}

// requester is who an act makes the requester; who is there no more is a number.
func (f actForm) requester() string {
	one := f.Owners.People[f.Act.Requester]
	switch {
	case one.Name == "":
		return hashed(f.Act.Requester)
	case one.Email == "":
		return one.Name
	default:
		return one.Name + " (" + one.Email + ")"
	}
}

// company is whose the tickets become by an act.
func (f actForm) company() string {
	if name := f.Owners.Firms[f.Act.Company]; name != "" {
		return name
	}
	return hashed(f.Act.Company)
}

// requesterTyped is the requester as a form has it.
func (f actForm) requesterTyped() string {
	switch one := f.Owners.People[f.Act.Requester]; {
	case f.Act.Requester == 0:
		return f.Owner.Requester
	case one.Email != "":
		return one.Email
	default:
		return hashed(f.Act.Requester)
	}
}

// companyTyped is the company as a form has it.
func (f actForm) companyTyped() string {
	if f.Act.Company == 0 {
		return f.Owner.Company
	}
	return f.company()
}

// settable are the fields that an act may set; the priority has a select of its own.
func (f actForm) settable() []setting.FormField {
	return slices.DeleteFunc(slices.Clone(f.Fields), func(one setting.FormField) bool { return one.Retired || one.Kind == setting.KindPriority })
}

// setField is the input of a field that an act may set.
func (f actForm) setField(one setting.FormField) ui.Field {
	name := topicform.Prefix + one.Key
	in := ui.Field{ID: "act-field-" + one.Key, Name: name, Label: one.Label, Value: f.Act.Fields[one.Key], Error: f.Errors[name]}
	if one.Kind == setting.KindDate {
		in.Type = "date"
	}
	if one.Kind == setting.KindNumber {
		in.InputMode = "decimal"
	}
	return in
}

// choices are what a field can be set to; the first leaves it as it is.
func (f actForm) choices(ctx context.Context, one setting.FormField) []ui.Option {
	all := []ui.Option{{Value: stays, Label: i18n.T(ctx, "bulk.stays")}}
	if one.Kind == setting.KindCheckbox {
		return append(all, ui.Option{Value: "1", Label: i18n.T(ctx, "desk.filter.field_yes")}, ui.Option{Value: "0", Label: i18n.T(ctx, "desk.filter.field_no")})
	}
	for _, o := range one.Offers(f.Act.Fields[one.Key]) {
		all = append(all, ui.Option{Value: o.Value, Label: o.Label})
	}
	return all
}

// set reports whether the act sets a field to one of several choices.
func (f actForm) set(one setting.FormField, value string) bool {
	return slices.Contains(strings.Split(f.Act.Fields[one.Key], ";"), value)
}

// empties reports whether the act empties a field.
func (f actForm) empties(key string) bool {
	v, ok := f.Act.Fields[key]
	return ok && v == ""
}

// fieldsOpen reports whether the fields of the form are shown at once.
func (f actForm) fieldsOpen() bool {
	if len(f.Act.Fields) > 0 || f.Act.Requester != 0 || f.Act.Company != 0 || f.Owner.Requester+f.Owner.Company != "" {
		return true
	}
	return f.Errors["requester"].Key != "" || f.Errors["company"].Key != ""
}

// setWords say what an act sets fields to.
func (f actForm) setWords(ctx context.Context) []said {
	var all []said
	if f.Act.Requester != 0 {
		all = append(all, said{"user", i18n.T(ctx, "bulk.does.requester", "name", f.requester())})
	}
	if f.Act.Company != 0 {
		all = append(all, said{"building", i18n.T(ctx, "bulk.does.company", "name", f.company())})
	} else if f.Act.Requester != 0 {
		theirs := companyOr(ctx, f.Owners.People[f.Act.Requester].Company)
		all = append(all, said{"building", i18n.T(ctx, "bulk.does.company", "name", theirs)})
	}
	for _, key := range slices.Sorted(maps.Keys(f.Act.Fields)) {
		label, value := f.label(key), f.Act.Fields[key]
		if i := slices.IndexFunc(f.Fields, func(one setting.FormField) bool { return one.Key == key }); i >= 0 {
			value = f.Fields[i].Words(value, i18n.T(ctx, "desk.filter.field_yes"))
		}
		if value == "" {
			all = append(all, said{"pencil", i18n.T(ctx, "bulk.does.empty", "field", label)})
		} else {
			all = append(all, said{"pencil", i18n.T(ctx, "bulk.does.field", "field", label, "value", value)})
		}
	}
	return all
}

// label is what a field is called.
func (f actForm) label(key string) string {
	for _, one := range f.Fields {
		if one.Key == key {
			return one.Label
		}
	}
	return key
}

// reason is why something was not done to a ticket, in words.
func (f actForm) reason(ctx context.Context, m fault.Message) string {
	if m.Key != "bulk.row_field" || len(m.Args) != 6 {
		return i18n.T(ctx, m.Key, m.Args...)
	}
	key, _ := m.Args[1].(string)
	why, _ := m.Args[3].(string)
	args, _ := m.Args[5].([]any)
	return i18n.T(ctx, "bulk.row_field", "field", f.label(key), "why", i18n.T(ctx, why, args...))
}

// problem is what is wrong with an act that was done to a ticket, in words that
// name the field.
func (f actForm) problem(ctx context.Context, err error) fault.Message {
	for name, m := range fault.Of(err).Fields {
		if key, ok := strings.CutPrefix(name, topicform.Prefix); ok {
			return fault.Message{Key: "bulk.row_field", Args: []any{"field", f.label(key), "why", i18n.T(ctx, m.Key, m.Args...)}}
		}
	}
	return message(err)
}

// did says what was changed of a ticket, in one line.
func (f actForm) did(ctx context.Context, u *ticket.Undo) string {
	if u == nil {
		return ""
	}
	var all []string
	add := func(what, value string) {
		if value == "" {
			all = append(all, what)
			return
		}
		all = append(all, i18n.T(ctx, "bulk.changed.to", "what", what, "value", value))
	}
	b, a := u.Before, u.After
	if b.RequesterID != a.RequesterID {
		name := ""
		if a.RequesterID == f.Act.Requester {
			name = f.requester()
		}
		add(i18n.T(ctx, "bulk.changed.requester"), name)
	}
	if b.CompanyID != a.CompanyID {
		name := ""
		if a.CompanyID == f.Act.Company {
			name = f.company()
		}
		add(i18n.T(ctx, "bulk.changed.company"), name)
	}
	if b.TopicID != a.TopicID {
		add(i18n.T(ctx, "bulk.changed.topic"), "")
	}
	for _, one := range u.Fields {
		label, value := one.Said(ctx)
		add(label, value)
	}
	if b.Priority != a.Priority {
		add(i18n.T(ctx, "bulk.changed.priority"), ui.PriorityText(ctx, int(a.Priority)))
	}
	if b.DepartmentID != a.DepartmentID {
		add(i18n.T(ctx, "bulk.changed.department"), departmentName(f.Departments, &a.DepartmentID))
	}
	if b.AssigneeID != a.AssigneeID {
		add(i18n.T(ctx, "bulk.changed.assignee"), a.AssigneeName)
	}
	if len(u.TagsPut)+len(u.TagsTaken) > 0 {
		add(i18n.T(ctx, "bulk.changed.tags"), "")
	}
	if b.Status != a.Status {
		add(i18n.T(ctx, "bulk.changed.status"), statusName(ctx, a.Status))
	}
	if (b.TrashedAt == nil) != (a.TrashedAt == nil) {
		add(i18n.T(ctx, "desk.trash.title"), "")
	}
	if u.Sent || u.HeldKey != "" {
		add(i18n.T(ctx, "bulk.changed.reply"), "")
	}
	return strings.Join(all, " · ")
}

// setNames are the fields that the act sets.
func (f actForm) setNames() []string { return slices.Sorted(maps.Keys(f.Act.Fields)) }

// hashed is an id that stands for a name; "" for 0.
func hashed(id int64) string {
	if id == 0 {
		return ""
	}
	return "#" + num(id)
}
