package filetext

import (
	"bytes"
	"strconv"
)

// The objects of a PDF (ISO 32000-1, 7.3) as Go values: nil, bool, float64,
// text (a string's bytes), name, list, dict, ref, stream, and operator for what
// is none of them.
type (
	text     string
	name     string
	operator string
	list     []any
	dict     map[name]any
	ref      int
	stream   struct {
		dict
		raw []byte
	}
)

// Bounds of objects.
const (
	maxDepth = 40
	maxItems = 200_000 // of one list or dict
)

// lexer reads objects from bytes. What it cannot read it passes over.
type lexer struct {
	b     []byte
	at    int
	depth int
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0
}

func (l *lexer) space() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// next returns the next object; ok is false at the end.
func (l *lexer) next() (v any, ok bool) {
	l.space()
	if l.at >= len(l.b) {
		return nil, false
	}
	switch c := l.b[l.at]; {
	case c == '(':
		return l.literal(), true
	case c == '/':
		l.at++
		return l.name(), true
	case c == '<' && l.at+1 < len(l.b) && l.b[l.at+1] == '<':
		l.at += 2
		return l.dict(), true
	case c == '<':
		return l.hex(), true
	case c == '[':
		l.at++
		return l.list(), true
	case isDelimiter(c):
		l.at++
		if c == '>' && l.at < len(l.b) && l.b[l.at] == '>' {
			l.at++
			return operator(">>"), true
		}
		return operator(c), true
	default:
		return l.word(), true
	}
}

// word reads a number or a keyword.
func (l *lexer) word() any {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	w := string(l.b[from:l.at])
	if c := w[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if f, err := strconv.ParseFloat(w, 64); err == nil {
			return f
		}
		return 0.0
	}
	switch w {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return operator(w)
}

func (l *lexer) name() name {
	var out []byte
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		c := l.b[l.at]
		if c == '#' && l.at+2 < len(l.b) {
			if n, err := strconv.ParseUint(string(l.b[l.at+1:l.at+3]), 16, 8); err == nil {
				c, l.at = byte(n), l.at+2
			}
		}
		out = append(out, c)
		l.at++
	}
	return name(out)
}

// list reads up to its end. Within it two numbers and R are a reference.
func (l *lexer) list() list {
	return l.until("]")
}

func (l *lexer) until(end operator) list {
	var out list
	if l.depth++; l.depth > maxDepth {
		l.at = len(l.b)
	}
	defer func() { l.depth-- }()
	for len(out) < maxItems {
		v, ok := l.next()
		if !ok || v == end {
			return out
		}
		if n := len(out); v == operator("R") && n >= 2 {
			if num, ok := out[n-2].(float64); ok {
				out = append(out[:n-2], ref(int(num)))
				continue
			}
		}
		if o, ok := v.(operator); ok && (o == "endobj" || o == "stream" || o == "endstream") {
			l.at -= len(o) // the end is missing
			return out
		}
		out = append(out, v)
	}
	l.at = len(l.b)
	return out
}

func (l *lexer) dict() dict {
	all := l.until(">>")
	d := dict{}
	for i := 0; i+1 < len(all); i += 2 {
		if k, ok := all[i].(name); ok {
			d[k] = all[i+1]
		}
	}
	return d
}

func (l *lexer) hex() text {
	l.at++
	var out []byte
	half, odd := byte(0), false
	for l.at < len(l.b) {
		c := l.b[l.at]
		l.at++
		if c == '>' {
			break
		}
		n, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			continue
		}
		if odd {
			out = append(out, half<<4|byte(n))
		}
		half, odd = byte(n), !odd
	}
	if odd {
		out = append(out, half<<4)
	}
	return text(out)
}

// literal reads a string in parentheses.
func (l *lexer) literal() text {
	var out []byte
	open := 0
	for l.at < len(l.b) {
		c := l.b[l.at]
		l.at++
		switch c {
		case '(':
			if open++; open == 1 {
				continue
			}
		case ')':
			if open--; open == 0 {
				return text(out)
			}
		case '\\':
			c, ok := l.escape()
			if ok {
				out = append(out, c)
			}
			continue
		}
		out = append(out, c)
	}
	return text(out)
}

// escape reads what follows a backslash.
func (l *lexer) escape() (c byte, ok bool) {
	if l.at >= len(l.b) {
		return 0, false
	}
	c = l.b[l.at]
	l.at++
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'b', 'f':
		return ' ', true
	case '\r':
		if l.at < len(l.b) && l.b[l.at] == '\n' {
			l.at++
		}
		return 0, false
	case '\n':
		return 0, false
	}
	if c < '0' || c > '7' {
		return c, true
	}
	n := int(c - '0')
	for i := 0; i < 2 && l.at < len(l.b) && l.b[l.at] >= '0' && l.b[l.at] <= '7'; i++ {
		n = n*8 + int(l.b[l.at]-'0')
		l.at++
	}
	return byte(n), true //nolint:gosec // what is over a byte is dropped (7.3.4.2)
}
