package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

const orphansSQL = `
SELECT t.number FROM tickets t
WHERE t.requester_id = @person AND t.company_id IS NULL
ORDER BY t.id
LIMIT 1000`

const companyNameSQL = `SELECT name FROM companies WHERE id = @id`

// AdoptTickets gives a contact's tickets without a company to the company that
// the contact was just linked to (C2), in the linking's transaction, and
// returns how many. Tickets that belong to a company stay there.
func (s *Service) AdoptTickets(ctx context.Context, tx pgx.Tx, by auth.Actor, personID, companyID int64) (int, error) {
	var company string
	if err := tx.QueryRow(ctx, companyNameSQL, pgx.NamedArgs{"id": companyID}).Scan(&company); err != nil {
		return 0, err
	}
	rows, _ := tx.Query(ctx, orphansSQL, pgx.NamedArgs{"person": personID})
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, err
	}
	for _, n := range numbers {
		t, err := lock(ctx, tx, auth.TheSystem(), n)
		if err != nil {
			return 0, err
		}
		c := begin(t, by, s.now())
		c.CompanyID = &companyID
		c.record(CompanySet, "", company, "")
		if err := c.save(ctx, tx); err != nil {
			return 0, err
		}
	}
	return len(numbers), nil
}
