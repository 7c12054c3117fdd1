package ticket

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Bounds of a filter's text.
const (
	maxFilterText   = 1000 // runes
	maxFilterTerms  = 30
	maxFilterValues = 30 // of a term
)

// Filter is what an agents' list is narrowed by (A2): every term must hold, and
// all words be found. A saved view keeps its text.
//
//	status:open,waiting -tag:spam company:"Puerto Fibra" due:today vlan "power cut"
type Filter struct {
	Words string // free words as typed, without the terms
	Terms []Term
}

// Term is one condition: the key has any of the values, or none of them.
type Term struct {
	Key    string // of filterKeys
	Not    bool
	Values []string // as typed

	read  []any        // the values as filterKeys read them
	field *FilterField // that the key is of; nil: it is one of filterKeys
}

// ParseFilter reads a filter. Several terms of a key that are not negated are
// one: any of their values. It returns fault.Invalid on "q" for a key or a value
// that does not exist, and for a text over the bounds. The keys of fields are
// those of the given ones; Service.ReadFilter knows all.
func ParseFilter(text string, fields ...FilterField) (Filter, error) {
	var bad fault.Field
	text = richtext.Line(text)
	if utf8.RuneCountInString(text) > maxFilterText {
		bad.Add("q", "ticket.filter.long", "limit", maxFilterText)
		return Filter{}, bad.Err()
	}
	var f Filter
	var words []string
	for _, token := range filterTokens(text) {
		t, ok := splitTerm(token)
		if ok && strings.ContainsFunc(t.Key, unicode.IsDigit) {
			_, ok = keyAmong(t.Key, fields) // "ge0:down" is what somebody looks for
		}
		if !ok {
			words = append(words, token)
			continue
		}
		if err := f.add(t, fields); err != nil {
			return Filter{}, err
		}
	}
	if len(f.Terms) > maxFilterTerms {
		bad.Add("q", "ticket.filter.long", "limit", maxFilterText)
		return Filter{}, bad.Err()
	}
	f.Words = strings.Join(words, " ")
	return f, nil
}

// add reads a term's values and puts it into the filter.
func (f *Filter) add(t Term, fields []FilterField) error {
	var bad fault.Field
	k, ok := keyAmong(t.Key, fields)
	if !ok {
		bad.Add("q", "ticket.filter.key_unknown", "key", t.Key, "keys", strings.Join(FilterKeys(fields...), ", "))
		return bad.Err()
	}
	if len(t.Values) == 0 || len(t.Values) > maxFilterValues {
		bad.Add("q", "ticket.filter.value_missing", "key", k.name)
		return bad.Err()
	}
	t.Key, t.field = k.name, k.field
	for _, v := range t.Values {
		read, ok := k.value(v)
		if !ok {
			k.refuse(&bad, v)
			return bad.Err()
		}
		t.read = append(t.read, read)
	}
	for i := range f.Terms {
		if one := &f.Terms[i]; !t.Not && !one.Not && one.Key == t.Key && k.anyOf {
			one.Values = append(one.Values, t.Values...)
			one.read = append(one.read, t.read...)
			return nil
		}
	}
	f.Terms = append(f.Terms, t)
	return nil
}

// refuse says that a value does not exist, and which do where they are few, or what
// they look like.
func (k filterKey) refuse(bad *fault.Field, value string) {
	values := slices.Concat(k.offers, k.forms)
	if len(values) == 0 {
		bad.Add("q", "ticket.filter.value_odd", "key", k.name, "value", value)
		return
	}
	bad.Add("q", "ticket.filter.value_unknown", "key", k.name, "value", value, "values", strings.Join(values, ", "))
}

// String is the filter's text; ParseFilter reads it as the same filter.
func (f Filter) String() string {
	parts := make([]string, 0, len(f.Terms)+1)
	for _, t := range f.Terms {
		parts = append(parts, t.String())
	}
	if f.Words != "" {
		parts = append(parts, f.Words)
	}
	return strings.Join(parts, " ")
}

// String is the term's text.
func (t Term) String() string {
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = v
		if strings.ContainsAny(v, " ,:") {
			values[i] = `"` + v + `"`
		}
	}
	minus := ""
	if t.Not {
		minus = "-"
	}
	return minus + t.Key + ":" + strings.Join(values, ",")
}

// Empty reports whether the filter lets every ticket through.
func (f Filter) Empty() bool { return f.Words == "" && len(f.Terms) == 0 }

// And is the filter of what both let through.
func (f Filter) And(other Filter) Filter {
	return Filter{Words: strings.TrimSpace(f.Words + " " + other.Words), Terms: append(slices.Clone(f.Terms), other.Terms...)}
}

// Without is the filter without its i-th term, as a chip's cross takes it off.
func (f Filter) Without(i int) Filter {
	return Filter{Words: f.Words, Terms: slices.Delete(slices.Clone(f.Terms), i, i+1)}
}

// FilterKeys lists the keys that a filter may have, in the order of their names,
// then those of the fields that are offered.
func FilterKeys(fields ...FilterField) []string {
	keys := slices.Sorted(maps.Keys(filterKeys))
	for _, f := range fields {
		if !f.Retired {
			keys = append(keys, f.Name())
		}
	}
	return keys
}

// FilterOffers are values of a key that are worth offering; a key of names has
// none but "none" and the like.
func FilterOffers(key string) []string { return filterKeys[key].offers }

// keyAmong finds a key, or a field's.
func keyAmong(typed string, fields []FilterField) (filterKey, bool) {
	if k, ok := keyOf(typed); ok {
		return k, true
	}
	for i := range fields {
		if strings.EqualFold(fields[i].Name(), typed) {
			return fields[i].key(), true
		}
	}
	return filterKey{}, false
}

// key is the term's key.
func (t Term) key() filterKey {
	if t.field != nil {
		return t.field.key()
	}
	return filterKeys[t.Key]
}

// keyOf finds a key by its name or another spelling of it.
func keyOf(typed string) (filterKey, bool) {
	typed = strings.ToLower(typed)
	if other, ok := filterSpellings[typed]; ok {
		typed = other
	}
	k, ok := filterKeys[typed]
	k.name = typed
	return k, ok
}

// filterTokens cuts a text at spaces that are not between quotes. A quote that
// is never closed reaches to the end.
func filterTokens(text string) []string {
	var tokens []string
	var token strings.Builder
	quoted := false
	for _, r := range strings.Map(straight, text) {
		if r == '"' {
			quoted = !quoted
		}
		if r == ' ' && !quoted {
			if token.Len() > 0 {
				tokens = append(tokens, token.String())
			}
			token.Reset()
			continue
		}
		token.WriteRune(r)
	}
	if quoted {
		token.WriteByte('"')
	}
	if token.Len() > 0 {
		tokens = append(tokens, token.String())
	}
	return tokens
}

// straight turns the quotation marks that phones and word processors make into
// the plain one.
func straight(r rune) rune {
	if strings.ContainsRune("“”„«»", r) {
		return '"'
	}
	return r
}

// termLike is a key, a colon and values: no web address and no time of day.
var termLike = regexp.MustCompile(`^(-?)([\p{L}][\p{L}\d_]*):(.*)$`)

// splitTerm cuts a token into a key and its values; ok is false for a word.
func splitTerm(token string) (t Term, ok bool) {
	m := termLike.FindStringSubmatch(token)
	if m == nil || strings.HasPrefix(m[3], "//") {
		return t, false
	}
	t.Key, t.Not = m[2], m[1] == "-"
	quoted := false
	for _, v := range strings.FieldsFunc(m[3], func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	}) {
		if v = strings.TrimSpace(strings.ReplaceAll(v, `"`, "")); v != "" {
			t.Values = append(t.Values, v)
		}
	}
	return t, true
}
