package filetext

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// font says what the codes of a string stand for and how wide they are.
type font struct {
	wide    bool           // codes of two bytes
	utf16   bool           // the codes are UTF-16
	unicode map[int]string // by code, from the font's own table
	simple  [256]string    // of one byte, by the encoding
	widths  map[int]float64
	width   float64 // of other codes; in thousandths of the size
}

// maxUnits is how many letters one code may stand for.
const maxUnits = 64

// font reads a font by its name in the page's resources (9.6, 9.7).
func (p *pdf) font(resources dict, n name) *font {
	v := p.dictOf(resources["Font"])[n]
	key := ""
	if r, ok := v.(ref); ok {
		key = strconv.Itoa(int(r))
		if f := p.fonts[key]; f != nil {
			return f
		}
	}
	d := p.dictOf(v)
	f := &font{width: 500, widths: map[int]float64{}}
	if s, ok := p.value(d["ToUnicode"]).(stream); ok {
		if b, err := p.decode(s); err == nil {
			f.unicode = p.readCMap(b)
		}
	}
	if d["Subtype"] == name("Type0") {
		f.wide = true
		encoding, _ := p.value(d["Encoding"]).(name)
		f.utf16 = strings.Contains(string(encoding), "UCS2") || strings.Contains(string(encoding), "UTF16")
		if below := p.listOf(d["DescendantFonts"]); len(below) > 0 {
			p.wideWidths(f, p.dictOf(below[0]))
		}
	} else {
		f.encode(p, d)
		first := p.number(d["FirstChar"])
		for i, w := range p.listOf(d["Widths"]) {
			if w, ok := p.value(w).(float64); ok && i < 256 {
				f.widths[first+i] = w
			}
		}
	}
	if key != "" && len(p.fonts) < 1000 {
		p.fonts[key] = f
	}
	return f
}

func (p *pdf) wideWidths(f *font, d dict) {
	f.width = 1000
	if w, ok := p.value(d["DW"]).(float64); ok {
		f.width = w
	}
	all := p.listOf(d["W"])
	for i := 0; i+1 < len(all) && p.codes > 0; {
		from := p.number(all[i])
		if l := p.listOf(all[i+1]); l != nil {
			for j, w := range l[:min(len(l), p.codes)] {
				f.widths[from+j], _ = p.value(w).(float64)
				p.codes--
			}
			i += 2
			continue
		}
		if i+2 >= len(all) {
			return
		}
		w, _ := p.value(all[i+2]).(float64)
		to := p.number(all[i+1])
		for c := from; c <= to && p.codes > 0; c++ {
			f.widths[c] = w
			p.codes--
		}
		i += 3
	}
}

// encode fills in what codes of one byte stand for.
func (f *font) encode(p *pdf, d dict) {
	base, _ := p.value(d["Encoding"]).(name)
	encoding := p.dictOf(d["Encoding"])
	if n, ok := p.value(encoding["BaseEncoding"]).(name); ok {
		base = n
	}
	table := charmap.Windows1252
	if base == "MacRomanEncoding" {
		table = charmap.Macintosh
	}
	for c := range 256 {
		if r := table.DecodeByte(byte(c)); c >= 32 && r != '\uFFFD' {
			f.simple[c] = string(r)
		}
	}
	code := 0
	for _, v := range p.listOf(encoding["Differences"]) {
		switch v := p.value(v).(type) {
		case float64:
			code = int(v)
		case name:
			if s := glyph(string(v)); code >= 0 && code < 256 && s != "" {
				f.simple[code] = s
			}
			code++
		}
	}
}

// signs are glyphs whose names are neither a letter nor made of one.
var signs = map[string]string{
	"space": " ", "nbspace": " ", "period": ".", "comma": ",", "colon": ":", "semicolon": ";", "hyphen": "-", "minus": "-", "endash": "–", "emdash": "—",
	"underscore": "_", "slash": "/", "backslash": `\`, "at": "@", "numbersign": "#", "percent": "%", "ampersand": "&", "plus": "+", "equal": "=",
	"parenleft": "(", "parenright": ")", "bracketleft": "[", "bracketright": "]", "quotesingle": "'", "quoteright": "’", "quoteleft": "‘", "quotedbl": `"`,
	"quotedblleft": "“", "quotedblright": "”", "guillemotleft": "«", "guillemotright": "»", "exclam": "!", "question": "?", "asterisk": "*", "bullet": "•",
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi", "ffl": "ffl", "germandbls": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "oslash": "ø", "Oslash": "Ø",
	"lslash": "ł", "Lslash": "Ł", "dotlessi": "ı", "Euro": "€", "degree": "°", "section": "§", "afii10023": "Ё", "afii10071": "ё", "afii61352": "№",
}

// accents are what the names of accented letters end in, and the mark.
var accents = []struct{ name, mark string }{
	{"acute", "\u0301"},
	{"grave", "\u0300"},
	{"circumflex", "\u0302"},
	{"dieresis", "\u0308"},
	{"tilde", "\u0303"},
	{"cedilla", "\u0327"},
	{"ring", "\u030A"},
	{"caron", "\u030C"},
	{"macron", "\u0304"},
	{"breve", "\u0306"},
	{"ogonek", "\u0328"},
	{"dotaccent", "\u0307"},
	{"hungarumlaut", "\u030B"},
}

// glyph is the text of a glyph by its name, as Adobe's list for new fonts says;
// "" when the name says nothing.
func glyph(n string) string {
	n, _, _ = strings.Cut(n, ".")
	if s, ok := signs[n]; ok {
		return s
	}
	if len(n) == 1 {
		return n
	}
	if hex, ok := strings.CutPrefix(n, "uni"); ok && len(hex) >= 4 {
		return codePoint(hex[:4])
	}
	if hex, ok := strings.CutPrefix(n, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if s := codePoint(hex); s != "" {
			return s
		}
	}
	if number, ok := strings.CutPrefix(n, "afii"); ok {
		return cyrillic(number)
	}
	for _, a := range accents {
		if letter, ok := strings.CutSuffix(n, a.name); ok && len(letter) == 1 {
			return norm.NFC.String(letter + a.mark)
		}
	}
	return ""
}

func codePoint(hex string) string {
	n, err := strconv.ParseUint(hex, 16, 21)
	if err != nil || n == 0 {
		return ""
	}
	return string(rune(n))
}

// cyrillic is a Russian letter by Adobe's number: the alphabet stands in order,
// but for Ё.
func cyrillic(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	base, first := 'А', 10017
	if n >= 10065 {
		base, first = 'а', 10065
	}
	i := n - first
	if i > 6 {
		i-- // after Ё
	}
	if i < 0 || i > 31 {
		return ""
	}
	return string(base + rune(i))
}

// readCMap reads a font's table of what its codes stand for (9.10.3).
func (p *pdf) readCMap(b []byte) map[int]string {
	m := map[int]string{}
	l := lexer{b: b}
	var args list
	for p.codes > 0 && p.over() == nil {
		v, ok := l.next()
		if !ok {
			return m
		}
		o, ok := v.(operator)
		if !ok {
			if args = append(args, v); len(args) > maxItems {
				return m
			}
			continue
		}
		switch o {
		case "endbfchar":
			for i := 0; i+1 < len(args) && p.codes > 0; i += 2 {
				from, _ := args[i].(text)
				m[codeOf(from)] = wideText(args[i+1])
				p.codes--
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				p.addRange(m, args[i], args[i+1], args[i+2])
			}
		}
		args = args[:0]
	}
	return m
}

func (p *pdf) addRange(m map[int]string, from, to, what any) {
	a, _ := from.(text)
	z, _ := to.(text)
	first, last := codeOf(a), codeOf(z)
	if l, ok := what.(list); ok {
		for i, v := range l {
			if first+i <= last && p.codes > 0 {
				m[first+i] = wideText(v)
				p.codes--
			}
		}
		return
	}
	units := []rune(wideText(what))
	if len(units) == 0 {
		return
	}
	for c := first; c <= last && p.codes > 0; c++ {
		m[c] = string(units)
		units[len(units)-1]++
		p.codes--
	}
}

func codeOf(t text) int {
	n := 0
	for i := 0; i < len(t) && i < 3; i++ {
		n = n<<8 | int(t[i])
	}
	return n
}

func wideText(v any) string {
	t, _ := v.(text)
	t = t[:min(len(t), 2*maxUnits)]
	units := make([]uint16, 0, len(t)/2)
	for i := 0; i+1 < len(t); i += 2 {
		units = append(units, uint16(t[i])<<8|uint16(t[i+1]))
	}
	if len(t) == 1 {
		return string(rune(t[0]))
	}
	return string(utf16.Decode(units))
}

// read hands the text and the width of each code of a string to emit.
func (f *font) read(t text, emit func(s string, width float64, code int)) {
	step := 1
	if f.wide {
		step = 2
	}
	for i := 0; i+step <= len(t); i += step {
		code := codeOf(t[i : i+step])
		s, ok := f.unicode[code]
		switch {
		case ok:
		case f.utf16:
			s = wideText(t[i : i+step])
		case !f.wide:
			s = f.simple[code]
		}
		w, ok := f.widths[code]
		if !ok {
			w = f.width
		}
		emit(s, w, code)
	}
}
