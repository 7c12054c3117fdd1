package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is one word of a text as the analysers see it.
type word struct {
	text       string // folded: lower case, ё as е; diacritics kept for the stemmer
	start, end int    // bytes in the text
	extra      bool   // another form of the word before it, at the same place
	code       bool   // has a digit: kept as it is, never stemmed
	follows    bool   // the word before it belongs to the same compound
}

// maxWord is the longest word that is indexed, in bytes; longer ones are keys,
// hashes and encoded files.
const maxWord = 64

// scan cuts text into words and hands each to emit. A compound such as
// S2962-24T, e-mail or CamelCase gives its parts and, as extra forms, the whole
// without its hyphens; a part such as s2962 gives also its number.
func scan(text string, emit func(word)) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !inWord(r) {
			i += size
			continue
		}
		end := chunkEnd(text, i)
		chunk(text, i, end, emit)
		i = end
	}
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// joins reports whether c between two word characters keeps them in one chunk.
func joins(c byte) bool { return c == '-' || c == '_' || c == '.' || c == ':' || c == '/' }

func chunkEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if inWord(r) {
			i += size
			continue
		}
		if size == 1 && joins(text[i]) && i+1 < len(text) {
			if next, n := utf8.DecodeRuneInString(text[i+1:]); inWord(next) {
				i += 1 + n
				continue
			}
		}
		return i
	}
	return i
}

// chunk emits the words between start and end.
func chunk(text string, start, end int, emit func(word)) {
	first := true
	part := start
	for i := start; i <= end; i++ {
		if i < end && !joins(text[i]) {
			continue
		}
		camel(text, part, i, !first, emit)
		if first && i < end {
			whole(text, start, end, emit)
		}
		first = false
		part = i + 1
	}
}

// whole emits a compound in one piece, at the place of its first part: a
// hyphenated word closed up, a number or address with its dots.
func whole(text string, start, end int, emit func(word)) {
	s := text[start:end]
	digit := strings.ContainsAny(s, "0123456789")
	if !digit && strings.ContainsAny(s, "./:_") || strings.Count(s, "-") > 4 || len(s) > maxWord {
		return // sentence.Next, and/or, a path
	}
	s = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '/' {
			return -1
		}
		return r
	}, s)
	emit(word{text: fold(s), start: start, end: end, extra: true, code: digit})
}

// camel emits text[start:end], and its parts when it is written LikeThis.
func camel(text string, start, end int, follows bool, emit func(word)) {
	if end-start > maxWord || end == start {
		return
	}
	s := text[start:end]
	digit := strings.ContainsAny(s, "0123456789")
	emit(word{text: fold(s), start: start, end: end, code: digit, follows: follows})
	if digit {
		numbers(s, start, emit)
		return
	}
	from, lower := 0, false
	for i, r := range s {
		upper := unicode.IsUpper(r)
		if upper && lower && i-from >= 2 {
			emit(word{text: fold(s[from:i]), start: start + from, end: start + i, extra: true})
			from = i
		}
		lower = unicode.IsLower(r)
	}
	if from > 0 && len(s)-from >= 2 {
		emit(word{text: fold(s[from:]), start: start + from, end: end, extra: true})
	}
}

// numbers emits the runs of letters and digits of a model name such as s2962,
// when they are long enough to mean something.
func numbers(s string, start int, emit func(word)) {
	from, digits := 0, false
	part := func(to int) {
		if to-from >= 3 && to-from < len(s) {
			emit(word{text: fold(s[from:to]), start: start + from, end: start + to, extra: true, code: digits})
		}
		from = to
	}
	for i, r := range s {
		d := r >= '0' && r <= '9'
		if i > 0 && d != digits {
			part(i)
		}
		digits = d
	}
	part(len(s))
}

// fold lowers s and writes ё as е, ß as ss. Other diacritics stay: stemmers
// need them.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 1)
	for _, r := range s {
		switch r = unicode.ToLower(r); r {
		case 'ё':
			b.WriteRune('е')
		case 'ß':
			b.WriteString("ss")
		case '\u0301', '\u0300': // a stress mark
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain takes the diacritics off Latin letters. й and и stay different.
func plain(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(bare, s)
		}
	}
	return s
}

func bare(r rune) rune {
	if r < 0xC0 || r > 0x17F {
		return r
	}
	if i := strings.IndexRune(accented, r); i >= 0 {
		return rune(unaccented[utf8.RuneCountInString(accented[:i])])
	}
	return r
}

const (
	accented   = "àáâãäåāăąçćčďđèéêëēěęğìíîïīıłñńňòóôõöøōőřśşšťùúûüūůűųýÿźżž"
	unaccented = "aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorssstuuuuuuuuyyzzz"
)
