package filetext

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// errPicture says that a stream holds no text, such as a photograph.
var errPicture = errors.New("a stream of another kind")

// decode unpacks a stream (7.4). A stream that breaks off gives what came
// before.
func (p *pdf) decode(s stream) ([]byte, error) {
	filters := p.listOf(s.dict["Filter"])
	if n, ok := p.value(s.dict["Filter"]).(name); ok {
		filters = list{n}
	}
	parms := p.listOf(s.dict["DecodeParms"])
	if d := p.dictOf(s.dict["DecodeParms"]); d != nil {
		parms = list{d}
	}
	b := s.raw
	if len(filters) > 4 {
		return nil, errPicture
	}
	for i, f := range filters {
		var err error
		n, _ := p.value(f).(name)
		if b, err = p.filter(n, b); err != nil {
			return nil, err
		}
		if i < len(parms) {
			b = p.unpredict(b, p.dictOf(parms[i]))
		}
	}
	return b, nil
}

func (p *pdf) filter(n name, b []byte) ([]byte, error) {
	var r io.Reader
	switch n {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, nil //nolint:nilerr // a broken stream has nothing to say; the others may
		}
		r = z
	case "LZWDecode", "LZW":
		r = lzw.NewReader(bytes.NewReader(b), lzw.MSB, 8)
	case "ASCII85Decode", "A85":
		end := bytes.Index(b, []byte("~>"))
		if end < 0 {
			end = len(b)
		}
		r = ascii85.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b[:end], []byte("<~"))))
	case "ASCIIHexDecode", "AHx":
		l := lexer{b: append([]byte{'<'}, b...)}
		return []byte(l.hex()), nil
	default:
		return nil, errPicture
	}
	limit := min(p.unpack, oneItem)
	out, _ := io.ReadAll(io.LimitReader(r, limit+1)) // what came before an error counts
	if int64(len(out)) > limit {
		return nil, ErrUnpacked
	}
	p.unpack -= int64(len(out))
	return out, nil
}

// unpredict undoes the PNG filters that streams of objects may be packed with.
func (p *pdf) unpredict(b []byte, parms dict) []byte {
	if p.number(parms["Predictor"]) < 10 {
		return b
	}
	columns := max(1, p.number(parms["Columns"]))
	depth := max(1, p.number(parms["Colors"])) * max(8, p.number(parms["BitsPerComponent"])) / 8
	row := columns * depth
	if row <= 0 || row > len(b) {
		return b
	}
	out := make([]byte, 0, len(b))
	before := make([]byte, row)
	for len(b) > row {
		kind, line := b[0], append([]byte(nil), b[1:row+1]...)
		b = b[row+1:]
		for i := range line {
			var left, corner byte
			if i >= depth {
				left, corner = line[i-depth], before[i-depth]
			}
			line[i] += predicted(kind, left, before[i], corner)
		}
		out = append(out, line...)
		before = line
	}
	return out
}

// predicted is the byte that a PNG filter takes for granted (RFC 2083, 6).
func predicted(kind, left, up, corner byte) byte {
	switch kind {
	case 1:
		return left
	case 2:
		return up
	case 3:
		return byte((int(left) + int(up)) / 2) //nolint:gosec // the mean of two bytes
	case 4:
		guess := int(left) + int(up) - int(corner)
		a, b, c := abs(guess-int(left)), abs(guess-int(up)), abs(guess-int(corner))
		switch {
		case a <= b && a <= c:
			return left
		case b <= c:
			return up
		default:
			return corner
		}
	default:
		return 0
	}
}

func abs(n int) int { return max(n, -n) }

// content are the operators of a page or form.
func (p *pdf) content(v any) ([]byte, error) {
	v = p.value(v)
	parts, ok := v.(list)
	if !ok {
		parts = list{v}
	}
	var all []byte
	for i, part := range parts {
		if i > maxPages {
			break
		}
		s, ok := p.value(part).(stream)
		if !ok {
			continue
		}
		b, err := p.decode(s)
		if errors.Is(err, errPicture) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(append(all, b...), '\n')
		if len(all) > oneItem {
			return nil, fmt.Errorf("%w: a page of %d bytes", ErrUnpacked, len(all))
		}
	}
	return all, nil
}
