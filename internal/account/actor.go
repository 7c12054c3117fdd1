package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// actorColumns are an actorRow, of a person p with credentials c.
const actorColumns = `p.id, p.name, p.lang, p.zone, p.theme, NOT p.shortcuts AS no_keys, NOT p.undo_send AS send_at_once, c.changed_at,
    (SELECT count(*) FROM (SELECT FROM notices n WHERE n.person_id = p.id AND n.read_at IS NULL AND n.in_app LIMIT 100) v) AS unread,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    ARRAY(SELECT DISTINCT u FROM person_roles pr JOIN roles r ON r.id = pr.role_id CROSS JOIN unnest(r.permissions) u
        WHERE pr.person_id = p.id) AS permissions,
    ARRAY(SELECT dm.department_id FROM department_members dm WHERE dm.person_id = p.id) AS departments,
    ARRAY(SELECT d.id FROM departments d WHERE d.closed
        AND NOT EXISTS (SELECT FROM department_members dm WHERE dm.department_id = d.id AND dm.person_id = p.id)) AS hidden,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', co.id, 'name', co.name, 'site', coalesce(cp.site_id, 0),
            'sees', CASE co.privacy WHEN 'everyone' THEN 'company' WHEN 'own' THEN 'own' ELSE cp.sees END,
            'sites', CASE WHEN co.privacy = 'named' AND cp.sees = 'site' THEN (
                WITH RECURSIVE tree AS (SELECT cp.site_id AS id UNION SELECT s.id FROM tree JOIN sites s ON s.parent_id = tree.id)
                SELECT jsonb_agg(tree.id ORDER BY tree.id) FROM tree) END) ORDER BY lower(co.name), co.id)
        FROM company_people cp JOIN companies co ON co.id = cp.company_id WHERE cp.person_id = p.id), '[]') AS companies`

// memberRow is a link to a company with what the person sees there: the
// company's privacy decides over what the link says.
type memberRow struct {
	ID    int64      `json:"id"`
	Name  string     `json:"name"`
	Site  int64      `json:"site"`
	Sees  auth.Scope `json:"sees"`
	Sites []int64    `json:"sites"`
}

type actorRow struct {
	ID                             int64
	Name, Lang, Zone, Theme, Email string
	NoKeys, SendAtOnce             bool
	Unread                         int
	ChangedAt                      *time.Time // of the password; nil: none
	Permissions                    []auth.Permission
	Departments                    []int64
	Hidden                         []int64 // closed departments that they are no member of
	Companies                      []memberRow
}

const actorSQL = `
SELECT ` + actorColumns + `
FROM people p
LEFT JOIN credentials c ON c.person_id = p.id
WHERE p.id = @id AND p.disabled_at IS NULL`

// ByID returns the person with what their roles allow and the companies they
// are linked to. A disabled person is NotFound.
func (s *Service) ByID(ctx context.Context, id int64) (auth.Actor, error) {
	r, err := s.actorRow(ctx, id)
	return r.actor(), err
}

// Resume is ByID for a session that began at since. A password changed after
// that ends it: NotFound. Within Visit the person came with the session.
func (s *Service) Resume(ctx context.Context, id int64, since time.Time) (auth.Actor, error) {
	r, ok := visitor(ctx, id)
	if !ok {
		var err error
		if r, err = s.actorRow(ctx, id); err != nil {
			return auth.Actor{}, err
		}
	}
	if r.ChangedAt != nil && r.ChangedAt.Truncate(time.Millisecond).After(since) { // since counts milliseconds
		return auth.Actor{}, fault.New(fault.NotFound, "account.not_found")
	}
	return r.actor(), nil
}

func (s *Service) actorRow(ctx context.Context, id int64) (actorRow, error) {
	rows, err := s.db.Query(ctx, actorSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return actorRow{}, fmt.Errorf("read a person: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[actorRow])
	if err != nil {
		return actorRow{}, notFound(fmt.Errorf("read a person: %w", err))
	}
	return r, nil
}

// actor is nobody when the row is empty.
func (r actorRow) actor() auth.Actor {
	if r.ID == 0 {
		return auth.Actor{}
	}
	a := auth.Actor{
		Kind: auth.Person, PersonID: r.ID, Name: r.Name, Email: r.Email, Lang: r.Lang, Zone: r.Zone, Theme: r.Theme, NoKeys: r.NoKeys, SendAtOnce: r.SendAtOnce, Unread: r.Unread,
		Permissions: r.Permissions,
	}
	if a.Staff() {
		a.Departments = r.Departments
		if a.Hidden = r.Hidden; a.May(auth.AllDepartments) {
			a.Hidden = nil
		}
	}
	if a.Name == "" {
		a.Name = a.Email
	}
	for _, m := range r.Companies {
		a.Companies = append(a.Companies, auth.Membership{CompanyID: m.ID, Company: m.Name, Sees: m.Sees, SiteID: m.Site, Sites: m.Sites})
	}
	return a
}
