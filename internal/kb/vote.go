package kb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Vote is a reader's word on whether an article helped.
type Vote struct {
	By      auth.Actor
	Visitor string // what tells one visitor from another; only for those who are not signed in
	Slug    string
	Helpful bool
	Comment string
}

// MaxComment is the longest comment on an article, in letters.
const MaxComment = 2000

const voteSQL = `
INSERT INTO kb_votes (article_id, voter, helpful, comment, at) VALUES (@article, @voter, @helpful, @comment, @at)
ON CONFLICT (article_id, voter) DO UPDATE
SET helpful = EXCLUDED.helpful, at = EXCLUDED.at, comment = CASE WHEN EXCLUDED.comment = '' THEN kb_votes.comment ELSE EXCLUDED.comment END`

const lockArticleSQL = `SELECT FROM kb_articles WHERE id = @article FOR UPDATE`

const countVotesSQL = `
UPDATE kb_articles SET
    helpful = (SELECT count(*) FROM kb_votes WHERE article_id = @article AND helpful),
    unhelpful = (SELECT count(*) FROM kb_votes WHERE article_id = @article AND NOT helpful)
WHERE id = @article`

// Vote counts a reader's vote. Everybody has one per article: voting again
// changes it, and a later comment joins it. It returns fault.NotFound when v.By
// may not see the article and fault.Invalid for a comment that is too long.
func (s *Service) Vote(ctx context.Context, v Vote) error {
	v.Comment = richtext.Clean(v.Comment)
	if utf8.RuneCountInString(v.Comment) > MaxComment {
		var f fault.Field
		f.Add("comment", "kb.comment_too_long", "max", MaxComment)
		return f.Err()
	}
	voter, err := v.voter()
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		a, err := s.find(ctx, tx, v.By, v.Slug, 0)
		if err != nil {
			return err
		}
		args := pgx.NamedArgs{"article": a.ID, "voter": voter, "helpful": v.Helpful, "comment": v.Comment, "at": s.now()}
		for _, sql := range []string{lockArticleSQL, voteSQL, countVotesSQL} {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vote on article %q: %w", v.Slug, err)
	}
	return nil
}

// voter names who votes, without keeping what a visitor is known by.
func (v Vote) voter() (string, error) {
	if v.By.SignedIn() {
		return "person:" + strconv.FormatInt(v.By.PersonID, 10), nil
	}
	if v.Visitor == "" {
		return "", fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	sum := sha256.Sum256([]byte(v.Visitor))
	return "visitor:" + hex.EncodeToString(sum[:16]), nil
}
