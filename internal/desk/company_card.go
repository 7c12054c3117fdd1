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
)

// companyView is a company's card with its open tab.
type companyView struct {
	company.Card
	Tab     string
	Paged   bool
	Tickets company.Tickets
	Members company.Members
}

// showCompany is GET /agent/companies/{id}: the card with the tab Tickets or
// Contacts (C1).
func (h *Companies) showCompany(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	v := companyView{Tab: q.Get("tab"), Paged: q.Get("after") != ""}
	if v.Card, err = h.companies.Card(ctx, by, id); err != nil {
		return err
	}
	if v.Tab == tabContacts {
		v.Members, err = h.companies.Members(ctx, by, id, q.Get("after"))
	} else {
		v.Tab = tabTickets
		v.Tickets, err = h.companies.CompanyTickets(ctx, by, id, q.Get("after"))
	}
	if err != nil {
		return err
	}
	p, err := h.layout(r, "companies", v.Name)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, companyPage(p, v))
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
	}
}

func (v companyView) pager() ui.PagerView {
	next := v.Tickets.Next
	if v.Tab == tabContacts {
		next = v.Members.Next
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
	if s == auth.SeesCompany {
		return i18n.T(ctx, "companies.sees.company")
	}
	return i18n.T(ctx, "companies.sees.own")
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
