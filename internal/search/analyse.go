package search

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// The fields of a document.
const (
	title = iota
	keywords
	headings
	body
	fields
)

// weights is what one occurrence counts, by field.
var weights = [fields]float32{title: 4, keywords: 4, headings: 1.5, body: 1}

// evening is how much a field's length beyond the mean lowers its occurrences
// (b of BM25F).
var evening = [fields]float32{title: 0.5, keywords: 0.5, headings: 0.6, body: 0.9}

// analysed is a document with its words.
type analysed struct {
	doc       Doc
	lang      lang
	length    [fields]int
	terms     []docTerm
	positions []int32
	forms     []docForm
	starts    []int32 // by position: where the word begins in its section's text; -2 minus that in a heading; -1 elsewhere
	sections  []int32 // by section: its first position
}

type docTerm struct {
	term
	tf    [fields]uint16
	at, n uint32
}

// docForm is a word as written, for finding the right spelling and for
// prefixes, and the term that it became.
type docForm struct {
	text string // without diacritics
	term term
}

// analyser turns documents into their words. It is for one goroutine.
type analyser struct {
	stems stemmer
	names map[string]string // interned words

	index map[term]int // into lists
	lists []entry
	forms map[docForm]struct{}
	doc   *analysed
	next  int32 // position
}

type entry struct {
	term
	tf  [fields]uint16
	pos []int32
}

// gap parts two fields, so that no phrase reaches over the border.
const gap = 8

func (a *analyser) analyse(d Doc) *analysed {
	a.doc = &analysed{doc: d, lang: langOf(d.Lang)}
	a.index, a.lists, a.forms, a.next = map[term]int{}, a.lists[:0], map[docForm]struct{}{}, 0
	if a.names == nil {
		a.names = map[string]string{}
	}
	a.field(title, d.Title)
	a.field(keywords, d.Keywords)
	for _, s := range d.Sections {
		a.doc.sections = append(a.doc.sections, a.next)
		a.field(headings, s.Heading)
		a.field(body, s.Text)
	}
	a.finish()
	return a.doc
}

func (a *analyser) field(f int, text string) {
	if text == "" {
		return
	}
	latin := latinOf(a.doc.lang)
	scan(text, func(w word) {
		if !w.extra {
			a.place(f, w.start)
			a.doc.length[f]++
		}
		l := none
		switch {
		case w.code:
		case isLatin(w.text):
			l = latin
		case isCyrillic(w.text):
			l = ru
		}
		if f == body && isStop(l, w.text) {
			return
		}
		a.add(f, l, w.text)
	})
	for range gap {
		a.place(title, 0)
	}
}

// place takes the next position.
func (a *analyser) place(f, start int) {
	switch f {
	case body:
	case headings:
		start = -2 - start
	default:
		start = -1
	}
	a.doc.starts = append(a.doc.starts, int32(start))
	a.next++
}

// add files a word at the last position, under its stem and, where the stem
// hangs on a diacritic that many leave out, under the stem without it.
func (a *analyser) add(f int, l lang, text string) {
	first := term{l, a.name(a.stems.stem(l, text))}
	a.put(f, first)
	bare := a.name(plain(text))
	if utf8.RuneCountInString(bare) > 2 {
		a.forms[docForm{bare, first}] = struct{}{}
	}
	if bare != text && l != none {
		if second := (term{l, a.name(a.stems.stem(l, bare))}); second != first {
			a.put(f, second)
		}
	}
}

func (a *analyser) put(f int, t term) {
	i, ok := a.index[t]
	if !ok {
		i = len(a.lists)
		a.index[t] = i
		if i < cap(a.lists) {
			a.lists = a.lists[:i+1]
			a.lists[i] = entry{term: t, pos: a.lists[i].pos[:0]}
		} else {
			a.lists = append(a.lists, entry{term: t})
		}
	}
	e := &a.lists[i]
	pos := max(0, a.next-1)
	if n := len(e.pos); n > 0 && e.pos[n-1] == pos {
		return
	}
	e.tf[f] = min(e.tf[f]+1, 1<<15)
	e.pos = append(e.pos, pos)
}

// name returns one copy of each word for the whole collection.
func (a *analyser) name(s string) string {
	if n, ok := a.names[s]; ok {
		return n
	}
	s = string(append([]byte(nil), s...)) // let go of the text it was cut from
	a.names[s] = s
	return s
}

func (a *analyser) finish() {
	n := 0
	for i := range a.lists {
		n += len(a.lists[i].pos)
	}
	a.doc.terms = make([]docTerm, len(a.lists))
	a.doc.positions = make([]int32, 0, n)
	for i, e := range a.lists {
		a.doc.terms[i] = docTerm{term: e.term, tf: e.tf, at: uint32(len(a.doc.positions)), n: uint32(len(e.pos))} //nolint:gosec // a document has fewer words
		a.doc.positions = append(a.doc.positions, e.pos...)
	}
	a.doc.forms = make([]docForm, 0, len(a.forms))
	for f := range a.forms {
		a.doc.forms = append(a.doc.forms, f)
	}
	slices.SortFunc(a.doc.forms, func(x, y docForm) int { return cmp.Compare(x.text, y.text) })
}
