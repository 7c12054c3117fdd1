package httpx

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes s storable: Postgres takes neither NUL nor invalid UTF-8
// (error 22021). A broken byte becomes U+FFFD, so that the reader sees that
// something was there.
func Clean(s string) string {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// FileName makes a file's name as a browser sent it fit to show and to save
// under: no folders, no control or direction characters, at most 200 runes with
// its extension kept.
func FileName(s string) string {
	s = Clean(s)
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s))
	if s == "" || strings.Trim(s, ".") == "" {
		return "file"
	}
	runes := []rune(s)
	if len(runes) <= maxFileName {
		return s
	}
	ext := []rune{}
	if dot := strings.LastIndex(s, "."); dot > 0 && utf8.RuneCountInString(s[dot:]) <= 12 {
		ext = []rune(s[dot:])
	}
	return string(runes[:maxFileName-len(ext)]) + string(ext)
}

const maxFileName = 200 // runes; file systems stop at 255 bytes, people long before
