package kb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

const openedSQL = `
INSERT INTO kb_openings (form_key, article_id, opened_at) VALUES (@key, @article, @at)
ON CONFLICT (form_key, article_id) DO NOTHING`

// Opened counts that the article slug was opened from the form for a new ticket
// that is known by key, and returns it. It returns fault.NotFound when by may
// not see it. Without a key nothing is counted.
func (s *Service) Opened(ctx context.Context, by auth.Actor, slug, key string) (Article, error) {
	a, err := s.Article(ctx, by, slug)
	if err != nil || !goodKey(key) {
		return a, err
	}
	if _, err := s.db.Exec(ctx, openedSQL, pgx.NamedArgs{"key": key, "article": a.ID, "at": s.now()}); err != nil {
		return a, fmt.Errorf("count the opening of article %d: %w", a.ID, err)
	}
	return a, nil
}

// Outcome is what became of a form from which articles were opened. A form that
// was neither sent nor closed with a word stays open: its reader has probably
// found the answer.
type Outcome string

// The outcomes.
const (
	StillOpen Outcome = "open"
	Solved    Outcome = "solved" // the reader said that the article was the answer
	Sent      Outcome = "sent"   // the ticket was sent all the same
)

const outcomeSQL = `UPDATE kb_openings SET outcome = @outcome WHERE form_key = @key`

// Closed records what became of the form known by key. The last word counts.
func (s *Service) Closed(ctx context.Context, key string, o Outcome) error {
	if !goodKey(key) {
		return nil
	}
	if _, err := s.db.Exec(ctx, outcomeSQL, pgx.NamedArgs{"key": key, "outcome": o}); err != nil {
		return fmt.Errorf("record what became of a form: %w", err)
	}
	return nil
}

// goodKey reports whether key may be a form's: random text of our own making.
func goodKey(key string) bool { return len(key) >= 16 && len(key) <= 64 }
