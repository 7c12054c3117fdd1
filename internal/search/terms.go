package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Term is a word of a text, for an index that is kept elsewhere: lower case,
// without diacritics.
type Term struct {
	Text       string
	Full       string // with its diacritics, which stems are made of
	Start, End int    // bytes in the text
	Extra      bool   // another form of the word before it, at the same place
	Code       bool   // has a digit: never stemmed
}

// Terms hands each word of text to emit. A compound such as S2962-24T gives its
// parts and the whole in one piece, and a part such as s2962 its number.
func Terms(text string, emit func(Term)) {
	scan(text, func(w word) {
		bare := plain(w.text)
		if bare == "" || len(bare) > maxWord {
			return
		}
		emit(Term{Text: bare, Full: w.text, Start: w.start, End: w.end, Extra: w.extra, Code: w.code})
		if w.code && strings.ContainsAny(bare, ".:") { // an address of a machine, without its points too
			closed := strings.NewReplacer(".", "", ":", "").Replace(bare)
			emit(Term{Text: closed, Full: closed, Start: w.start, End: w.end, Extra: true, Code: true})
		}
	})
}

// Stems are the stems of a word as Terms gives it, with and without its
// diacritics, in every language that it may be of.
func Stems(full string) []string {
	var of []lang
	switch {
	case isCyrillic(full):
		of = []lang{ru}
	case isLatin(full):
		of = []lang{en, de, fr, es, it}
	}
	bare := plain(full)
	var out []string
	for _, l := range of {
		for _, form := range []string{full, bare} {
			if s := stem(l, form); len(s) > 2 && !slices.Contains(out, s) {
				out = append(out, s)
			}
			if form == bare && full == bare {
				break
			}
		}
	}
	return out
}

// Distance is the number of letters to insert, drop, change or swap with the
// next one to make b of a; more than limit comes back as limit+1.
func Distance(a, b string, limit int) int { return distance([]rune(a), []rune(b), limit) }

// Allowed is how many slips of the pen are looked through in a word: none in
// short ones.
func Allowed(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < minFuzzy || n > 40:
		return 0
	case n < 8:
		return 1
	default:
		return 2
	}
}

// OtherLayout is a word as it would have come out on the other of an English
// and a Russian keyboard; "" when there is none.
func OtherLayout(w string) string { return otherLayout(w) }

// SmallWord reports whether a word says nothing by itself in the language of tag.
func SmallWord(tag, word string) bool { return isStop(langOf(tag), word) }

// Spot is a place of a text that was looked for.
type Spot struct {
	Start, End int // bytes
	Concept    int // which of the things looked for
}

// Around cuts the stretch of text with most of what was looked for; spots are
// in order.
func Around(text string, spots []Spot) Excerpt {
	inner := make([]spot, len(spots))
	for i, s := range spots {
		inner[i] = spot{start: s.Start, concept: s.Concept, worth: 1}
	}
	from, to := window(inner, len(text))
	from, to = wordEdges(text, from, to)
	e := flatten(text[from:to], marksOf(spots, from, to))
	if to < len(text) {
		e.Text += " …"
	}
	if from > 0 {
		e = Excerpt{Text: "…"}.then(" ", e)
	}
	return e
}

// Whole is all of a text, with its spots marked.
func Whole(text string, spots []Spot) Excerpt {
	return flatten(text, marksOf(spots, 0, len(text)))
}

func marksOf(spots []Spot, from, to int) [][2]int {
	var out [][2]int
	last := from
	for _, s := range spots {
		if s.Start >= last && s.End <= to {
			out = append(out, [2]int{s.Start - from, s.End - from})
			last = s.End
		}
	}
	return out
}
