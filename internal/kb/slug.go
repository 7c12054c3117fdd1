package kb

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latinOf writes Cyrillic letters as ICAO Doc 9303 does in passports, which
// readers know from their own names.
var latinOf = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m",
	'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch",
	'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia", 'і': "i", 'ї': "i", 'є': "ie", 'ґ': "g", 'ў': "u",
	'ß': "ss", 'ä': "ae", 'ö': "oe", 'ü': "ue", 'æ': "ae", 'ø': "o", 'å': "a", 'ł': "l", 'đ': "d", 'ı': "i",
}

// maxSlug is how long a slug grows before it is cut at a word.
const maxSlug = 80

// slugOf makes the permanent address of a title: lower-case Latin letters,
// digits and hyphens. "article" stands for a title without any.
func slugOf(text string) string {
	var b strings.Builder
	dash := false
	write := func(s string) {
		if dash && b.Len() > 0 {
			b.WriteByte('-')
		}
		dash = false
		b.WriteString(s)
	}
	for _, r := range norm.NFC.String(strings.ToLower(text)) {
		latin, known := latinOf[r]
		switch {
		case known:
			write(latin)
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			write(string(r))
		case unicode.IsMark(r) || r == '\'' || r == '’':
		default:
			if base := []rune(norm.NFD.String(string(r)))[0]; base < 0x80 && unicode.IsLetter(base) {
				write(string(base))
				continue
			}
			dash = true
		}
	}
	s := b.String()
	if len(s) > maxSlug {
		s = s[:maxSlug]
		if i := strings.LastIndexByte(s, '-'); i > maxSlug/2 {
			s = s[:i]
		}
	}
	if s == "" {
		return "article"
	}
	return s
}

// slugs hands out each slug once.
type slugs map[string]bool

// take returns want, or want with the first number that makes it new.
func (s slugs) take(want string) string {
	slug := want
	for i := 2; s[slug]; i++ {
		slug = want + "-" + strconv.Itoa(i)
	}
	s[slug] = true
	return slug
}
