package admin

import (
	"context"
	"slices"
	"strconv"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// optionField is a choice's label in a language. What is wrong with the choice
// stands at the default language's.
func (f fieldForm) optionField(ctx context.Context, n int, o setting.FieldOption, l i18n.Lang) ui.Field {
	at := "option." + strconv.Itoa(n)
	field := ui.Field{
		Name: at + ".label." + l.Tag, Value: o.Label[l.Tag], Error: f.Errors[at+"."+l.Tag], Autocomplete: "off", Attrs: map[string]any{"lang": l.Tag},
		Label: i18n.T(ctx, "admin.words.in", "what", i18n.T(ctx, "admin.fields.option_n", "n", n+1), "lang", l.Name),
	}
	if l.Tag == i18n.Langs[0].Tag && field.Error.Key == "" {
		field.Error = f.Errors[at]
	}
	return field
}

// optionWords are a choice's labels for counting and folding languages.
func (f fieldForm) optionWords(ctx context.Context, n int, o setting.FieldOption) wordsForm {
	return wordsForm{
		Name: "option." + strconv.Itoa(n) + ".label", Label: i18n.T(ctx, "admin.fields.option_n", "n", n+1), Words: o.Label, Errors: f.Errors,
	}
}

// saved reports whether a choice is stored already: it can be retired then, and
// keeps its value.
func saved(f fieldForm, o setting.FieldOption) bool { return f.Version != 0 && o.Value != "" }

// conditionView is one condition's inputs.
type conditionView struct {
	setting.Condition
	N    int
	form fieldForm
}

func (c conditionView) name(part string) string { return "condition." + strconv.Itoa(c.N) + "." + part }

// on is the other field, when one is chosen.
func (c conditionView) on() (setting.Field, bool) {
	i := slices.IndexFunc(c.form.Others, func(o setting.Field) bool { return o.Key == c.On })
	if i < 0 {
		return setting.Field{}, false
	}
	return c.form.Others[i], true
}

// choices are the values that the other field offers; none for other kinds.
func (c conditionView) choices(ctx context.Context) []ui.Option {
	on, ok := c.on()
	if !ok {
		return nil
	}
	if on.Kind == setting.KindPriority {
		return priorityOptions(ctx)
	}
	var out []ui.Option
	for _, o := range on.Options {
		if !o.Retired || slices.Contains(c.Values, o.Value) {
			out = append(out, ui.Option{Value: o.Value, Label: o.Label.In(i18n.ReaderOf(ctx).Lang)})
		}
	}
	return out
}

func (c conditionView) effects(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(setting.Shows), Label: i18n.T(ctx, "admin.fields.effect_show")},
		{Value: string(setting.Requires), Label: i18n.T(ctx, "admin.fields.effect_require")},
	}
}

func (c conditionView) topics(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "0", Label: i18n.T(ctx, "admin.fields.every_topic")}}
	for _, t := range c.form.Topics {
		if !t.Retired || t.ID == c.TopicID {
			out = append(out, ui.Option{Value: num(t.ID), Label: t.Name.In(i18n.ReaderOf(ctx).Lang)})
		}
	}
	return out
}

func (c conditionView) others(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "admin.fields.no_condition")}}
	for _, o := range c.form.Others {
		out = append(out, ui.Option{Value: o.Key, Label: o.Label.In(i18n.ReaderOf(ctx).Lang)})
	}
	return out
}

func (c conditionView) ops(ctx context.Context) []ui.Option {
	on, _ := c.on()
	if on.Kind == setting.KindCheckbox {
		return []ui.Option{
			{Value: string(setting.Filled), Label: i18n.T(ctx, "admin.fields.op_ticked")},
			{Value: string(setting.Empty), Label: i18n.T(ctx, "admin.fields.op_unticked")},
		}
	}
	var out []ui.Option
	if len(c.choices(ctx)) > 0 {
		out = append(out,
			ui.Option{Value: string(setting.Is), Label: i18n.T(ctx, "admin.fields.op_is")},
			ui.Option{Value: string(setting.IsNot), Label: i18n.T(ctx, "admin.fields.op_is_not")})
	}
	return append(out,
		ui.Option{Value: string(setting.Filled), Label: i18n.T(ctx, "admin.fields.op_filled")},
		ui.Option{Value: string(setting.Empty), Label: i18n.T(ctx, "admin.fields.op_empty")})
}
