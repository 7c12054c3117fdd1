package kb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/richtext"
)

const usedSQL = `UPDATE kb_articles SET used = used + 1 WHERE id = @article`

// Used counts, in tx, that an article was sent as an answer.
func (s *Service) Used(ctx context.Context, tx pgx.Tx, articleID int64) error {
	if _, err := tx.Exec(ctx, usedSQL, pgx.NamedArgs{"article": articleID}); err != nil {
		return fmt.Errorf("count the use of article %d: %w", articleID, err)
	}
	return nil
}

const (
	suggestedSQL = `SELECT title, body FROM kb_suggestions WHERE message_id = @message FOR UPDATE`
	redactSQL    = `UPDATE kb_suggestions SET title = @title, body = @body WHERE message_id = @message`
)

// Redacted takes secrets out of what was suggested of a message, in tx.
func (s *Service) Redacted(ctx context.Context, tx pgx.Tx, messageID int64, secrets []string) error {
	var title, body string
	err := tx.QueryRow(ctx, suggestedSQL, pgx.NamedArgs{"message": messageID}).Scan(&title, &body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the suggestion of message %d: %w", messageID, err)
	}
	title, _, _ = richtext.Redact(title, richtext.KindText, secrets)
	body, _, _ = richtext.Redact(body, richtext.KindMarkdown, secrets)
	if _, err := tx.Exec(ctx, redactSQL, pgx.NamedArgs{"message": messageID, "title": title, "body": body}); err != nil {
		return fmt.Errorf("redact the suggestion of message %d: %w", messageID, err)
	}
	return nil
}

const suggestSQL = `
INSERT INTO kb_suggestions (message_id, person_id, title, body, created_at) VALUES (@message, @person, @title, @body, @at)
ON CONFLICT (message_id) DO NOTHING`

// Suggest offers, in tx, an agent's answer to the editors (A3). One message is
// offered once. Whether the agent may do so is the caller's to check.
func (s *Service) Suggest(ctx context.Context, tx pgx.Tx, messageID, personID int64, title, body string) error {
	_, err := tx.Exec(ctx, suggestSQL, pgx.NamedArgs{
		"message": messageID, "person": personID, "title": richtext.Line(title), "body": richtext.Clean(body), "at": s.now(),
	})
	if err != nil {
		return fmt.Errorf("suggest message %d as an answer: %w", messageID, err)
	}
	return nil
}
