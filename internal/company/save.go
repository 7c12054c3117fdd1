package company

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

const insertSQL = `
INSERT INTO companies (name, other_names, site, email, phone, watchers, responsible_id, address, inn, kpp, vat, manager, comment,
    created_at, updated_at)
VALUES (@name, @other_names, @site, @email, @phone, @watchers, @responsible, @address, @inn, @kpp, @vat, @manager, @comment, @now, @now)
RETURNING id`

// Add makes a company. Invalid names the fields as Input.Check does, also
// domains for one that another company has, and watchers or responsible for
// people who are no agents.
func (s *Service) Add(ctx context.Context, by auth.Actor, in Input) (int64, error) {
	if err := may(by, auth.EditCompanies); err != nil {
		return 0, err
	}
	c, bad := in.Check()
	if err := bad.Err(); err != nil {
		return 0, err
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := checkPeople(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, insertSQL, s.args(c)).Scan(&c.ID); err != nil {
			return wrap("add a company", err)
		}
		if err := setDomains(ctx, tx, c); err != nil {
			return err
		}
		return s.hooks.Audit(ctx, tx, by, "company.added", subject(c.ID), nil, c.record())
	})
	return c.ID, err
}

const updateSQL = `
UPDATE companies SET name = @name, other_names = @other_names, site = @site, email = @email, phone = @phone, watchers = @watchers,
    responsible_id = @responsible, address = @address, inn = @inn, kpp = @kpp, vat = @vat, manager = @manager, comment = @comment,
    updated_at = @now
WHERE id = @id`

// Save changes a company. Conflict means that somebody changed it since seen,
// the UpdatedAt of the card that was edited. Invalid as in Add.
func (s *Service) Save(ctx context.Context, by auth.Actor, id int64, seen time.Time, in Input) error {
	if err := may(by, auth.EditCompanies); err != nil {
		return err
	}
	c, bad := in.Check()
	if err := bad.Err(); err != nil {
		return err
	}
	c.ID = id
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		old, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if !old.UpdatedAt.Equal(seen) {
			return fault.New(fault.Conflict, "company.changed")
		}
		if err := checkPeople(ctx, tx, c); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateSQL, s.args(c)); err != nil {
			return wrap("save a company", err)
		}
		if !slices.Equal(old.Domains, c.Domains) {
			if err := setDomains(ctx, tx, c); err != nil {
				return err
			}
		}
		before, after := difference(old.record(), c.record())
		if len(after) == 0 {
			return nil
		}
		return s.hooks.Audit(ctx, tx, by, "company.edited", subject(id), before, after)
	})
}

func (s *Service) args(c Company) pgx.NamedArgs {
	return pgx.NamedArgs{
		"id": c.ID, "name": c.Name, "other_names": c.OtherNames, "site": c.Site, "email": c.Email, "phone": c.Phone, "watchers": c.Watchers,
		"responsible": c.ResponsibleID, "address": c.Address, "inn": c.INN, "kpp": c.KPP, "vat": c.VAT, "manager": c.Manager,
		"comment": c.Comment, "now": s.now().UTC().Truncate(time.Microsecond), // as exact as the column, for seen
	}
}

const lockSQL = `
SELECT c.id, c.name, c.other_names, c.site, c.email, c.phone, c.watchers, c.responsible_id, c.address, c.inn, c.kpp, c.vat, c.manager,
    c.comment, c.created_at, c.updated_at,
    ARRAY(SELECT d.domain FROM company_domains d WHERE d.company_id = c.id ORDER BY d.domain) AS domains
FROM companies c WHERE c.id = @id FOR UPDATE OF c`

func lock(ctx context.Context, tx pgx.Tx, id int64) (Company, error) {
	rows, err := tx.Query(ctx, lockSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return Company{}, wrap("read a company", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Company])
	if err != nil {
		return Company{}, pg.NotFound(wrap("read a company", err), "company.not_found")
	}
	slices.Sort(c.Domains)
	return c, nil
}

const (
	clearDomainsSQL = `DELETE FROM company_domains WHERE company_id = @id`
	addDomainsSQL   = `INSERT INTO company_domains (domain, company_id) SELECT unnest(@domains::text[]), @id`
	domainOwnerSQL  = `
SELECT d.domain, c.name FROM company_domains d JOIN companies c ON c.id = d.company_id
WHERE d.domain = ANY(@domains) AND d.company_id <> @id ORDER BY d.domain LIMIT 1`
)

func setDomains(ctx context.Context, tx pgx.Tx, c Company) error {
	args := pgx.NamedArgs{"id": c.ID, "domains": c.Domains}
	if err := domainFree(ctx, tx, args); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, clearDomainsSQL, args); err != nil {
		return wrap("set domains", err)
	}
	if _, err := tx.Exec(ctx, addDomainsSQL, args); err != nil {
		if pg.UniqueViolation(err, "company_domains_pkey") { // another administrator was quicker
			return domainTaken("", "")
		}
		return wrap("set domains", err)
	}
	return nil
}

// domainFree refuses a domain that another company has: a contact's address
// could not tell then where they belong.
func domainFree(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	var domain, owner string
	err := tx.QueryRow(ctx, domainOwnerSQL, args).Scan(&domain, &owner)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return wrap("look up domains", err)
	}
	return domainTaken(domain, owner)
}

func domainTaken(domain, owner string) error {
	var bad fault.Field
	if domain == "" {
		bad.Add("domains", "company.domain_taken_now")
	} else {
		bad.Add("domains", "company.domain_taken", "domain", address.Readable(domain), "company", owner)
	}
	return bad.Err()
}

const notAgentsSQL = `
SELECT w.id FROM unnest(@ids::bigint[]) AS w (id)
WHERE NOT EXISTS (SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id
    WHERE pr.person_id = w.id AND 'tickets.answer' = ANY(r.permissions))`

// checkPeople refuses watchers and a responsible who do not work tickets: a
// contact among them would be told of others' tickets.
func checkPeople(ctx context.Context, tx pgx.Tx, c Company) error {
	ids := slices.Clone(c.Watchers)
	if c.ResponsibleID != nil {
		ids = append(ids, *c.ResponsibleID)
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, notAgentsSQL, pgx.NamedArgs{"ids": ids})
	if err != nil {
		return wrap("check the watchers", err)
	}
	others, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return wrap("check the watchers", err)
	}
	var bad fault.Field
	for _, id := range others {
		if c.ResponsibleID != nil && *c.ResponsibleID == id {
			bad.Add("responsible", "company.not_an_agent")
		} else {
			bad.Add("watchers", "company.not_an_agent")
		}
	}
	return bad.Err()
}

// record is a card as the record of changes keeps it.
func (c Company) record() map[string]any {
	m := map[string]any{
		"name": c.Name, "other_names": c.OtherNames, "site": c.Site, "email": c.Email, "phone": c.Phone, "address": c.Address,
		"inn": c.INN, "kpp": c.KPP, "vat": c.VAT, "manager": c.Manager, "comment": c.Comment,
		"domains": c.Domains, "watchers": c.Watchers, "responsible": c.ResponsibleID,
	}
	return m
}
