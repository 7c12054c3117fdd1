package inbox

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const (
	forgetViewsSQL   = `DELETE FROM views WHERE owner_id = @me AND scope = 'mine'`
	forgetChoicesSQL = `DELETE FROM list_choices WHERE person_id = @me`
)

// ForgetPerson drops how somebody who is anonymous now liked to work, in the
// transaction that makes them so. Views that they made for others stay.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	for _, sql := range []string{forgetPlacesSQL, forgetViewsSQL, forgetChoicesSQL} {
		if _, err := tx.Exec(ctx, sql, pgx.NamedArgs{"me": personID}); err != nil {
			return fmt.Errorf("forget a person's views: %w", err)
		}
	}
	return nil
}
