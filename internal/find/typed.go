package find

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/search"
)

// Bounds of what is looked for at once; what is beyond them is left out.
const (
	maxTyped  = 1000 // runes
	maxWanted = 8    // things looked for; all must be there
)

// wanted is one thing that was typed: a word, a compound such as S2962-24T,
// or a telephone number.
type wanted struct {
	typed string
	parts []string // its words as the index has them, each with its full form in fulls
	fulls []string
	whole string // of a compound: in one piece; else ""
	phone string // of what may be a telephone number: its digits without a prefix for a country; else ""
}

// word reports whether w is one plain word.
func (w wanted) word() bool { return len(w.parts) == 1 && w.whole == "" && w.phone == "" }

// cutTyped is the part of what was typed or pasted that is looked for, without
// bytes that are no text.
func cutTyped(text string) string {
	text = richtext.Line(text)
	if r := []rune(text); len(r) > maxTyped {
		text = string(r[:maxTyped])
	}
	return text
}

// readTyped cuts what was typed into what is looked for. Small words are left
// out unless there are no others.
func readTyped(text string) []wanted {
	var all []wanted
	for _, m := range phone.FindAllString(text, 3) {
		if digits := digitsOf(m); len(digits) >= minPhone && len(digits) <= maxPhone && strings.ContainsAny(m, "+() ") {
			all = append(all, wanted{typed: m, phone: local(digits)})
			text = strings.Replace(text, m, " ", 1)
		}
	}
	for token := range strings.FieldsSeq(text) {
		if w := readToken(token); len(w.parts) > 0 && !has(all, w) {
			all = append(all, w)
		}
	}
	all = withoutSmall(all, text)
	return all[:min(len(all), maxWanted)]
}

// readToken reads what stands between two spaces.
func readToken(token string) wanted {
	w := wanted{typed: strings.Trim(token, `"'.,:;!?()[]<>«»„“”`)}
	var extra []search.Term
	from, to := -1, 0
	search.Terms(token, func(t search.Term) {
		if t.Extra {
			extra = append(extra, t)
			return
		}
		if from < 0 {
			from = t.Start
		}
		if len(w.parts) < maxWanted {
			to = t.End
			w.parts, w.fulls = append(w.parts, t.Text), append(w.fulls, t.Full)
		}
	})
	for _, t := range extra {
		if len(w.parts) > 1 && w.whole == "" && t.Start == from && t.End == to {
			w.whole = t.Text
		}
	}
	if n := len(w.typed); w.typed == digitsOf(w.typed) && n > minPhone && n <= maxPhone {
		w.phone = local(w.typed)
	}
	return w
}

// phrase is several words between quotes, which ParseFilter has made straight.
var phrase = regexp.MustCompile(`"[^"]*[^"\s]\s+[^"\s][^"]*"`)

// Bounds of a number that was typed in pieces, as it stands on a label.
const (
	minJoined = 6 // bytes
	maxPieces = 6
)

// joinTyped is what was typed in one piece, if it may be a serial number whose
// groups stand apart; else "".
func joinTyped(text string) string {
	pieces := strings.Fields(text)
	joined := strings.ToLower(strings.Join(pieces, ""))
	if len(pieces) < 2 || len(pieces) > maxPieces || len(joined) < minJoined || !strings.ContainsAny(joined, "0123456789") {
		return ""
	}
	var words []string
	search.Terms(joined, func(t search.Term) {
		if !t.Extra {
			words = append(words, t.Text)
		}
	})
	if len(words) != 1 || words[0] != joined {
		return ""
	}
	return joined
}

func has(all []wanted, w wanted) bool {
	for _, x := range all {
		if strings.Join(x.parts, " ") == strings.Join(w.parts, " ") && x.phone == w.phone {
			return true
		}
	}
	return false
}

// withoutSmall leaves out the small words of the text's language.
func withoutSmall(all []wanted, text string) []wanted {
	if len(all) < 3 {
		return all
	}
	lang := search.Detect(text)
	var rest []wanted
	for _, w := range all {
		if !w.word() || !search.SmallWord(lang, w.parts[0]) {
			rest = append(rest, w)
		}
	}
	if len(rest) == 0 {
		return all
	}
	return rest
}

// localDigits are the last digits of a telephone number that it has whichever
// way its country is dialled: +7 912…, 8 912…, 0049 241…, 0241….
const localDigits = 9

func local(digits string) string {
	digits = strings.TrimLeft(digits, "0")
	return digits[max(0, len(digits)-localDigits):]
}

// Shortest words that are looked for by their beginning and inside others.
const (
	minPrefix = 3
	minInside = 4
)

func byPrefix(w string) bool { return utf8.RuneCountInString(w) >= minPrefix }

func inside(w string) bool {
	n := utf8.RuneCountInString(w)
	return n >= minInside || n >= 3 && strings.ContainsAny(w, "0123456789")
}
