package search

import "strings"

const (
	latinKeys    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	cyrillicKeys = "йцукенгшщзхъфывапролджэячсмитьбюе"
)

// otherLayout returns what the keys of w give under the other of the Latin and
// the Russian keyboard layout, "" when w is not of one script.
func otherLayout(w string) string {
	from, to := []rune(latinKeys), []rune(cyrillicKeys)
	if isCyrillic(w) {
		from, to = to, from
	}
	var b strings.Builder
	for _, r := range w {
		i := -1
		for j, k := range from {
			if k == r {
				i = j
				break
			}
		}
		if i < 0 {
			return ""
		}
		b.WriteRune(to[i])
	}
	return b.String()
}
