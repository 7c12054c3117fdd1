package kb

import (
	"cmp"
	"context"
	"slices"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Branch is a section with what is in it, as far as its reader may see.
type Branch struct {
	Slug     string
	Name     string
	Count    int // articles in it and below
	Children []*Branch
	Articles []Card // its own, by title
}

// Home is the knowledge base's first page.
type Home struct {
	Sections []*Branch
	Articles int // all that the reader may see
	Popular  []Card
}

// SectionPage is one section's page.
type SectionPage struct {
	Branch
	Path     []Crumb   // the sections above it, outermost first
	Tree     []*Branch // all sections, for the side
	Articles int       // all that the reader may see
}

const popularOnHome = 6

// Home returns the tree of sections that by may see, without empty ones.
func (s *Service) Home(ctx context.Context, by auth.Actor) (Home, error) {
	l, err := s.current(ctx)
	if err != nil {
		return Home{}, err
	}
	who := audienceOf(by)
	lang := i18n.ReaderOf(ctx).Lang
	tree, n := l.tree(who)
	slices.SortStableFunc(tree, func(a, b *Branch) int {
		return cmp.Compare(b.share(lang), a.share(lang))
	})
	return Home{Sections: tree, Articles: n, Popular: l.popular(who, lang, popularOnHome)}, nil
}

// share is 1 for a section that holds an article in lang, else 0: a reader
// gets the sections of their language first.
func (b *Branch) share(lang string) int {
	for _, a := range b.Articles {
		if a.Lang == lang {
			return 1
		}
	}
	for _, c := range b.Children {
		if c.share(lang) == 1 {
			return 1
		}
	}
	return 0
}

// SectionPage returns a section; fault.NotFound when there is none that by may
// see.
func (s *Service) SectionPage(ctx context.Context, by auth.Actor, slug string) (SectionPage, error) {
	l, err := s.current(ctx)
	if err != nil {
		return SectionPage{}, err
	}
	who := audienceOf(by)
	found := l.bySlug[slug]
	if found == nil || !found.readers.includes(who) {
		return SectionPage{}, fault.New(fault.NotFound, "kb.section_not_found")
	}
	way := found.way()
	p := SectionPage{Branch: *found.branch(who), Path: way[:len(way)-1]}
	if p.Count == 0 && who != staff {
		return SectionPage{}, fault.New(fault.NotFound, "kb.section_not_found") // its name may tell of what is hidden in it
	}
	p.Tree, p.Articles = l.tree(who)
	return p, nil
}

func (l *library) tree(who audience) (tree []*Branch, articles int) {
	for _, s := range l.roots {
		if b := s.branch(who); b.Count > 0 {
			tree = append(tree, b)
			articles += b.Count
		}
	}
	return tree, articles
}

// branch is what who may see of s; sections with nothing in them are left out.
func (s *section) branch(who audience) *Branch {
	b := &Branch{Slug: s.Slug, Name: s.Name}
	if !s.readers.includes(who) {
		return b
	}
	for _, a := range s.articles {
		if a.readers.includes(who) {
			b.Articles = append(b.Articles, a.card())
		}
	}
	b.Count = len(b.Articles)
	for _, c := range s.children {
		if sub := c.branch(who); sub.Count > 0 {
			b.Children = append(b.Children, sub)
			b.Count += sub.Count
		}
	}
	return b
}
