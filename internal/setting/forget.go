package setting

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const forgetMemberSQL = `DELETE FROM department_members WHERE person_id = @person`

// ForgetPerson takes somebody who is anonymous now out of the departments, in the
// transaction that makes them so.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	tag, err := tx.Exec(ctx, forgetMemberSQL, pgx.NamedArgs{"person": personID})
	if err == nil && tag.RowsAffected() > 0 {
		_, err = tx.Exec(ctx, tellOptionsSQL)
	}
	if err != nil {
		return fmt.Errorf("forget a member of departments: %w", err)
	}
	return nil
}
