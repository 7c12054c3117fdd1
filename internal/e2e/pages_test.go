package e2e

import (
	"os"
	"slices"
	"testing"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/testkit"
)

// narrow is the smallest window that pages are made for.
var narrow = testkit.Look{Width: 360, Height: 740}

// TestPages looks at every page in English in light and dark, wide and narrow:
// nobody is shut out and nothing scrolls sideways. And at every page in Russian
// and the portal in the other languages: every word is in the reader's language
// and fits. The console is silent.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newTour(t, 200)
	for reader, stops := range byReader(w.stops(t, "en")) {
		t.Run("in English for "+reader, func(t *testing.T) {
			t.Parallel()
			b := testkit.NewBrowser(t, w.URL, testkit.Desktop)
			w.enter(b, stops[0].by, "en")
			for _, s := range stops {
				t.Run(s.name, func(t *testing.T) {
					inEnglish(b.For(t), s)
				})
			}
		})
	}
	english := readEnglish(t, "ru", w.titles(t))
	for reader, stops := range byReader(w.stops(t, "ru")) {
		t.Run("in Russian for "+reader, func(t *testing.T) {
			t.Parallel()
			b := testkit.NewBrowser(t, w.URL, testkit.Phone)
			w.enter(b, stops[0].by, "ru")
			for _, s := range stops {
				t.Run(s.name, func(t *testing.T) {
					translated(t, b.For(t), s, english)
				})
			}
		})
	}
	shared := inEveryLanguage(w.sharedStops(t))
	for _, lang := range i18n.Langs[2:] {
		t.Run("the portal in "+lang.Name, func(t *testing.T) {
			t.Parallel()
			english := readEnglish(t, lang.Tag, w.titles(t))
			b := testkit.NewBrowser(t, w.URL, testkit.Phone)
			for reader, stops := range byReader(shared) {
				b.ClearCookies()
				w.enter(b, stops[0].by, lang.Tag)
				for _, s := range stops {
					t.Run(s.name+" for "+reader, func(t *testing.T) {
						translated(t, b.For(t), s, english)
					})
				}
			}
		})
	}
}

// telling are the pages with the most words and the widest parts: they are
// looked at in every language. FULL_TOUR=1 looks at all of them.
var telling = []string{
	"sign-in-wrong", "register", "reset-code", "home", "new-ticket-technical", "new-ticket-errors", "tickets", "tickets-filters",
	"company", "profile", "kb-search-none", "ticket-waiting", "ticket-resolved", "ticket-closed", "ticket-copies",
}

func inEveryLanguage(all []stop) []stop {
	if os.Getenv("FULL_TOUR") != "" {
		return all
	}
	return slices.DeleteFunc(all, func(s stop) bool { return !slices.Contains(telling, s.name) })
}

// byReader sorts stops by who looks, since signing in takes time.
func byReader(all []stop) map[string][]stop {
	out := map[string][]stop{}
	for _, s := range all {
		reader := s.by
		if reader == "" {
			reader = "a visitor"
		}
		out[reader] = append(out[reader], s)
	}
	return out
}

func inEnglish(b *testkit.Browser, s stop) {
	b.Show(testkit.Desktop)
	visit(b, s)
	b.Axe()
	b.Show(testkit.DesktopDark)
	b.Axe("color-contrast")
	b.Show(testkit.PhoneDark)
	b.Axe()
	b.Fits()
	b.Show(narrow)
	b.Fits()
	b.Quiet()
}

// translated looks at a page in another language than English, which changes its
// words and widths alone: its parts, their names and colours are the English
// page's.
func translated(t *testing.T, b *testkit.Browser, s stop, english phrases) {
	t.Helper()
	b.Show(testkit.Phone)
	visit(b, s)
	b.Fits()
	for _, said := range b.Words() {
		if !s.mixed && english.has(said) {
			t.Errorf("%s says %q in %s", s.path, said, english.lang)
		}
		if untranslated.MatchString(said) {
			t.Errorf("%s: a message key has no translation: %q", s.path, said)
		}
	}
	b.Show(narrow)
	b.Fits()
	b.Quiet()
}
