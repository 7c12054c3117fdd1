package company

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Own is a company as one of its contacts sees it (P8). What is only for us,
// such as the comment and the watchers, is not in it.
type Own struct {
	ID          int64
	Name        string
	OtherNames  string
	Site        string
	Email       string
	Phone       string
	Address     string
	INN         string
	KPP         string
	VAT         string
	Manager     string
	Responsible string // the agent in charge; "" when nobody
	Domains     []string
	Privacy     Privacy
	Sees        auth.Scope // what the reader's link says
	SiteName    string     // the reader's; "" for none
}

// Runs reports whether the reader is one who sees the whole company: its tax
// numbers, and its contacts with their addresses.
func (o Own) Runs() bool { return o.Privacy != OwnOnly && o.Sees == auth.SeesCompany }

// Shares reports whether contacts see of each other.
func (o Own) Shares() bool { return o.Privacy == Everyone || o.Runs() }

// Colleague is another contact of the company. Email and Phone are there only
// for those who run it.
type Colleague struct {
	ID       int64      `json:"id"`
	Name     string     `json:"name"`
	JobTitle string     `json:"job"`
	Email    string     `json:"email"`
	Phone    string     `json:"phone"`
	Site     string     `json:"site"`
	Sees     auth.Scope `json:"sees"`
}

// OwnSite is a site of the reader's company.
type OwnSite struct {
	ID       int64  `json:"id"`
	ParentID int64  `json:"parent"`
	Name     string `json:"name"`
	Address  string `json:"address"`
	Depth    int    `json:"-"`
}

// OwnView is the customers' page of a company.
type OwnView struct {
	Own
	Colleagues []Colleague // those the reader may know of, themselves among them; at most 300
	Sites      []OwnSite   // each before those under it
}

const ownSQL = `
SELECT c.id, c.name, c.other_names, c.site, c.email, c.phone, c.address, c.inn, c.kpp, c.vat, c.manager, coalesce(a.name, '') AS responsible,
    ARRAY(SELECT d.domain FROM company_domains d WHERE d.company_id = c.id ORDER BY d.domain) AS domains, c.privacy, cp.sees,
    coalesce(s.name, '') AS site_name
FROM companies c
JOIN company_people cp ON cp.company_id = c.id AND cp.person_id = @me
LEFT JOIN people a ON a.id = c.responsible_id
LEFT JOIN sites s ON s.id = cp.site_id
WHERE c.id = @id`

const ownPartsSQL = `
SELECT
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'job', p.job_title, 'site', coalesce(p.site, ''), 'sees', p.sees,
            'email', CASE WHEN @runs THEN p.email ELSE '' END, 'phone', CASE WHEN @runs THEN p.phone ELSE '' END) ORDER BY lower(p.name), p.id)
        FROM (
            SELECT p.id, p.name, p.job_title, p.phone, cp.sees, s.name AS site,
                coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email
            FROM company_people cp JOIN people p ON p.id = cp.person_id LEFT JOIN sites s ON s.id = cp.site_id
            WHERE cp.company_id = @id AND p.disabled_at IS NULL AND (@shares OR cp.site_id = ANY (@sites) OR cp.person_id = @me)
            ORDER BY lower(p.name), p.id LIMIT 300) p), '[]') AS colleagues,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'address', s.address,
            'parent', CASE WHEN @shares OR s.parent_id = ANY (@sites) THEN coalesce(s.parent_id, 0) ELSE 0 END) ORDER BY lower(s.name), s.id)
        FROM sites s WHERE s.company_id = @id AND (@shares OR s.id = ANY (@sites))), '[]') AS sites`

// Own returns a company for one of its contacts, with the colleagues and sites
// that they may know of. For anybody else there is no such company: NotFound.
// Two statements.
func (s *Service) Own(ctx context.Context, by auth.Actor, id int64) (OwnView, error) {
	m, ok := by.In(id)
	if !by.SignedIn() || !ok {
		return OwnView{}, fault.New(fault.NotFound, "company.not_found")
	}
	var v OwnView
	rows, err := s.db.Query(ctx, ownSQL, pgx.NamedArgs{"id": id, "me": by.PersonID})
	if err != nil {
		return OwnView{}, wrap("read one's company", err)
	}
	if v.Own, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Own]); err != nil {
		return OwnView{}, pg.NotFound(wrap("read one's company", err), "company.not_found")
	}
	if !v.Runs() {
		v.INN, v.KPP, v.VAT = "", "", ""
	}
	var sites []OwnSite
	err = s.db.QueryRow(ctx, ownPartsSQL, pgx.NamedArgs{
		"id": id, "me": by.PersonID, "runs": v.Runs(), "shares": v.Shares(), "sites": append([]int64{}, m.Sites...),
	}).Scan(&v.Colleagues, &sites)
	v.Sites = ownTree(sites)
	return v, wrap("read one's company", err)
}

// ownTree is tree for what customers see.
func ownTree(list []OwnSite) []OwnSite {
	sites, by := make([]Site, len(list)), map[int64]OwnSite{}
	for i, s := range list {
		sites[i], by[s.ID] = Site{ID: s.ID, ParentID: s.ParentID}, s
	}
	out := make([]OwnSite, 0, len(list))
	for _, s := range tree(sites) {
		o := by[s.ID]
		o.Depth = s.Depth
		out = append(out, o)
	}
	return out
}
