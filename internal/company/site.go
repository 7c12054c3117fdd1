package company

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Bounds of a company's tree of sites.
const (
	maxSites     = 500
	maxSiteDepth = 6
)

// Site is a place of a company (C1).
type Site struct {
	ID       int64
	ParentID int64 // 0: directly under the company
	Name     string
	Address  string
	Depth    int // 0 directly under the company
	Contacts int // who belong to it
	Tickets  int // open ones of this site alone, capped at 100
}

// SiteInput is a site as typed.
type SiteInput struct {
	Name, Address string
	ParentID      int64 // 0: directly under the company
}

const sitesSQL = `
SELECT s.id, coalesce(s.parent_id, 0) AS parent_id, s.name, s.address, 0 AS depth,
    (SELECT count(*) FROM company_people cp WHERE cp.site_id = s.id)::int AS contacts,
    (SELECT count(*) FROM (SELECT FROM tickets t
        WHERE t.site_id = s.id AND t.status NOT IN ('resolved', 'closed') AND ` + worked + ` LIMIT 100) o)::int AS tickets
FROM sites s WHERE s.company_id = @id
ORDER BY lower(s.name), s.id
LIMIT 500`

// Sites lists a company's sites, each followed by those under it.
func (s *Service) Sites(ctx context.Context, by auth.Actor, id int64) ([]Site, error) {
	if err := staff(by); err != nil {
		return nil, err
	}
	return readSites(ctx, s.db, by, id)
}

func readSites(ctx context.Context, db pg.DB, by auth.Actor, id int64) ([]Site, error) {
	rows, err := db.Query(ctx, sitesSQL, staffSight(by, pgx.NamedArgs{"id": id}))
	if err != nil {
		return nil, wrap("list sites", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Site])
	return tree(list), wrap("list sites", err)
}

// tree puts each site before those under it and sets their depths. The order
// among siblings stays.
func tree(list []Site) []Site {
	under := map[int64][]Site{}
	for _, s := range list {
		under[s.ParentID] = append(under[s.ParentID], s)
	}
	out := make([]Site, 0, len(list))
	var walk func(parent int64, depth int)
	walk = func(parent int64, depth int) {
		for _, s := range under[parent] {
			s.Depth = depth
			out = append(out, s)
			walk(s.ID, depth+1)
		}
	}
	walk(0, 0)
	return out
}

// check returns the site as it is stored and what is wrong with it among the
// sites that are there: name, address, parent. id is 0 for a new one.
func (in SiteInput) check(id int64, sites []Site) (SiteInput, fault.Field) {
	var bad fault.Field
	in.Name, in.Address = line(in.Name), line(in.Address)
	if in.Name == "" {
		bad.Add("name", "company.site_name_missing")
	}
	for field, s := range map[string]string{"name": in.Name, "address": in.Address} {
		if utf8.RuneCountInString(s) > maxLine {
			bad.Add(field, "company.too_long", "max", maxLine)
		}
	}
	if id == 0 && len(sites) >= maxSites {
		bad.Add("name", "company.sites_many", "max", maxSites)
	}
	depth := 0
	if in.ParentID != 0 {
		i := slices.IndexFunc(sites, func(s Site) bool { return s.ID == in.ParentID })
		if i < 0 || id != 0 && within(sites, id, in.ParentID) {
			bad.Add("parent", "company.site_parent_bad")
			return in, bad
		}
		depth = sites[i].Depth + 1
	}
	if depth+height(sites, id) >= maxSiteDepth {
		bad.Add("parent", "company.site_deep", "max", maxSiteDepth)
	}
	return in, bad
}

// within reports whether a site is top or stands under it.
func within(sites []Site, top, id int64) bool {
	for range maxSiteDepth + 1 {
		if id == top {
			return true
		}
		i := slices.IndexFunc(sites, func(s Site) bool { return s.ID == id })
		if i < 0 {
			return false
		}
		id = sites[i].ParentID
	}
	return false
}

// height is how many levels stand under a site.
func height(sites []Site, id int64) int {
	i := slices.IndexFunc(sites, func(s Site) bool { return s.ID == id })
	if id == 0 || i < 0 {
		return 0
	}
	most := 0
	for _, s := range sites[i+1:] {
		if s.Depth <= sites[i].Depth {
			break
		}
		most = max(most, s.Depth-sites[i].Depth)
	}
	return most
}

const (
	insertSiteSQL = `
INSERT INTO sites (company_id, parent_id, name, address, created_at)
VALUES (@company, nullif(@parent::bigint, 0), @name, @address, @now) RETURNING id`
	saveSiteSQL = `
UPDATE sites SET parent_id = nullif(@parent::bigint, 0), name = @name, address = @address
WHERE company_id = @company AND id = @id`
	removeSiteSQL = `DELETE FROM sites WHERE company_id = @company AND id = @id`
)

// AddSite adds a site to a company's tree. Invalid names name, address or
// parent.
func (s *Service) AddSite(ctx context.Context, by auth.Actor, company int64, in SiteInput) (id int64, err error) {
	err = s.changeSites(ctx, by, company, func(tx pgx.Tx, sites []Site) error {
		in, bad := in.check(0, sites)
		if err := bad.Err(); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, insertSiteSQL, siteArgs(company, 0, in, s.now())).Scan(&id); err != nil {
			return siteErr("add a site", err)
		}
		return s.hooks.Audit(ctx, tx, by, "company.site_added", subject(company), nil, in.record(id))
	})
	return id, err
}

// SaveSite renames or moves a site. NotFound: the company has no such site.
func (s *Service) SaveSite(ctx context.Context, by auth.Actor, company, id int64, in SiteInput) error {
	return s.changeSites(ctx, by, company, func(tx pgx.Tx, sites []Site) error {
		old, err := siteIn(sites, id)
		if err != nil {
			return err
		}
		in, bad := in.check(id, sites)
		if err := bad.Err(); err != nil {
			return err
		}
		before, after := difference(old.input().record(id), in.record(id))
		if len(after) == 0 {
			return nil
		}
		if _, err := tx.Exec(ctx, saveSiteSQL, siteArgs(company, id, in, s.now())); err != nil {
			return siteErr("save a site", err)
		}
		before["site"], after["site"] = id, id
		return s.hooks.Audit(ctx, tx, by, "company.site_edited", subject(company), before, after)
	})
}

// RemoveSite removes a site. Its tickets go to the site above it. Conflict:
// sites stand under it or contacts belong to it; NotFound: there is none such.
func (s *Service) RemoveSite(ctx context.Context, by auth.Actor, company, id int64) (name string, err error) {
	err = s.changeSites(ctx, by, company, func(tx pgx.Tx, sites []Site) error {
		old, err := siteIn(sites, id)
		if err != nil {
			return err
		}
		name = old.Name
		switch {
		case slices.ContainsFunc(sites, func(s Site) bool { return s.ParentID == id }):
			return fault.New(fault.Conflict, "company.site_has_sites", "name", old.Name)
		case old.Contacts > 0:
			return fault.New(fault.Conflict, "company.site_has_contacts", "name", old.Name, "count", old.Contacts)
		}
		if s.hooks.MoveSite != nil {
			var parent *int64
			if old.ParentID != 0 {
				parent = &old.ParentID
			}
			if err := s.hooks.MoveSite(ctx, tx, id, parent); err != nil {
				return wrap("move a site's tickets", err)
			}
		}
		if _, err := tx.Exec(ctx, removeSiteSQL, pgx.NamedArgs{"company": company, "id": id}); err != nil {
			return wrap("remove a site", err)
		}
		return s.hooks.Audit(ctx, tx, by, "company.site_removed", subject(company), old.input().record(id), nil)
	})
	return name, err
}

// changeSites lets change look at a company's sites while nobody else changes
// them.
func (s *Service) changeSites(ctx context.Context, by auth.Actor, company int64, change func(tx pgx.Tx, sites []Site) error) error {
	if err := may(by, auth.EditCompanies); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := lock(ctx, tx, company); err != nil {
			return err
		}
		sites, err := readSites(ctx, tx, by, company)
		if err != nil {
			return err
		}
		return change(tx, sites)
	})
}

func siteArgs(company, id int64, in SiteInput, now time.Time) pgx.NamedArgs {
	return pgx.NamedArgs{"company": company, "id": id, "parent": in.ParentID, "name": in.Name, "address": in.Address, "now": now}
}

func siteIn(sites []Site, id int64) (Site, error) {
	i := slices.IndexFunc(sites, func(s Site) bool { return s.ID == id })
	if i < 0 {
		return Site{}, fault.New(fault.NotFound, "company.site_not_found")
	}
	return sites[i], nil
}

func siteErr(what string, err error) error {
	if pg.UniqueViolation(err, "sites_name") {
		var bad fault.Field
		bad.Add("name", "company.site_name_taken")
		return bad.Err()
	}
	return wrap(what, err)
}

func (s Site) input() SiteInput { return SiteInput{s.Name, s.Address, s.ParentID} }

func (in SiteInput) record(id int64) map[string]any {
	return map[string]any{"site": id, "name": in.Name, "address": in.Address, "parent": in.ParentID}
}

// Indented is a site's name with as many marks before it as it is deep, for a
// select.
func (s Site) Indented() string { return strings.Repeat("— ", s.Depth) + s.Name }
