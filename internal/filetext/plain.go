package filetext

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// readPlain reads a text, a log or a table in whatever letters it is written.
func readPlain(r io.Reader, out *sink) error {
	b, err := io.ReadAll(io.LimitReader(r, MaxText*4))
	if err != nil {
		return fmt.Errorf("read a text: %w", err)
	}
	if err := out.put(decode(b)); err != nil {
		return err
	}
	var one [1]byte
	if n, _ := r.Read(one[:]); n > 0 {
		out.full = true
	}
	return nil
}

// decode finds out which letters bytes stand for: Unicode, else Windows' of
// Eastern or Western Europe.
func decode(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return decode16(b[2:], func(x, y byte) uint16 { return uint16(x) | uint16(y)<<8 })
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return decode16(b[2:], func(x, y byte) uint16 { return uint16(y) | uint16(x)<<8 })
	}
	whole := b
	for i := 0; i < utf8.UTFMax && len(whole) > 0; i++ { // the end may be cut within a letter
		if utf8.Valid(whole) {
			return string(bytes.TrimPrefix(whole, []byte("\xEF\xBB\xBF")))
		}
		whole = whole[:len(whole)-1]
	}
	table := charmap.Windows1252
	if russian(b) {
		table = charmap.Windows1251
	}
	text, err := table.NewDecoder().Bytes(b)
	if err != nil {
		return ""
	}
	return string(text)
}

func decode16(b []byte, unit func(x, y byte) uint16) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, unit(b[i], b[i+1]))
	}
	return string(utf16.Decode(units))
}

// russian reports whether bytes above ASCII come in rows, as the letters of a
// Russian word do; in Western words one stands among others.
func russian(b []byte) bool {
	rows, single, run := 0, 0, 0
	for _, c := range append(b[:len(b):len(b)], ' ') {
		if c >= 0xC0 {
			run++
			continue
		}
		if run > 2 {
			rows++
		} else if run > 0 {
			single++
		}
		run = 0
	}
	return rows > single
}
