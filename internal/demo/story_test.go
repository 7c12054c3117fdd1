package demo

import (
	"regexp"
	"testing"
)

func TestStories(t *testing.T) {
	t.Parallel()
	all, err := readStories()
	if err != nil {
		t.Fatal(err)
	}
	keys, langs := map[string]story{}, map[string]int{}
	for _, s := range all {
		if _, ok := keys[s.key]; ok {
			t.Errorf("story %s is there twice", s.key)
		}
		keys[s.key] = s
		langs[s.lang]++
	}
	t.Run("there are forty in each language", func(t *testing.T) {
		for _, lang := range []string{"en", "ru"} {
			if langs[lang] < 40 {
				t.Errorf("%s: %d", lang, langs[lang])
			}
		}
	})
	t.Run("every pin names a story and somebody, and its ending can be", func(t *testing.T) {
		for _, p := range pins {
			s, ok := keys[p.story]
			if !ok {
				t.Errorf("no story %s", p.story)
				continue
			}
			if s.steps[0].text == "" {
				t.Errorf("%s is empty", p.story)
			}
		}
	})
	t.Run("the words of two languages do not mix", func(t *testing.T) {
		cyrillic := regexp.MustCompile(`[а-яё]{3}`)
		for _, s := range all {
			for _, st := range s.steps {
				if st.text != "" && cyrillic.MatchString(st.text) != (s.lang == "ru") && len(st.text) > 60 {
					t.Errorf("%s: %s", s.key, st.text)
				}
			}
		}
	})
}
