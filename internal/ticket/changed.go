package ticket

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

const takeChangesSQL = `
DELETE FROM ticket_changes WHERE id IN (SELECT id FROM ticket_changes ORDER BY id DESC LIMIT @limit FOR UPDATE SKIP LOCKED)
RETURNING ticket_id`

// TakeChanged returns tickets that changed since they were taken before, the
// latest changes first, at most limit changes at once; each once, in the order
// of their ids. When tx fails they are there again.
func (s *Service) TakeChanged(ctx context.Context, tx pgx.Tx, limit int) ([]int64, error) {
	rows, _ := tx.Query(ctx, takeChangesSQL, pgx.NamedArgs{"limit": limit}) // CollectRows returns its error
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("take the tickets that changed: %w", err)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

const changedFilesSQL = `
INSERT INTO ticket_changes (ticket_id) SELECT DISTINCT ticket_id FROM attachments WHERE key = @key AND ticket_id IS NOT NULL`

// FileRead says that more is known of a file than before: the tickets that have
// it changed.
func (s *Service) FileRead(ctx context.Context, tx pgx.Tx, key string) error {
	if _, err := tx.Exec(ctx, changedFilesSQL, pgx.NamedArgs{"key": key}); err != nil {
		return fmt.Errorf("note the tickets of a file: %w", err)
	}
	return nil
}
