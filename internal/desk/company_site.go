package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// siteForm is a site as typed, and what is wrong with it. ID is 0 for the new
// one.
type siteForm struct {
	ID int64
	company.SiteInput
	Errors map[string]fault.Message
}

// postNewSite is POST /agent/companies/{id}/sites: a site is added (C1).
func (h *Companies) postNewSite(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := readSite(r, 0)
	if err != nil {
		return err
	}
	if _, err := h.companies.AddSite(r.Context(), httpx.Actor(r), id, f.SiteInput); err != nil {
		return h.siteWrong(w, r, id, f, err)
	}
	return h.done(w, r, sitesTab(id), "companies.site_added", "name", f.Name)
}

// postSite is POST /agent/companies/{id}/sites/{site}: a site is renamed or
// moved.
func (h *Companies) postSite(w http.ResponseWriter, r *http.Request) error {
	id, site, err := siteOf(r)
	if err != nil {
		return err
	}
	f, err := readSite(r, site)
	if err != nil {
		return err
	}
	if err := h.companies.SaveSite(r.Context(), httpx.Actor(r), id, site, f.SiteInput); err != nil {
		return h.siteWrong(w, r, id, f, err)
	}
	return h.done(w, r, sitesTab(id), "companies.site_saved")
}

// postRemoveSite is POST /agent/companies/{id}/sites/{site}/remove.
func (h *Companies) postRemoveSite(w http.ResponseWriter, r *http.Request) error {
	id, site, err := siteOf(r)
	if err != nil {
		return err
	}
	name, err := h.companies.RemoveSite(r.Context(), httpx.Actor(r), id, site)
	if err != nil {
		return err
	}
	return h.done(w, r, sitesTab(id), "companies.site_removed", "name", name)
}

// postPrivacy is POST /agent/companies/{id}/privacy: who sees its tickets (P8).
func (h *Companies) postPrivacy(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.companies.SetPrivacy(r.Context(), httpx.Actor(r), id, company.Privacy(in.Get("privacy"))); err != nil {
		return err
	}
	return h.done(w, r, link.Company(id), "companies.privacy_saved")
}

func siteOf(r *http.Request) (company, site int64, err error) {
	if company, err = httpx.PathID(r, "id"); err != nil {
		return 0, 0, err
	}
	site, err = httpx.PathID(r, "site")
	return company, site, err
}

func readSite(r *http.Request, id int64) (siteForm, error) {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return siteForm{}, err
	}
	return siteForm{ID: id, SiteInput: company.SiteInput{
		Name: in.Line("name"), Address: in.Line("address"), ParentID: in.ID("parent"),
	}}, nil
}

// siteWrong shows the tab again with what was typed when that is what is wrong.
func (h *Companies) siteWrong(w http.ResponseWriter, r *http.Request, id int64, f siteForm, err error) error {
	wrong := fault.Of(err)
	if wrong.Kind != fault.Invalid {
		return err
	}
	f.Errors = wrong.Fields
	return h.renderCompany(w, r, httpx.Status(wrong), id, companyView{Tab: tabSites, Refused: f})
}

func sitesTab(id int64) string { return link.Query(link.Company(id), "tab", tabSites) }

// siteForm is the form of a site: as typed when it was refused, else as it is.
func (v companyView) siteForm(s company.Site) siteForm {
	if v.Refused.Errors != nil && v.Refused.ID == s.ID {
		return v.Refused
	}
	return siteForm{ID: s.ID, SiteInput: company.SiteInput{Name: s.Name, Address: s.Address, ParentID: s.ParentID}}
}

func (f siteForm) field(name, label, value string) ui.Field {
	return ui.Field{ID: name + num(f.ID), Name: name, Label: label, Value: value, Error: f.Errors[name]}
}

// parents are the sites that a site may stand under.
func (v companyView) parents(ctx context.Context, f siteForm) []ui.Option {
	out := []ui.Option{{Value: "0", Label: i18n.T(ctx, "companies.site_top")}}
	skip := -1
	for _, s := range v.Sites {
		if skip >= 0 && s.Depth > skip {
			continue
		}
		if skip = -1; s.ID == f.ID && f.ID != 0 {
			skip = s.Depth
			continue
		}
		out = append(out, ui.Option{Value: num(s.ID), Label: s.Indented()})
	}
	return out
}

// privacyWord says who sees a company's tickets.
func privacyWord(ctx context.Context, p company.Privacy) string {
	switch p {
	case company.Everyone:
		return i18n.T(ctx, "companies.privacy_mode.everyone")
	case company.OwnOnly:
		return i18n.T(ctx, "companies.privacy_mode.own")
	case company.Named:
	}
	return i18n.T(ctx, "companies.privacy_mode.named")
}
