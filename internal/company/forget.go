package company

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const (
	forgetLinksSQL    = `DELETE FROM company_people WHERE person_id = @person`
	forgetChargeSQL   = `UPDATE companies SET responsible_id = NULL WHERE responsible_id = @person`
	forgetWatchersSQL = `UPDATE companies SET watchers = array_remove(watchers, @person::bigint) WHERE @person::bigint = ANY (watchers)`
)

// ForgetPerson unlinks a person who is anonymous now from every company that they
// were of or looked after, in the transaction that makes them so.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	for _, sql := range []string{forgetLinksSQL, forgetChargeSQL, forgetWatchersSQL} {
		if _, err := tx.Exec(ctx, sql, pgx.NamedArgs{"person": personID}); err != nil {
			return fmt.Errorf("unlink a person: %w", err)
		}
	}
	return nil
}
