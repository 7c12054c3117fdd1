package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Query is what somebody looks for.
type Query struct {
	Text   string
	Lang   string // the reader's; texts in it come first where all else is equal
	Mask   uint32 // finds documents whose mask shares a bit; 0 finds all
	Limit  int    // 0: 10
	Prefix bool   // the last word may be unfinished: somebody is typing

	// May tells whether a document may be found; nil: the mask alone decides.
	May func(id int64) bool
}

// concept is one thing that the query asks for, with all terms that may stand
// for it in a document.
type concept struct {
	text     string
	variants []variant
	weight   float32 // rarity of the word
	extra    bool    // another form of its neighbour
	order    int     // place among the query's words
}

type variant struct {
	term  int32
	trust float32 // 1 for the word itself, less for relatives and guesses
	worth float32 // of finding it: trust times rarity
}

// Limits of a query; more is a pasted log.
const (
	maxQuery    = 4000 // bytes
	maxConcepts = 28
)

// How far a variant is trusted.
const (
	trustPrefix = 0.75
	trustKin    = 0.4
	trustTypo1  = 0.7
	trustTypo2  = 0.45
	trustLayout = 0.9
	trustPart   = 0.5
	trustExtra  = 0.6
)

// concepts reads a query. asked is what all of it weighs, also words that no
// document has.
func (x *Index) concepts(q Query) (kept []concept, asked float32) {
	text := q.Text
	if len(text) > maxQuery {
		text = strings.ToValidUTF8(text[:maxQuery], "")
	}
	var words []word
	scan(text, func(w word) {
		words = append(words, w)
	})
	if len(words) == 0 {
		return nil, 0
	}
	spoken := x.languageOf(q.Lang, words)
	typing := q.Prefix && lastIsOpen(text)
	var all, small []concept
	seen := map[string]bool{}
	for i, w := range words {
		if seen[w.text] {
			continue
		}
		seen[w.text] = true
		c := concept{text: w.text, order: i, extra: w.extra}
		x.variants(&c, w, spoken)
		if typing && i == len(words)-1 {
			x.complete(&c, w)
		}
		x.supplement(&c, w)
		switch {
		case !w.code && isStop(spoken, w.text):
			small = append(small, c)
		default:
			all = append(all, c)
			all = append(all, x.split(c, w, spoken)...)
		}
	}
	all = append(all, x.pairs(words, seen)...)
	if !slices.ContainsFunc(all, func(c concept) bool { return len(c.variants) > 0 }) {
		all = append(all, small...)
	}
	return x.weigh(all)
}

// weigh drops what no document has and keeps the rarest of very many.
func (x *Index) weigh(all []concept) (kept []concept, asked float32) {
	kept = all[:0]
	missing := 0
	for _, c := range all {
		x.value(&c)
		if len(c.variants) > 0 {
			kept = append(kept, c)
		} else if !c.extra {
			missing++
		}
	}
	if len(kept) > maxConcepts {
		slices.SortStableFunc(kept, func(a, b concept) int { return cmp.Compare(b.weight, a.weight) })
		kept = kept[:maxConcepts]
	}
	slices.SortStableFunc(kept, func(a, b concept) int { return cmp.Compare(a.order, b.order) })
	for _, c := range kept {
		if !c.extra {
			asked += c.weight
		}
	}
	return kept, asked + float32(min(missing, maxConcepts))*rarity(0, len(x.docs))
}

// value sets what finding each variant is worth. The word itself is as rare in
// one language as in another: how many texts a language has says nothing.
func (x *Index) value(c *concept) {
	texts := 0
	for _, v := range c.variants {
		if v.trust == 1 {
			texts += len(x.lists[v.term])
		}
	}
	common := rarity(texts, len(x.docs))
	for i, v := range c.variants {
		own := rarity(len(x.lists[v.term]), len(x.docs))
		if v.trust == 1 {
			own = common
		}
		c.variants[i].worth = own * v.trust
		c.weight = max(c.weight, own*v.trust)
	}
}

// rarity is the weight of a word that so many of all texts have, by Robertson
// and Spärck Jones as in BM25: the rarer, the heavier.
func rarity(texts, all int) float32 {
	n := float64(texts)
	return float32(math.Log1p((float64(max(all, texts)) - n + 0.5) / (n + 0.5)))
}

// lastIsOpen reports whether the text ends within a word.
func lastIsOpen(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return inWord(r)
}

// languageOf decides in which language the words are: the one whose small words
// they have most, else the reader's.
func (x *Index) languageOf(tag string, words []word) lang {
	chosen := langOf(tag)
	cyrillic := 0
	var score [langs]int
	for _, w := range words {
		if isCyrillic(w.text) {
			cyrillic++
		}
		for l := en; l < langs; l++ {
			if !w.code && isStop(l, w.text) {
				score[l] += 2
			}
		}
	}
	if cyrillic > 0 {
		return ru
	}
	if chosen == none || chosen == ru {
		chosen = en
	}
	score[chosen]++
	for l := en; l < langs; l++ {
		if score[l] > score[chosen]+1 {
			chosen = l
		}
	}
	return chosen
}

// variants finds the terms that a word is in each language.
func (x *Index) variants(c *concept, w word, asked lang) {
	trust := float32(1)
	if w.extra && !w.code {
		trust = trustExtra
	}
	if w.code || !isLatin(w.text) && !isCyrillic(w.text) {
		x.exact(c, none, w.text, trust)
		return
	}
	for _, l := range x.languages(w.text) {
		if !isStop(l, w.text) || l == asked {
			x.exact(c, l, w.text, trust)
		}
	}
}

// complete adds the words that an unfinished one may become.
func (x *Index) complete(c *concept, w word) {
	for _, f := range x.vocab.completions(plain(w.text), 24) {
		x.form(c, f, trustPrefix)
	}
}

// supplement adds a word's relatives and, when no document has it, what may
// have been meant.
func (x *Index) supplement(c *concept, w word) {
	known := len(c.variants) > 0
	if !w.code {
		x.relatives(c, w.text)
	}
	if !known && !w.extra {
		x.guesses(c, w)
	}
}

// languages are the analysers that may have met a word.
func (x *Index) languages(w string) []lang {
	if isCyrillic(w) {
		return []lang{ru}
	}
	out := make([]lang, 0, langs)
	for _, l := range []lang{en, de, fr, es, it} {
		if len(x.vocab.stems[l]) > 0 {
			out = append(out, l)
		}
	}
	return out
}

func (x *Index) exact(c *concept, l lang, w string, trust float32) {
	c.add(x, term{l, stem(l, w)}, trust)
	if l == de {
		if u := umlauts(w); u != w {
			c.add(x, term{l, stem(l, u)}, trust)
		}
	}
}

// umlauts writes ä, ö and ü for the ae, oe and ue of those whose keyboard has
// none.
func umlauts(w string) string {
	return strings.NewReplacer("ae", "ä", "oe", "ö", "que", "que", "ue", "ü").Replace(w)
}

func (c *concept) add(x *Index, t term, trust float32) {
	if id, ok := x.terms[t]; ok {
		c.put(id, trust)
	}
}

func (c *concept) put(id int32, trust float32) {
	for i, v := range c.variants {
		if v.term == id {
			c.variants[i].trust = max(v.trust, trust)
			return
		}
	}
	c.variants = append(c.variants, variant{term: id, trust: trust})
}

// form adds the terms of a word of the vocabulary.
func (x *Index) form(c *concept, f int32, trust float32) {
	for _, t := range x.vocab.forms[f].terms {
		c.put(t, trust)
	}
}

func (x *Index) relatives(c *concept, w string) {
	for _, l := range x.languages(w) {
		if isStop(l, w) {
			continue
		}
		if l == de {
			x.vocab.compounds(stem(l, w), func(t int32) { c.put(t, trustPart) })
		}
		n := 0
		x.vocab.kin(l, stem(l, w), func(t int32, shared, longer int) {
			if n++; n <= 12 {
				c.put(t, trustKin*float32(shared)/float32(longer))
			}
		})
	}
}

// guesses adds what may have been meant by a word that no document has: the
// same keys under the other keyboard layout, or the nearest spelling.
func (x *Index) guesses(c *concept, w word) {
	if other := otherLayout(w.text); other != "" {
		for _, l := range x.languages(other) {
			x.exact(c, l, other, trustLayout)
		}
		if len(c.variants) > 0 {
			return
		}
	}
	found := x.vocab.near(plain(w.text), 4)
	for _, g := range found {
		if g.distance > found[0].distance {
			break
		}
		trust := float32(trustTypo1)
		if g.distance > 1 {
			trust = trustTypo2
		}
		x.form(c, g.form, trust)
	}
}

// split gives the parts of a German compound as concepts of their own.
func (x *Index) split(whole concept, w word, asked lang) []concept {
	if asked != de || w.code || w.extra {
		return nil
	}
	var out []concept
	for _, p := range x.vocab.parts(w.text) {
		c := concept{text: p, order: whole.order, extra: true}
		c.add(x, term{de, stem(de, p)}, trustPart)
		out = append(out, c)
	}
	return out
}

// pairs finds words that the texts write as one where the query parts them:
// "fire wall", "wire guard", "log in".
func (x *Index) pairs(words []word, seen map[string]bool) []concept {
	var out []concept
	last := -1
	for i, w := range words {
		if w.extra {
			continue
		}
		if last >= 0 {
			whole := words[last].text + w.text
			if len(whole) <= maxWord && !seen[whole] && len(words[last].text) > 1 {
				seen[whole] = true
				c := concept{text: whole, order: last, extra: true}
				ww := word{text: whole, code: words[last].code || w.code}
				if ww.code {
					x.exact(&c, none, whole, 1)
				} else if _, ok := x.vocab.index[plain(whole)]; ok {
					for _, l := range x.languages(whole) {
						x.exact(&c, l, whole, 1)
					}
				}
				out = append(out, c)
			}
		}
		last = i
	}
	return out
}
