package kb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// OwnVote is a person's own word on an article.
type OwnVote struct {
	Title   string    `json:"article"`
	Slug    string    `json:"slug"`
	Helpful bool      `json:"helpful"`
	Comment string    `json:"comment"`
	At      time.Time `json:"at"`
}

const ownVotesSQL = `
SELECT a.title, a.slug, v.helpful, v.comment, v.at FROM kb_votes v JOIN kb_articles a ON a.id = v.article_id
WHERE v.voter = @voter ORDER BY v.at, a.id`

// OwnVotes lists by's own votes, the oldest first: for a copy of their data.
func (s *Service) OwnVotes(ctx context.Context, by auth.Actor) ([]OwnVote, error) {
	voter, err := Vote{By: by}.voter()
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Query(ctx, ownVotesSQL, pgx.NamedArgs{"voter": voter})
	if err != nil {
		return nil, fmt.Errorf("list somebody's votes: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[OwnVote])
}
