package setting

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/fault"
)

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

// Rule is what an audience may do with a field of a topic.
type Rule string

// The rules.
const (
	Hidden   Rule = "hidden"
	View     Rule = "view"
	Edit     Rule = "edit"
	Required Rule = "required"
)

// Audience is whom a rule is for.
type Audience string

// The audiences.
const (
	ForCustomer Audience = "customer"
	ForAgent    Audience = "agent"
)

// Option is one choice of a select, in the reader's language.
type Option struct{ Value, Label string }

// FormField is one field of a topic's form, in the reader's language.
type FormField struct {
	Key      string
	Kind     Kind
	Label    string
	Hint     string
	Rule     Rule
	Required bool
	Options  []Option
}

// Bounds of what a field takes.
const (
	maxText     = 200    // runes
	maxLongText = 10_000 // runes
	maxSerials  = 100
	maxSerial   = 64 // runes
)

// Check reads typed values against a form. It returns them as they are stored,
// by key, and what is wrong by "field.<key>". Values that the form does not let
// this audience set are left out, an empty value is not stored.
func Check(form []FormField, values map[string]string) (map[string]any, fault.Field) {
	clean := map[string]any{}
	var wrong fault.Field
	for _, f := range form {
		if f.Rule != Edit && f.Rule != Required {
			continue
		}
		v, key, args := f.read(strings.TrimSpace(values[f.Key]))
		switch {
		case key != "":
			wrong.Add("field."+f.Key, key, args...)
		case v != nil:
			clean[f.Key] = v
		case f.Required:
			wrong.Add("field."+f.Key, f.missing())
		}
	}
	return clean, wrong
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

// read turns what was typed into the value stored, nil for an empty one, or
// tells what is wrong as a message.
func (f FormField) read(typed string) (v any, key string, args []any) {
	if typed == "" {
		return nil, "", nil
	}
	switch f.Kind {
	case KindText:
		return bounded(strings.Join(strings.Fields(typed), " "), maxText)
	case KindLongText:
		return bounded(typed, maxLongText)
	case KindNumber:
		return number(typed)
	case KindDate:
		if _, err := time.Parse(time.DateOnly, typed); err != nil {
			return nil, "setting.field_date", nil
		}
		return typed, "", nil
	case KindSelect:
		if !f.offers(typed) {
			return nil, "setting.field_not_offered", nil
		}
		return typed, "", nil
	case KindMultiSelect:
		chosen := split(typed, ";")
		if slices.ContainsFunc(chosen, func(c string) bool { return !f.offers(c) }) {
			return nil, "setting.field_not_offered", nil
		}
		return chosen, "", nil
	case KindCheckbox:
		if typed == "0" || typed == "false" {
			return nil, "", nil
		}
		return true, "", nil
	case KindSerials:
		return serials(typed)
	case KindPriority:
		return priority(typed)
	}
	return nil, "setting.field_not_offered", nil
}

func (f FormField) offers(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value })
}

func bounded(s string, limit int) (any, string, []any) {
	if utf8.RuneCountInString(s) > limit {
		return nil, "setting.field_too_long", []any{"limit", limit}
	}
	return s, "", nil
}

// number reads a decimal number written with a point or a comma. A whole one is
// kept as such.
func number(s string) (any, string, []any) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), ",", ".")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, "", nil
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, "setting.field_number", nil
	}
	return x, "", nil
}

// serials reads numbers written one after the other with ";", "," or on lines
// of their own; the same one twice counts once.
func serials(s string) (any, string, []any) {
	list := split(s, ";,\n\r\t")
	if len(list) > maxSerials {
		return nil, "setting.field_serials_many", []any{"limit", maxSerials}
	}
	for _, n := range list {
		if utf8.RuneCountInString(n) > maxSerial {
			return nil, "setting.field_serial_long", []any{"serial", string([]rune(n)[:20]) + "…", "limit", maxSerial}
		}
	}
	if len(list) == 0 {
		return nil, "", nil
	}
	return list, "", nil
}

// split cuts s at any of the separators, drops empty parts and repeats.
func split(s, separators string) []string {
	var out []string
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		part = strings.Join(strings.Fields(part), " ")
		if fold := strings.ToUpper(part); part != "" && !seen[fold] {
			seen[fold] = true
			out = append(out, part)
		}
	}
	return out
}

// priorities are the names under which scripts may send a priority.
var priorities = []string{"low", "normal", "high", "urgent"}

func priority(s string) (any, string, []any) {
	if i := slices.Index(priorities, strings.ToLower(s)); i >= 0 {
		return int64(i + 1), "", nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > int64(len(priorities)) {
		return nil, "setting.field_not_offered", nil
	}
	return n, "", nil
}

// Shown is a field's label and stored value in words.
type Shown struct{ Key, Label, Value string }

// Show lists the stored values that a form's audience may see, in the form's
// order. yes is the word for a ticked box.
func Show(form []FormField, values map[string]any, yes string) []Shown {
	var out []Shown
	for _, f := range form {
		v, ok := values[f.Key]
		if !ok || f.Rule == Hidden {
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
