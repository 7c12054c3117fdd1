package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Excerpt is the part of a text that answers a query.
type Excerpt struct {
	Text  string
	Marks [][2]int // bytes of Text that were looked for, in order, not overlapping
}

// excerptLength is about how long an excerpt is, in bytes.
const excerptLength = 220

// excerpt cuts the place with most of the query out of the best section, after
// the section's heading when that has some of the query.
func (x *Index) excerpt(s *scratch, concepts []concept, c candidate) Excerpt {
	d := x.docs[c.doc]
	if len(d.sections) == 0 {
		return Excerpt{}
	}
	sec := int(c.section)
	spots, inHeading := x.spots(s, concepts, d, sec)
	text, heading := d.doc.Sections[sec].Text, ""
	if len(inHeading) > 0 {
		heading = d.doc.Sections[sec].Heading
	}
	if strings.TrimSpace(text) == "" {
		text = d.firstText()
	}
	from, to := window(spots, len(text))
	from, to = wordEdges(text, from, to)
	e := flatten(text[from:to], marks(text, spots, from, to))
	if to < len(text) {
		e.Text += " …"
	}
	if from > 0 {
		e = Excerpt{Text: "…"}.then(" ", e)
	}
	if heading == "" || heading == text {
		return e
	}
	h := flatten(heading, marks(heading, inHeading, 0, len(heading)))
	return h.then(": ", e)
}

// firstText is the first section's text that has any.
func (d *analysed) firstText() string {
	for _, s := range d.doc.Sections {
		if strings.TrimSpace(s.Text) != "" {
			return s.Text
		}
	}
	return ""
}

// then joins two excerpts.
func (e Excerpt) then(between string, next Excerpt) Excerpt {
	if next.Text == "" {
		return e
	}
	at := len(e.Text) + len(between)
	e.Text += between + next.Text
	for _, m := range next.Marks {
		e.Marks = append(e.Marks, [2]int{m[0] + at, m[1] + at})
	}
	return e
}

// spot is one place of a text that was looked for.
type spot struct {
	start   int
	concept int
	worth   float32
}

func marks(text string, spots []spot, from, to int) [][2]int {
	var out [][2]int
	last := from
	for _, p := range spots {
		if end := wordEnd(text, p.start); p.start >= last && end <= to {
			out = append(out, [2]int{p.start - from, end - from})
			last = end
		}
	}
	return out
}

// spots are the places of a section that were looked for, in its text and in
// its heading.
func (x *Index) spots(s *scratch, concepts []concept, d *analysed, sec int) (text, heading []spot) {
	from, to := d.sections[sec], int32(len(d.starts)) //nolint:gosec // counts of documents and sections are small
	if sec+1 < len(d.sections) {
		to = d.sections[sec+1]
	}
	seen := map[int32]bool{}
	for i := range concepts {
		for _, o := range s.occ[s.first[i]:s.first[i+1]] {
			if o.pos < from || o.pos >= to || d.starts[o.pos] == -1 || seen[o.pos] {
				continue
			}
			seen[o.pos] = true
			if start := int(d.starts[o.pos]); start >= 0 {
				text = append(text, spot{start, i, o.worth})
			} else {
				heading = append(heading, spot{-2 - start, i, o.worth})
			}
		}
	}
	sortSpots(text)
	sortSpots(heading)
	return text, heading
}

func sortSpots(s []spot) {
	slices.SortFunc(s, func(a, b spot) int { return cmp.Compare(a.start, b.start) })
}

// window finds the stretch of excerptLength with the most of the query in it.
func window(spots []spot, length int) (from, to int) {
	best := float32(-1)
	start := 0
	for i := range spots {
		sum := float32(0)
		var seen uint64
		for _, p := range spots[i:] {
			if p.start > spots[i].start+excerptLength-40 {
				break
			}
			if bit := uint64(1) << (p.concept % 64); seen&bit == 0 {
				seen |= bit
				sum += p.worth
			}
		}
		if sum > best+0.01 {
			best, start = sum, spots[i].start
		}
	}
	from = start - 40
	if from < 40 {
		from = 0
	}
	return from, min(length, from+excerptLength)
}

// wordEdges moves the borders so that no word is cut.
func wordEdges(text string, from, to int) (int, int) {
	if from > 0 {
		i := strings.IndexAny(text[from:min(len(text), from+40)], " \n\t")
		if i >= 0 {
			from += i + 1
		}
	}
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	if to < len(text) {
		if i := strings.LastIndexAny(text[from:to], " \n\t"); i > 0 {
			to = from + i
		}
	}
	for to > from && to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	return from, to
}

func wordEnd(text string, start int) int {
	end := start
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !inWord(r) {
			break
		}
		end += size
	}
	return end
}

// flatten puts an excerpt on one line, keeping its marks in place.
func flatten(text string, marks [][2]int) Excerpt {
	var b strings.Builder
	out := make([][2]int, 0, len(marks))
	m := 0
	space := true
	for i, r := range text {
		if m < len(marks) && i == marks[m][0] {
			out = append(out, [2]int{b.Len(), b.Len()})
		}
		if r == ' ' || r == '\n' || r == '\t' || r == '\u00a0' {
			if !space {
				b.WriteByte(' ')
			}
			space = true
		} else {
			b.WriteRune(r)
			space = false
		}
		if m < len(marks) && len(out) > m && i+utf8.RuneLen(r) >= marks[m][1] {
			out[len(out)-1][1] = b.Len()
			m++
		}
	}
	s := strings.TrimRight(b.String(), " ")
	return Excerpt{Text: s, Marks: out}
}

// Part is a stretch of an excerpt.
type Part struct {
	Text   string
	Marked bool
}

// Parts cuts the excerpt at its marks.
func (e Excerpt) Parts() []Part {
	parts := make([]Part, 0, 2*len(e.Marks)+1)
	at := 0
	for _, m := range e.Marks {
		if m[0] > at {
			parts = append(parts, Part{Text: e.Text[at:m[0]]})
		}
		parts = append(parts, Part{Text: e.Text[m[0]:m[1]], Marked: true})
		at = m[1]
	}
	if at < len(e.Text) {
		parts = append(parts, Part{Text: e.Text[at:]})
	}
	return parts
}
