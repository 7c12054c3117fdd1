package setting

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/fault"
)

// LetterWords are the desk's own words for one kind of letter in one language;
// an empty part says the catalogue's.
type LetterWords struct {
	Subject string `json:"subject,omitempty"`
	Title   string `json:"title,omitempty"`
	Text    string `json:"text,omitempty"` // paragraphs between empty lines
	Button  string `json:"button,omitempty"`
}

// Part returns the words of a part by its name: subject, title, text or button.
func (w LetterWords) Part(name string) string {
	switch name {
	case "subject":
		return w.Subject
	case "title":
		return w.Title
	case "text":
		return w.Text
	case "button":
		return w.Button
	}
	return ""
}

// Bounds of a letter's words, in runes.
const (
	maxLetterLine = 150
	maxLetterText = 5000
)

// Letter is where the desk's own words for a kind of letter in a language are
// kept. They may name the placeholders in allowed and no others: a word that is
// never filled in would stand in the mail as it is.
func Letter(kind, lang string, allowed []string) Value[LetterWords] {
	return Value[LetterWords]{Key: "letter." + kind + "." + lang, Check: func(w LetterWords) error {
		var wrong fault.Field
		for field, text := range map[string]string{"subject": w.Subject, "title": w.Title, "text": w.Text, "button": w.Button} {
			limit := maxLetterLine
			if field == "text" {
				limit = maxLetterText
			}
			if utf8.RuneCountInString(text) > limit {
				wrong.Add(field, "setting.field_too_long", "limit", limit)
			}
			if bad := unknownPlaceholder(text, allowed); bad != "" {
				wrong.Add(field, "setting.letter_placeholder", "name", bad, "known", "{"+strings.Join(allowed, "}, {")+"}")
			}
		}
		return wrong.Err()
	}}
}

var placeholder = regexp.MustCompile(`\{[^{}\n]*\}|[{}]`)

// unknownPlaceholder is the first of text that nothing would fill in, or a brace
// that opens or closes none; "" when there is none.
func unknownPlaceholder(text string, allowed []string) string {
	for _, p := range placeholder.FindAllString(text, -1) {
		if !slices.Contains(allowed, strings.Trim(p, "{}")) || len(p) < 3 {
			return p
		}
	}
	return ""
}

// LetterText returns the desk's own words for a part of a letter, and whether
// it has some.
func (s *Service) LetterText(ctx context.Context, kind, lang, part string) (string, bool) {
	w, _ := Get(ctx, s, Letter(kind, lang, nil))
	text := w.Part(part)
	return text, text != ""
}
