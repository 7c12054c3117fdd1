package company

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// minReason is the shortest reason for an exception, in letters: "ok" is none.
const minReason = 10

// NewLink is a contact to be linked to a company.
type NewLink struct {
	PersonID int64 // 0: make a contact of Email and Name
	Email    string
	Name     string
	Sees     auth.Scope
	SiteID   int64  // where their tickets are from; 0: no site
	Reason   string // needed when the domain does not match
}

// Linked is what linking did.
type Linked struct {
	PersonID  int64
	Name      string
	Exception bool // the domain did not match
	Adopted   int  // tickets that belong to the company now
}

// Link links a contact to a company (C2). Their verified address must be of one
// of the company's domains, else Reason says why it is right all the same; both are
// recorded. The contact's tickets without a company become the company's;
// tickets of other companies stay where they are.
//
// Invalid names the fields contact, email, first_name, sees, site or reason; Conflict:
// they are linked already.
func (s *Service) Link(ctx context.Context, by auth.Actor, id int64, in NewLink) (Linked, error) {
	if err := may(by, auth.LinkContacts); err != nil {
		return Linked{}, err
	}
	if err := checkLink(in); err != nil {
		return Linked{}, err
	}
	var out Linked
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		c, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		person, err := s.person(ctx, tx, by, in)
		if err != nil {
			return err
		}
		out = Linked{PersonID: person.ID, Name: person.Name, Exception: !matches(c.Domains, person.Verified)}
		reason := ""
		if out.Exception {
			if reason = strings.TrimSpace(in.Reason); utf8.RuneCountInString(reason) < minReason {
				return reasonMissing(c, person)
			}
		}
		if err := s.insertLink(ctx, tx, by, id, person.ID, in, reason); err != nil {
			return err
		}
		if s.hooks.AdoptTickets != nil {
			if out.Adopted, err = s.hooks.AdoptTickets(ctx, tx, by, person.ID, id); err != nil {
				return err
			}
		}
		return s.hooks.Audit(ctx, tx, by, "company.contact_linked", subject(id), nil, map[string]any{
			"person": person.ID, "name": person.Name, "email": first(person.Emails), "sees": in.Sees,
			"exception": out.Exception, "reason": reason, "tickets": out.Adopted,
		})
	})
	return out, err
}

func checkLink(in NewLink) error {
	bad := Share{in.Sees, in.SiteID}.check()
	if in.PersonID == 0 && in.Email == "" && in.Name == "" {
		bad.Add("contact", "company.contact_missing")
	}
	if utf8.RuneCountInString(in.Reason) > maxText {
		bad.Add("reason", "company.too_long", "max", maxText)
	}
	return bad.Err()
}

// linkPerson is a contact as linking looks at them.
type linkPerson struct {
	ID       int64
	Name     string
	Emails   []string
	Verified []string // of Emails: theirs beyond doubt
	Staff    bool
}

const linkPersonSQL = `
SELECT p.id, p.name, ARRAY(SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id) AS emails,
    ARRAY(SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' AND i.verified_at IS NOT NULL ORDER BY i.id) AS verified,
    EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = p.id) AS staff
FROM people p WHERE p.id = @id AND p.disabled_at IS NULL
FOR SHARE OF p`

// person finds the contact to link, or makes one.
func (s *Service) person(ctx context.Context, tx pgx.Tx, by auth.Actor, in NewLink) (linkPerson, error) {
	if in.PersonID == 0 {
		id, err := s.hooks.AddContact(ctx, tx, by, in.Email, in.Name)
		if err != nil {
			return linkPerson{}, err
		}
		in.PersonID = id
	}
	rows, err := tx.Query(ctx, linkPersonSQL, pgx.NamedArgs{"id": in.PersonID})
	if err != nil {
		return linkPerson{}, wrap("read a contact", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[linkPerson])
	var bad fault.Field
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		bad.Add("contact", "company.contact_not_found")
	case err != nil:
		return linkPerson{}, wrap("read a contact", err)
	case p.Staff:
		bad.Add("contact", "company.contact_is_staff")
	}
	return p, bad.Err()
}

// matches reports whether one of a person's addresses is of one of the domains.
func matches(domains, emails []string) bool {
	return slices.ContainsFunc(emails, func(e string) bool { return slices.Contains(domains, address.DomainOf(e)) })
}

func reasonMissing(c Company, p linkPerson) error {
	var bad fault.Field
	switch {
	case len(c.Domains) == 0:
		bad.Add("reason", "company.reason_no_domains", "min", minReason)
	case matches(c.Domains, p.Emails):
		bad.Add("reason", "company.reason_unverified", "name", p.Name, "min", minReason)
	default:
		bad.Add("reason", "company.reason_missing", "name", p.Name, "domain", address.Readable(address.DomainOf(first(p.Emails))), "min", minReason)
	}
	return bad.Err()
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

const insertLinkSQL = `
INSERT INTO company_people (company_id, person_id, sees, site_id, linked_by, linked_at, exception_reason)
VALUES (@company, @person, @sees, nullif(@site::bigint, 0), nullif(@by, 0), @now, @reason)`

func (s *Service) insertLink(ctx context.Context, tx pgx.Tx, by auth.Actor, company, person int64, in NewLink, reason string) error { //nolint:revive // the columns of a link
	_, err := tx.Exec(ctx, insertLinkSQL, pgx.NamedArgs{
		"company": company, "person": person, "sees": string(in.Sees), "site": in.SiteID, "by": by.PersonID, "now": s.now(), "reason": reason,
	})
	if pg.Broken(err, siteKey) {
		return siteUnknown()
	}
	if pg.UniqueViolation(err, "company_people_pkey") {
		return fault.New(fault.Conflict, "company.linked_already")
	}
	return wrap("link a contact", err)
}

const unlinkSQL = `
DELETE FROM company_people cp USING people p
WHERE cp.company_id = @company AND cp.person_id = @person AND p.id = cp.person_id
RETURNING p.name, cp.sees, cp.exception_reason`

// Unlink ends a contact's link. They see the company's tickets no longer; the
// tickets stay the company's. NotFound: there is no such link.
func (s *Service) Unlink(ctx context.Context, by auth.Actor, company, person int64) (name string, err error) {
	if err := may(by, auth.LinkContacts); err != nil {
		return "", err
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var sees, reason string
		err := tx.QueryRow(ctx, unlinkSQL, pgx.NamedArgs{"company": company, "person": person}).Scan(&name, &sees, &reason)
		if err != nil {
			return pg.NotFound(wrap("unlink a contact", err), "company.contact_not_linked")
		}
		return s.hooks.Audit(ctx, tx, by, "company.contact_unlinked", subject(company),
			map[string]any{"person": person, "name": name, "sees": sees, "reason": reason}, nil)
	})
	return name, err
}
