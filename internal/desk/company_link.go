package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// linkForm is a contact chosen or typed, and what is wrong with it.
type linkForm struct {
	PersonID int64 // 0: the new one
	Chosen   bool  // something was chosen
	Email    string
	Name     string
	SeesAll  bool
	Reason   string
	Query    string // the search that the contact was found by
	Errors   map[string]fault.Message
	Problem  fault.Message
}

// linkView is the page on which a contact is linked to a company (C2).
type linkView struct {
	company.Card
	Query      string
	Candidates []company.Candidate
	Form       linkForm
}

// showLinkContact is GET /agent/companies/{id}/contacts: contacts to link,
// found by name or address; those of the company's domains without a search.
func (h *Companies) showLinkContact(w http.ResponseWriter, r *http.Request) error {
	return h.renderLinkContact(w, r, http.StatusOK, linkForm{Query: httpx.ReadQuery(r).Line("q")})
}

// postLinkContact is POST /agent/companies/{id}/contacts.
func (h *Companies) postLinkContact(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := linkForm{
		PersonID: in.ID("contact"), Chosen: in.Has("contact"), Email: in.Line("email"), Name: in.Line("name"),
		SeesAll: in.On("sees_all"), Reason: in.Text("reason"), Query: in.Line("q"),
	}
	if !in.Has("q") {
		f.Query = httpx.ReadQuery(r).Line("q")
	}
	done, err := h.companies.Link(r.Context(), httpx.Actor(r), id, f.input())
	wrong := fault.Of(err)
	switch {
	case err == nil && done.Adopted > 0:
		return h.done(w, r, contactsTab(id), "companies.linked_with_tickets", "name", done.Name, "count", done.Adopted)
	case err == nil:
		return h.done(w, r, contactsTab(id), "companies.linked", "name", done.Name)
	case wrong.Kind == fault.Invalid:
		f.Errors = wrong.Fields
	case wrong.Kind == fault.Conflict:
		f.Problem = fault.Message{Key: wrong.Key, Args: wrong.Args}
	default:
		return err
	}
	return h.renderLinkContact(w, r, httpx.Status(wrong), f)
}

func (f linkForm) input() company.NewLink {
	in := company.NewLink{PersonID: f.PersonID, Sees: auth.SeesOwn, Reason: f.Reason}
	if f.SeesAll {
		in.Sees = auth.SeesCompany
	}
	if f.PersonID == 0 {
		in.Email, in.Name = f.Email, f.Name
	}
	return in
}

func contactsTab(id int64) string { return link.Query(link.Company(id), "tab", tabContacts) }

func (h *Companies) renderLinkContact(w http.ResponseWriter, r *http.Request, status int, f linkForm) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	v := linkView{Query: f.Query, Form: f}
	if v.Card, err = h.companies.Card(ctx, by, id); err != nil {
		return err
	}
	if v.Candidates, err = h.companies.Candidates(ctx, by, id, v.Query); err != nil {
		return err
	}
	if httpx.Partial(r) && r.Method == http.MethodGet {
		return httpx.Render(w, r, status, linkCandidates(v))
	}
	p, err := h.layout(r, "companies", i18n.T(ctx, "companies.link_title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, linkContactPage(p, v))
}

// chosen reports whether a candidate is the one to be linked: the one that was
// sent, else the first if the company's domain speaks for them.
func (v linkView) chosen(i int, c company.Candidate) bool {
	if v.Form.Chosen {
		return v.Form.PersonID == c.ID
	}
	return i == 0 && c.Matches
}

// newChosen reports whether a contact is to be made.
func (v linkView) newChosen() bool {
	if v.Form.Chosen {
		return v.Form.PersonID == 0
	}
	return len(v.Candidates) == 0
}

// field is one of the form with what is wrong with it.
func (f linkForm) field(name, label, value string) ui.Field {
	field := ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name]}
	if name == "name" {
		field.Error = f.Errors["first_name"]
	}
	return field
}

// postContactSees is POST /agent/companies/{id}/contacts/{person}: how much of
// the company's tickets they see and where theirs are from (P8).
func (h *Companies) postContactSees(w http.ResponseWriter, r *http.Request) error {
	id, person, err := membership(r)
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	share := company.Share{Sees: auth.Scope(in.Get("sees")), SiteID: in.ID("site")}
	if err := h.companies.SetShare(r.Context(), httpx.Actor(r), id, person, share); err != nil {
		return err
	}
	return h.done(w, r, contactsTab(id), "companies.sees_saved")
}

// postUnlinkContact is POST /agent/companies/{id}/contacts/{person}/unlink.
func (h *Companies) postUnlinkContact(w http.ResponseWriter, r *http.Request) error {
	id, person, err := membership(r)
	if err != nil {
		return err
	}
	name, err := h.companies.Unlink(r.Context(), httpx.Actor(r), id, person)
	if err != nil {
		return err
	}
	return h.done(w, r, contactsTab(id), "companies.unlinked", "name", name)
}

func membership(r *http.Request) (company, person int64, err error) {
	if company, err = httpx.PathID(r, "id"); err != nil {
		return 0, 0, err
	}
	person, err = httpx.PathID(r, "person")
	return company, person, err
}

func linkName(ctx context.Context, f linkForm) ui.Field {
	return f.field("name", i18n.T(ctx, "companies.new_contact_name"), f.Name)
}

func linkEmail(ctx context.Context, f linkForm) ui.Field {
	field := f.field("email", i18n.T(ctx, "companies.field.email"), f.Email)
	field.Type, field.Autocomplete = "email", "off"
	return field
}

func linkReasonField(ctx context.Context, f linkForm) ui.Field {
	field := f.field("reason", i18n.T(ctx, "companies.reason"), f.Reason)
	field.Rows = 2
	return field
}

// linkErrors are the fields that something may be wrong with.
func linkErrors(ctx context.Context, f linkForm) []ui.Field {
	contact := f.field("contact", i18n.T(ctx, "companies.column.contact"), "")
	contact.ID = "candidates"
	return []ui.Field{contact, linkName(ctx, f), linkEmail(ctx, f), linkReasonField(ctx, f)}
}
