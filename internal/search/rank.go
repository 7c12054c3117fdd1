package search

import (
	"cmp"
	"slices"
	"sync"
)

// Hit is one document found.
type Hit struct {
	ID      int64
	Score   float64
	Share   float64 // of the query, by the weight of its words, that the document has: 0 to 1; compares hits of several indexes
	Section int     // the section that answers best
	Excerpt Excerpt
}

// How the parts of a score are mixed; `make eval` measures them.
const (
	saturation    = 1.8  // k1 of BM25: how soon more occurrences stop to matter
	passage       = 0.3  // weight of the best section
	nearness      = 0.7  // weight of words that stand together as in the query
	named         = 1    // weight of a title made of the query's words
	foreign       = 0.75 // factor of texts in another language than the reader's
	sectionEvens  = 0.4  // how much a section's length lowers its occurrences (b of BM25)
	headingWeight = 3    // what a word in a section's heading counts there
	finalists     = 60   // documents whose sections and phrases are looked at
)

// scratch is the memory of one search, kept for the next.
type scratch struct {
	score, part []float32
	touched     []int32
	best        []candidate
	occ         []occurrence
	first       []int32 // by concept: where its occurrences begin in occ
	sections    []float32
	tf          []float32
	dirty       []int32
}

type candidate struct {
	doc     int32
	score   float32
	section int32
}

type occurrence struct {
	pos   int32
	worth float32
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

// Search returns the documents that answer q best, best first. No word is
// required; a document that has none of them is not found.
func (x *Index) Search(q Query) []Hit {
	limit := q.Limit
	if limit <= 0 {
		limit = 10
	}
	concepts, asked := x.concepts(q)
	if len(concepts) == 0 {
		return nil
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	x.gather(s, concepts)
	x.shortlist(s, q, max(finalists, limit))
	x.refine(s, concepts)
	slices.SortFunc(s.best, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(x.docs[a.doc].doc.ID, x.docs[b.doc].doc.ID))
	})
	hits := make([]Hit, 0, min(limit, len(s.best)))
	for _, c := range s.best[:min(limit, len(s.best))] {
		x.occurrences(s, concepts, c.doc)
		hits = append(hits, Hit{
			ID: x.docs[c.doc].doc.ID, Score: float64(c.score), Share: share(s, concepts, asked), Section: int(c.section),
			Excerpt: x.excerpt(s, concepts, c),
		})
	}
	return hits
}

// share is how much of what was asked the document has whose occurrences s holds.
func share(s *scratch, concepts []concept, asked float32) float64 {
	has := float32(0)
	for i, c := range concepts {
		if c.extra {
			continue
		}
		best := float32(0)
		for _, o := range s.occ[s.first[i]:s.first[i+1]] {
			best = max(best, o.worth)
		}
		has += best
	}
	if asked <= 0 {
		return 0
	}
	return float64(min(1, has/asked))
}

// gather adds up BM25F over the concepts. A concept counts once in a document,
// by the variant that is worth most there.
func (x *Index) gather(s *scratch, concepts []concept) {
	n := len(x.docs)
	s.score, s.part = cleared(s.score, n), cleared(s.part, n)
	for _, c := range concepts {
		s.touched = s.touched[:0]
		for _, v := range c.variants {
			for _, p := range x.lists[v.term] {
				worth := v.worth * p.tf / (saturation + p.tf)
				if was := s.part[p.doc]; worth > was {
					if was == 0 {
						s.touched = append(s.touched, p.doc)
					}
					s.part[p.doc] = worth
				}
			}
		}
		for _, d := range s.touched {
			s.score[d] += s.part[d]
			s.part[d] = 0
		}
	}
}

func cleared(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// shortlist keeps the best documents that q may find.
func (x *Index) shortlist(s *scratch, q Query, limit int) {
	s.best = s.best[:0]
	want := langOf(q.Lang)
	for d, score := range s.score {
		if score <= 0 {
			continue
		}
		doc := x.docs[d]
		if q.Mask != 0 && q.Mask&doc.doc.Mask == 0 || q.May != nil && !q.May(doc.doc.ID) {
			continue
		}
		if want != none && doc.lang != want {
			score *= foreign
		}
		score *= 1 + float32(doc.doc.Boost)
		s.best = append(s.best, candidate{doc: int32(d), score: score})
	}
	if len(s.best) > limit {
		slices.SortFunc(s.best, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
		})
		s.best = s.best[:limit]
	}
}

// refine adds to each finalist what its best section and its phrases are worth,
// in proportion to the factors of its score so far.
func (x *Index) refine(s *scratch, concepts []concept) {
	for i := range s.best {
		c := &s.best[i]
		factor := float32(1)
		if base := s.score[c.doc]; base > 0 {
			factor = c.score / base
		}
		x.occurrences(s, concepts, c.doc)
		best, section := x.bestSection(s, concepts, c.doc)
		c.section = section
		c.score += factor * (passage*best + nearness*x.together(s, concepts, c.doc) + named*x.titled(s, concepts, c.doc))
	}
}

// occurrences lists where doc has each concept: s.occ[s.first[i]:s.first[i+1]].
func (x *Index) occurrences(s *scratch, concepts []concept, doc int32) {
	s.occ, s.first = s.occ[:0], s.first[:0]
	d := x.docs[doc]
	for _, c := range concepts {
		from := len(s.occ)
		s.first = append(s.first, int32(from)) //nolint:gosec // counts of documents and sections are small
		filled := 0
		for _, v := range c.variants {
			list := x.lists[v.term]
			i, ok := slices.BinarySearchFunc(list, doc, func(p posting, doc int32) int { return cmp.Compare(p.doc, doc) })
			if !ok {
				continue
			}
			filled++
			for _, pos := range d.positions[list[i].at : list[i].at+list[i].n] {
				s.occ = append(s.occ, occurrence{pos, v.worth})
			}
		}
		if filled > 1 {
			slices.SortFunc(s.occ[from:], func(a, b occurrence) int { return cmp.Compare(a.pos, b.pos) })
		}
	}
	s.first = append(s.first, int32(len(s.occ))) //nolint:gosec // counts of words and documents are small
}

// bestSection scores the sections of doc like small documents.
func (x *Index) bestSection(s *scratch, concepts []concept, doc int32) (float32, int32) {
	d := x.docs[doc]
	n := len(d.sections)
	if n == 0 {
		return 0, 0
	}
	s.sections, s.tf = cleared(s.sections, n), cleared(s.tf, n)
	for i := range concepts {
		s.dirty = s.dirty[:0]
		sec, worth := 0, float32(0)
		for _, o := range s.occ[s.first[i]:s.first[i+1]] {
			if o.pos < d.sections[0] {
				continue
			}
			for sec+1 < n && d.sections[sec+1] <= o.pos {
				sec++
			}
			if s.tf[sec] == 0 {
				s.dirty = append(s.dirty, int32(sec))
			}
			w := float32(1)
			if d.starts[o.pos] < 0 {
				w = headingWeight
			}
			s.tf[sec] += w
			worth = max(worth, o.worth)
		}
		for _, sec := range s.dirty {
			tf := s.tf[sec] / (1 - sectionEvens + sectionEvens*x.sectionLength(d, sec))
			s.sections[sec] += worth * tf / (saturation + tf)
			s.tf[sec] = 0
		}
	}
	best := int32(0)
	for i, v := range s.sections {
		if v > s.sections[best] {
			best = int32(i)
		}
	}
	return s.sections[best], best
}

// sectionLength is a section's length in units of the mean one's.
func (x *Index) sectionLength(d *analysed, sec int32) float32 {
	end := int32(len(d.starts)) //nolint:gosec // counts of words and documents are small
	if int(sec)+1 < len(d.sections) {
		end = d.sections[sec+1]
	}
	return float32(end-d.sections[sec]) / x.section
}

// together adds up how near the query's neighbours stand to each other in doc.
func (x *Index) together(s *scratch, concepts []concept, doc int32) float32 {
	d := x.docs[doc]
	sum := float32(0)
	for i := 0; i+1 < len(concepts); i++ {
		if concepts[i].extra {
			continue
		}
		j := i + 1
		for j < len(concepts) && concepts[j].extra {
			j++
		}
		if j == len(concepts) {
			break
		}
		sum += min(concepts[i].weight, concepts[j].weight) *
			nearest(s.occ[s.first[i]:s.first[i+1]], s.occ[s.first[j]:s.first[j+1]], d)
	}
	return sum
}

// reach is how far apart two words may stand to count as together.
const reach = 4

// nearest is 1 for two words one after the other in a text, more in a title or
// heading, less with words between them or in the other order.
func nearest(a, b []occurrence, d *analysed) float32 {
	best := float32(0)
	j := 0
	for _, o := range a {
		for j < len(b) && b[j].pos < o.pos-reach {
			j++
		}
		for _, p := range b[j:] {
			gap := p.pos - o.pos
			if gap > reach {
				break
			}
			if gap == 0 {
				continue
			}
			worth := float32(1) / float32(gap)
			if gap < 0 {
				worth = 0.5 / float32(-gap)
			}
			switch {
			case len(d.sections) == 0 || o.pos < d.sections[0]:
				worth *= 2
			case d.starts[o.pos] < 0:
				worth *= 1.5
			}
			best = max(best, worth)
		}
	}
	return best
}

// titled is what the query's words in doc's title are worth, the more the
// larger the part of the title they are.
func (x *Index) titled(s *scratch, concepts []concept, doc int32) float32 {
	d := x.docs[doc]
	n := d.length[title]
	if n == 0 {
		return 0
	}
	sum, found := float32(0), 0
	for i := range concepts {
		best := float32(0)
		for _, o := range s.occ[s.first[i]:s.first[i+1]] {
			if int(o.pos) >= n {
				break
			}
			best = max(best, o.worth)
		}
		if best > 0 && !concepts[i].extra {
			sum += best
			found++
		}
	}
	return sum * min(1, float32(found)/float32(n))
}
