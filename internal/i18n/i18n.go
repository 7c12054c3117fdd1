// Package i18n turns message keys into words in the reader's language, and
// times, sizes and numbers into what that language writes.
//
// A language is one file, locales/<tag>.toml: key = "text {placeholder}", or
// for plurals a table with the CLDR categories as its keys. Catalogues are
// compiled when first used, so that a message costs a map look-up: pages print
// hundreds of them.
package i18n

import (
	"context"
	"embed"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ru"
	"golang.org/x/text/language"
)

//go:embed locales/*.toml
var files embed.FS

// Lang is a language that has a complete catalogue.
type Lang struct {
	Tag  string // BCP 47, e.g. "ru"
	Name string // in itself, e.g. "Русский"
	rule locales.Translator
	// millions is whether whole millions take the form "many", as CLDR has it
	// since version 38; the rules at hand are older.
	millions bool
}

// Langs lists the languages, the default one first.
var Langs = []Lang{
	{"en", "English", en.New(), false},
	{"ru", "Русский", ru.New(), false},
	{"de", "Deutsch", de.New(), false},
	{"fr", "Français", fr.New(), true},
	{"es", "Español", es.New(), true},
	{"it", "Italiano", it.New(), true},
}

// Known reports whether tag is one of Langs.
func Known(tag string) bool {
	return slices.ContainsFunc(Langs, func(l Lang) bool { return l.Tag == tag })
}

// Match picks the best of Langs for a browser's Accept-Language header.
func Match(acceptLanguage string) string {
	tags := make([]language.Tag, len(Langs))
	for i, l := range Langs {
		tags[i] = language.MustParse(l.Tag)
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return Langs[0].Tag
	}
	_, i, confidence := language.NewMatcher(tags).Match(wanted...)
	if confidence == language.No {
		return Langs[0].Tag
	}
	return Langs[i].Tag
}

// Reader is whom a page or mail is for.
type Reader struct {
	Lang string
	Zone *time.Location
}

type readerKey struct{}

// With returns a ctx whose texts are for r.
func With(ctx context.Context, r Reader) context.Context {
	if !Known(r.Lang) {
		r.Lang = Langs[0].Tag
	}
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	return context.WithValue(ctx, readerKey{}, r)
}

// ReaderOf returns ctx's reader; without one, English and UTC.
func ReaderOf(ctx context.Context) Reader {
	if r, ok := ctx.Value(readerKey{}).(Reader); ok {
		return r
	}
	return Reader{Lang: Langs[0].Tag, Zone: time.UTC}
}

// T returns the message for key in ctx's language. args are alternating names
// and values of placeholders; the value named "count", an integer, picks the
// plural form. A key that the catalogue lacks comes back in brackets, which
// tests refuse.
func T(ctx context.Context, key string, args ...any) string {
	return In(ReaderOf(ctx).Lang, key, args...)
}

// In is T for a language by its tag.
func In(lang, key string, args ...any) string {
	m, ok := catalogue(lang)[key]
	if !ok {
		return "[" + key + "]"
	}
	if m.plural == nil {
		return m.plain.fill(args)
	}
	return m.form(lang, args).fill(args)
}

// Has reports whether lang's catalogue has key.
func Has(lang, key string) bool {
	_, ok := catalogue(lang)[key]
	return ok
}

// Keys returns lang's keys in order, for tests that compare catalogues.
func Keys(lang string) []string {
	keys := make([]string, 0, len(catalogue(lang)))
	for k := range catalogue(lang) {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

type message struct {
	plain  text
	plural map[string]text // CLDR category -> text; nil for a message without forms
}

func (m message) form(lang string, args []any) text {
	category := "other"
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "count" {
			category = plural(lang, args[i+1])
		}
	}
	if t, ok := m.plural[category]; ok {
		return t
	}
	return m.plural["other"]
}

func plural(lang string, count any) string {
	var n float64
	switch v := count.(type) {
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	default:
		return "other"
	}
	l := langOf(lang)
	if l.millions && n != 0 && math.Mod(n, 1_000_000) == 0 {
		return "many"
	}
	return strings.ToLower(l.rule.CardinalPluralRule(n, 0).String())
}

func langOf(tag string) Lang {
	for _, l := range Langs {
		if l.Tag == tag {
			return l
		}
	}
	return Langs[0]
}

// text is a message cut at its placeholders: literal, name, literal, name.
type text []string

func compile(s string) text {
	var t text
	for {
		head, rest, ok := strings.Cut(s, "{")
		name, tail, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			return append(t, s)
		}
		t = append(t, head, name)
		s = tail
	}
}

func (t text) fill(args []any) string {
	if len(t) == 1 {
		return t[0]
	}
	var b strings.Builder
	for i, part := range t {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		b.WriteString(arg(args, part))
	}
	return b.String()
}

func arg(args []any, name string) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return say(args[i+1])
		}
	}
	return "[" + name + "]"
}

// say prints a placeholder's value. Most are strings and numbers, for which
// package fmt is slow: a page has hundreds.
func say(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	default:
		return fmt.Sprint(v)
	}
}

var catalogues = sync.OnceValue(func() map[string]map[string]message {
	all := map[string]map[string]message{}
	names, _ := files.ReadDir("locales")
	for _, f := range names {
		lang, _, _ := strings.Cut(f.Name(), ".")
		if all[lang] == nil {
			all[lang] = map[string]message{}
		}
		b, err := files.ReadFile(path.Join("locales", f.Name()))
		if err != nil {
			continue
		}
		raw := map[string]any{}
		if err := toml.Unmarshal(b, &raw); err != nil {
			continue // TestCatalogues names the file and the error
		}
		flatten(all[lang], "", raw)
	}
	return all
})

func catalogue(lang string) map[string]message {
	if c, ok := catalogues()[lang]; ok {
		return c
	}
	return catalogues()[Langs[0].Tag]
}

// flatten turns nested tables into dotted keys; a table with the key "other" is
// a message with plural forms.
func flatten(into map[string]message, prefix string, table map[string]any) {
	for k, v := range table {
		key := prefix + k
		switch v := v.(type) {
		case string:
			into[key] = message{plain: compile(v)}
		case map[string]any:
			if _, ok := v["other"].(string); !ok {
				flatten(into, key+".", v)
				continue
			}
			m := message{plural: map[string]text{}}
			for category, s := range v {
				m.plural[category] = compile(fmt.Sprint(s))
			}
			into[key] = m
		}
	}
}
