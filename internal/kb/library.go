package kb

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/search"
)

// library is all that lists and search need of the published articles, in
// memory. It never changes: a refresh makes a new one.
type library struct {
	version  string
	sections map[int64]*section
	roots    []*section
	bySlug   map[string]*section
	articles map[int64]*article
	index    *search.Index
}

type section struct {
	ID         int64
	ParentID   *int64
	Slug       string
	Name       string
	Position   int
	Visibility Visibility

	parent   *section
	children []*section
	articles []*article // by title
	readers  audience
}

type article struct {
	ID         int64
	RowVersion int64
	SectionID  int64
	Slug       string
	Lang       string
	Title      string
	Keywords   []string
	Visibility Visibility
	ImportPath string
	Helpful    int
	Unhelpful  int
	Used       int
	UpdatedAt  time.Time

	section *section
	readers audience
	source  string   // Markdown
	content uint64   // hash of what is searched
	anchors []string // ids of the headings, by section of the search document
}

func (a *article) card() Card {
	return Card{
		ID: a.ID, Slug: a.Slug, Title: a.Title, Section: a.section.Name, Lang: a.Lang, UpdatedAt: a.UpdatedAt,
		Used: a.Used, Votes: a.Helpful + a.Unhelpful, HelpfulPercent: percent(a.Helpful, a.Unhelpful),
	}
}

// worth is how much use and praise lift an article: a tenth for the first
// handful, a third at most.
func (a *article) worth() float64 {
	lift := 0.05 * math.Log1p(float64(a.Used))
	if votes := a.Helpful + a.Unhelpful; votes > 0 {
		// Shrunk towards nothing while few have voted.
		lift += 0.15 * float64(a.Helpful-a.Unhelpful) / float64(votes+5)
	}
	return max(-0.1, min(0.33, lift))
}

const versionSQL = `
SELECT concat_ws('/', count(*), sum(xmin::text::bigint), max(updated_at),
       (SELECT concat_ws('/', count(*), sum(xmin::text::bigint)) FROM kb_sections))
FROM kb_articles`

const sectionsSQL = `SELECT id, parent_id, slug, name, position, visibility FROM kb_sections ORDER BY position, lower(name), id`

// A row's xmin changes with every update, also of what updated_at ignores.
const cardsSQL = `
SELECT id, xmin::text::bigint AS row_version, section_id, slug, lang, title, keywords, visibility, coalesce(import_path, '') AS import_path,
       helpful, unhelpful, used, updated_at
FROM kb_articles WHERE status = 'published' ORDER BY lower(title), id`

const sourcesSQL = `SELECT id, source FROM kb_articles WHERE id = ANY (@ids)`

// Refresh reads what changed since the last time. Search and lists do it
// themselves the first time only; Run does it when something is told to have
// changed.
func (s *Service) Refresh(ctx context.Context) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	old := s.library.Load()
	// The version is read before the rest: what changes between is read again.
	var version string
	if err := s.db.QueryRow(ctx, versionSQL).Scan(&version); err != nil {
		return fmt.Errorf("read the version of the knowledge base: %w", err)
	}
	if old != nil && old.version == version {
		return nil
	}
	if old == nil {
		old = &library{index: search.Build(nil)}
	}
	fresh, err := s.read(ctx, old)
	if err != nil {
		return fmt.Errorf("read the knowledge base: %w", err)
	}
	fresh.version = version
	s.library.Store(fresh)
	return nil
}

// current is the library as it stands, read on first use.
func (s *Service) current(ctx context.Context) (*library, error) {
	if l := s.library.Load(); l != nil {
		return l, nil
	}
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	return s.library.Load(), nil
}

func (s *Service) read(ctx context.Context, old *library) (*library, error) {
	rows, _ := s.db.Query(ctx, sectionsSQL)
	sections, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[section])
	if err != nil {
		return nil, err
	}
	rows, _ = s.db.Query(ctx, cardsSQL)
	articles, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[article])
	if err != nil {
		return nil, err
	}
	l := &library{sections: map[int64]*section{}, bySlug: map[string]*section{}, articles: map[int64]*article{}}
	l.grow(sections)
	var changed []int64
	for _, a := range articles {
		a.section = l.sections[a.SectionID]
		if a.section == nil {
			continue // made after the sections were read; the next refresh has it
		}
		a.readers = a.section.readers & readers(a.Visibility)
		a.section.articles = append(a.section.articles, a)
		l.articles[a.ID] = a
		if was, ok := old.articles[a.ID]; ok && was.RowVersion == a.RowVersion {
			a.source, a.content, a.anchors = was.source, was.content, was.anchors
		} else {
			changed = append(changed, a.ID)
		}
	}
	return l, s.reindex(ctx, l, old, changed)
}

// grow makes a tree of sections, which come in order of their position.
func (l *library) grow(sections []*section) {
	for _, s := range sections {
		l.sections[s.ID], l.bySlug[s.Slug] = s, s
	}
	for _, s := range sections {
		if s.ParentID != nil {
			s.parent = l.sections[*s.ParentID]
		}
		if s.parent == nil {
			l.roots = append(l.roots, s)
		} else {
			s.parent.children = append(s.parent.children, s)
		}
	}
	for _, s := range l.roots {
		s.inherit(visitors | contacts | staff)
	}
}

func (s *section) inherit(from audience) {
	s.readers = from & readers(s.Visibility)
	for _, c := range s.children {
		c.inherit(s.readers)
	}
}

// way returns the sections from the root to s.
func (s *section) way() []Crumb {
	var way []Crumb
	for ; s != nil; s = s.parent {
		way = append(way, Crumb{s.Slug, s.Name})
	}
	slices.Reverse(way)
	return way
}

// reindex brings the index to the articles of l: changed texts are analysed
// again, for the rest only their readers and their worth are set.
func (s *Service) reindex(ctx context.Context, l, old *library, changed []int64) error {
	sources := map[int64]string{}
	if len(changed) > 0 {
		rows, _ := s.db.Query(ctx, sourcesSQL, pgx.NamedArgs{"ids": changed})
		var id int64
		var source string
		if _, err := pgx.ForEachRow(rows, []any{&id, &source}, func() error { sources[id] = source; return nil }); err != nil {
			return err
		}
	}
	var put []search.Doc
	for _, id := range changed {
		a := l.articles[id]
		was := old.articles[id]
		a.source = sources[id]
		a.content = hash(a.Lang, a.Title, strings.Join(a.Keywords, "\x1f"), sources[id])
		if was != nil && was.content == a.content {
			a.anchors = was.anchors
			continue
		}
		put = append(put, document(a, sources[id]))
	}
	var drop []int64
	for id := range old.articles {
		if l.articles[id] == nil {
			drop = append(drop, id)
		}
	}
	l.index = old.index
	if len(put)+len(drop) > 0 {
		l.index = l.index.Update(put, drop)
	}
	standing := make(map[int64]search.Standing, len(l.articles))
	for id, a := range l.articles {
		standing[id] = search.Standing{Mask: uint32(a.readers), Boost: a.worth()}
	}
	l.index = l.index.Adjust(standing)
	return nil
}

// document is what is searched of an article.
func document(a *article, source string) search.Doc {
	d := search.Doc{ID: a.ID, Lang: a.Lang, Title: a.Title, Keywords: strings.Join(a.Keywords, ", ")}
	a.anchors = a.anchors[:0:0]
	for _, s := range richtext.Outline(content(a.Title, source)) {
		if s.Heading == "" && s.Text == "" {
			continue
		}
		d.Sections = append(d.Sections, search.Section{Heading: s.Heading, Text: s.Text})
		a.anchors = append(a.anchors, s.ID)
	}
	return d
}

// content is an article's source without a first heading that repeats its title.
func content(title, source string) string {
	rest := strings.TrimLeft(source, "\n\r\t ")
	head, tail, _ := strings.Cut(rest, "\n")
	if h, ok := strings.CutPrefix(head, "# "); ok && strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(title)) {
		return strings.TrimLeft(tail, "\n")
	}
	return source
}

var seed = maphash.MakeSeed()

func hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, p := range parts {
		_, _ = h.WriteString(p)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// listed returns the articles that a may read, most worth first.
func (l *library) listed(a audience) []*article {
	out := make([]*article, 0, len(l.articles))
	for _, x := range l.articles {
		if x.readers.includes(a) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(x, y *article) int {
		return cmp.Or(cmp.Compare(y.worth(), x.worth()), cmp.Compare(y.Used, x.Used), cmp.Compare(x.Title, y.Title), cmp.Compare(x.ID, y.ID))
	})
	return out
}
