package company

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Filter says which companies to list.
type Filter struct {
	Query string // part of a name, a domain or a tax number
	After string // from Page.Next
}

// Row is one company in the list.
type Row struct {
	ID          int64
	Name        string
	OtherNames  string
	Domains     []string
	Responsible string // "" when nobody
	Contacts    int
	OpenTickets int // capped at 100
	SortName    string
}

// Page is one page of the list; Next is "" on the last.
type Page struct {
	Rows []Row
	Next string
}

const pageSize = 50

const listSQL = `
WITH page AS (
    SELECT c.id, c.name, c.other_names, c.responsible_id
    FROM companies c
    WHERE (lower(c.name), c.id) > (@name, @id)
      AND (@query = '' OR lower(c.name) LIKE @like OR lower(c.other_names) LIKE @like OR c.inn LIKE @like OR lower(c.vat) LIKE @like
        OR EXISTS (SELECT FROM company_domains d WHERE d.company_id = c.id AND d.domain LIKE @like))
    ORDER BY lower(c.name), c.id
    LIMIT @limit
)
SELECT p.id, p.name, p.other_names, lower(p.name) AS sort_name, coalesce(a.name, '') AS responsible,
    ARRAY(SELECT d.domain FROM company_domains d WHERE d.company_id = p.id ORDER BY d.domain) AS domains,
    (SELECT count(*) FROM company_people cp WHERE cp.company_id = p.id)::int AS contacts,
    (SELECT count(*) FROM (SELECT FROM tickets t
        WHERE t.company_id = p.id AND t.status NOT IN ('resolved', 'closed') AND ` + worked + ` LIMIT 100) o)::int AS open_tickets
FROM page p LEFT JOIN people a ON a.id = p.responsible_id
ORDER BY lower(p.name), p.id`

// List lists companies by name.
func (s *Service) List(ctx context.Context, by auth.Actor, f Filter) (Page, error) {
	if err := staff(by); err != nil {
		return Page{}, err
	}
	after, q := pg.ReadPlace(f.After), strings.ToLower(line(f.Query))
	rows, err := s.db.Query(ctx, listSQL, staffSight(by, pgx.NamedArgs{
		"name": after.Name, "id": after.ID, "query": q, "like": pg.Like(q), "limit": pageSize + 1,
	}))
	if err != nil {
		return Page{}, wrap("list companies", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Row])
	if err != nil {
		return Page{}, wrap("list companies", err)
	}
	var p Page
	p.Rows, p.Next = pg.PageOf(list, pageSize, func(r Row) pg.Place { return pg.Place{Name: r.SortName, ID: r.ID} })
	return p, nil
}
