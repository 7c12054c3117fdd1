package kb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Article is one article's page.
type Article struct {
	Card
	HTML       string // safe to print
	Headings   []richtext.Heading
	Keywords   []string
	Path       []Crumb // the sections it lies in, outermost first
	CreatedAt  time.Time
	Helpful    int // readers who were helped
	Visibility Visibility
	Minutes    int // to read it, at least 1
	Related    []Card
}

// Answer is an article that an agent may send as it is or after editing.
type Answer struct {
	Card
	Source string // Markdown
}

type articleRow struct {
	ID         int64
	Slug       string
	Lang       string
	Title      string
	Keywords   []string
	Source     string
	Visibility Visibility
	Helpful    int
	Unhelpful  int
	Used       int
	CreatedAt  time.Time
	UpdatedAt  time.Time
	WaySlugs   []string
	WayNames   []string
	WaySights  []Visibility
}

// The way is the sections above, outermost first.
const articleSQL = `
WITH RECURSIVE a AS (
    SELECT * FROM kb_articles WHERE status = 'published' AND (slug = @slug OR id = @id)
), up AS (
    SELECT s.id, s.parent_id, s.slug, s.name, s.visibility, 1 AS depth FROM kb_sections s JOIN a ON s.id = a.section_id
    UNION ALL
    SELECT s.id, s.parent_id, s.slug, s.name, s.visibility, up.depth + 1 FROM kb_sections s JOIN up ON s.id = up.parent_id
)
SELECT a.id, a.slug, a.lang, a.title, a.keywords, a.source, a.visibility, a.helpful, a.unhelpful, a.used, a.created_at, a.updated_at,
       array_agg(up.slug ORDER BY up.depth DESC) AS way_slugs,
       array_agg(up.name ORDER BY up.depth DESC) AS way_names,
       array_agg(up.visibility ORDER BY up.depth DESC) AS way_sights
FROM a, up
GROUP BY a.id, a.slug, a.lang, a.title, a.keywords, a.source, a.visibility, a.helpful, a.unhelpful, a.used, a.created_at, a.updated_at`

// find reads a published article that by may see, by its slug or else its id;
// fault.NotFound otherwise.
func (s *Service) find(ctx context.Context, db pg.DB, by auth.Actor, slug string, id int64) (articleRow, error) {
	rows, _ := db.Query(ctx, articleSQL, pgx.NamedArgs{"slug": slug, "id": id})
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[articleRow])
	if err != nil {
		return a, pg.NotFound(err, "kb.article_not_found")
	}
	if !readers(append(a.WaySights, a.Visibility)...).includes(audienceOf(by)) {
		return a, fault.New(fault.NotFound, "kb.article_not_found")
	}
	return a, nil
}

func (a articleRow) card() Card {
	return Card{
		ID: a.ID, Slug: a.Slug, Title: a.Title, Section: a.WayNames[len(a.WayNames)-1], Lang: a.Lang, UpdatedAt: a.UpdatedAt,
		Used: a.Used, Votes: a.Helpful + a.Unhelpful, HelpfulPercent: percent(a.Helpful, a.Unhelpful),
	}
}

const (
	relatedArticles = 4
	wordsPerMinute  = 200
)

// Article returns a published article's page; fault.NotFound when there is
// none that by may see.
func (s *Service) Article(ctx context.Context, by auth.Actor, slug string) (Article, error) {
	row, err := s.find(ctx, s.db, by, slug, 0)
	if err != nil {
		return Article{}, fmt.Errorf("article %q: %w", slug, err)
	}
	source := content(row.Title, row.Source)
	a := Article{
		Card: row.card(), Keywords: row.Keywords, CreatedAt: row.CreatedAt, Helpful: row.Helpful,
		Visibility: row.Visibility, Minutes: max(1, len(strings.Fields(source))/wordsPerMinute),
	}
	a.HTML, a.Headings = richtext.RenderArticle(source)
	for i, slug := range row.WaySlugs {
		a.Path = append(a.Path, Crumb{slug, row.WayNames[i]})
	}
	l, err := s.current(ctx)
	if err != nil {
		return Article{}, err
	}
	if known := l.articles[row.ID]; known != nil {
		a.Related = l.related(known, audienceOf(by), relatedArticles)
	}
	return a, nil
}

// Answer returns an article for insertion into a reply; fault.NotFound when
// there is none that by may see, or when customers may not read it. It costs no
// statement.
func (s *Service) Answer(ctx context.Context, by auth.Actor, id int64) (Answer, error) {
	l, err := s.current(ctx)
	if err != nil {
		return Answer{}, err
	}
	a := l.articles[id]
	if a == nil || !a.readers.includes(audienceOf(by)) || !a.readers.includes(contacts) {
		return Answer{}, fault.New(fault.NotFound, "kb.article_not_found")
	}
	return Answer{Card: a.card(), Source: strings.TrimSpace(content(a.Title, a.source))}, nil
}
