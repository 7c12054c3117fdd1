package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// contactsView is the list of contacts.
type contactsView struct {
	company.ContactPage
	Query string
	Paged bool
}

func (v contactsView) pager() ui.PagerView {
	return ui.Forward(link.Contacts, v.Paged, v.Next, "q", v.Query)
}

func (v contactsView) empty(ctx context.Context) ui.EmptyView {
	if v.Query != "" {
		return ui.EmptyView{Icon: "search", Title: i18n.T(ctx, "contacts.none_found"), Text: i18n.T(ctx, "companies.none_found_text")}
	}
	return ui.EmptyView{Icon: "users", Title: i18n.T(ctx, "contacts.none"), Text: i18n.T(ctx, "contacts.none_text")}
}

// showContacts is GET /agent/contacts: customers by name.
func (h *Companies) showContacts(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v := contactsView{Query: q.Line("q"), Paged: q.Get("after") != ""}
	var err error
	v.ContactPage, err = h.companies.Contacts(r.Context(), httpx.Actor(r), company.ContactFilter{Query: v.Query, After: q.Get("after")})
	if err != nil {
		return err
	}
	if httpx.Partial(r) {
		return httpx.Render(w, r, http.StatusOK, contactList(v))
	}
	p, err := h.layout(r, "contacts", i18n.T(r.Context(), "contacts.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, contactsPage(p, v))
}

// contactView is a contact's card with their tickets.
type contactView struct {
	company.Contact
	Tickets company.Tickets
	Paged   bool
}

// showContact is GET /agent/contacts/{id}.
func (h *Companies) showContact(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by, after := r.Context(), httpx.Actor(r), httpx.ReadQuery(r).Get("after")
	v := contactView{Paged: after != ""}
	if v.Contact, err = h.companies.Contact(ctx, by, id); err != nil {
		return err
	}
	if v.Tickets, err = h.companies.ContactTickets(ctx, by, id, after); err != nil {
		return err
	}
	p, err := h.layout(r, "contacts", v.Name)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, contactPage(p, v))
}

func (v contactView) pager() ui.PagerView {
	return ui.Forward(link.Contact(v.ID), v.Paged, v.Tickets.Next)
}

// language is what the contact chose to read; "" when they did not.
func (v contactView) language() string {
	for _, l := range i18n.Langs {
		if l.Tag == v.Lang {
			return l.Name
		}
	}
	return ""
}
