package topicform

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// attrs are how much room a field takes, and what the script reads of its
// conditions, "key op value,value", and whether it is off at first.
func (v View) attrs(f setting.FormField) templ.Attributes {
	a := templ.Attributes{}
	if wide(f) {
		a["class"] = "wide"
	}
	if c := v.live(f.Show); c != nil {
		a["data-show"] = rule(*c)
		if !setting.Asks(v.Fields, v.Values)[f.Key].Shown {
			a["data-off"] = true
		}
	}
	if c := v.live(f.Require); c != nil && !f.Required {
		a["data-require"] = rule(*c)
	}
	return a
}

// live is a condition whose other field can be typed into here; on one that
// stands fast, the server has decided.
func (v View) live(c *setting.Condition) *setting.Condition {
	if c == nil {
		return nil
	}
	for _, f := range v.Fields {
		if f.Key == c.On && f.Settable() && !f.Retired {
			return c
		}
	}
	return nil
}

func rule(c setting.Condition) string {
	return c.On + " " + string(c.Op) + " " + strings.Join(c.Values, ",")
}

// Conditions are a field's conditions in words, as "Only if Type is Repair.",
// those that can be met in this form.
func (v View) Conditions(ctx context.Context, f setting.FormField) []string {
	var out []string
	for _, c := range []*setting.Condition{f.Show, f.Require} {
		if c = v.live(c); c == nil {
			continue
		}
		for _, on := range v.Fields {
			if on.Key == c.On {
				out = append(out, Words(ctx, *c, on))
			}
		}
	}
	return out
}

// Words says a condition on the field on.
func Words(ctx context.Context, c setting.Condition, on setting.FormField) string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = valueWord(ctx, on, v)
	}
	when := i18n.T(ctx, "topicform.when."+whenKey(c, on), "field", on.Label, "values", either(ctx, values))
	if c.Effect == setting.Requires {
		return i18n.T(ctx, "topicform.required_if", "when", when)
	}
	return i18n.T(ctx, "topicform.only_if", "when", when)
}

func whenKey(c setting.Condition, on setting.FormField) string {
	if on.Kind == setting.KindCheckbox {
		switch c.Op {
		case setting.Filled:
			return "ticked"
		case setting.Empty:
			return "unticked"
		case setting.Is, setting.IsNot:
		}
	}
	return string(c.Op)
}

func valueWord(ctx context.Context, on setting.FormField, value string) string {
	for _, o := range on.Options {
		if o.Value == value {
			return o.Label
		}
	}
	if on.Kind == setting.KindPriority {
		for level, o := range priorities(ctx) {
			if o.Value == value {
				return ui.PriorityText(ctx, level+1)
			}
		}
	}
	return value
}

// either joins words as "a, b or c".
func either(ctx context.Context, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return i18n.T(ctx, "topicform.or", "these", strings.Join(words[:last], ", "), "last", words[last])
}

// valueWords is what stands fast in a new ticket, in words.
func valueWords(ctx context.Context, f setting.FormField) string {
	if f.Kind == setting.KindCheckbox {
		return i18n.T(ctx, "setting.field_yes")
	}
	words := strings.Split(f.Preset, ";")
	for i, w := range words {
		words[i] = valueWord(ctx, f, w)
	}
	return strings.Join(words, ", ")
}
