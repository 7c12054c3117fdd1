package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// vocabulary is the words of all documents as written, for prefixes, for
// relatives of a word and for the right spelling of a wrong one.
type vocabulary struct {
	forms  []form // in order of text
	index  map[string]int32
	stems  [langs][]stemRef   // in order of text
	turned []stemRef          // German ones, by their ends
	grams  map[uint64][]int32 // pair of letters -> forms that have it
}

type form struct {
	text  string
	runes int
	docs  int // in how many documents, at least
	terms []int32
}

type stemRef struct {
	text string
	term int32
}

func newVocabulary(x *Index) vocabulary {
	v := vocabulary{index: map[string]int32{}, grams: map[uint64][]int32{}}
	for _, d := range x.docs {
		for _, f := range d.forms {
			i, ok := v.index[f.text]
			if !ok {
				i = int32(len(v.forms)) //nolint:gosec // counts of words and documents are small
				v.index[f.text] = i
				v.forms = append(v.forms, form{text: f.text, runes: utf8.RuneCountInString(f.text)})
			}
			v.forms[i].docs++
			if id := x.terms[f.term]; !slices.Contains(v.forms[i].terms, id) {
				v.forms[i].terms = append(v.forms[i].terms, id)
			}
		}
	}
	slices.SortFunc(v.forms, func(a, b form) int { return cmp.Compare(a.text, b.text) })
	for i, f := range v.forms {
		v.index[f.text] = int32(i)
		if f.runes >= minFuzzy-1 {
			eachGram(f.text, func(g uint64) {
				if list := v.grams[g]; len(list) == 0 || list[len(list)-1] != int32(i) { //nolint:gosec // counts of words and documents are small
					v.grams[g] = append(list, int32(i)) //nolint:gosec // counts of words and documents are small
				}
			})
		}
	}
	for t, id := range x.terms {
		if t.lang != none {
			v.stems[t.lang] = append(v.stems[t.lang], stemRef{t.text, id})
		}
	}
	for l := range v.stems {
		slices.SortFunc(v.stems[l], func(a, b stemRef) int { return cmp.Compare(a.text, b.text) })
	}
	v.turn()
	return v
}

// minFuzzy is the shortest word, in letters, whose spelling is doubted.
const minFuzzy = 4

// eachGram hands the pairs of neighbouring letters of word to emit, with a
// border before and after it.
func eachGram(word string, emit func(uint64)) {
	last := rune(0)
	for _, r := range word {
		emit(uint64(last)<<32 | uint64(r)) //nolint:gosec // runes are not negative
		last = r
	}
	emit(uint64(last) << 32)
}

// guess is a word that may have been meant.
type guess struct {
	form     int32
	distance int
}

// near returns the words within the edit distance that word's length allows,
// nearest and most frequent first, at most limit.
func (v *vocabulary) near(word string, limit int) []guess {
	runes := []rune(word)
	if len(runes) < minFuzzy || len(runes) > 40 {
		return nil
	}
	allowed := 1
	if len(runes) >= 8 {
		allowed = 2
	}
	counts := map[int32]uint8{}
	grams := 0
	eachGram(word, func(g uint64) {
		grams++
		for _, f := range v.grams[g] {
			counts[f]++
		}
	})
	need := max(1, grams-3*allowed)
	var out []guess
	for f, n := range counts {
		cand := v.forms[f]
		if int(n) < need || cand.runes < len(runes)-allowed || cand.runes > len(runes)+allowed {
			continue
		}
		if d := distance(runes, []rune(cand.text), allowed); d <= allowed && d > 0 {
			out = append(out, guess{f, d})
		}
	}
	slices.SortFunc(out, func(a, b guess) int {
		x, y := v.forms[a.form], v.forms[b.form]
		return cmp.Or(cmp.Compare(a.cost(v, runes[0]), b.cost(v, runes[0])), cmp.Compare(y.docs, x.docs), cmp.Compare(x.text, y.text))
	})
	return out[:min(limit, len(out))]
}

// cost orders guesses: people seldom mistake the first letter.
func (g guess) cost(v *vocabulary, first rune) int {
	if r, _ := utf8.DecodeRuneInString(v.forms[g.form].text); r != first {
		return 2*g.distance + 1
	}
	return 2 * g.distance
}

// distance is the number of letters to insert, drop, change or swap with the
// next one to make b of a; more than limit comes back as limit+1.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][44]int
	prev2, prev, row := &rows[0], &rows[1], &rows[2]
	if len(b) >= len(row)-1 {
		return limit + 1
	}
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d := min(prev[j]+1, row[j-1]+1, prev[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, prev2[j-2]+1)
			}
			row[j] = d
			best = min(best, d)
		}
		if best > limit {
			return limit + 1
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}

// completions returns the words that begin with prefix, most frequent first,
// at most limit.
func (v *vocabulary) completions(prefix string, limit int) []int32 {
	from, _ := slices.BinarySearchFunc(v.forms, prefix, func(f form, p string) int { return cmp.Compare(f.text, p) })
	var out []int32
	for i := from; i < len(v.forms) && i < from+2000 && strings.HasPrefix(v.forms[i].text, prefix); i++ {
		if v.forms[i].text != prefix {
			out = append(out, int32(i)) //nolint:gosec // counts of words and documents are small
		}
	}
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(v.forms[b].docs, v.forms[a].docs), cmp.Compare(a, b))
	})
	return out[:min(limit, len(out))]
}

// kin returns the stems that share so long a beginning with stem that they are
// most likely of one family, such as подключ and подключен.
func (v *vocabulary) kin(l lang, stem string, emit func(term int32, shared, longer int)) {
	n := utf8.RuneCountInString(stem)
	if n < minKin {
		return
	}
	prefix := firstRunes(stem, max(minKin, n-maxTail))
	refs := v.stems[l]
	from, _ := slices.BinarySearchFunc(refs, prefix, func(s stemRef, p string) int { return cmp.Compare(s.text, p) })
	for _, ref := range refs[from:] {
		if !strings.HasPrefix(ref.text, prefix) {
			return
		}
		m := utf8.RuneCountInString(ref.text)
		shared := commonRunes(stem, ref.text)
		if ref.text != stem && shared >= minKin && max(n, m)-shared <= maxTail {
			emit(ref.term, shared, max(n, m))
		}
	}
}

const (
	minKin  = 5 // letters that relatives share
	maxTail = 3 // letters in which they may differ at the end
)

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func commonRunes(a, b string) int {
	n := 0
	for i, r := range a {
		s, _ := utf8.DecodeRuneInString(b[min(i, len(b)):])
		if r != s {
			return n
		}
		n++
	}
	return n
}
