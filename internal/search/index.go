// Package search finds texts by the meaning of their words: an index in memory
// with stemming in six languages, tolerance for typing mistakes, prefixes for
// search while typing, and a ranking made for questions as people write them.
//
// An Index never changes: Update returns a new one that shares what stayed the
// same. So any number of goroutines may search while another builds.
package search

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
)

// Doc is one text to be found.
type Doc struct {
	ID       int64
	Lang     string // BCP 47; words are stemmed by it
	Title    string
	Keywords string
	Sections []Section
	Mask     uint32  // who may find it: a Query finds it when their masks share a bit
	Boost    float64 // the score is multiplied by 1+Boost; keep it small, such as 0.1
}

// Section is a part of a text under a heading; the first one's may be empty.
type Section struct {
	Heading string
	Text    string
}

// Index is a searchable collection of documents.
type Index struct {
	docs    []*analysed
	byID    map[int64]int32
	terms   map[term]int32
	lists   [][]posting // by term number
	vocab   vocabulary
	section float32 // mean number of words of a section
}

// term is a stem of one language.
type term struct {
	lang lang
	text string
}

// posting says that a document has a term.
type posting struct {
	doc   int32
	tf    float32 // occurrences, weighted by field and evened out by the fields' lengths
	at, n uint32  // its positions: docs[doc].positions[at : at+n]
}

// Build returns an index of docs. Of several with one ID the last counts.
func Build(docs []Doc) *Index { return (&Index{}).Update(docs, nil) }

// Update returns an index without the documents of drop and with those of put,
// new or changed. Only they are analysed again.
func (x *Index) Update(put []Doc, drop []int64) *Index {
	gone := map[int64]bool{}
	for _, id := range drop {
		gone[id] = true
	}
	for _, d := range put {
		gone[d.ID] = true
	}
	kept := make([]*analysed, 0, len(x.docs)+len(put))
	for _, d := range x.docs {
		if !gone[d.doc.ID] {
			kept = append(kept, d)
		}
	}
	last := map[int64]int{}
	for i, d := range put {
		last[d.ID] = i
	}
	put = slices.Clone(put)
	for i := len(put) - 1; i >= 0; i-- {
		if last[put[i].ID] != i {
			put = slices.Delete(put, i, i+1)
		}
	}
	kept = append(kept, analyseAll(put)...)
	slices.SortFunc(kept, func(a, b *analysed) int { return cmp.Compare(a.doc.ID, b.doc.ID) })
	return assemble(kept)
}

// Len is the number of documents.
func (x *Index) Len() int { return len(x.docs) }

// Doc returns the document with an ID.
func (x *Index) Doc(id int64) (Doc, bool) {
	n, ok := x.byID[id]
	if !ok {
		return Doc{}, false
	}
	return x.docs[n].doc, true
}

func analyseAll(docs []Doc) []*analysed {
	out := make([]*analysed, len(docs))
	workers := min(runtime.GOMAXPROCS(0), 1+len(docs)/32)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			a := analyser{}
			for i := w; i < len(docs); i += workers {
				out[i] = a.analyse(docs[i])
			}
		})
	}
	wg.Wait()
	return out
}

// assemble builds the postings over analysed documents.
func assemble(docs []*analysed) *Index {
	x := &Index{docs: docs, byID: make(map[int64]int32, len(docs)), terms: map[term]int32{}}
	mean := x.measure()
	for n, d := range docs {
		x.byID[d.doc.ID] = int32(n)
		var norm [fields]float32
		for f := range norm {
			norm[f] = weights[f] / (1 - evening[f] + evening[f]*float32(d.length[f])/mean[f])
		}
		for _, t := range d.terms {
			id, ok := x.terms[t.term]
			if !ok {
				id = int32(len(x.lists)) //nolint:gosec // counts of documents and sections are small
				x.terms[t.term] = id
				x.lists = append(x.lists, nil)
			}
			var tf float32
			for f := range norm {
				tf += norm[f] * float32(t.tf[f])
			}
			x.lists[id] = append(x.lists[id], posting{doc: int32(n), tf: tf, at: t.at, n: t.n})
		}
	}
	x.vocab = newVocabulary(x)
	return x
}

// measure returns the mean length of each field.
func (x *Index) measure() [fields]float32 {
	var mean [fields]float32
	sections, words := 0, 0
	for _, d := range x.docs {
		for f, n := range d.length {
			mean[f] += float32(n)
		}
		sections += len(d.sections)
		words += len(d.starts)
	}
	for f := range mean {
		mean[f] = max(1, mean[f]/float32(max(1, len(x.docs))))
	}
	x.section = max(1, float32(words)/float32(max(1, sections)))
	return mean
}

// Standing is what may change about a document while its text stays.
type Standing struct {
	Mask  uint32
	Boost float64
}

// Adjust returns the index with the standing of documents changed, by ID. It
// shares all else with x, so it costs next to nothing.
func (x *Index) Adjust(standing map[int64]Standing) *Index {
	y := *x
	y.docs = slices.Clone(x.docs)
	for i, d := range y.docs {
		if to, ok := standing[d.doc.ID]; ok && (to.Mask != d.doc.Mask || to.Boost != d.doc.Boost) {
			changed := *d
			changed.doc.Mask, changed.doc.Boost = to.Mask, to.Boost
			y.docs[i] = &changed
		}
	}
	return &y
}
