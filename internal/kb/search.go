package kb

import (
	"context"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/search"
)

// maxHits is how many articles one search returns at most.
const maxHits = 100

// Search returns the articles that answer q best among those that by may read.
// It costs no statement.
func (s *Service) Search(ctx context.Context, by auth.Actor, q Query) ([]Hit, error) {
	return s.search(ctx, audienceOf(by), q)
}

// QuickAnswers is Search for staff who write to a customer: it offers what a
// contact may read, never an internal article.
func (s *Service) QuickAnswers(ctx context.Context, by auth.Actor, q Query) ([]Hit, error) {
	if !audienceOf(by).includes(staff) {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	return s.search(ctx, contacts, q)
}

func (s *Service) search(ctx context.Context, who audience, q Query) ([]Hit, error) {
	l, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	if q.Limit <= 0 {
		q.Limit = 10
	}
	found := l.index.Search(search.Query{
		Text: richtext.Clean(q.Text), Lang: q.Lang, Mask: uint32(who), Limit: min(q.Limit, maxHits), Prefix: q.Prefix,
	})
	hits := make([]Hit, 0, len(found))
	for i, f := range found {
		a := l.articles[f.ID]
		h := Hit{Card: a.card(), Rank: i + 1, Path: a.ImportPath, Excerpt: f.Excerpt, Score: f.Score, Share: f.Share}
		if f.Section < len(a.anchors) {
			h.Anchor = a.anchors[f.Section]
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// Popular returns the articles that were sent as answers and found helpful
// most, those in the reader's language first.
func (s *Service) Popular(ctx context.Context, by auth.Actor, limit int) ([]Card, error) {
	l, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	return l.popular(audienceOf(by), i18n.ReaderOf(ctx).Lang, limit), nil
}

func (l *library) popular(a audience, lang string, limit int) []Card {
	var mine, others []Card
	for _, x := range l.listed(a) {
		if x.Lang == lang {
			mine = append(mine, x.card())
		} else {
			others = append(others, x.card())
		}
		if len(mine) == limit {
			break
		}
	}
	mine = append(mine, others...)
	return mine[:min(limit, len(mine))]
}

// related returns articles about the same as a, for those who read it.
func (l *library) related(a *article, who audience, limit int) []Card {
	found := l.index.Search(search.Query{Text: a.Title, Lang: a.Lang, Mask: uint32(who), Limit: limit + 1})
	var cards []Card
	for _, f := range found {
		if x := l.articles[f.ID]; f.ID != a.ID && x.Lang == a.Lang && len(cards) < limit {
			cards = append(cards, x.card())
		}
	}
	return cards
}
