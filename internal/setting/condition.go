package setting

import (
	"slices"
	"strings"
)

// Effect is what a condition does to its field.
type Effect string

// The effects.
const (
	Shows    Effect = "show"    // the field is asked for only when the condition holds
	Requires Effect = "require" // the field must be filled in when the condition holds
)

// Op is how a condition looks at the other field.
type Op string

// The operators. Is and IsNot look at choices, a choice of several holds when
// any of the chosen is meant; Filled and Empty look at any field.
const (
	Is     Op = "is"
	IsNot  Op = "is_not"
	Filled Op = "filled"
	Empty  Op = "empty"
)

// Condition shows or requires a field by what another one holds (T5).
type Condition struct {
	TopicID int64 // 0: in every topic that has no such condition of its own
	Effect  Effect
	On      string // key of the other field
	Op      Op
	Values  []string // of Is and IsNot
}

// Holds decides on the other field's values: nil when it is empty.
func (c Condition) Holds(values []string) bool {
	among := slices.ContainsFunc(values, func(v string) bool { return slices.Contains(c.Values, v) })
	switch c.Op {
	case Is:
		return among
	case IsNot:
		return !among
	case Filled:
		return len(values) > 0
	case Empty:
		return len(values) == 0
	}
	return false
}

// Ask is what a form asks of one field while it is filled in.
type Ask struct{ Shown, Required bool }

// Asks decides for every field of a form whether it is shown and must be filled
// in, by the values that stand in it, as typed. A field that is not shown counts
// as empty for those that depend on it.
func Asks(form []FormField, values map[string]string) map[string]Ask {
	a := asking{fields: make(map[string]FormField, len(form)), values: values, asks: make(map[string]Ask, len(form))}
	for _, f := range form {
		a.fields[f.Key] = f
	}
	for _, f := range form {
		a.ask(f)
	}
	return a.asks
}

type asking struct {
	fields map[string]FormField
	values map[string]string
	asks   map[string]Ask
}

// ask decides on f. Conditions never run in a circle: saving refuses that. Were
// they to, the field that closes it would count as not shown.
func (a asking) ask(f FormField) Ask {
	if known, ok := a.asks[f.Key]; ok {
		return known
	}
	a.asks[f.Key] = Ask{}
	shown := f.Rule != Hidden && a.holds(f.Show, true)
	required := shown && f.Settable() && (f.Required || a.holds(f.Require, false))
	a.asks[f.Key] = Ask{Shown: shown, Required: required}
	return a.asks[f.Key]
}

// holds decides on a condition; without one, or when the form lacks the other
// field, it is otherwise.
func (a asking) holds(c *Condition, otherwise bool) bool {
	if c == nil {
		return otherwise
	}
	on, ok := a.fields[c.On]
	if !ok {
		return otherwise
	}
	if !a.ask(on).Shown {
		return c.Holds(nil)
	}
	if on.Fixed {
		return c.Holds(on.tokens(on.Preset))
	}
	return c.Holds(on.tokens(a.values[on.Key]))
}

// tokens are a typed value as conditions compare it.
func (f FormField) tokens(typed string) []string {
	v, key, _ := f.read(strings.TrimSpace(typed))
	if key != "" { // not readable, but not empty either
		return []string{typed}
	}
	s := Typed(v)
	switch {
	case s == "":
		return nil
	case f.Kind == KindMultiSelect:
		return strings.Split(s, ";")
	default:
		return []string{s}
	}
}

// circle finds fields whose showing depends on itself in a topic, the circle's
// keys in order; nil when there is none. show tells which field another one's
// showing depends on.
func circle(show map[string]string) []string {
	for start := range show {
		path := []string{start}
		for at := show[start]; at != ""; at = show[at] {
			if at == start {
				return path
			}
			if slices.Contains(path, at) {
				break // a circle further on, found from one of its own
			}
			path = append(path, at)
		}
	}
	return nil
}
