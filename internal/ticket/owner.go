package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// setOwner makes the ticket somebody's and a company's, and with that who sees
// it. The company is the one that is asked for, which must be one of the
// requester's, else their only one. Another requester gives up being on copy,
// which uncopied tells.
func (c *change) setOwner(ctx context.Context, tx pgx.Tx, requester, company int64) (uncopied bool, err error) {
	if requester == 0 {
		requester = c.RequesterID
	}
	if requester == c.RequesterID && (company == 0 || sameID(c.CompanyID, company)) {
		return false, nil
	}
	who, err := person(ctx, tx, requester)
	if err != nil {
		return false, err
	}
	to, ok := companyOf(who, company)
	if !ok {
		var wrong fault.Field
		wrong.Add("company", "ticket.company_not_theirs", "name", who.Name)
		return false, wrong.Err()
	}
	args := pgx.NamedArgs{"id": c.ID, "requester": who.PersonID, "tickets": []int64{c.ID}}
	if requester != c.RequesterID {
		c.record(RequesterSet, c.RequesterName, who.Name, "")
		c.RequesterID, c.RequesterName = who.PersonID, who.Name
		if uncopied, err = replaceRequester(ctx, tx, args); err != nil {
			return false, err
		}
	}
	if to != nil && !sameID(c.CompanyID, *to) {
		m, _ := who.In(*to)
		c.record(CompanySet, "", m.Company, "")
	}
	c.CompanyID, c.SiteID = to, siteOf(who, to, 0)
	return uncopied, c.saveOwner(ctx, tx, args)
}

const setRequesterSQL = `UPDATE tickets SET requester_id = @requester WHERE id = @id`

const dropRequesterCopySQL = `DELETE FROM participants WHERE ticket_id = @id AND person_id = @requester`

// replaceRequester writes the requester, who needs no copies any more.
func replaceRequester(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (uncopied bool, err error) {
	if _, err := tx.Exec(ctx, setRequesterSQL, args); err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, dropRequesterCopySQL, args)
	return tag.RowsAffected() > 0, err
}

const ownerNamesSQL = `SELECT coalesce((SELECT name FROM people WHERE id = @requester), ''), coalesce((SELECT name FROM companies WHERE id = @company), '')`

// giveOwnerBack makes the ticket again whose it was.
func (c *change) giveOwnerBack(ctx context.Context, tx pgx.Tx, u Undo) error {
	b, a := u.Before, u.After
	if b.RequesterID == a.RequesterID && b.CompanyID == a.CompanyID && b.SiteID == a.SiteID {
		return nil
	}
	args := pgx.NamedArgs{
		"id": c.ID, "requester": b.RequesterID, "company": b.CompanyID, "tickets": []int64{c.ID}, "was": a.RequesterID, "me": c.by.PersonID, "now": c.now,
	}
	var name, company string
	if err := tx.QueryRow(ctx, ownerNamesSQL, args).Scan(&name, &company); err != nil {
		return err
	}
	if b.RequesterID != a.RequesterID {
		c.record(RequesterSet, c.RequesterName, name, Undone)
		c.RequesterID, c.RequesterName = b.RequesterID, name
		if _, err := replaceRequester(ctx, tx, args); err != nil {
			return err
		}
		if u.Uncopied {
			if _, err := tx.Exec(ctx, keepRequesterSQL, args); err != nil {
				return err
			}
		}
	}
	if b.CompanyID != a.CompanyID && company != "" {
		c.record(CompanySet, "", company, Undone)
	}
	c.CompanyID, c.SiteID = idOrNil(b.CompanyID), idOrNil(b.SiteID)
	return c.saveOwner(ctx, tx, args)
}

// orZero is a reference's id; 0 for nil.
func orZero(id *int64) int64 {
	if id == nil {
		return 0
	}
	return *id
}

const findCompaniesSQL = `
SELECT c.id, c.name FROM companies c WHERE ` + "lower(c.name) ~>=~ @query AND lower(c.name) ~<~ (@query || U&'\\+10FFFF')" + `
ORDER BY lower(c.name) <> @query, lower(c.name), c.id LIMIT @limit`

// Firm is a company that a ticket can belong to.
type Firm struct {
	ID   int64
	Name string
}

// FindCompanies finds companies whose name begins with query, in lower case, the
// one that is called so first. Only staff may.
func (s *Service) FindCompanies(ctx context.Context, by auth.Actor, query string) ([]Firm, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	rows, _ := s.db.Query(ctx, findCompaniesSQL, pgx.NamedArgs{"query": query, "limit": foundPeople})
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Firm])
	if err != nil {
		return nil, fmt.Errorf("find companies: %w", err)
	}
	return found, nil
}

// Firm returns one company that a ticket can belong to.
func (s *Service) Firm(ctx context.Context, by auth.Actor, id int64) (Firm, error) {
	known, err := s.Owners(ctx, by, nil, []int64{id})
	if err == nil && known.Firms[id] == "" {
		err = fault.New(fault.NotFound, "ticket.company_unknown")
	}
	return Firm{ID: id, Name: known.Firms[id]}, err
}

// Owners are people and companies by their ids.
type Owners struct {
	People map[int64]Somebody
	Firms  map[int64]string
}

const ownersSQL = `
SELECT false AS firm, p.id, p.name, coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    coalesce((SELECT min(c.name) FROM company_people cp JOIN companies c ON c.id = cp.company_id WHERE cp.person_id = p.id HAVING count(*) = 1), '') AS company
FROM people p WHERE p.id = ANY (@people::bigint[])
UNION ALL SELECT true, c.id, c.name, '', '' FROM companies c WHERE c.id = ANY (@firms::bigint[])`

// Owners returns what people and companies are called, and the company of those
// who have one alone; who is not there is missing.
func (s *Service) Owners(ctx context.Context, by auth.Actor, people, firms []int64) (Owners, error) {
	known := Owners{People: map[int64]Somebody{}, Firms: map[int64]string{}}
	if err := staffOnly(by); err != nil {
		return known, err
	}
	var firm bool
	var one Somebody
	rows, _ := s.db.Query(ctx, ownersSQL, pgx.NamedArgs{"people": people, "firms": firms})
	_, err := pgx.ForEachRow(rows, []any{&firm, &one.ID, &one.Name, &one.Email, &one.Company}, func() error {
		if firm {
			known.Firms[one.ID] = one.Name
		} else {
			known.People[one.ID] = one
		}
		return nil
	})
	return known, err
}
