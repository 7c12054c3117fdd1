package kb

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// TestSight walks every door with everybody (K2a).
func TestSight(t *testing.T) {
	t.Parallel()
	s, _ := imported(t, fstest.MapFS{
		"s/open.md":   {Data: []byte("---\ntitle: Walrus open\n---\nwalrus")},
		"s/signed.md": {Data: []byte("---\ntitle: Walrus signed\nvisibility: signed_in\n---\nwalrus")},
		"s/staff.md":  {Data: []byte("---\ntitle: Walrus staff\nvisibility: internal\n---\nwalrus")},
	}, ImportOptions{})
	all := []string{"walrus-open", "walrus-signed", "walrus-staff"}
	for name, tt := range map[string]struct {
		by   auth.Actor
		sees []string
	}{
		"a visitor sees what is public":           {visitor, all[:1]},
		"a contact sees what is for contacts too": {contact, all[:2]},
		"an agent sees everything":                {agent, all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			hits, err := s.Search(ctx, tt.by, Query{Text: "walrus"})
			same(t, "search", tt.sees, hits, func(h Hit) string { return h.Slug }, err)
			hits, err = s.Search(ctx, tt.by, Query{Text: "walr", Prefix: true})
			same(t, "suggestions", tt.sees, hits, func(h Hit) string { return h.Slug }, err)
			answers, err := s.QuickAnswers(ctx, tt.by, Query{Text: "walrus"})
			if tt.by.Staff() {
				same(t, "quick answers", all[:2], answers, func(h Hit) string { return h.Slug }, err)
			} else if !fault.Is(err, fault.Forbidden) {
				t.Errorf("quick answers: %v", err)
			}
			popular, err := s.Popular(ctx, tt.by, 10)
			same(t, "popular", tt.sees, popular, func(c Card) string { return c.Slug }, err)
			home, err := s.Home(ctx, tt.by)
			same(t, "home", tt.sees, home.Sections[0].Articles, func(c Card) string { return c.Slug }, err)
			if home.Articles != len(tt.sees) {
				t.Errorf("counted %d", home.Articles)
			}
			page, err := s.SectionPage(ctx, tt.by, "s")
			same(t, "section", tt.sees, page.Branch.Articles, func(c Card) string { return c.Slug }, err)
			for _, slug := range all {
				a, err := s.Article(ctx, tt.by, slug)
				sees := slices.Contains(tt.sees, slug)
				if sees != (err == nil) || !sees && !fault.Is(err, fault.NotFound) {
					t.Errorf("article %s: %v", slug, err)
				}
				for _, r := range a.Related {
					if !slices.Contains(tt.sees, r.Slug) {
						t.Errorf("%s is related", r.Slug)
					}
				}
				l, _ := s.current(ctx)
				for _, x := range l.articles {
					sendable := slices.Contains(tt.sees, x.Slug) && x.Visibility != Internal // staff read it, customers must not get it
					if _, err := s.Answer(ctx, tt.by, x.ID); sendable != (err == nil) {
						t.Errorf("answer %s: %v", x.Slug, err)
					}
				}
				if err := s.Vote(ctx, Vote{By: tt.by, Visitor: "v", Slug: slug}); tt.by.PersonID == 0 && sees != (err == nil) {
					t.Errorf("vote %s: %v", slug, err)
				}
			}
		})
	}
}

func TestSectionsOfTheReadersLanguageComeFirst(t *testing.T) {
	t.Parallel()
	s, _ := imported(t, fstest.MapFS{
		"a-english/one.md":      {Data: []byte("---\ntitle: Fan trays\nlang: en\n---\nfan")},
		"b-english/two.md":      {Data: []byte("---\ntitle: Power\nlang: en\n---\npower")},
		"c-russian/sub/drei.md": {Data: []byte("---\ntitle: Прошивка\nlang: ru\n---\nпрошивка")},
	}, ImportOptions{})
	for lang, want := range map[string]string{"en": "a-english b-english c-russian", "ru": "c-russian a-english b-english"} {
		home, err := s.Home(i18n.With(t.Context(), i18n.Reader{Lang: lang}), visitor)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, len(home.Sections))
		for i, b := range home.Sections {
			got[i] = b.Slug
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", lang, got, want)
		}
	}
}

func same[T any](t *testing.T, where string, want []string, got []T, slug func(T) string, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]string, len(got))
	for i, g := range got {
		list[i] = slug(g)
	}
	slices.Sort(list)
	if !slices.Equal(want, list) {
		t.Errorf("%s: got %v, want %v", where, list, want)
	}
}
