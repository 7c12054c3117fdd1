package company

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// joinSQL links a contact to the companies that their verified address speaks
// for.
const joinSQL = `
INSERT INTO company_people (company_id, person_id, sees, linked_at)
SELECT DISTINCT d.company_id, i.person_id, 'own', @now::timestamptz
FROM identities i JOIN company_domains d ON d.domain = split_part(i.value, '@', 2)
WHERE i.person_id = @person AND i.kind = 'email' AND i.verified_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = i.person_id)
ON CONFLICT DO NOTHING
RETURNING company_id`

// Joined is called when a person showed that an address is theirs (C2). When the
// setting says so, they are linked to the company of its domain and see their
// own tickets there; else they are only proposed on the company's page, which
// finds them by itself.
func (s *Service) Joined(ctx context.Context, tx pgx.Tx, person int64) error {
	if s.hooks.LinkAtOnce == nil || !s.hooks.LinkAtOnce(ctx) {
		return nil
	}
	rows, err := tx.Query(ctx, joinSQL, pgx.NamedArgs{"person": person, "now": s.now()})
	if err != nil {
		return wrap("link a new contact", err)
	}
	companies, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return wrap("link a new contact", err)
	}
	by := auth.TheSystem()
	for _, id := range companies { // a domain belongs to one company: there is one, or none
		adopted := 0
		if s.hooks.AdoptTickets != nil {
			if adopted, err = s.hooks.AdoptTickets(ctx, tx, by, person, id); err != nil {
				return fmt.Errorf("adopt tickets: %w", err)
			}
		}
		err := s.hooks.Audit(ctx, tx, by, "company.contact_linked", subject(id), nil, map[string]any{
			"person": person, "sees": auth.SeesOwn, "exception": false, "tickets": adopted, "registered": true,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
