package richtext

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean makes s fit for the database and the page: valid UTF-8 in NFC, line
// ends as \n, no NUL and no other control characters but tab and newline.
// Every text from outside passes through it once, at the border.
func Clean(s string) string {
	if plainASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == '\uFEFF':
			return -1
		default:
			return r
		}
	}, s)
	return norm.NFC.String(s)
}

// Line is Clean for what must stay on one line, such as a subject or a name:
// white space of any kind becomes single spaces. Marks that turn the direction of
// the words behind them, and ones that cannot be seen, are left out: a name must
// not rearrange the line that it stands in, nor look like another.
func Line(s string) string {
	s = Clean(s)
	if !plainASCII(s) {
		s = strings.Map(func(r rune) rune {
			switch {
			case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r == '\u200B', r >= '\u2060' && r <= '\u2064':
				return -1
			default:
				return r
			}
		}, s)
	}
	return strings.Join(strings.Fields(s), " ")
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7F || c < 0x20 && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
