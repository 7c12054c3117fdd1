package i18n

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// categories are the plural forms that whole numbers take in each language
// (CLDR); fractions are never shown with words.
var categories = map[string][]string{
	"en": {"one", "other"},
	"ru": {"few", "many", "one"},
	"de": {"one", "other"},
	"fr": {"many", "one", "other"},
	"es": {"many", "one", "other"},
	"it": {"many", "one", "other"},
}

func TestCatalogues(t *testing.T) {
	t.Parallel()
	names, err := files.ReadDir("locales")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range names {
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			b, err := files.ReadFile(path.Join("locales", f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			var raw map[string]any
			if err := toml.Unmarshal(b, &raw); err != nil {
				t.Error(err)
			}
			if lang, _, _ := strings.Cut(f.Name(), "."); !Known(lang) {
				t.Errorf("%s is not in Langs", lang)
			}
		})
	}
}

// TestLanguagesAgree holds every language against the first: the same keys,
// the same placeholders, and all the plural forms it needs.
func TestLanguagesAgree(t *testing.T) {
	t.Parallel()
	base := catalogue(Langs[0].Tag)
	for _, l := range Langs {
		t.Run(l.Tag, func(t *testing.T) {
			t.Parallel()
			own := catalogues()[l.Tag]
			for key, m := range base {
				translated, ok := own[key]
				if !ok {
					t.Errorf("%s is missing", key)
					continue
				}
				if (m.plural == nil) != (translated.plural == nil) {
					t.Errorf("%s: plural forms in one language and none in the other", key)
				}
				if want, got := m.names(), translated.names(); !slices.Equal(want, got) {
					t.Errorf("%s has the placeholders %v, not %v", key, got, want)
				}
			}
			for key, m := range own {
				if _, ok := base[key]; !ok {
					t.Errorf("%s is not in %s", key, Langs[0].Tag)
				}
				for _, c := range categories[l.Tag] {
					if _, ok := m.plural[c]; m.plural != nil && !ok {
						t.Errorf("%s has no form for %q", key, c)
					}
				}
			}
		})
	}
}

// names returns the placeholders of all forms together.
func (m message) names() []string {
	var all []string
	add := func(t text) {
		for i := 1; i < len(t); i += 2 {
			if !slices.Contains(all, t[i]) {
				all = append(all, t[i])
			}
		}
	}
	add(m.plain)
	for _, t := range m.plural {
		add(t)
	}
	slices.Sort(all)
	return all
}

func TestT(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 1, "1 min ago"},
		{"en", 5, "5 min ago"},
		{"ru", 1, "1 минуту назад"},
		{"ru", 3, "3 минуты назад"},
		{"ru", 11, "11 минут назад"},
		{"ru", 22, "22 минуты назад"},
	} {
		if got := In(c.lang, "format.minutes_ago", "count", c.count); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.lang, c.count, got, c.want)
		}
	}
	if got := In("en", "no.such_key"); got != "[no.such_key]" {
		t.Errorf("got %q", got)
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	if len(Zones()) < 350 || !slices.IsSorted(Zones()) {
		t.Errorf("%d zones, in order: %v", len(Zones()), slices.IsSorted(Zones()))
	}
	for _, name := range Zones() {
		if Zone(name).String() != name {
			t.Errorf("%s is no time zone here", name)
		}
	}
}

func TestZoneLike(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Europe/Berlin": "Europe/Berlin", " europe/berlin ": "Europe/Berlin", "Berlin": "Europe/Berlin", "new york": "America/New_York",
		"": "", "US/Pacific": "US/Pacific", "Atlantis": "Atlantis",
	} {
		if got := ZoneLike(typed); got != want {
			t.Errorf("ZoneLike(%q) = %q, want %q", typed, got, want)
		}
	}
}
