package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// companyForm is a card as typed, what is wrong with it, and what somebody else
// saved meanwhile.
type companyForm struct {
	ID      int64  // 0: a new company
	Name    string // as saved, for the heading
	Seen    string // UpdatedAt of the card that is edited
	In      company.Input
	Agents  []company.Agent
	Errors  map[string]fault.Message
	Problem fault.Message
	Theirs  []theirChange
}

// theirChange is a field that somebody else saved meanwhile with another value.
type theirChange struct{ Label, Value string }

// showNewCompany is GET /agent/companies/new.
func (h *Companies) showNewCompany(w http.ResponseWriter, r *http.Request) error {
	return h.renderCompanyForm(w, r, http.StatusOK, companyForm{In: company.Input{Name: httpx.ReadQuery(r).Line("name")}})
}

// postCompany is POST /agent/companies.
func (h *Companies) postCompany(w http.ResponseWriter, r *http.Request) error {
	f, err := postedCompany(r)
	if err != nil {
		return err
	}
	id, err := h.companies.Add(r.Context(), httpx.Actor(r), f.In)
	if wrong := fault.Of(err); err != nil && wrong.Kind == fault.Invalid {
		f.Errors = wrong.Fields
		return h.renderCompanyForm(w, r, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	return h.done(w, r, link.Company(id), "companies.added")
}

// showCompanyEdit is GET /agent/companies/{id}/edit.
func (h *Companies) showCompanyEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	c, err := h.companies.Card(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	return h.renderCompanyForm(w, r, http.StatusOK, companyForm{ID: id, Name: c.Name, Seen: seenOf(c.UpdatedAt), In: inputOf(c.Company)})
}

// postCompanyEdit is POST /agent/companies/{id}/edit.
func (h *Companies) postCompanyEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := postedCompany(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	seen, _ := time.Parse(time.RFC3339Nano, f.Seen) // a broken one is a conflict
	err = h.companies.Save(ctx, by, id, seen, f.In)
	wrong := fault.Of(err)
	switch {
	case err == nil:
		return h.done(w, r, link.Company(id), "companies.saved")
	case wrong.Kind != fault.Invalid && wrong.Kind != fault.Conflict:
		return err
	}
	c, err := h.companies.Card(ctx, by, id)
	if err != nil {
		return err
	}
	f.ID, f.Name, f.Errors = id, c.Name, wrong.Fields
	if wrong.Kind == fault.Conflict {
		// What was typed stays; saving again is then a decision.
		f.Problem, f.Seen = fault.Message{Key: wrong.Key, Args: wrong.Args}, seenOf(c.UpdatedAt)
		f.Theirs = theirs(ctx, f.In, inputOf(c.Company))
	}
	return h.renderCompanyForm(w, r, httpx.Status(wrong), f)
}

func postedCompany(r *http.Request) (companyForm, error) {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return companyForm{}, err
	}
	return companyForm{Seen: in.Get("seen"), In: company.Input{
		Name: in.Line("name"), OtherNames: in.Line("other_names"), Site: in.Line("site"), Email: in.Line("email"), Phone: in.Line("phone"),
		Domains: in.Text("domains"), Watchers: in.IDs("watchers"), ResponsibleID: in.ID("responsible"), Address: in.Line("address"),
		INN: in.Line("inn"), KPP: in.Line("kpp"), VAT: in.Line("vat"), Manager: in.Line("manager"), Comment: in.Text("comment"),
	}}, nil
}

func (h *Companies) renderCompanyForm(w http.ResponseWriter, r *http.Request, status int, f companyForm) error {
	ctx := r.Context()
	var err error
	if f.Agents, err = h.companies.Agents(ctx, httpx.Actor(r)); err != nil {
		return err
	}
	title := i18n.T(ctx, "companies.new")
	if f.ID != 0 {
		title = i18n.T(ctx, "companies.edit_title", "name", f.Name)
	}
	p, err := h.layout(r, "companies", title)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, companyEditPage(p, f))
}

// seenOf is a card's version for the form, exact to the microsecond.
func seenOf(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func inputOf(c company.Company) company.Input {
	in := company.Input{
		Name: c.Name, OtherNames: c.OtherNames, Site: c.Site, Email: c.Email, Phone: c.Phone, Watchers: c.Watchers,
		Address: c.Address, INN: c.INN, KPP: c.KPP, VAT: c.VAT, Manager: c.Manager, Comment: c.Comment,
	}
	var domains []string
	for _, d := range readableDomains(c.Domains) {
		domains = append(domains, strings.TrimPrefix(d, "@"))
	}
	in.Domains = strings.Join(domains, "\n")
	if c.ResponsibleID != nil {
		in.ResponsibleID = *c.ResponsibleID
	}
	return in
}

// theirs lists the texts that are saved with another value than the one typed.
func theirs(ctx context.Context, typed, saved company.Input) []theirChange {
	mine, others := companyForm{In: typed}.fields(ctx), companyForm{In: saved}.fields(ctx)
	var out []theirChange
	for i, f := range others.texts() {
		if f.Value != mine.texts()[i].Value {
			value := f.Value
			if value == "" {
				value = i18n.T(ctx, "companies.empty")
			}
			out = append(out, theirChange{f.Label, value})
		}
	}
	return out
}

// companyFields are the form's inputs.
type companyFields struct {
	Name, OtherNames, Site, Email, Phone, Domains, Watchers, Responsible, Address, INN, KPP, VAT, Manager, Comment ui.Field
}

func (f companyForm) fields(ctx context.Context) companyFields {
	field := func(name, label, value string) ui.Field {
		return ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name]}
	}
	in := f.In
	c := companyFields{
		Name:        field("name", i18n.T(ctx, "companies.field.name"), in.Name),
		OtherNames:  field("other_names", i18n.T(ctx, "companies.field.other_names"), in.OtherNames),
		Site:        field("site", i18n.T(ctx, "companies.field.site"), in.Site),
		Email:       field("email", i18n.T(ctx, "companies.field.email"), in.Email),
		Phone:       field("phone", i18n.T(ctx, "companies.field.phone"), in.Phone),
		Domains:     field("domains", i18n.T(ctx, "companies.field.domains"), in.Domains),
		Watchers:    field("watchers", i18n.T(ctx, "companies.field.watchers"), ""),
		Responsible: field("responsible", i18n.T(ctx, "companies.field.responsible"), num(in.ResponsibleID)),
		Address:     field("address", i18n.T(ctx, "companies.field.address"), in.Address),
		INN:         field("inn", i18n.T(ctx, "companies.field.inn"), in.INN),
		KPP:         field("kpp", i18n.T(ctx, "companies.field.kpp"), in.KPP),
		VAT:         field("vat", i18n.T(ctx, "companies.field.vat"), in.VAT),
		Manager:     field("manager", i18n.T(ctx, "companies.field.manager"), in.Manager),
		Comment:     field("comment", i18n.T(ctx, "companies.field.comment"), in.Comment),
	}
	c.Name.Required = true
	c.Domains.Hint, c.Domains.Rows = i18n.T(ctx, "companies.domains_hint"), 2
	c.OtherNames.Hint = i18n.T(ctx, "companies.other_names_hint")
	c.Watchers.Hint = i18n.T(ctx, "companies.watchers_hint")
	c.Email.Type, c.Email.Autocomplete = "email", "off"
	c.Phone.Type, c.Phone.Autocomplete = "tel", "off"
	c.INN.InputMode, c.INN.Class = "numeric", "num"
	c.KPP.Class, c.VAT.Class, c.Comment.Rows = "num", "num", 3
	return c
}

// texts are the inputs of text in the form's order.
func (c companyFields) texts() []ui.Field {
	return []ui.Field{
		c.Name, c.OtherNames, c.Site, c.Domains, c.Email, c.Phone, c.Address, c.Manager, c.INN, c.KPP, c.VAT, c.Comment,
	}
}

// all are the inputs in the form's order.
func (c companyFields) all() []ui.Field { return append(c.texts(), c.Responsible, c.Watchers) }

func (f companyForm) action() string {
	if f.ID == 0 {
		return link.Companies
	}
	return link.CompanyEdit(f.ID)
}

func (f companyForm) back() string {
	if f.ID == 0 {
		return link.Companies
	}
	return link.Company(f.ID)
}

func (f companyForm) responsibles(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "0", Label: i18n.T(ctx, "companies.nobody")}}
	for _, a := range f.Agents {
		options = append(options, ui.Option{Value: num(a.ID), Label: a.Name})
	}
	return options
}

func (f companyForm) watches(a company.Agent) bool { return slices.Contains(f.In.Watchers, a.ID) }
