package ticket

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/pg"
)

// FieldKind is what a field of tickets holds, as far as filters ask.
type FieldKind string

// The kinds, as the settings call them.
const (
	FieldText    FieldKind = "text"
	FieldLong    FieldKind = "long_text"
	FieldNumber  FieldKind = "number"
	FieldDate    FieldKind = "date"
	FieldSelect  FieldKind = "select"
	FieldMulti   FieldKind = "multi_select"
	FieldTick    FieldKind = "checkbox"
	FieldSerials FieldKind = "serials"
)

// FilterField is a field of tickets as a key of filters, in the reader's language.
type FilterField struct {
	Key     string
	Kind    FieldKind
	Label   string
	Options []FilterOption // of a choice
	Retired bool           // still understood, not offered any more
}

// FilterOption is one choice of a field.
type FilterOption struct {
	Value, Label string
	Retired      bool
}

// Name is the field's key in filters: one that a filter means something else by
// has "field_" before it.
func (f FilterField) Name() string {
	if _, taken := keyOf(f.Key); taken {
		return "field_" + f.Key
	}
	return f.Key
}

// Offers are values that are worth offering.
func (f FilterField) Offers() []string {
	var offers []string
	switch f.Kind {
	case FieldSelect, FieldMulti:
		for _, o := range f.Options {
			if !o.Retired {
				offers = append(offers, strings.ToLower(o.Value))
			}
		}
	case FieldTick:
		return []string{"yes", "no"}
	case FieldDate:
		offers = slices.Clone(pastPeriods)
	case FieldText, FieldLong, FieldNumber, FieldSerials:
	}
	return append(offers, none)
}

// Say is a value of a term as the field's choices call it.
func (f FilterField) Say(value string) string {
	for _, o := range f.Options {
		if strings.EqualFold(o.Value, value) {
			return o.Label
		}
	}
	return value
}

// Field is the field that a term is about; nil: it is about something else.
func (t Term) Field() *FilterField { return t.field }

// FilterFields lists the fields that filters know, in the reader's language.
func (s *Service) FilterFields(ctx context.Context) ([]FilterField, error) {
	if s.hooks.FilterFields == nil {
		return nil, nil
	}
	return s.hooks.FilterFields(ctx)
}

// ReadFilter is ParseFilter with the fields of the settings.
func (s *Service) ReadFilter(ctx context.Context, text string) (Filter, error) {
	fields, err := s.FilterFields(ctx)
	if err != nil {
		return Filter{}, err
	}
	return ParseFilter(text, fields...)
}

// fieldTest is one value of a field that a filter asks for.
type fieldTest struct {
	none    bool
	is      string   // in lower case
	like    string   // a pattern
	least   *float64 // of a number
	most    *float64
	without bool // the bounds themselves
	days    period
}

// key is the field among the keys of filters.
func (f FilterField) key() filterKey {
	k := filterKey{name: f.Name(), anyOf: true, read: f.read, where: f.where, few: f.few, field: &f}
	if f.Kind != FieldNumber && f.Kind != FieldText && f.Kind != FieldLong && f.Kind != FieldSerials {
		k.offers = f.Offers()
	}
	return k
}

// read reads a value, which is in lower case.
func (f FilterField) read(value string) (any, bool) {
	if value == none || f.Kind == FieldTick && value == "no" {
		return fieldTest{none: true}, true
	}
	switch f.Kind {
	case FieldNumber:
		return readNumbers(value)
	case FieldDate:
		p, ok := readPeriod(past)(value)
		days, _ := p.(period)
		return fieldTest{days: days}, ok
	case FieldTick:
		return fieldTest{is: "true"}, value == "yes"
	case FieldSelect, FieldMulti:
		i := slices.IndexFunc(f.Options, func(o FilterOption) bool {
			return strings.ToLower(o.Value) == value || strings.ToLower(o.Label) == value
		})
		if i < 0 {
			return nil, false
		}
		return fieldTest{is: strings.ToLower(f.Options[i].Value)}, true
	case FieldLong:
		return fieldTest{like: pg.Like(strings.Trim(value, "*"))}, true
	case FieldText, FieldSerials:
		if strings.Contains(value, "*") {
			return fieldTest{like: wildcards(value)}, strings.Trim(value, "*") != ""
		}
	}
	return fieldTest{is: value}, true
}

// wildcards is the pattern of a value in which "*" stands for anything.
func wildcards(value string) string {
	like := pg.Like(value)
	return strings.ReplaceAll(like[1:len(like)-1], "*", "%")
}

// readNumbers reads "2026", "2019..2021", ">2019" and "<=5".
func readNumbers(value string) (any, bool) {
	number := func(s string) *float64 {
		n, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
		if err != nil || n != n {
			return nil
		}
		return &n
	}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		rest, ok := strings.CutPrefix(value, op)
		if !ok {
			continue
		}
		n, test := number(rest), fieldTest{without: len(op) == 1}
		if op[0] == '<' {
			test.most = n
		} else {
			test.least = n
		}
		return test, n != nil
	}
	from, to, ranged := strings.Cut(value, "..")
	if !ranged {
		to = from
	}
	test := fieldTest{least: number(from), most: number(to)}
	return test, test.least != nil && test.most != nil
}

// where is the condition that the field has any of the values.
func (f FilterField) where(b *binding, values []any) string {
	key := b.arg(f.Key, "text")
	value := "(t.fields ->> " + key + ")"
	var is, like []any
	var either []string
	for _, v := range values {
		test, _ := v.(fieldTest)
		switch {
		case test.none:
			either = append(either, "NOT t.fields ? "+key)
		case test.like != "":
			like = append(like, test.like)
		case test.least != nil || test.most != nil:
			either = append(either, "CASE WHEN jsonb_typeof(t.fields -> "+key+") = 'number' THEN "+test.numbers(b, value+"::numeric")+" END")
		case f.Kind == FieldDate:
			either = append(either, test.dates(b, value))
		default:
			is = append(is, test.is)
		}
	}
	if len(is) > 0 {
		either = append(either, f.each(key, "= ANY (SELECT lower(fw) FROM unnest("+b.texts(is)+") fw)"))
	}
	if len(like) > 0 {
		either = append(either, f.each(key, "LIKE ANY (SELECT lower(fw) FROM unnest("+b.texts(like)+") fw)"))
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

// each is the condition that the value, or one of several, meets a condition.
func (f FilterField) each(key, condition string) string {
	if f.Kind != FieldMulti && f.Kind != FieldSerials {
		return "lower(t.fields ->> " + key + ") " + condition
	}
	return "CASE WHEN jsonb_typeof(t.fields -> " + key + ") = 'array' THEN EXISTS (SELECT FROM jsonb_array_elements_text(t.fields -> " + key +
		") AS fv (x) WHERE lower(fv.x) " + condition + ") ELSE lower(t.fields ->> " + key + ") " + condition + " END"
}

// numbers is the condition that a number is within the bounds.
func (t fieldTest) numbers(b *binding, value string) string {
	equal := "="
	if t.without {
		equal = ""
	}
	var all []string
	if t.least != nil {
		all = append(all, value+" >"+equal+" "+b.arg(*t.least, "numeric"))
	}
	if t.most != nil {
		all = append(all, value+" <"+equal+" "+b.arg(*t.most, "numeric"))
	}
	return strings.Join(all, " AND ")
}

// dates is the condition that a day is within the period: days are kept so that
// they sort as texts.
func (t fieldTest) dates(b *binding, value string) string {
	from, to := t.days.bounds(b.now, b.zone)
	all := []string{value + " <> ''"}
	if !from.IsZero() {
		all = append(all, value+" >= "+b.arg(from.In(b.zone).Format(time.DateOnly), "text"))
	}
	if !to.IsZero() {
		all = append(all, value+" < "+b.arg(to.In(b.zone).Format(time.DateOnly), "text"))
	}
	return "(" + strings.Join(all, " AND ") + ")"
}

// few finds the tickets by numbers and words that somebody wrote, of which each
// is on few. What is chosen from a list is on many: those stand near the top of
// any list, and are found by walking along it.
func (f FilterField) few(b *binding, values []any) string {
	if f.Kind != FieldText && f.Kind != FieldSerials {
		return ""
	}
	var either []string
	for _, v := range values {
		test, _ := v.(fieldTest)
		if test.is == "" {
			return ""
		}
		var one any = test.is
		if f.Kind == FieldSerials {
			one = []string{test.is}
		}
		text, err := json.Marshal(map[string]any{f.Key: one})
		if err != nil {
			return ""
		}
		either = append(either, "lower(t.fields::text)::jsonb @> lower("+b.arg(string(text), "text")+")::jsonb")
	}
	return "t.fields <> '{}'::jsonb AND (" + strings.Join(either, " OR ") + ")"
}
