package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// showRoles is GET /admin/roles.
func (h *Handler) showRoles(w http.ResponseWriter, r *http.Request) error {
	roles, err := h.accounts.Roles(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p, err := h.layout(r, "roles", i18n.T(r.Context(), "admin.roles.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, rolesPage(p, roles))
}

// roleForm is a role as typed and what is wrong with it.
type roleForm struct {
	account.Role
	refusal
}

// showNewRole is GET /admin/roles/new.
func (h *Handler) showNewRole(w http.ResponseWriter, r *http.Request) error {
	return h.renderRole(w, r, http.StatusOK, roleForm{})
}

// showRole is GET /admin/roles/{id}.
func (h *Handler) showRole(w http.ResponseWriter, r *http.Request) error {
	role, err := h.role(r)
	if err != nil {
		return err
	}
	return h.renderRole(w, r, http.StatusOK, roleForm{Role: role})
}

// role finds the role that the route names.
func (h *Handler) role(r *http.Request) (account.Role, error) {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return account.Role{}, err
	}
	roles, err := h.accounts.Roles(r.Context(), httpx.Actor(r))
	if err != nil {
		return account.Role{}, err
	}
	for _, role := range roles {
		if role.ID == id {
			return role, nil
		}
	}
	return account.Role{}, fault.New(fault.NotFound, "account.role_not_found")
}

// postRole is POST /admin/roles and POST /admin/roles/{id}.
func (h *Handler) postRole(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	var f roleForm
	current := 0
	if strings.TrimSuffix(r.URL.Path, "/") != link.Roles {
		if f.Role, err = h.role(r); err != nil {
			return err
		}
		current = f.Version
		f.Version, _ = in.Int("version")
	}
	if !f.Builtin {
		f.Name = in.Line("name")
	}
	f.Permissions = nil
	for _, p := range in["permissions"] {
		f.Permissions = append(f.Permissions, auth.Permission(p))
	}
	_, err = h.accounts.SaveRole(r.Context(), httpx.Actor(r), f.Role)
	if err == nil {
		return h.done(w, r, link.Roles, "admin.roles.saved")
	}
	if !f.tookRight(err) {
		return err
	}
	if !fault.Is(err, fault.Invalid) {
		f.Version = current // what was chosen stays; saving again is then a decision
	}
	return h.renderRole(w, r, httpx.Status(err), f)
}

func (h *Handler) renderRole(w http.ResponseWriter, r *http.Request, status int, f roleForm) error {
	title := i18n.T(r.Context(), "admin.roles.new")
	if f.ID != 0 {
		title = roleWord(r.Context(), f.Name)
	}
	p, err := h.layout(r, "roles", title)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, rolePage(p, f))
}

func (f roleForm) name(ctx context.Context) ui.Field {
	return ui.Field{Name: "name", Label: i18n.T(ctx, "admin.roles.name"), Value: f.Name, Error: f.Errors["name"], Required: true, Autocomplete: "off"}
}

func (f roleForm) permissions(ctx context.Context) ui.Field {
	return ui.Field{Name: "permissions", Label: i18n.T(ctx, "admin.roles.permissions"), Error: f.Errors["permissions"]}
}

func (f roleForm) gives(p auth.Permission) bool { return slices.Contains(f.Permissions, p) }

// permissionWord says what a permission allows.
func permissionWord(ctx context.Context, p auth.Permission) string {
	switch p {
	case auth.AnswerTickets:
		return i18n.T(ctx, "permission.tickets_answer")
	case auth.AssignTickets:
		return i18n.T(ctx, "permission.tickets_assign")
	case auth.ShareCanned:
		return i18n.T(ctx, "permission.canned_share")
	case auth.SuggestAnswers:
		return i18n.T(ctx, "permission.kb_suggest")
	case auth.WriteArticles:
		return i18n.T(ctx, "permission.kb_write")
	case auth.WorkQueues:
		return i18n.T(ctx, "permission.kb_queues")
	case auth.SeeAnalytics:
		return i18n.T(ctx, "permission.analytics_see")
	case auth.SeeUpdates:
		return i18n.T(ctx, "permission.updates_see")
	case auth.ManageSettings:
		return i18n.T(ctx, "permission.settings_manage")
	case auth.ManageUsers:
		return i18n.T(ctx, "permission.users_manage")
	case auth.RedactMessages:
		return i18n.T(ctx, "permission.tickets_redact")
	case auth.AllDepartments:
		return i18n.T(ctx, "permission.departments_all")
	case auth.EditCompanies:
		return i18n.T(ctx, "permission.companies_edit")
	case auth.LinkContacts:
		return i18n.T(ctx, "permission.contacts_link")
	}
	return string(p)
}

func permissionWords(ctx context.Context, list []auth.Permission) string {
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = permissionWord(ctx, p)
	}
	return strings.Join(words, ", ")
}
