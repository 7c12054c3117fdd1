package find

import (
	"fmt"
	"strings"
)

// asked is what was typed with all that it may stand for: what the index is
// asked, and what is marked in what was found.
type asked struct {
	wanted []wanted
	words  [][]meaning // of each wanted: of its parts, then of its whole
	people [][]int64   // of each wanted: people called so
	firms  [][]int64   // of each wanted: companies called so
}

// grade is how near to what was typed a word must be.
type grade int

const (
	exactly grade = iota // the word itself
	kin                  // another form of it, or longer
	anyhow               // all that it may stand for
)

// query is the tsquery for the wanted things of which, all of them or all but
// one. mark is put before each word: headMark asks for the ticket's head.
func (a asked) query(g grade, mark string, which []int) string {
	all := make([]string, 0, len(which))
	for _, i := range which {
		if q := a.one(i, g, mark); q != "" {
			all = append(all, q)
		}
	}
	return strings.Join(all, " & ")
}

// one is the tsquery for one wanted thing.
func (a asked) one(i int, g grade, mark string) string {
	var forms []string
	w := a.wanted[i]
	if len(w.parts) > 0 {
		parts := make([]string, len(w.parts))
		for j := range w.parts {
			parts[j] = a.words[i][j].query(g, mark)
		}
		forms = append(forms, strings.Join(parts, " & "))
	}
	for _, m := range a.words[i][len(w.parts):] {
		forms = append(forms, m.query(g, mark))
	}
	for _, id := range a.people[i] {
		forms = append(forms, lexeme(fmt.Sprint(personMark, id)))
	}
	for _, id := range a.firms[i] {
		forms = append(forms, lexeme(fmt.Sprint(companyMark, id)))
	}
	for j, q := range forms {
		if strings.Contains(q, " ") {
			forms[j] = "(" + q + ")"
		}
	}
	return group(forms)
}

// query is the tsquery for one word.
func (m meaning) query(g grade, mark string) string {
	own := lexeme(mark + m.word)
	if g != exactly && m.prefix && len(m.longer) == 0 {
		own += ":*"
	}
	forms := []string{own}
	add := func(words []string) {
		for _, w := range words {
			forms = append(forms, lexeme(mark+w))
		}
	}
	if g != exactly {
		add(m.longer)
		add(m.stems)
	}
	if g == anyhow {
		add(m.inside)
		add(m.near)
	}
	return group(forms)
}

func group(forms []string) string {
	if len(forms) == 1 {
		return forms[0]
	}
	return "(" + strings.Join(forms, " | ") + ")"
}

// lexemes are the words that hits are looked for by, and the beginnings of words.
func (a asked) lexemes() (words, prefixes []string) {
	words, prefixes = []string{}, []string{}
	for _, all := range a.words {
		for _, m := range all {
			words = append(words, m.word)
			if m.prefix {
				prefixes = append(prefixes, like(m.word)+"%")
			}
			words = append(append(append(words, m.stems...), m.inside...), m.near...)
		}
	}
	return words, prefixes
}

// reader knows a word of a text again: which of the meanings it is, numbered
// through all wanted things.
type reader struct {
	exact    map[string]int
	other    map[string]int
	prefixes []prefix
	phones   []prefix // digits, anywhere in a number
	things   []thing
}

type prefix struct {
	text string
	of   int
}

// thing is the meanings of a wanted thing: all of its parts, or one of the rest.
type thing struct{ parts, rest uint64 }

// maxMeanings is how many meanings are told apart.
const maxMeanings = 63

// reader returns what marks texts.
func (a asked) reader() reader {
	r := reader{exact: map[string]int{}, other: map[string]int{}}
	n := 0
	for i, all := range a.words {
		var t thing
		for j, m := range all {
			if bit := uint64(1) << n; j < len(a.wanted[i].parts) {
				t.parts |= bit
			} else {
				t.rest |= bit
				if a.wanted[i].phone != "" {
					r.phones = append(r.phones, prefix{a.wanted[i].phone, n})
				}
			}
			r.exact[m.word] = n
			if m.prefix {
				r.prefixes = append(r.prefixes, prefix{m.word, n})
			}
			for _, words := range [][]string{m.stems, m.inside, m.near} {
				for _, w := range words {
					r.other[w] = n
				}
			}
			n = min(n+1, maxMeanings)
		}
		r.things = append(r.things, t)
	}
	return r
}

// which says which meaning a word is, and whether it is just as typed; -1 for
// none.
func (r reader) which(word string) (of int, same bool) {
	if i, ok := r.exact[word]; ok {
		return i, true
	}
	if i, ok := r.other[word]; ok {
		return i, false
	}
	longest, of := 0, -1
	for _, p := range r.prefixes {
		if len(p.text) > longest && strings.HasPrefix(word, p.text) {
			longest, of = len(p.text), p.of
		}
	}
	return of, false
}

// count is how many of the wanted things are in what has these meanings.
func (r reader) count(meanings uint64) int {
	n := 0
	for _, t := range r.things {
		if t.parts != 0 && meanings&t.parts == t.parts || meanings&t.rest != 0 {
			n++
		}
	}
	return n
}
