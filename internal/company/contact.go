package company

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// ContactFilter says which contacts to list.
type ContactFilter struct {
	Query string // part of a name, an address or a phone number
	After string // from ContactPage.Next
}

// ContactRow is one contact in the list.
type ContactRow struct {
	ID        int64
	Name      string
	Email     string
	Phone     string
	Disabled  bool
	Companies []string
	SortName  string
}

// ContactPage is one page of contacts; Next is "" on the last.
type ContactPage struct {
	Rows []ContactRow
	Next string
}

// A contact is a person without a role that works tickets.
const contactsSQL = `
SELECT p.id, p.name, coalesce(i.value, '') AS email, p.phone, p.disabled_at IS NOT NULL AS disabled, lower(p.name) AS sort_name,
    ARRAY(SELECT c.name FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id ORDER BY lower(c.name)) AS companies
FROM people p
LEFT JOIN LATERAL (SELECT value FROM identities WHERE person_id = p.id AND kind = 'email' ORDER BY id LIMIT 1) i ON true
WHERE (lower(p.name), p.id) > (@name, @id)
  AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id)
  AND (@query = '' OR lower(p.name) LIKE @like OR i.value LIKE @like OR (p.phone <> '' AND p.phone LIKE @like))
ORDER BY lower(p.name), p.id
LIMIT @limit`

// Contacts lists contacts by name.
func (s *Service) Contacts(ctx context.Context, by auth.Actor, f ContactFilter) (ContactPage, error) {
	if err := staff(by); err != nil {
		return ContactPage{}, err
	}
	after, q := pg.ReadPlace(f.After), strings.ToLower(line(f.Query))
	rows, err := s.db.Query(ctx, contactsSQL, pgx.NamedArgs{
		"name": after.Name, "id": after.ID, "query": q, "like": pg.Like(q), "limit": pageSize + 1,
	})
	if err != nil {
		return ContactPage{}, wrap("list contacts", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[ContactRow])
	if err != nil {
		return ContactPage{}, wrap("list contacts", err)
	}
	var p ContactPage
	p.Rows, p.Next = pg.PageOf(list, pageSize, func(r ContactRow) pg.Place { return pg.Place{Name: r.SortName, ID: r.ID} })
	return p, nil
}

// Contact is a contact's card.
type Contact struct {
	ID         int64
	Name       string
	MiddleName string
	Email      string
	JobTitle   string
	Phone      string
	Lang       string
	Zone       string
	Disabled   bool
	Staff      bool // works tickets; shown all the same, since tickets link here
	CreatedAt  time.Time
	Companies  []ContactCompany
}

// ContactCompany is one company that a contact belongs to.
type ContactCompany struct {
	ID              int64      `json:"id"`
	Name            string     `json:"name"`
	Sees            auth.Scope `json:"sees"`
	ExceptionReason string     `json:"reason"`
}

const contactSQL = `
SELECT p.id, p.name, p.middle_name, p.job_title, p.phone, p.lang, p.zone, p.disabled_at IS NOT NULL AS disabled, p.created_at,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id) AS staff,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'sees', cp.sees, 'reason', cp.exception_reason) ORDER BY lower(c.name))
        FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id), '[]') AS companies
FROM people p WHERE p.id = @id`

// Contact returns a contact's card.
func (s *Service) Contact(ctx context.Context, by auth.Actor, id int64) (Contact, error) {
	if err := staff(by); err != nil {
		return Contact{}, err
	}
	rows, err := s.db.Query(ctx, contactSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return Contact{}, wrap("read a contact", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Contact])
	if err != nil {
		return Contact{}, pg.NotFound(wrap("read a contact", err), "company.contact_not_found")
	}
	return c, nil
}
