// Package topicform shows the fields of a help topic as inputs and reads them
// back, for every page that has them: the form for a new ticket, the ticket's
// page, the answering page and the preview in the settings.
//
// A field's input is named "field.<key>". Conditions stand in data attributes,
// by which a script shows and hides fields while one types; without scripts all
// fields are there, each with its condition in words, and the server decides.
package topicform

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// Prefix begins the names of the inputs.
const Prefix = "field."

// wasPrefix begins the names of the hidden inputs that tell what stood in a
// field when its form was shown.
const wasPrefix = "was."

// View is a form's fields with what stands in them and what is wrong.
type View struct {
	Fields   []setting.FormField
	Values   map[string]string        // as typed, by key
	Errors   map[string]fault.Message // by "field.<key>"
	Priority int                      // that a field for the priority begins with
	IDs      string                   // begins the inputs' ids; "field-" when empty
	Editing  bool                     // of a ticket that is there: Changed reads the form
}

// Typed reads what was typed into the fields, by key.
func Typed(f httpx.Form) map[string]string { return f.Under(Prefix) }

// Changed reads those fields of an edited ticket that were typed into: one that
// somebody else changed meanwhile keeps what they set.
func Changed(f httpx.Form) map[string]string {
	values, was := f.Under(Prefix), f.Under(wasPrefix)
	for key, v := range values {
		if before, ok := was[key]; ok && same(v, before) {
			delete(values, key)
		}
	}
	return values
}

// same compares what a form sends: a tick and a choice of several begin with an
// empty value, and lines may end as on any system.
func same(a, b string) bool {
	clean := func(s string) string { return strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "; \n") }
	return clean(a) == clean(b)
}

// Inputs are the fields that the view's audience may set, and those that stand
// fast in a new ticket. One that is hidden by
// what cannot be changed here is left out.
func (v View) Inputs() []setting.FormField {
	var out []setting.FormField
	asks := setting.Asks(v.Fields, v.Values)
	for _, f := range v.Fields {
		if (f.Settable() || f.Fixed) && !f.Retired && (asks[f.Key].Shown || v.live(f.Show) != nil) {
			out = append(out, f)
		}
	}
	return out
}

// Summary are the inputs for the list of what is wrong with a form.
func (v View) Summary(ctx context.Context) []ui.Field {
	var all []ui.Field
	for _, f := range v.Inputs() {
		all = append(all, v.Field(ctx, f))
	}
	return all
}

// Carried are the values of fields that this form does not have: another
// topic's, kept for when one goes back to it.
func (v View) Carried() map[string]string {
	out := map[string]string{}
	has := map[string]bool{}
	for _, f := range v.Fields {
		has[f.Key] = true
	}
	for key, value := range v.Values {
		if !has[key] && value != "" && len(out) < maxCarried && setting.IsKey(key) {
			out[key] = value
		}
	}
	return out
}

// maxCarried bounds what a form carries for other topics.
const maxCarried = 100

// Field is one field as ui shows it.
func (v View) Field(ctx context.Context, f setting.FormField) ui.Field {
	ask := setting.Asks(v.Fields, v.Values)[f.Key]
	out := ui.Field{
		Name: Prefix + f.Key, ID: v.id(f), Label: f.Label, Hint: f.Hint, Value: v.Values[f.Key],
		Error: v.Errors[Prefix+f.Key], Required: ask.Required, Optional: !ask.Required && !v.Editing, Switches: !f.Required && v.live(f.Require) != nil,
	}
	switch f.Kind {
	case setting.KindLongText:
		out.Rows = 4
	case setting.KindNumber:
		out.InputMode, out.Autocomplete = "decimal", "off"
	case setting.KindDate:
		out.Type = "date"
		out.Attrs = bounds(f.Bounds)
	case setting.KindSerials:
		out.Class, out.Autocomplete, out.Placeholder = "mono", "off", "OE4423DS23; OE4423DS31"
		if out.Hint == "" {
			out.Hint = i18n.T(ctx, "portal.new.serials_hint")
		}
	case setting.KindPriority:
		if out.Value == "" && v.Priority > 0 {
			out.Value = strconv.Itoa(v.Priority)
		}
	case setting.KindCheckbox:
		out.Value, out.Optional = strings.Trim(out.Value, "; "), false
	case setting.KindText, setting.KindSelect, setting.KindMultiSelect: // as they are
	}
	return out
}

func bounds(b setting.Bounds) templ.Attributes {
	a := templ.Attributes{}
	if b.Min != "" {
		a["min"] = b.Min
	}
	if b.Max != "" {
		a["max"] = b.Max
	}
	return a
}

func (v View) id(f setting.FormField) string {
	if v.IDs == "" {
		return "field-" + f.Key
	}
	return v.IDs + f.Key
}

// options are the choices of a select; it begins without one.
func (v View) options(ctx context.Context, f setting.FormField) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "portal.new.choose")}}
	for _, o := range f.Offers(v.Values[f.Key]) {
		options = append(options, ui.Option{Value: o.Value, Label: o.Label})
	}
	return options
}

// priorities are the choices of a ticket's priority, 1 low to 4 urgent.
func priorities(ctx context.Context) []ui.Option {
	options := make([]ui.Option, 0, 4)
	for level := 1; level <= 4; level++ {
		options = append(options, ui.Option{Value: strconv.Itoa(level), Label: ui.PriorityText(ctx, level)})
	}
	return options
}

// chosen reports whether value is among those typed into a field of several.
func chosen(typed, value string) bool {
	for one := range strings.SplitSeq(typed, ";") {
		if strings.TrimSpace(one) == value {
			return true
		}
	}
	return false
}

// wide fields take a line of their own.
func wide(f setting.FormField) bool {
	switch f.Kind {
	case setting.KindLongText, setting.KindSerials, setting.KindMultiSelect, setting.KindCheckbox:
		return true
	case setting.KindText, setting.KindNumber, setting.KindDate, setting.KindSelect, setting.KindPriority:
		return false
	}
	return false
}
