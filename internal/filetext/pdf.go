package filetext

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// Bounds of a PDF.
const (
	maxPages   = 1000
	maxObjects = 300_000
	maxWork    = 512 << 20 // bytes that are looked at, however often the same ones
	maxCodes   = 500_000   // codes of all fonts together, with what they stand for
)

// pdf is a file whose objects were found by their beginnings, not by its table
// of them: that table is what broken files have wrong.
type pdf struct {
	ctx     context.Context //nolint:containedctx // lives as long as one call of Read
	b       []byte
	at      map[int]int // object -> offset of its value
	packed  map[int]any // objects from streams of objects
	unpack  int64       // bytes that may still be unpacked
	work    int         // bytes that may still be looked at
	codes   int         // codes of fonts that may still be kept
	fonts   map[string]*font
	reading map[int]bool // objects that are being resolved, so that none waits for itself
}

var objectLike = regexp.MustCompile(`(\d{1,8})[ \t\r\n]+\d{1,5}[ \t\r\n]+obj\b`)

// readPDF reads the text of every page, in the order in which it is drawn.
func readPDF(ctx context.Context, r io.ReaderAt, size int64, out *sink) error {
	b := make([]byte, size)
	if n, err := r.ReadAt(b, 0); int64(n) < size {
		return fmt.Errorf("read a PDF: %w", err)
	}
	if !bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) {
		return fmt.Errorf("%w: no PDF", ErrBroken)
	}
	p := &pdf{ctx: ctx, b: b, at: map[int]int{}, packed: map[int]any{}, unpack: inflated, work: maxWork, codes: maxCodes, fonts: map[string]*font{}, reading: map[int]bool{}}
	for _, m := range objectLike.FindAllSubmatchIndex(b, maxObjects) {
		n, _ := strconv.Atoi(string(b[m[2]:m[3]])) // the pattern is of digits
		p.at[n] = m[1]
	}
	root, err := p.roots()
	if err != nil {
		return err
	}
	pages := p.pages(root)
	if len(pages) == 0 {
		return fmt.Errorf("%w: no page", ErrBroken)
	}
	for _, page := range pages {
		if err := p.page(page, out); err != nil {
			return err
		}
		if err := p.over(); err != nil {
			return err
		}
	}
	return nil
}

// over says why reading ends here: its time is up, or the file makes us look at
// the same bytes again and again.
func (p *pdf) over() error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	if p.work <= 0 {
		return fmt.Errorf("%w: it takes too long to read", ErrBroken)
	}
	return nil
}

// parse reads the object at a place of b, unless reading is over.
func (p *pdf) parse(b []byte, at int) (v any, l lexer) {
	l = lexer{b: b, at: at}
	if p.over() != nil {
		return nil, l
	}
	v, _ = l.next()
	p.work -= l.at - at + 1
	return v, l
}

// roots unpacks the streams of objects and returns the catalog.
func (p *pdf) roots() (root dict, err error) {
	nums := make([]int, 0, len(p.at))
	for n := range p.at {
		nums = append(nums, n)
	}
	slices.SortFunc(nums, func(x, y int) int { return p.at[x] - p.at[y] })
	for _, n := range nums {
		if err := p.over(); err != nil {
			return nil, err
		}
		s, ok := p.object(n).(stream)
		if !ok {
			continue
		}
		if s.dict["Type"] == name("XRef") && s.dict["Encrypt"] != nil {
			return nil, ErrEncrypted
		}
		if s.dict["Type"] == name("ObjStm") {
			if err := p.unpackObjects(s); err != nil {
				return nil, err
			}
		}
	}
	for from := 0; ; {
		i := bytes.Index(p.b[from:], []byte("trailer"))
		if i < 0 {
			break
		}
		v, l := p.parse(p.b, from+i+len("trailer"))
		from = max(l.at, from+i+len("trailer")) // they stand one behind the other
		if d, ok := v.(dict); ok && d["Encrypt"] != nil {
			return nil, ErrEncrypted
		}
		if err := p.over(); err != nil {
			return nil, err
		}
	}
	for _, n := range nums {
		if d, ok := p.object(n).(dict); ok && d["Type"] == name("Catalog") {
			root = d
		}
	}
	for _, v := range p.packed {
		if d, ok := v.(dict); ok && d["Type"] == name("Catalog") && root == nil {
			root = d
		}
	}
	return root, nil
}

// unpackObjects reads a stream of objects (7.5.7).
func (p *pdf) unpackObjects(s stream) error {
	b, err := p.decode(s)
	if err != nil {
		return err
	}
	first, count := p.number(s.dict["First"]), p.number(s.dict["N"])
	if first < 0 || first > len(b) || count > maxObjects {
		return nil
	}
	head, end := lexer{b: b[:first]}, 0
	for range count {
		num, ok1 := head.next()
		offset, ok2 := head.next()
		n, ok3 := num.(float64)
		at, ok4 := offset.(float64)
		if !ok1 || !ok2 || !ok3 || !ok4 || int(at) < end || int(at) > len(b)-first {
			return nil // they stand one behind the other
		}
		if _, known := p.at[int(n)]; known {
			continue
		}
		v, l := p.parse(b, first+int(at))
		p.packed[int(n)], end = v, l.at-first
		if err := p.over(); err != nil {
			return err
		}
	}
	return nil
}

// object is an object by its number; nil when there is none.
func (p *pdf) object(n int) any {
	if v, ok := p.packed[n]; ok {
		return v
	}
	at, ok := p.at[n]
	if !ok {
		return nil
	}
	v, l := p.parse(p.b, at)
	d, ok := v.(dict)
	if !ok {
		return v
	}
	l.space()
	if !bytes.HasPrefix(p.b[l.at:], []byte("stream")) {
		return d
	}
	l.at += len("stream")
	if l.at < len(p.b) && p.b[l.at] == '\r' {
		l.at++
	}
	if l.at < len(p.b) && p.b[l.at] == '\n' {
		l.at++
	}
	return stream{d, p.streamBytes(n, d, l.at)}
}

// streamBytes are the bytes of a stream: as many as it says, or up to the word
// that ends it.
func (p *pdf) streamBytes(n int, d dict, from int) []byte {
	if !p.reading[n] {
		p.reading[n] = true
		length := p.number(d["Length"])
		delete(p.reading, n)
		if end := from + length; length > 0 && end <= len(p.b) && bytes.HasPrefix(bytes.TrimLeft(p.b[end:min(end+20, len(p.b))], "\r\n "), []byte("endstream")) {
			return p.b[from:end]
		}
	}
	end := bytes.Index(p.b[from:], []byte("endstream"))
	if end < 0 {
		end = len(p.b) - from
	}
	p.work -= end
	return p.b[from : from+end]
}

// value follows a reference.
func (p *pdf) value(v any) any {
	for range 8 {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		if p.reading[int(r)] {
			return nil
		}
		v = p.object(int(r))
	}
	return nil
}

func (p *pdf) dictOf(v any) dict {
	switch v := p.value(v).(type) {
	case dict:
		return v
	case stream:
		return v.dict
	}
	return nil
}

func (p *pdf) listOf(v any) list {
	l, _ := p.value(v).(list)
	return l
}

func (p *pdf) number(v any) int {
	f, _ := p.value(v).(float64)
	if f > 1<<30 || f < -1<<30 {
		return 0
	}
	return int(f)
}

// pages lists the pages in order; of a broken tree whatever looks like one.
func (p *pdf) pages(root dict) []dict {
	var all []dict
	seen := map[int]bool{}
	var walk func(v any, inherited any, depth int)
	walk = func(v any, inherited any, depth int) {
		if r, ok := v.(ref); ok {
			if seen[int(r)] {
				return
			}
			seen[int(r)] = true
		}
		d := p.dictOf(v)
		if d == nil || depth > maxDepth || len(all) >= maxPages {
			return
		}
		if d["Resources"] != nil {
			inherited = d["Resources"]
		}
		kids := p.listOf(d["Kids"])
		for _, k := range kids {
			walk(k, inherited, depth+1)
		}
		if len(kids) == 0 && d["Contents"] != nil {
			all = append(all, dict{"Contents": d["Contents"], "Resources": inherited})
		}
	}
	if root != nil {
		walk(root["Pages"], nil, 0)
	}
	if len(all) > 0 {
		return all
	}
	nums := make([]int, 0, len(p.at)+len(p.packed))
	for n := range p.at {
		nums = append(nums, n)
	}
	for n := range p.packed {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	for _, n := range nums {
		if d := p.dictOf(ref(n)); d["Type"] == name("Page") && len(all) < maxPages {
			all = append(all, d)
		}
	}
	return all
}
