package kb

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// NewDraft is an article that an editor begins with a text from elsewhere.
type NewDraft struct {
	SectionID int64
	Lang      string
	Title     string
	Source    string // Markdown
}

// Place is a section that an article may be put into.
type Place struct {
	ID  int64
	Way []Crumb // from the root to it
}

// Places returns all sections for whoever may write articles, in the order of
// the tree.
func (s *Service) Places(ctx context.Context, by auth.Actor) ([]Place, error) {
	if !by.May(auth.WriteArticles) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	l, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	var all []Place
	for _, root := range l.roots {
		all = root.places(all)
	}
	return all, nil
}

func (s *section) places(all []Place) []Place {
	all = append(all, Place{ID: s.ID, Way: s.way()})
	for _, c := range s.children {
		all = c.places(all)
	}
	return all
}

const slugsSQL = `SELECT slug FROM kb_articles WHERE slug = @slug OR slug LIKE @slug || '-%'`

const newDraftSQL = `
INSERT INTO kb_articles (section_id, slug, lang, title, source, status, created_at, updated_at)
VALUES (@section, @slug, @lang, @title, @source, 'draft', @at, @at) RETURNING id`

// BeginDraft makes a draft, which nobody finds until an editor publishes it. It
// returns fault.Invalid with field section when there is no such section.
func (s *Service) BeginDraft(ctx context.Context, by auth.Actor, in NewDraft) (id int64, err error) {
	places, err := s.Places(ctx, by)
	if err != nil {
		return 0, err
	}
	var wrong fault.Field
	if !slices.ContainsFunc(places, func(p Place) bool { return p.ID == in.SectionID }) {
		wrong.Add("section", "kb.section_missing")
		return 0, wrong.Err()
	}
	title := richtext.Line(in.Title)
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		slug := slugOf(title)
		rows, _ := tx.Query(ctx, slugsSQL, pgx.NamedArgs{"slug": slug})
		taken, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		free := slug
		for n := 2; slices.Contains(taken, free); n++ {
			free = fmt.Sprintf("%s-%d", slug, n)
		}
		return tx.QueryRow(ctx, newDraftSQL, pgx.NamedArgs{
			"section": in.SectionID, "slug": free, "lang": in.Lang, "title": title, "source": richtext.Clean(in.Source), "at": s.now(),
		}).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("begin an article: %w", err)
	}
	return id, nil
}
