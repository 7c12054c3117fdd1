package setting

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what a field takes.
const (
	maxText     = 200    // runes
	maxLongText = 10_000 // runes
	maxSerials  = 100
	maxSerial   = 64 // runes
)

// read turns what was typed into the value stored, nil for an empty one, or
// tells what is wrong as a message.
func (f FormField) read(typed string) (v any, key string, args []any) {
	if typed == "" {
		return nil, "", nil
	}
	switch f.Kind {
	case KindText:
		return f.text(strings.Join(strings.Fields(typed), " "))
	case KindLongText:
		return f.text(typed)
	case KindNumber:
		return f.number(typed)
	case KindDate:
		return f.date(typed)
	case KindSelect:
		if !f.knows(typed) {
			return nil, "setting.field_not_offered", nil
		}
		return typed, "", nil
	case KindMultiSelect:
		chosen := split(typed, ";")
		if slices.ContainsFunc(chosen, func(c string) bool { return !f.knows(c) }) {
			return nil, "setting.field_not_offered", nil
		}
		if len(chosen) == 0 {
			return nil, "", nil
		}
		return chosen, "", nil
	case KindCheckbox:
		if on := strings.Trim(typed, "; "); on == "" || on == "0" || on == "false" {
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

func (f FormField) knows(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value })
}

// retired reports whether a stored value holds a choice that is offered no
// more and that was does not hold.
func (f FormField) retired(v, was any) bool {
	now := split(Typed(was), ";")
	return f.Kind.Choice() && slices.ContainsFunc(f.Options, func(o Option) bool {
		return o.Retired && slices.Contains(split(Typed(v), ";"), o.Value) && !slices.Contains(now, o.Value)
	})
}

func (f FormField) text(s string) (any, string, []any) {
	n := utf8.RuneCountInString(s)
	switch {
	case n > f.Limit():
		return nil, "setting.field_too_long", []any{"limit", f.Limit()}
	case n < f.Bounds.Shortest:
		return nil, "setting.field_too_short", []any{"limit", f.Bounds.Shortest}
	case f.Bounds.Pattern != "" && !matches(f.Bounds.Pattern, s):
		return nil, "setting.field_pattern", []any{"words", f.Expected}
	}
	return s, "", nil
}

// matches reports whether the whole of s is what pattern describes. A pattern
// that cannot be read stops nobody: saving refuses it.
func matches(pattern, s string) bool {
	re, err := compile(pattern)
	return err != nil || re.MatchString(s)
}

func compile(pattern string) (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + pattern + `)$`) }

// number reads a decimal number written with a point or a comma. A whole one is
// kept as such.
func (f FormField) number(s string) (any, string, []any) {
	x, v, ok := parseNumber(s)
	if !ok {
		return nil, "setting.field_number", nil
	}
	if least, _, ok := parseNumber(f.Bounds.Min); ok && x < least {
		return nil, "setting.field_too_small", []any{"min", f.Bounds.Min}
	}
	if most, _, ok := parseNumber(f.Bounds.Max); ok && x > most {
		return nil, "setting.field_too_large", []any{"max", f.Bounds.Max}
	}
	return v, "", nil
}

// parseNumber returns a number to compare and the one to store.
func parseNumber(s string) (float64, any, bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), ",", ".")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return float64(n), n, true
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, nil, false
	}
	return x, x, true
}

func (f FormField) date(s string) (any, string, []any) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return nil, "setting.field_date", nil
	}
	if first, err := time.Parse(time.DateOnly, f.Bounds.Min); err == nil && day.Before(first) {
		return nil, "setting.field_too_early", []any{"min", f.Bounds.Min}
	}
	if last, err := time.Parse(time.DateOnly, f.Bounds.Max); err == nil && day.After(last) {
		return nil, "setting.field_too_late", []any{"max", f.Bounds.Max}
	}
	return s, "", nil
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

// Typed is a stored value as a form would send it, several with ";".
func Typed(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
	case float64: // what JSON makes of a number
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case []string:
		return strings.Join(v, ";")
	case []any:
		parts := make([]string, 0, len(v))
		for _, one := range v {
			parts = append(parts, Typed(one))
		}
		return strings.Join(parts, ";")
	}
	return ""
}

// TypedAll are stored values as a form would send them.
func TypedAll(values map[string]any) map[string]string {
	out := make(map[string]string, len(values))
	for key, v := range values {
		out[key] = Typed(v)
	}
	return out
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// IsKey reports whether s can be a field's key.
func IsKey(s string) bool { return keyForm.MatchString(s) }
