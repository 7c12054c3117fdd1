package setting

import "slices"

// Kind is what a field holds.
type Kind string

// The kinds of field (T5).
const (
	KindText        Kind = "text"
	KindLongText    Kind = "long_text"
	KindNumber      Kind = "number"
	KindDate        Kind = "date"
	KindSelect      Kind = "select"
	KindMultiSelect Kind = "multi_select"
	KindCheckbox    Kind = "checkbox"
	KindSerials     Kind = "serials"  // serial numbers, several by ";"
	KindPriority    Kind = "priority" // 1 low to 4 urgent; stands on the ticket's row
)

// PriorityField is the key of the one field of KindPriority.
const PriorityField = "priority"

// Choice reports whether a field of this kind has options.
func (k Kind) Choice() bool { return k == KindSelect || k == KindMultiSelect }

// Rule is what an audience may do with a field of a topic.
type Rule string

// The rules.
const (
	Hidden   Rule = "hidden"
	View     Rule = "view"
	Edit     Rule = "edit"
	Required Rule = "required"
)

// Rules lists the rules in the order a choice of them has.
var Rules = []Rule{Hidden, View, Edit, Required}

// Audience is whom a rule is for, and where.
type Audience string

// The audiences. Agents have no rules: they see and edit every field.
const (
	ForCustomer Audience = "customer" // the form for a new ticket
	OnPage      Audience = "page"     // customers, on the ticket's page
	ForAgent    Audience = "agent"
)

// Option is one choice of a select, in the reader's language.
type Option struct {
	Value, Label string
	Retired      bool // not offered any more; tickets that have it show it
}

// Bounds are what a field's value must keep to beyond its kind.
type Bounds struct {
	Min      string `json:"min,omitempty"`      // of a number; the first day of a date, as 2026-02-28
	Max      string `json:"max,omitempty"`      // of a number; the last day
	Shortest int    `json:"shortest,omitempty"` // runes of a text
	Longest  int    `json:"longest,omitempty"`  // runes of a text; 0: the kind's own limit
	Pattern  string `json:"pattern,omitempty"`  // RE2, matched against the whole text
	Words    Words  `json:"words,omitempty"`    // what to write, said when the pattern does not match
}

// FormField is one field of a topic's form, in the reader's language.
type FormField struct {
	Key      string
	Kind     Kind
	Label    string
	Hint     string
	Rule     Rule
	Required bool // always; Asks also knows of conditions
	Options  []Option
	Preset   string // what stands in a new form, as typed
	Bounds   Bounds
	Expected string     // what to write, said when the bounds' pattern does not match
	Show     *Condition // asked for only when it holds; nil: always
	Require  *Condition // must be filled in when it holds; nil: by Required alone
	Retired  bool       // only shown, where a ticket has a value
	Fixed    bool       // of a new ticket: shown, and stored as Preset says
	Asked    bool       // the topic asks customers for it, or shows it to them

	words *Field // in every language; nil in a field made by hand
}

// Settable reports whether the form's audience may set the field.
func (f FormField) Settable() bool { return f.Rule == Edit || f.Rule == Required }

// Offers are the choices to offer where value, as typed, is chosen now: a
// retired one stays with the ticket that has it.
func (f FormField) Offers(value string) []Option {
	now := split(value, ";")
	var out []Option
	for _, o := range f.Options {
		if !o.Retired || slices.Contains(now, o.Value) {
			out = append(out, o)
		}
	}
	return out
}

// Limit is the number of runes a text may have.
func (f FormField) Limit() int {
	limit := maxLongText
	if f.Kind == KindText {
		limit = maxText
	}
	if f.Bounds.Longest > 0 && f.Bounds.Longest < limit {
		limit = f.Bounds.Longest
	}
	return limit
}

// Field is a field's definition, as an administrator sees it.
type Field struct {
	Key        string
	Kind       Kind
	Label      Words
	Hint       Words
	Options    []FieldOption
	Preset     string
	Bounds     Bounds
	Retired    bool
	Version    int // 0: not saved yet
	Conditions []Condition
}

// FieldOption is one choice of a select as it is stored.
type FieldOption struct {
	Value   string `json:"value"`
	Label   Words  `json:"label"`
	Retired bool   `json:"retired,omitempty"`
}

// form is the field in a language, under a rule.
func (d *Field) form(lang string, rule Rule) FormField {
	f := FormField{
		Key: d.Key, Kind: d.Kind, Label: d.Label.In(lang), Hint: d.Hint.In(lang), Rule: rule, Required: rule == Required,
		Preset: d.Preset, Bounds: d.Bounds, Expected: d.Bounds.Words.In(lang), Retired: d.Retired, words: d,
	}
	for _, o := range d.Options {
		f.Options = append(f.Options, Option{o.Value, o.Label.In(lang), o.Retired})
	}
	return f
}
