package portal

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// companyView is the page of one of the reader's companies (P8).
type companyView struct {
	company.OwnView
	me      auth.Actor
	chosen  int64 // the company that all lists are of; 0: all
	tickets ticket.HomeView
	topic   string // of a ticket that asks for something; "": the preset one
}

// showOwnCompany is GET /company: the company that the address names, else the
// one chosen for all lists, else the first. Who has none learns how to get one.
func (h *Handler) showOwnCompany(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	topic, err := h.easyTopic(ctx, by)
	if err != nil {
		return err
	}
	if len(by.Companies) == 0 {
		return httpx.Render(w, r, http.StatusOK, noCompanyPage(h.layout(r, "company", i18n.T(ctx, "portal.company.none")), topic))
	}
	v := companyView{me: by, chosen: h.company(r), topic: topic}
	id := httpx.ReadQuery(r).ID("company")
	if id == 0 {
		id = v.chosen
	}
	if id == 0 {
		id = by.Companies[0].CompanyID
	}
	if v.OwnView, err = h.companies.Own(ctx, by, id); err != nil {
		return err
	}
	if v.tickets, err = h.tickets.WaitingForMe(ctx, by, id); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, ownCompanyPage(h.layout(r, "company", v.Name), v))
}

// postPickCompany is POST /company/choose: the lists are of one company from now
// on, or of all of the reader's. It is kept with the session.
func (h *Handler) postPickCompany(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), in.ID("company")
	if _, ok := httpx.Actor(r).In(id); ok {
		h.sessions.Put(ctx, companyKey, id)
	} else {
		h.sessions.Remove(ctx, companyKey)
	}
	return httpx.SeeOther(w, r, backTo(in.Get("next")))
}

// backTo is where the choice was made: one of the pages that have it.
func backTo(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return link.Home
	}
	switch u.Path {
	case link.Tickets:
		if u.RawQuery == "" {
			return link.Query(link.Tickets, qTab, string(ticket.TabOpen))
		}
		return link.Tickets + "?" + u.Query().Encode()
	case link.OwnCompany:
		return link.OwnCompany
	default:
		return link.Home
	}
}

// companies are the tabs of a reader who has several.
func (v companyView) companies() []ui.Tab {
	tabs := make([]ui.Tab, 0, len(v.me.Companies))
	for _, m := range v.me.Companies {
		tabs = append(tabs, ui.Tab{Href: link.Query(link.OwnCompany, "company", num(m.CompanyID)), Label: m.Company, Current: m.CompanyID == v.ID})
	}
	return tabs
}

// ownTickets is My tickets of the company.
func (v companyView) ownTickets(pairs ...string) string {
	if len(v.me.Companies) > 1 {
		pairs = append(pairs, qCompany, num(v.ID))
	}
	return link.Query(link.Tickets, pairs...)
}

// sees says which tickets of the company the reader sees.
func (v companyView) sees(ctx context.Context) string {
	switch {
	case v.Privacy == company.Everyone:
		return i18n.T(ctx, "portal.company.sees_everyone")
	case v.Privacy == company.OwnOnly:
		return i18n.T(ctx, "portal.company.sees_own_only")
	case v.Sees == auth.SeesCompany:
		return i18n.T(ctx, "portal.company.sees_all")
	case v.Sees == auth.SeesSite:
		return i18n.T(ctx, "portal.company.sees_site", "site", v.SiteName)
	default:
		return i18n.T(ctx, "portal.company.sees_own")
	}
}

// shares says what a colleague sees, to those who run the company.
func (v companyView) shares(ctx context.Context, c company.Colleague) string {
	switch {
	case v.Privacy == company.Everyone || c.Sees == auth.SeesCompany:
		return i18n.T(ctx, "portal.company.share.company")
	case c.Sees == auth.SeesSite:
		return i18n.T(ctx, "portal.company.share.site", "site", c.Site)
	default:
		return i18n.T(ctx, "portal.company.share.own")
	}
}

// ownFact is one line of what the page says about the company.
type ownFact struct{ label, value, href string }

func (v companyView) facts(ctx context.Context) []ownFact {
	var list []ownFact
	add := func(label, value, href string) {
		if value != "" {
			list = append(list, ownFact{label, value, href})
		}
	}
	add(i18n.T(ctx, "companies.field.address"), v.Address, "")
	add(i18n.T(ctx, "companies.field.phone"), v.Phone, "")
	if v.Email != "" {
		add(i18n.T(ctx, "companies.field.email"), address.Readable(v.Email), "mailto:"+v.Email)
	}
	if v.Site != "" {
		href := v.Site
		if !strings.Contains(href, "://") {
			href = "https://" + href
		}
		add(i18n.T(ctx, "portal.company.website"), strings.TrimPrefix(strings.TrimPrefix(v.Site, "https://"), "http://"), href)
	}
	domains := make([]string, 0, len(v.Domains))
	for _, d := range v.Domains {
		domains = append(domains, "@"+address.Readable(d))
	}
	add(i18n.T(ctx, "companies.field.domains"), strings.Join(domains, ", "), "")
	add(i18n.T(ctx, "companies.field.inn"), v.INN, "")
	add(i18n.T(ctx, "companies.field.kpp"), v.KPP, "")
	add(i18n.T(ctx, "companies.field.vat"), v.VAT, "")
	add(i18n.T(ctx, "portal.company.responsible"), v.Responsible, "")
	add(i18n.T(ctx, "portal.company.manager"), v.Manager, "")
	return list
}

// easyTopic is the first topic whose form wants nothing filled in, for tickets
// that ask the desk for something about the reader; "" when there is none.
func (h *Handler) easyTopic(ctx context.Context, by auth.Actor) (string, error) {
	topics, err := h.settings.Topics(ctx, by)
	if err != nil {
		return "", err
	}
	for _, t := range topics {
		f, err := h.settings.TopicForm(ctx, by, t.ID)
		if err != nil {
			return "", err
		}
		if _, wrong := setting.Check(f.Fields, f.Preset()); wrong.Err() == nil {
			return num(t.ID), nil
		}
	}
	return "", nil
}

// askToAdd is a new ticket that asks for a colleague to be linked, and askToMend
// one that asks for the company's data to be changed: contacts cannot do it
// themselves.
func (v companyView) askToAdd(ctx context.Context) string {
	return link.Query(link.NewTicket, "topic", v.topic, "subject", i18n.T(ctx, "portal.company.add_subject", "company", v.Name),
		"message", i18n.T(ctx, "portal.company.add_message", "company", v.Name))
}

func (v companyView) askToMend(ctx context.Context) string {
	return link.Query(link.NewTicket, "topic", v.topic, "subject", i18n.T(ctx, "portal.company.mend_subject", "company", v.Name))
}

func askForCompany(ctx context.Context, topic string) string {
	return link.Query(link.NewTicket, "topic", topic, "subject", i18n.T(ctx, "portal.company.link_subject"),
		"message", i18n.T(ctx, "portal.company.link_message"))
}

// chosenCompany is what the switch says.
func chosenCompany(ctx context.Context, me auth.Actor, chosen int64) string {
	if m, ok := me.In(chosen); ok {
		return m.Company
	}
	return i18n.T(ctx, "portal.company.all")
}
