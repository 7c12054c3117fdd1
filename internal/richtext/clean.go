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
// white space of any kind becomes single spaces.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7F || c < 0x20 && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
