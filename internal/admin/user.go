package admin

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
)

// userView is a person's page in the settings.
type userView struct {
	account.UserView
	Form     userForm
	Password string // just generated; shown this once
}

// showNewUser is GET /admin/users/new.
func (h *Handler) showNewUser(w http.ResponseWriter, r *http.Request) error {
	return h.renderNewUser(w, r, http.StatusOK, userForm{Password: true})
}

// postUser is POST /admin/users. With a password wanted, the answer is the page
// that shows it once.
func (h *Handler) postUser(w http.ResponseWriter, r *http.Request) error {
	f, err := postedUser(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	roles, err := h.accounts.Roles(ctx, by)
	if err != nil {
		return err
	}
	var names []string
	for _, role := range roles {
		if f.has(role) {
			names = append(names, role.Name)
		}
	}
	id, err := h.accounts.AddUser(ctx, by, account.NewUser{
		Email: f.Email, Name: f.Name, JobTitle: f.JobTitle, Phone: f.Phone, Lang: f.Lang, Roles: names,
	})
	if err != nil && f.tookRight(err) {
		return h.renderNewUser(w, r, httpx.Status(err), f)
	}
	if err != nil {
		return err
	}
	if f.Password {
		return h.givePassword(w, r, id)
	}
	return h.done(w, r, link.User(id), "admin.users.added")
}

func (h *Handler) renderNewUser(w http.ResponseWriter, r *http.Request, status int, f userForm) error {
	roles, err := h.accounts.Roles(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p, err := h.layout(r, "users", i18n.T(r.Context(), "admin.users.new"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, newUserPage(p, f, roles))
}

// showUser is GET /admin/users/{id}.
func (h *Handler) showUser(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	u, err := h.accounts.User(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	return h.renderUser(w, r, http.StatusOK, userView{UserView: u, Form: formOf(u)})
}

func formOf(u account.UserView) userForm {
	return userForm{
		Name: account.Name{First: u.FirstName, Middle: u.MiddleName, Last: u.LastName}, JobTitle: u.JobTitle, Phone: u.Phone,
		Lang: u.Lang, Roles: u.Roles,
	}
}

// postUserEdit is POST /admin/users/{id}.
func (h *Handler) postUserEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := postedUser(r)
	if err != nil {
		return err
	}
	err = h.accounts.EditUser(r.Context(), httpx.Actor(r), id, account.UserEdit{
		Name: f.Name, JobTitle: f.JobTitle, Phone: f.Phone, Lang: f.Lang, Roles: f.Roles,
	})
	if err == nil {
		return h.done(w, r, link.User(id), "admin.users.saved")
	}
	return h.refuseUser(w, r, id, f, err)
}

// refuseUser shows a person's page again with why a change was refused.
func (h *Handler) refuseUser(w http.ResponseWriter, r *http.Request, id int64, f userForm, why error) error {
	if !f.tookRight(why) {
		return why
	}
	u, err := h.accounts.User(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	return h.renderUser(w, r, httpx.Status(why), userView{UserView: u, Form: f})
}

// postUserPassword is POST /admin/users/{id}/password: a new password, shown
// once.
func (h *Handler) postUserPassword(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	return h.givePassword(w, r, id)
}

// givePassword answers with the page that shows the new password. It is no
// redirect: the password is kept nowhere, not even for the next page.
func (h *Handler) givePassword(w http.ResponseWriter, r *http.Request, id int64) error {
	ctx, by := r.Context(), httpx.Actor(r)
	password, err := h.accounts.ResetPassword(ctx, by, id)
	if err != nil {
		return h.refuseAsIs(w, r, id, err)
	}
	u, err := h.accounts.User(ctx, by, id)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.renderUser(w, r, http.StatusOK, userView{UserView: u, Form: formOf(u), Password: password})
}

// postUserDisable is POST /admin/users/{id}/disable.
func (h *Handler) postUserDisable(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.accounts.Disable(r.Context(), httpx.Actor(r), id); err != nil {
		return h.refuseAsIs(w, r, id, err)
	}
	return h.done(w, r, link.User(id), "admin.users.disabled")
}

// postUserEnable is POST /admin/users/{id}/enable.
func (h *Handler) postUserEnable(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.accounts.Enable(r.Context(), httpx.Actor(r), id); err != nil {
		return h.refuseAsIs(w, r, id, err)
	}
	return h.done(w, r, link.User(id), "admin.users.enabled")
}

// refuseAsIs shows a person's page as it is saved, with why an act on it was
// refused.
func (h *Handler) refuseAsIs(w http.ResponseWriter, r *http.Request, id int64, why error) error {
	if k := fault.Of(why).Kind; k != fault.Conflict && k != fault.Forbidden {
		return why
	}
	u, err := h.accounts.User(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	return h.refuseUser(w, r, id, formOf(u), why)
}

func (h *Handler) renderUser(w http.ResponseWriter, r *http.Request, status int, v userView) error {
	title := v.Name
	if title == "" {
		title = v.Email
	}
	p, err := h.layout(r, "users", title)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, userPage(p, v))
}

// customer reports whether the person has no role.
func (v userView) customer() bool { return len(v.Roles) == 0 }
