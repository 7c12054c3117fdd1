package company

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Privacy is who sees a company's tickets (P8). Private tickets are never
// shared, whatever it says.
type Privacy string

// The privacies.
const (
	Everyone Privacy = "everyone" // every contact sees every ticket
	Named    Privacy = "named"    // what each contact's link says
	OwnOnly  Privacy = "own"      // every contact sees their own, whatever the link says
)

const lockPrivacySQL = `SELECT privacy FROM companies WHERE id = @company FOR UPDATE`

const setPrivacySQL = `UPDATE companies SET privacy = @privacy WHERE id = @company`

// SetPrivacy sets who sees the company's tickets. What the contacts' links say
// stays and holds again with Named. NotFound: there is no such company.
func (s *Service) SetPrivacy(ctx context.Context, by auth.Actor, company int64, p Privacy) error {
	if err := may(by, auth.LinkContacts); err != nil {
		return err
	}
	if p != Everyone && p != Named && p != OwnOnly {
		var bad fault.Field
		bad.Add("privacy", "company.privacy_unknown")
		return bad.Err()
	}
	args := pgx.NamedArgs{"company": company, "privacy": string(p)}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var old Privacy
		if err := tx.QueryRow(ctx, lockPrivacySQL, args).Scan(&old); err != nil {
			return pg.NotFound(wrap("read a company", err), "company.not_found")
		}
		if old == p {
			return nil
		}
		if _, err := tx.Exec(ctx, setPrivacySQL, args); err != nil {
			return wrap("set a company's privacy", err)
		}
		return s.hooks.Audit(ctx, tx, by, "company.privacy_set", subject(company), map[string]any{"privacy": old}, map[string]any{"privacy": p})
	})
}

// Share is what a contact sees of a company's tickets, as far as its privacy
// lets the link decide.
type Share struct {
	Sees   auth.Scope
	SiteID int64 // where their tickets are from, and with SeesSite what they see; 0: no site
}

func (sh Share) check() fault.Field {
	var bad fault.Field
	switch sh.Sees {
	case auth.SeesOwn, auth.SeesCompany:
	case auth.SeesSite:
		if sh.SiteID == 0 {
			bad.Add("site", "company.sees_no_site")
		}
	default:
		bad.Add("sees", "company.sees_unknown")
	}
	return bad
}

// siteKey is broken by a site of another company.
const siteKey = "company_people_site_fkey"

func siteUnknown() error {
	var bad fault.Field
	bad.Add("site", "company.site_unknown")
	return bad.Err()
}

const lockShareSQL = `
SELECT sees, coalesce(site_id, 0) FROM company_people WHERE company_id = @company AND person_id = @person FOR UPDATE`

const setShareSQL = `
UPDATE company_people SET sees = @sees, site_id = nullif(@site::bigint, 0) WHERE company_id = @company AND person_id = @person`

// SetShare sets how much of the company's tickets a contact sees and where
// theirs are from (P8). NotFound: there is no such link. Invalid names sees or
// site.
func (s *Service) SetShare(ctx context.Context, by auth.Actor, company, person int64, share Share) error {
	if err := may(by, auth.LinkContacts); err != nil {
		return err
	}
	if err := share.check().Err(); err != nil {
		return err
	}
	args := pgx.NamedArgs{"company": company, "person": person, "sees": string(share.Sees), "site": share.SiteID}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var old Share
		if err := tx.QueryRow(ctx, lockShareSQL, args).Scan(&old.Sees, &old.SiteID); err != nil {
			return pg.NotFound(wrap("read a link", err), "company.contact_not_linked")
		}
		if old == share {
			return nil
		}
		if _, err := tx.Exec(ctx, setShareSQL, args); err != nil {
			if pg.Broken(err, siteKey) {
				return siteUnknown()
			}
			return wrap("change a link", err)
		}
		return s.hooks.Audit(ctx, tx, by, "company.contact_sees", subject(company), old.record(person), share.record(person))
	})
}

func (sh Share) record(person int64) map[string]any {
	m := map[string]any{"person": person, "sees": sh.Sees}
	if sh.SiteID != 0 {
		m["site"] = sh.SiteID
	}
	return m
}
