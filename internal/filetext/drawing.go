package filetext

import (
	"errors"
	"math"
)

// Bounds of what a file may draw.
const (
	maxOperators = 4_000_000
	maxForms     = 2000 // that pages draw, all together
	maxNested    = 6    // forms within forms
	maxKept      = 60   // states kept by q
)

// matrix is a transformation of the plane (8.3.3).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3], m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// state is what operators change and q keeps.
type state struct {
	base                 matrix
	face                 *font
	size, letters, words float64
	stretch, lead        float64
}

// drawing follows the operators of a page and writes down the text.
type drawing struct {
	*pdf
	out *sink
	state
	kept       []state
	line, text matrix
	began      bool
	x, y       float64 // where the last letter ended
	height     float64
	operators  int
	forms      int
}

// page reads one page.
func (p *pdf) page(page dict, out *sink) error {
	b, err := p.content(page["Contents"])
	if err != nil {
		return err
	}
	d := &drawing{pdf: p, out: out}
	d.base, d.stretch, d.line, d.text = identity, 1, identity, identity
	if err := d.run(b, p.dictOf(page["Resources"]), 0); err != nil {
		return err
	}
	return out.put("\n\n")
}

// run follows operators.
func (d *drawing) run(b []byte, resources dict, depth int) error {
	l := lexer{b: b}
	var args list
	for {
		v, ok := l.next()
		if !ok {
			return nil
		}
		o, ok := v.(operator)
		if !ok {
			if args = append(args, v); len(args) > 64 {
				args = args[:0]
			}
			continue
		}
		if d.operators++; d.operators > maxOperators {
			return ErrUnpacked
		}
		if d.operators%1024 == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		if o == "ID" {
			l.skipImage()
		}
		if err := d.do(o, args, resources, depth); err != nil {
			return err
		}
		args = args[:0]
	}
}

// skipImage passes over the bytes of a picture within the operators.
func (l *lexer) skipImage() {
	for l.at+2 < len(l.b) {
		if isSpace(l.b[l.at]) && l.b[l.at+1] == 'E' && l.b[l.at+2] == 'I' && (l.at+3 == len(l.b) || isSpace(l.b[l.at+3])) {
			return
		}
		l.at++
	}
	l.at = len(l.b)
}

func (d *drawing) do(o operator, args list, resources dict, depth int) error {
	n := numbers(args)
	switch o {
	case "q":
		if len(d.kept) < maxKept {
			d.kept = append(d.kept, d.state)
		}
	case "Q":
		if i := len(d.kept) - 1; i >= 0 {
			d.state, d.kept = d.kept[i], d.kept[:i]
		}
	case "cm":
		d.base = matrixOf(n).times(d.base)
	case "BT":
		d.line, d.text = identity, identity
	case "Tf":
		if f, ok := first(args).(name); ok {
			d.face = d.font(resources, f)
		}
		d.size = last(n)
	case "Tc":
		d.letters = last(n)
	case "Tw":
		d.words = last(n)
	case "Tz":
		d.stretch = last(n) / 100
	case "TL":
		d.lead = last(n)
	case "Td", "TD":
		if len(n) == 2 {
			if o == "TD" {
				d.lead = -n[1]
			}
			d.move(n[0], n[1])
		}
	case "Tm":
		d.line = matrixOf(n)
		d.text = d.line
	case "T*":
		d.move(0, -d.lead)
	case "Tj", "'", `"`:
		if o != "Tj" {
			d.move(0, -d.lead)
		}
		if len(args) > 0 {
			return d.show(args[len(args)-1:])
		}
	case "TJ":
		l, _ := first(args).(list)
		return d.show(l)
	case "Do":
		f, _ := first(args).(name)
		return d.form(resources, f, depth)
	}
	return nil
}

// form draws a form, a page within the page.
func (d *drawing) form(resources dict, n name, depth int) error {
	s, ok := d.value(d.dictOf(resources["XObject"])[n]).(stream)
	if d.forms++; !ok || s.dict["Subtype"] != name("Form") || depth >= maxNested || d.forms > maxForms {
		return nil
	}
	b, err := d.decode(s)
	if errors.Is(err, errPicture) {
		return nil
	}
	if err != nil {
		return err
	}
	if own := d.dictOf(s.dict["Resources"]); own != nil {
		resources = own
	}
	before, kept := d.state, d.kept
	if m := numbers(d.listOf(s.dict["Matrix"])); len(m) == 6 {
		d.base = matrixOf(m).times(d.base)
	}
	err = d.run(b, resources, depth+1)
	d.state, d.kept = before, kept
	return err
}

func (d *drawing) move(x, y float64) {
	d.line = matrix{1, 0, 0, 1, x, y}.times(d.line)
	d.text = d.line
}

// show writes down strings; the numbers between them move the next one back.
func (d *drawing) show(parts list) error {
	if d.face == nil {
		return nil
	}
	for _, part := range parts {
		switch part := part.(type) {
		case float64:
			d.advance(-part / 1000 * d.size * d.stretch)
		case text:
			var err error
			d.face.read(part, func(s string, width float64, code int) {
				if err == nil {
					err = d.letter(s)
				}
				w := width/1000*d.size + d.letters
				if code == ' ' && !d.face.wide {
					w += d.words
				}
				d.advance(w * d.stretch)
				d.x, d.y = d.place()
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *drawing) advance(x float64) { d.text = matrix{1, 0, 0, 1, x, 0}.times(d.text) }

func (d *drawing) place() (x, y float64) {
	m := d.text.times(d.base)
	return m[4], m[5]
}

// letter writes a letter, with a space or a new line before it where it stands
// apart from the one before.
func (d *drawing) letter(s string) error {
	x, y := d.place()
	m := d.text.times(d.base)
	height := max(math.Abs(d.size)*math.Hypot(m[2], m[3]), 0.01)
	if d.began && s != "" {
		between := ""
		switch dx, dy := x-d.x, math.Abs(y-d.y); {
		case dy > 0.6*min(height, d.height) || dx < -2*height:
			between = "\n"
		case dx > 0.18*height:
			between = " "
		}
		if between != "" {
			if err := d.out.put(between); err != nil {
				return err
			}
		}
	}
	d.began, d.height = d.began || s != "", height
	return d.out.put(s)
}

func numbers(args list) []float64 {
	out := make([]float64, 0, len(args))
	for _, a := range args {
		if f, ok := a.(float64); ok && !math.IsNaN(f) && !math.IsInf(f, 0) {
			out = append(out, f)
		}
	}
	return out
}

func matrixOf(n []float64) matrix {
	if len(n) < 6 {
		return identity
	}
	return matrix(n[:6])
}

func first(args list) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

func last(n []float64) float64 {
	if len(n) == 0 {
		return 0
	}
	return n[len(n)-1]
}
