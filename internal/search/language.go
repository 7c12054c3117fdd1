package search

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
)

// lang numbers an analyser. A word's stem is a term of that analyser alone, so
// that the English "die" and the German one never meet.
type lang uint8

// The analysers. none is for words that have no stem: numbers, model names and
// scripts without an analyser.
const (
	none lang = iota
	en
	ru
	de
	fr
	es
	it
	langs // how many
)

var tags = [langs]string{"", "en", "ru", "de", "fr", "es", "it"}

var stemmers = [langs]func(*snowballstem.Env) bool{
	en: english.Stem, ru: russian.Stem, de: german.Stem, fr: french.Stem, es: spanish.Stem, it: italian.Stem,
}

// langOf reads a BCP 47 tag; one without an analyser is none.
func langOf(tag string) lang {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	if i := slices.Index(tags[1:], tag); i >= 0 {
		return lang(i + 1) //nolint:gosec // an index into seven tags
	}
	return none
}

// Detect guesses the language of a text from its script and its small words,
// and returns its tag: en when nothing speaks for another one.
func Detect(text string) string {
	if len(text) > 20_000 {
		text = strings.ToValidUTF8(text[:20_000], "")
	}
	var score [langs]int
	cyrillic, latin := 0, 0
	scan(text, func(w word) {
		if w.extra {
			return
		}
		if isCyrillic(w.text) {
			cyrillic++
			return
		}
		latin++
		for l := en; l < langs; l++ {
			if isStop(l, w.text) {
				score[l]++
			}
		}
	})
	if cyrillic > latin/2 {
		return tags[ru]
	}
	best := en
	for l := en; l < langs; l++ {
		if score[l] > score[best] {
			best = l
		}
	}
	return tags[best]
}

// latinOf is the analyser that a document of language l uses for words in Latin
// letters; foreign ones are most often English. Cyrillic words are Russian.
func latinOf(l lang) lang {
	if l == ru || l == none {
		return en
	}
	return l
}

// stemmer stems words and remembers them: a collection repeats its words.
type stemmer struct {
	seen [langs]map[string]string
}

// stem returns the stem of a folded word without diacritics.
func (s *stemmer) stem(l lang, w string) string {
	if l == none || len(w) < 3 {
		return plain(w)
	}
	if t, ok := s.seen[l][w]; ok {
		return t
	}
	t := stem(l, w)
	if s.seen[l] == nil {
		s.seen[l] = map[string]string{}
	}
	s.seen[l][w] = t
	return t
}

func stem(l lang, w string) string {
	if l == none || len(w) < 3 {
		return plain(w)
	}
	e := snowballstem.NewEnv(w)
	stemmers[l](e)
	return plain(e.Current())
}

func isCyrillic(w string) bool {
	for _, r := range w {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}

func isLatin(w string) bool {
	for _, r := range w {
		if unicode.Is(unicode.Latin, r) {
			return true
		}
	}
	return false
}
