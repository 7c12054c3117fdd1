package canned

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const (
	forgetRepliesSQL = `DELETE FROM canned_replies WHERE owner_id = @person AND scope = 'me'`
	// What stays is read again by every process: it says who made it.
	touchRepliesSQL = `UPDATE canned_replies SET updated_at = updated_at WHERE owner_id = @person`
)

// ForgetPerson drops the canned replies that somebody who is anonymous now kept
// for themselves, with their files and folders, in the transaction that makes
// them so. What they made for others stays.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	for _, sql := range []string{forgetRepliesSQL, emptyFoldersSQL, touchRepliesSQL} {
		if _, err := tx.Exec(ctx, sql, pgx.NamedArgs{"person": personID}); err != nil {
			return fmt.Errorf("forget a person's canned replies: %w", err)
		}
	}
	return changed(ctx, tx)
}
