package presence

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const forgetSQL = `DELETE FROM presence WHERE person_id = @person`

// ForgetPerson drops the open pages of somebody who is anonymous now, in the
// transaction that makes them so.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	if _, err := tx.Exec(ctx, forgetSQL, pgx.NamedArgs{"person": personID}); err != nil {
		return fmt.Errorf("forget a person's open pages: %w", err)
	}
	return nil
}
