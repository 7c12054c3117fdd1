package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/topicform"
	"github.com/deskbell/deskbell/web/ui"
)

// fieldForm is a field's definition as typed and what is wrong with it.
type fieldForm struct {
	setting.Field
	Numbers map[string]string   // shortest and longest as typed
	Topics  []setting.TopicEdit // for the conditions
	Others  []setting.Field     // those that a condition can look at
	refusal
}

// showNewField is GET /admin/fields/new: the kinds to choose from, then with
// kind the form.
func (h *Handler) showNewField(w http.ResponseWriter, r *http.Request) error {
	kind := setting.Kind(httpx.ReadQuery(r).Get("kind"))
	if slices.Contains(setting.NewKinds, kind) {
		return h.renderField(w, r, http.StatusOK, fieldForm{Field: setting.Field{Kind: kind}})
	}
	p, err := h.layout(r, "fields", i18n.T(r.Context(), "admin.fields.new"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, kindsPage(p))
}

// showField is GET /admin/fields/{key}.
func (h *Handler) showField(w http.ResponseWriter, r *http.Request) error {
	f, err := h.settings.Field(r.Context(), httpx.Actor(r), chi.URLParam(r, "key"))
	if err != nil {
		return err
	}
	return h.renderField(w, r, http.StatusOK, fieldForm{Field: f})
}

// postField is POST /admin/fields/new and POST /admin/fields/{key}.
func (h *Handler) postField(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	var old setting.Field
	if key := chi.URLParam(r, "key"); key != "" {
		if old, err = h.settings.Field(ctx, by, key); err != nil {
			return err
		}
	}
	f := postedField(in, old)
	if in.Has("do") {
		f.rearrange(in.Get("do"))
		return h.renderField(w, r, http.StatusOK, f)
	}
	if f.Errors != nil {
		return h.renderField(w, r, http.StatusUnprocessableEntity, f)
	}
	key, err := h.settings.SaveField(ctx, by, f.Field)
	switch {
	case err == nil && old.Key == "":
		return h.done(w, r, link.Fields+"#field-"+key, "admin.fields.added")
	case err == nil:
		return h.done(w, r, link.Fields, "admin.fields.saved")
	case !f.took(err):
		return err
	case fault.Is(err, fault.Conflict) && old.Key != "":
		now, gone := h.settings.Field(ctx, by, old.Key)
		if gone != nil {
			return gone
		}
		f.Version = now.Version // what was typed stays; saving again is then a decision
	}
	return h.renderField(w, r, httpx.Status(err), f)
}

func postedField(in httpx.Form, old setting.Field) fieldForm {
	f := fieldForm{Numbers: map[string]string{}, Field: setting.Field{
		Key: old.Key, Kind: old.Kind, Label: typedWords(in, "label"), Hint: typedWords(in, "hint"), Retired: in.On("retired"),
		Preset: strings.TrimSpace(topicform.Typed(in)["preset"]), Options: postedOptions(in), Conditions: postedConditions(in),
		Bounds: setting.Bounds{Min: in.Line("min"), Max: in.Line("max"), Pattern: in.Get("pattern"), Words: typedWords(in, "words")},
	}}
	f.Version, _ = in.Int("version")
	if old.Key == "" {
		f.Key, f.Kind, f.Version = in.Line("key"), setting.Kind(in.Get("kind")), 0
	}
	var wrong fault.Field
	for name, to := range map[string]*int{"shortest": &f.Bounds.Shortest, "longest": &f.Bounds.Longest} {
		f.Numbers[name] = in.Line(name)
		if n, ok := in.Int(name); ok {
			*to = n
		} else if f.Numbers[name] != "" {
			wrong.Add(name, "setting.field_number")
		}
	}
	if len(wrong) > 0 {
		f.Errors = wrong
	}
	return f
}

// maxRows bounds what a form is read for: more rows than may be saved.
const maxRows = 120

// postedOptions reads "option.<n>.value", ".label.<lang>" and ".retired"; a row
// without any words is left out.
func postedOptions(in httpx.Form) []setting.FieldOption {
	var out []setting.FieldOption
	for n := range maxRows {
		at := "option." + strconv.Itoa(n)
		o := setting.FieldOption{Value: in.Line(at + ".value"), Label: typedWords(in, at+".label"), Retired: in.On(at + ".retired")}
		if o.Value != "" || len(o.Label) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// postedConditions reads "condition.<n>.on" and the rest; a row without another
// field is left out.
func postedConditions(in httpx.Form) []setting.Condition {
	var out []setting.Condition
	for n := range maxRows {
		if c := postedCondition(in, "condition."+strconv.Itoa(n)+"."); c.On != "" {
			out = append(out, c)
		}
	}
	return out
}

func postedCondition(in httpx.Form, at string) setting.Condition {
	c := setting.Condition{
		TopicID: in.ID(at + "topic"), Effect: setting.Effect(in.Get(at + "effect")), On: in.Get(at + "on"), Op: setting.Op(in.Get(at + "op")),
	}
	if c.Op == setting.Is || c.Op == setting.IsNot {
		c.Values = in[at+"values"]
	}
	return c
}

// rearrange does what a button of the form asks for that saves nothing: "up:2"
// and "down:2" move a choice, anything else only shows the form again.
func (f *fieldForm) rearrange(do string) {
	to, at, _ := strings.Cut(do, ":")
	n, err := strconv.Atoi(at)
	next := n + places(to)
	if err != nil || n < 0 || n >= len(f.Options) || next < 0 || next >= len(f.Options) {
		return
	}
	f.Options[n], f.Options[next] = f.Options[next], f.Options[n]
}

func (h *Handler) renderField(w http.ResponseWriter, r *http.Request, status int, f fieldForm) error {
	ctx := r.Context()
	if err := h.fillField(r, &f); err != nil {
		return err
	}
	title := i18n.T(ctx, "admin.fields.new")
	if f.Version != 0 {
		title = f.Label.In(i18n.ReaderOf(ctx).Lang)
	}
	p, err := h.layout(r, "fields", title)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, fieldPage(p, f))
}

// fillField reads what the form offers.
func (h *Handler) fillField(r *http.Request, f *fieldForm) error {
	all, err := h.settings.Fields(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	f.Others = slices.DeleteFunc(all, func(o setting.Field) bool { return o.Key == f.Key || o.Retired })
	f.Topics, err = h.settings.AllTopics(r.Context(), httpx.Actor(r))
	return err
}

// showCondition is GET /admin/fields/condition: one condition after another
// field was chosen in it, for the field key.
func (h *Handler) showCondition(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	n, ok := q.Int("n")
	if !ok || n < 0 || n >= maxRows {
		return fault.New(fault.NotFound, "error.page_not_found")
	}
	f := fieldForm{Field: setting.Field{Key: q.Get("key")}}
	if err := h.fillField(r, &f); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, conditionRow(f, n, postedCondition(q, "")))
}

func (f fieldForm) action() string {
	if f.Version == 0 {
		return link.NewField
	}
	return link.Field(f.Key)
}

// optionRows are the choices with room for more.
func (f fieldForm) optionRows() []setting.FieldOption {
	room := 3
	if len(f.Options) == 0 {
		room = 5
	}
	return append(slices.Clone(f.Options), make([]setting.FieldOption, room)...)
}

// conditionRows are the conditions and an empty one.
func (f fieldForm) conditionRows() []setting.Condition {
	return append(slices.Clone(f.Conditions), setting.Condition{})
}

func (f fieldForm) label(ctx context.Context) wordsForm {
	return wordsForm{Name: "label", Label: i18n.T(ctx, "admin.fields.label"), Words: f.Label, Errors: f.Errors, Required: true}
}

func (f fieldForm) hint(ctx context.Context) wordsForm {
	return wordsForm{
		Name: "hint", Label: i18n.T(ctx, "admin.fields.hint"), Words: f.Hint, Errors: f.Errors, Hint: i18n.T(ctx, "admin.fields.hint_hint"), Area: true,
	}
}

func (f fieldForm) words(ctx context.Context) wordsForm {
	return wordsForm{
		Name: "words", Label: i18n.T(ctx, "admin.fields.words"), Words: f.Bounds.Words, Errors: f.Errors, Hint: i18n.T(ctx, "admin.fields.words_hint"),
	}
}

func (f fieldForm) key(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "key", Label: i18n.T(ctx, "admin.fields.key"), Value: f.Key, Error: f.Errors["key"], Optional: true, Autocomplete: "off",
		Class: "mono", Hint: i18n.T(ctx, "admin.fields.key_hint"),
	}
}

// preset is the input of the default value, which looks as the field will.
func (f fieldForm) preset(ctx context.Context) (topicform.View, setting.FormField) {
	d := f.Field
	in := d.In(i18n.ReaderOf(ctx).Lang)
	in.Key, in.Label, in.Hint = "preset", i18n.T(ctx, "admin.fields.preset"), i18n.T(ctx, "admin.fields.preset_hint")
	v := topicform.View{
		Fields: []setting.FormField{in}, Values: map[string]string{"preset": f.Preset},
		Errors: map[string]fault.Message{topicform.Prefix + "preset": f.Errors["preset"]}, Editing: true,
	}
	return v, in
}

// limits are the inputs of the bounds that the kind has.
func (f fieldForm) limits(ctx context.Context) []ui.Field {
	number := func(name, label string, n int) ui.Field {
		value := f.Numbers[name]
		if value == "" && n > 0 {
			value = strconv.Itoa(n)
		}
		return ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name], InputMode: "numeric", Optional: true, Autocomplete: "off"}
	}
	switch f.Kind {
	case setting.KindText, setting.KindLongText:
		return []ui.Field{
			number("shortest", i18n.T(ctx, "admin.fields.shortest"), f.Bounds.Shortest),
			number("longest", i18n.T(ctx, "admin.fields.longest"), f.Bounds.Longest),
		}
	case setting.KindNumber:
		return []ui.Field{
			{Name: "min", Label: i18n.T(ctx, "admin.fields.least"), Value: f.Bounds.Min, Error: f.Errors["min"], InputMode: "decimal", Optional: true, Autocomplete: "off"},
			{Name: "max", Label: i18n.T(ctx, "admin.fields.most"), Value: f.Bounds.Max, Error: f.Errors["max"], InputMode: "decimal", Optional: true, Autocomplete: "off"},
		}
	case setting.KindDate:
		return []ui.Field{
			{Name: "min", Label: i18n.T(ctx, "admin.fields.first_day"), Value: f.Bounds.Min, Error: f.Errors["min"], Type: "date", Optional: true},
			{Name: "max", Label: i18n.T(ctx, "admin.fields.last_day"), Value: f.Bounds.Max, Error: f.Errors["max"], Type: "date", Optional: true},
		}
	case setting.KindSelect, setting.KindMultiSelect, setting.KindCheckbox, setting.KindSerials, setting.KindPriority:
	}
	return nil
}

func (f fieldForm) pattern(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "pattern", Label: i18n.T(ctx, "admin.fields.pattern"), Value: f.Bounds.Pattern, Error: f.Errors["pattern"], Optional: true,
		Class: "mono", Autocomplete: "off", Hint: i18n.T(ctx, "admin.fields.pattern_hint"), Placeholder: "[A-Z]{2}[0-9]{4}",
	}
}

func (f fieldForm) text() bool { return f.Kind == setting.KindText || f.Kind == setting.KindLongText }

// all are the form's inputs, for the summary of what is wrong.
func (f fieldForm) all(ctx context.Context) []ui.Field {
	fields := append(f.label(ctx).all(ctx), f.key(ctx))
	fields = append(fields, f.hint(ctx).all(ctx)...)
	fields = append(fields, ui.Field{Name: "options", Label: i18n.T(ctx, "admin.fields.options"), Error: f.Errors["options"]})
	for n, o := range f.optionRows() {
		fields = append(fields, f.optionField(ctx, n, o, i18n.Langs[0]))
	}
	v, in := f.preset(ctx)
	fields = append(fields, v.Field(ctx, in))
	fields = append(fields, f.limits(ctx)...)
	if f.text() {
		fields = append(fields, f.pattern(ctx))
		fields = append(fields, f.words(ctx).all(ctx)...)
	}
	for n := range f.conditionRows() {
		fields = append(fields, ui.Field{
			Name: "condition." + strconv.Itoa(n), Label: i18n.T(ctx, "admin.fields.condition_n", "n", n+1), Error: f.Errors["condition."+strconv.Itoa(n)],
		})
	}
	return fields
}
