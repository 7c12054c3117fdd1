package setting_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/setting"
)

func TestALetterNamesOnlyWhatIsFilledIn(t *testing.T) {
	t.Parallel()
	o := setting.Letter("reply", "en", []string{"first_name", "subject"})
	for text, ok := range map[string]bool{
		"":                              true,
		"Dear {first_name}, {subject}.": true,
		"Dear {name}":                   false,
		"Dear {first_name":              false,
		"Dear first_name}":              false,
		"Dear {}":                       false,
		"Dear {{first_name}}":           false,
	} {
		err := o.Check(setting.LetterWords{Text: text})
		if ok && err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if !ok {
			wantField(t, err, "text", "setting.letter_placeholder")
		}
	}
	d := newDesk(t)
	if err := setting.Put(t.Context(), d.Service, admin, o, 0, setting.LetterWords{Subject: "Our answer: {subject}"}); err != nil {
		t.Fatal(err)
	}
	if s, ok := d.LetterText(t.Context(), "reply", "en", "subject"); !ok || s != "Our answer: {subject}" {
		t.Errorf("got %q, %v", s, ok)
	}
	if s, ok := d.LetterText(t.Context(), "reply", "en", "text"); ok {
		t.Errorf("got %q", s)
	}
}
