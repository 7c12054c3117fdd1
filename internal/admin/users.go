package admin

import (
	"context"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// usersView is the list of people.
type usersView struct {
	account.UserPage
	Filter account.UserFilter
}

// showUsers is GET /admin/users: people by name.
func (h *Handler) showUsers(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v := usersView{Filter: account.UserFilter{Kind: kindOf(q.Get("kind")), Query: q.Line("q"), After: q.Get("after")}}
	var err error
	if v.UserPage, err = h.accounts.Users(r.Context(), httpx.Actor(r), v.Filter); err != nil {
		return err
	}
	if httpx.Partial(r) {
		return httpx.Render(w, r, http.StatusOK, userList(v))
	}
	p, err := h.layout(r, "users", i18n.T(r.Context(), "admin.users.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, usersPage(p, v))
}

func kindOf(s string) account.UserKind {
	switch k := account.UserKind(s); k {
	case account.StaffOnly, account.Customers, account.Disabled:
		return k
	case account.AllUsers:
		return account.AllUsers
	default:
		return account.AllUsers
	}
}

func (v usersView) tabs(ctx context.Context) []ui.Tab {
	tab := func(k account.UserKind, label string) ui.Tab {
		return ui.Tab{Href: link.Query(link.Users, "kind", string(k), "q", v.Filter.Query), Label: label, Current: v.Filter.Kind == k}
	}
	return []ui.Tab{
		tab(account.AllUsers, i18n.T(ctx, "admin.users.all")), tab(account.StaffOnly, i18n.T(ctx, "admin.users.staff")),
		tab(account.Customers, i18n.T(ctx, "admin.users.customers")), tab(account.Disabled, i18n.T(ctx, "admin.users.off")),
	}
}

func (v usersView) pager() ui.PagerView {
	return ui.Forward(link.Users, v.Filter.After != "", v.Next, "kind", string(v.Filter.Kind), "q", v.Filter.Query)
}

// roleWord is a role's name: a built-in one in the reader's language.
func roleWord(ctx context.Context, name string) string {
	switch name {
	case "agent":
		return i18n.T(ctx, "role.agent")
	case "editor":
		return i18n.T(ctx, "role.editor")
	case "supervisor":
		return i18n.T(ctx, "role.supervisor")
	case account.AdminRole:
		return i18n.T(ctx, "role.admin")
	case account.CustomerRole:
		return i18n.T(ctx, "role.customer")
	default:
		return name
	}
}

// userForm is a person as typed and what is wrong with it.
type userForm struct {
	Email    string // only of a new person
	Name     account.Name
	JobTitle string
	Phone    string
	Lang     string
	Roles    []int64
	Password bool // give a new person a password
	refusal
}

func postedUser(r *http.Request) (userForm, error) {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return userForm{}, err
	}
	return userForm{
		Email: in.Line("email"), JobTitle: in.Line("job_title"), Phone: in.Line("phone"), Lang: in.Line("lang"),
		Name:  account.Name{First: in.Line("first_name"), Middle: in.Line("middle_name"), Last: in.Line("last_name")},
		Roles: in.IDs("roles"), Password: in.On("give_password"),
	}, nil
}

// userFields are the form's inputs.
type userFields struct{ Email, First, Middle, Last, Job, Phone, Lang, Roles ui.Field }

func (f userForm) fields(ctx context.Context) userFields {
	field := func(name, label, value string) ui.Field {
		return ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name], Autocomplete: "off"}
	}
	u := userFields{
		Email:  field("email", i18n.T(ctx, "admin.users.email"), f.Email),
		First:  field("first_name", i18n.T(ctx, "admin.users.first_name"), f.Name.First),
		Middle: field("middle_name", i18n.T(ctx, "admin.users.middle_name"), f.Name.Middle),
		Last:   field("last_name", i18n.T(ctx, "admin.users.last_name"), f.Name.Last),
		Job:    field("job_title", i18n.T(ctx, "admin.users.job_title"), f.JobTitle),
		Phone:  field("phone", i18n.T(ctx, "admin.users.phone"), f.Phone),
		Lang:   field("lang", i18n.T(ctx, "admin.users.lang"), f.Lang),
		Roles:  field("roles", i18n.T(ctx, "admin.users.roles"), ""),
	}
	u.Email.Type, u.Email.Required, u.First.Required = "email", true, true
	return u
}

func (u userFields) all() []ui.Field {
	return []ui.Field{u.Email, u.First, u.Middle, u.Last, u.Job, u.Phone, u.Lang, u.Roles}
}

func (f userForm) has(r account.Role) bool { return slices.Contains(f.Roles, r.ID) }

func langOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "admin.users.lang_browser")}}
	for _, l := range i18n.Langs {
		options = append(options, ui.Option{Value: l.Tag, Label: l.Name})
	}
	return options
}
