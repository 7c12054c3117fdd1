package company

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Member is a contact linked to a company.
type Member struct {
	ID              int64
	Name            string
	Email           string
	JobTitle        string
	Phone           string
	Disabled        bool
	Sees            auth.Scope // named by the link; the company's privacy may say otherwise
	SiteID          int64      // 0: none
	SiteName        string     // "" for none
	ExceptionReason string     // why a foreign domain was let in; "" when it matched
	LinkedBy        string
	LinkedAt        time.Time
	SortName        string
}

// Members is one page of a company's contacts; Next is "" on the last.
type Members struct {
	Rows []Member
	Next string
}

const membersSQL = `
SELECT p.id, p.name, p.job_title, p.phone, p.disabled_at IS NOT NULL AS disabled, cp.sees, cp.exception_reason, cp.linked_at,
    coalesce(si.id, 0) AS site_id, coalesce(si.name, '') AS site_name, coalesce(l.name, '') AS linked_by, lower(p.name) AS sort_name,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email
FROM company_people cp
JOIN people p ON p.id = cp.person_id
LEFT JOIN people l ON l.id = cp.linked_by
LEFT JOIN sites si ON si.id = cp.site_id
WHERE cp.company_id = @id AND (lower(p.name), p.id) > (@name, @person)
ORDER BY lower(p.name), p.id
LIMIT @limit`

// Members lists the contacts of a company by name.
func (s *Service) Members(ctx context.Context, by auth.Actor, id int64, after string) (Members, error) {
	if err := staff(by); err != nil {
		return Members{}, err
	}
	place := pg.ReadPlace(after)
	rows, err := s.db.Query(ctx, membersSQL, pgx.NamedArgs{"id": id, "name": place.Name, "person": place.ID, "limit": pageSize + 1})
	if err != nil {
		return Members{}, wrap("list a company's contacts", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Member])
	if err != nil {
		return Members{}, wrap("list a company's contacts", err)
	}
	var m Members
	m.Rows, m.Next = pg.PageOf(list, pageSize, func(r Member) pg.Place { return pg.Place{Name: r.SortName, ID: r.ID} })
	return m, nil
}

// Candidate is a contact who could be linked to a company.
type Candidate struct {
	ID      int64
	Name    string
	Email   string
	Matches bool     // their domain is one of the company's
	Others  []string // companies they belong to already
}

// candidatesSize is how many candidates a search shows: who is not among them
// types more.
const candidatesSize = 20

const proposedSQL = `
SELECT DISTINCT ON (lower(p.name), p.id) p.id, p.name, i.value AS email, true AS matches,
    ARRAY(SELECT c.name FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id ORDER BY lower(c.name)) AS others
FROM company_domains d
JOIN identities i ON i.kind = 'email' AND split_part(i.value, '@', 2) = d.domain AND i.verified_at IS NOT NULL
JOIN people p ON p.id = i.person_id
WHERE d.company_id = @id AND p.disabled_at IS NULL
  AND NOT EXISTS (SELECT FROM company_people cp WHERE cp.company_id = @id AND cp.person_id = p.id)
  AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id)
ORDER BY lower(p.name), p.id
LIMIT @limit`

const candidatesSQL = `
SELECT p.id, p.name, coalesce(i.value, '') AS email,
    EXISTS (SELECT FROM company_domains d JOIN identities m ON m.kind = 'email' AND split_part(m.value, '@', 2) = d.domain AND m.verified_at IS NOT NULL
        WHERE d.company_id = @id AND m.person_id = p.id) AS matches,
    ARRAY(SELECT c.name FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id ORDER BY lower(c.name)) AS others
FROM people p
LEFT JOIN LATERAL (SELECT value FROM identities WHERE person_id = p.id AND kind = 'email' ORDER BY id LIMIT 1) i ON true
WHERE p.disabled_at IS NULL AND (lower(p.name) LIKE @like OR i.value LIKE @like)
  AND NOT EXISTS (SELECT FROM company_people cp WHERE cp.company_id = @id AND cp.person_id = p.id)
  AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id)
ORDER BY 4 DESC, lower(p.name), p.id
LIMIT @limit`

// Candidates finds contacts who are not linked to the company yet by part of a
// name or an address, those of its domains first. Without a query it proposes
// the ones of its domains alone.
func (s *Service) Candidates(ctx context.Context, by auth.Actor, id int64, query string) ([]Candidate, error) {
	if err := may(by, auth.LinkContacts); err != nil {
		return nil, err
	}
	q, statement := strings.ToLower(line(query)), candidatesSQL
	if q == "" {
		statement = proposedSQL
	}
	rows, err := s.db.Query(ctx, statement, pgx.NamedArgs{"id": id, "like": pg.Like(q), "limit": candidatesSize})
	if err != nil {
		return nil, wrap("find contacts", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Candidate])
	return list, wrap("find contacts", err)
}
