package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

const orphansSQL = `
SELECT t.number FROM tickets t
WHERE t.requester_id = @person AND t.company_id IS NULL AND t.merged_into IS NULL
ORDER BY t.id
LIMIT 1000`

const adopterSQL = `
SELECT c.name, cp.site_id FROM companies c LEFT JOIN company_people cp ON cp.company_id = c.id AND cp.person_id = @person
WHERE c.id = @id`

// AdoptTickets gives a contact's tickets without a company to the company that
// the contact was just linked to (C2), in the linking's transaction, and
// returns how many; they are from the contact's site. Tickets that belong to a
// company stay there.
func (s *Service) AdoptTickets(ctx context.Context, tx pgx.Tx, by auth.Actor, personID, companyID int64) (int, error) {
	var company string
	var site *int64
	if err := tx.QueryRow(ctx, adopterSQL, pgx.NamedArgs{"id": companyID, "person": personID}).Scan(&company, &site); err != nil {
		return 0, err
	}
	rows, _ := tx.Query(ctx, orphansSQL, pgx.NamedArgs{"person": personID})
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, err
	}
	ids := make([]int64, 0, len(numbers))
	for _, n := range numbers {
		t, err := lock(ctx, tx, auth.TheSystem(), n)
		if err != nil {
			return 0, err
		}
		c := begin(t, by, s.now())
		c.CompanyID, c.SiteID = &companyID, site
		c.record(CompanySet, "", company, "")
		if err := c.save(ctx, tx); err != nil {
			return 0, err
		}
		ids = append(ids, t.ID)
	}
	_, err = tx.Exec(ctx, ownWordsSQL, pgx.NamedArgs{"tickets": ids})
	return len(ids), err
}

const moveSiteSQL = `UPDATE tickets SET site_id = @parent WHERE site_id = @site`

// MoveSite gives a site's tickets to the site above it, nil for the company
// alone, in the transaction that removes the site.
func (s *Service) MoveSite(ctx context.Context, tx pgx.Tx, site int64, parent *int64) error {
	args := pgx.NamedArgs{"site": site, "parent": parent}
	if _, err := tx.Exec(ctx, moveSiteSQL, args); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, leaveSiteSQL, args)
	return err
}
