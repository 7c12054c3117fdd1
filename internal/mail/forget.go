package mail

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const forgetPersonSQL = `
UPDATE deliveries SET recipient = 'erased:' || id, data = '{}', detail = '',
    state = CASE state WHEN 'queued' THEN 'unwanted' ELSE state END
WHERE person_id = @person OR recipient = ANY (@addresses::text[])`

// ForgetPerson takes the addresses and words of a person's letters out of the
// outbox, and what mail servers said to them, in the transaction that makes the person anonymous. What waits is not
// sent any more; that something was sent stays known.
func (o *Outbox) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64, addresses []string) error {
	_, err := tx.Exec(ctx, forgetPersonSQL, pgx.NamedArgs{"person": personID, "addresses": addresses})
	if err != nil {
		return fmt.Errorf("forget a person's letters: %w", err)
	}
	return nil
}

const forgetFarewellsSQL = `
UPDATE deliveries SET recipient = 'erased:' || id, data = '{}', detail = ''
WHERE kind = @kind AND state <> 'queued' AND recipient NOT LIKE 'erased:%'`

// ForgetFarewells does the same for the last letters, which tell people that
// they were forgotten, once they have left.
func (o *Outbox) ForgetFarewells(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, forgetFarewellsSQL, pgx.NamedArgs{"kind": Erased}); err != nil {
		return fmt.Errorf("forget farewells: %w", err)
	}
	return nil
}
