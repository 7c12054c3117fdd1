package setting

import (
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Check reads what was typed into a form for a new ticket. It returns the values
// as they are stored, by key, and what is wrong by "field.<key>". Values that
// the form does not let this audience set, or that a condition hides, are left
// out, an empty value is not stored.
func Check(form []FormField, values map[string]string) (map[string]any, fault.Field) {
	clean := map[string]any{}
	var wrong fault.Field
	asks := Asks(form, settable(form, nil, values))
	for _, f := range form {
		if !f.Settable() && !f.Fixed || !asks[f.Key].Shown {
			continue
		}
		typed := values[f.Key]
		if f.Fixed {
			typed = f.Preset
		}
		v, key, args := f.readNew(typed, nil)
		switch {
		case key != "" && !f.Fixed:
			wrong.Add("field."+f.Key, key, args...)
		case v != nil:
			clean[f.Key] = v
		case asks[f.Key].Required:
			wrong.Add("field."+f.Key, f.missing())
		}
	}
	return clean, wrong
}

// settable are the values that stand in a form: what the ticket has, and over
// it what was typed where the audience may type.
func settable(form []FormField, current map[string]any, typed map[string]string) map[string]string {
	values := TypedAll(current)
	for _, f := range form {
		if v, ok := typed[f.Key]; ok && f.Settable() {
			values[f.Key] = v
		}
	}
	return values
}

// readNew is read, which refuses a retired choice that was does not hold.
func (f FormField) readNew(typed string, was any) (v any, key string, args []any) {
	v, key, args = f.read(strings.TrimSpace(typed))
	if key == "" && f.retired(v, was) {
		return nil, "setting.field_not_offered", nil
	}
	return v, key, args
}

// Change is one field of a ticket set to another value.
type Change struct {
	Key      string
	Value    any   // as stored; nil: emptied
	Label    Words // of the field
	Old, New Words // the values in words; nothing for an empty one
	Shown    bool  // customers may see the field
}

// Changes reads what was typed into the fields of a ticket that has the values
// current, the priority among them. A field that was not sent keeps its value.
// What may not be set is left as it is; what the change hides is emptied. What
// is wrong comes by "field.<key>".
func Changes(form []FormField, current map[string]any, typed map[string]string) ([]Change, fault.Field) {
	var changes []Change
	var wrong fault.Field
	before := Asks(form, TypedAll(current))
	after := Asks(form, settable(form, current, typed))
	for _, f := range form {
		if !f.Settable() || f.Retired {
			continue
		}
		was := current[f.Key]
		v, sent := was, false
		if text, ok := typed[f.Key]; ok {
			var key string
			var args []any
			sent = true
			if v, key, args = f.readNew(text, was); key != "" && after[f.Key].Shown {
				wrong.Add("field."+f.Key, key, args...)
				continue
			}
		}
		if !after[f.Key].Shown {
			if v = nil; !before[f.Key].Shown {
				continue // it was not asked for and is not now
			}
		}
		if v == nil && after[f.Key].Required && (sent || !before[f.Key].Required) || v == nil && f.Kind == KindPriority && sent {
			wrong.Add("field."+f.Key, f.missing())
			continue
		}
		if Typed(v) != Typed(was) && (v != nil || f.Kind != KindPriority) {
			changes = append(changes, f.change(was, v))
		}
	}
	return changes, wrong
}

func (f FormField) change(was, v any) Change {
	c := Change{Key: f.Key, Value: v, Old: f.inWords(was), New: f.inWords(v), Label: Words{i18n.Langs[0].Tag: f.Label}}
	if f.words != nil {
		c.Label = f.words.Label
	}
	return c
}

// missing is what a required field says when it is empty.
func (f FormField) missing() string {
	switch f.Kind {
	case KindSelect, KindMultiSelect, KindPriority:
		return "setting.field_choose"
	case KindSerials:
		return "setting.field_serials_missing"
	case KindCheckbox:
		return "setting.field_tick"
	case KindDate, KindNumber, KindText, KindLongText:
		return "setting.field_missing"
	}
	return "setting.field_missing"
}

// inWords is a stored value in every language that has words of its own for it.
func (f FormField) inWords(v any) Words {
	if v == nil {
		return nil
	}
	w := Words{}
	for _, l := range i18n.Langs {
		in := f
		if f.words != nil {
			in = f.words.form(l.Tag, f.Rule)
		}
		w[l.Tag] = in.say(v, i18n.In(l.Tag, "setting.field_yes"))
		if in.Kind == KindDate {
			w[l.Tag] = day(l.Tag, w[l.Tag])
		}
		if w[l.Tag] == w[i18n.Langs[0].Tag] && l.Tag != i18n.Langs[0].Tag {
			delete(w, l.Tag)
		}
	}
	return w
}

// day is a stored date as lang writes it.
func day(lang, stored string) string {
	d, err := time.Parse(time.DateOnly, stored)
	if err != nil {
		return stored
	}
	month := i18n.In(lang, "format.month."+strings.ToLower(d.Month().String()[:3]))
	return i18n.In(lang, "format.date", "day", d.Day(), "month", month, "year", d.Year())
}

// Shown is a field's label and stored value in words.
type Shown struct{ Key, Label, Value string }

// Show lists the stored values that a form's audience may see, in the form's
// order; what a condition hides is left out. values hold the priority, too, for
// the conditions on it; it is not listed, as every page shows it. yes is the
// word for a ticked box.
func Show(form []FormField, values map[string]any, yes string) []Shown {
	var out []Shown
	asks := Asks(form, TypedAll(values))
	for _, f := range form {
		v, ok := values[f.Key]
		if !ok || !asks[f.Key].Shown || f.Kind == KindPriority {
			continue
		}
		if s := f.say(v, yes); s != "" {
			out = append(out, Shown{f.Key, f.Label, s})
		}
	}
	return out
}

func (f FormField) say(v any, yes string) string {
	switch v := v.(type) {
	case string:
		for _, o := range f.Options {
			if o.Value == v {
				return o.Label
			}
		}
		return v
	case bool:
		if v {
			return yes
		}
		return ""
	case float64: // what JSON makes of a number
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case []any:
		parts := make([]string, 0, len(v))
		for _, one := range v {
			parts = append(parts, f.say(one, yes))
		}
		return strings.Join(parts, "; ")
	case []string:
		parts := make([]string, 0, len(v))
		for _, one := range v {
			parts = append(parts, f.say(one, yes))
		}
		return strings.Join(parts, "; ")
	}
	return ""
}
