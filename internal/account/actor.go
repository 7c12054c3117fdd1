package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

const actorSQL = `
SELECT p.id, p.name, p.lang, p.zone, p.theme,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    ARRAY(SELECT DISTINCT u FROM person_roles pr JOIN roles r ON r.id = pr.role_id CROSS JOIN unnest(r.permissions) u
        WHERE pr.person_id = p.id) AS permissions,
    ARRAY(SELECT cp.company_id FROM company_people cp WHERE cp.person_id = p.id ORDER BY cp.company_id) AS companies,
    ARRAY(SELECT cp.sees FROM company_people cp WHERE cp.person_id = p.id ORDER BY cp.company_id) AS sees
FROM people p
LEFT JOIN credentials c ON c.person_id = p.id
WHERE p.id = @id AND p.disabled_at IS NULL
  AND (@since::timestamptz IS NULL OR c.changed_at IS NULL OR date_trunc('milliseconds', c.changed_at) <= @since)`

// ByID returns the person with what their roles allow and the companies they
// are linked to. A disabled person is NotFound.
func (s *Service) ByID(ctx context.Context, id int64) (auth.Actor, error) {
	return s.actor(ctx, id, nil)
}

// Resume is ByID for a session that began at since. A password changed after
// that ends it: NotFound.
func (s *Service) Resume(ctx context.Context, id int64, since time.Time) (auth.Actor, error) {
	return s.actor(ctx, id, &since)
}

func (s *Service) actor(ctx context.Context, id int64, since *time.Time) (auth.Actor, error) {
	rows, err := s.db.Query(ctx, actorSQL, pgx.NamedArgs{"id": id, "since": since})
	if err != nil {
		return auth.Actor{}, fmt.Errorf("read a person: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		ID                             int64
		Name, Lang, Zone, Theme, Email string
		Permissions                    []auth.Permission
		Companies                      []int64
		Sees                           []auth.Scope
	}])
	if err != nil {
		return auth.Actor{}, notFound(fmt.Errorf("read a person: %w", err))
	}
	a := auth.Actor{
		Kind: auth.Person, PersonID: p.ID, Name: p.Name, Email: p.Email, Lang: p.Lang, Zone: p.Zone, Theme: p.Theme,
		Permissions: p.Permissions,
	}
	if a.Name == "" {
		a.Name = a.Email
	}
	for i, id := range p.Companies {
		a.Companies = append(a.Companies, auth.Membership{CompanyID: id, Sees: p.Sees[i]})
	}
	return a, nil
}
