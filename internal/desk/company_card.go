package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// The tabs of a company's card.
const (
	tabTickets  = "tickets"
	tabContacts = "contacts"
	tabSites    = "sites"
	tabCalls    = "calls"
)

// proposalsShown is how many proposed contacts the card lists; a link leads to
// all.
const proposalsShown = 5

// companyView is a company's card with its open tab.
type companyView struct {
	company.Card
	Tab     string
	Paged   bool
	Tickets company.Tickets
	Members company.Members
	Calls   company.Calls
	Sites   []company.Site      // under Sites, and under Contacts for who may link them
	Refused siteForm            // a site that was not saved; else zero
	Waiting []company.Candidate // the first contacts that the company's domains propose
}

// showCompany is GET /agent/companies/{id}: the card with the tab Tickets,
// Contacts, Sites or Calls (C1).
func (h *Companies) showCompany(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	return h.renderCompany(w, r, http.StatusOK, id, companyView{Tab: q.Get("tab"), Paged: q.Get("after") != ""})
}

func (h *Companies) renderCompany(w http.ResponseWriter, r *http.Request, status int, id int64, v companyView) error {
	ctx, by, after := r.Context(), httpx.Actor(r), httpx.ReadQuery(r).Get("after")
	var err error
	if v.Card, err = h.companies.Card(ctx, by, id); err != nil {
		return err
	}
	switch v.Tab {
	case tabContacts:
		v.Members, err = h.companies.Members(ctx, by, id, after)
	case tabCalls:
		v.Calls, err = h.companies.CompanyCalls(ctx, by, id, after)
	case tabSites:
	default:
		v.Tab = tabTickets
		v.Tickets, err = h.companies.CompanyTickets(ctx, by, id, after)
	}
	if err == nil && (v.Tab == tabSites || v.Tab == tabContacts && v.Can.Link && v.Facts.Sites > 0) {
		v.Sites, err = h.companies.Sites(ctx, by, id)
	}
	if err != nil {
		return err
	}
	if v.Can.Link && v.Proposed > 0 {
		if v.Waiting, err = h.companies.Candidates(ctx, by, id, ""); err != nil {
			return err
		}
		v.Waiting = v.Waiting[:min(len(v.Waiting), proposalsShown)]
	}
	p, err := h.layout(r, "companies", v.Name)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, companyPage(p, v))
}

// path is the card's address with a tab open.
func (v companyView) path(tab string) string {
	if tab == tabTickets {
		return link.Company(v.ID)
	}
	return link.Query(link.Company(v.ID), "tab", tab)
}

func (v companyView) tabs(ctx context.Context) []ui.Tab {
	return []ui.Tab{
		{Href: v.path(tabTickets), Label: i18n.T(ctx, "companies.tickets"), Count: capped(v.Facts.Tickets), Current: v.Tab == tabTickets},
		{Href: v.path(tabContacts), Label: i18n.T(ctx, "companies.contacts"), Count: num(int64(v.Contacts)), Current: v.Tab == tabContacts},
		{Href: v.path(tabSites), Label: i18n.T(ctx, "companies.sites"), Count: num(int64(v.Facts.Sites)), Current: v.Tab == tabSites},
		{Href: v.path(tabCalls), Label: i18n.T(ctx, "desk.open.calls"), Count: capped(v.Facts.Calls), Current: v.Tab == tabCalls},
	}
}

func (v companyView) pager() ui.PagerView {
	next := v.Tickets.Next
	switch v.Tab {
	case tabContacts:
		next = v.Members.Next
	case tabCalls:
		next = v.Calls.Next
	}
	var p ui.PagerView
	if v.Paged {
		p.Newer = v.path(v.Tab)
	}
	if next != "" {
		p.Older = link.Query(link.Company(v.ID), "tab", v.Tab, "after", next)
	}
	return p
}

// taxNumbers are the card's tax numbers in one line, each with its name.
func (v companyView) taxNumbers() string {
	var parts []string
	for _, n := range [][2]string{{"INN", v.INN}, {"KPP", v.KPP}, {"VAT", v.VAT}} {
		if n[1] != "" {
			parts = append(parts, n[0]+"\u00a0"+n[1]) // stays on one line
		}
	}
	return strings.Join(parts, " · ")
}

// privacy says who sees all of the company's tickets (P8).
func (v companyView) privacy(ctx context.Context) string {
	switch {
	case v.Contacts == 0:
		return i18n.T(ctx, "companies.privacy_nobody")
	case len(v.SeeAll) == 0:
		return i18n.T(ctx, "companies.privacy_own")
	default:
		return i18n.T(ctx, "companies.privacy_some", "names", strings.Join(v.SeeAll, ", "), "count", len(v.SeeAll))
	}
}

// siteHref is where a company's site leads. Its address was checked when it was
// saved.
func siteHref(site string) string {
	if strings.Contains(site, "://") {
		return site
	}
	return "https://" + site
}

// siteWord is a company's site without what every address begins with.
func siteWord(site string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(site, "https://"), "http://"), "/")
}

func readableDomains(domains []string) []string {
	out := make([]string, len(domains))
	for i, d := range domains {
		out[i] = "@" + address.Readable(d)
	}
	return out
}

func seesWord(ctx context.Context, s auth.Scope) string {
	switch s {
	case auth.SeesCompany:
		return i18n.T(ctx, "companies.sees.company")
	case auth.SeesSite:
		return i18n.T(ctx, "companies.sees.site")
	case auth.SeesOwn:
	}
	return i18n.T(ctx, "companies.sees.own")
}

// memberSees is what a contact sees, with the site where it matters.
func memberSees(ctx context.Context, m company.Member) string {
	if m.SiteName == "" {
		return seesWord(ctx, m.Sees)
	}
	return seesWord(ctx, m.Sees) + " · " + m.SiteName
}

// scopesFor are what a contact may be let see: a site's tickets only once they
// belong to one.
func scopesFor(m company.Member) []auth.Scope {
	if m.SiteID == 0 {
		return []auth.Scope{auth.SeesOwn, auth.SeesCompany}
	}
	return []auth.Scope{auth.SeesOwn, auth.SeesSite, auth.SeesCompany}
}

func companyTicketStatus(t company.Ticket) ui.StatusView {
	return statusView(ticket.Status(t.Status), t.Reopened, ticket.AuthorKind(t.LastReplier), t.PostponedUntil)
}

// capped writes a count that was read up to 100.
func capped(n int) string { return ticket.Count(n).String() }

func mayEditCompanies(r *http.Request) bool { return httpx.Actor(r).May(auth.EditCompanies) }

func noMembers(ctx context.Context, v companyView) ui.EmptyView {
	e := ui.EmptyView{Icon: "users", Title: i18n.T(ctx, "companies.no_contacts"), Text: i18n.T(ctx, "companies.no_contacts_text")}
	if v.Can.Link {
		e.Href, e.Action = link.CompanyContacts(v.ID), i18n.T(ctx, "companies.link")
	}
	return e
}
