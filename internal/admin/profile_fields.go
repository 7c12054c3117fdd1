package admin

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// profileFieldsForm are the rules as chosen and what is wrong with them.
type profileFieldsForm struct {
	rules   setting.ProfileRules
	version int // of the setting that the page shows
	refusal
}

// showProfileFields is GET /admin/profile-fields: what people may do with their
// own details (P9).
func (h *Handler) showProfileFields(w http.ResponseWriter, r *http.Request) error {
	rules, version := setting.Get(r.Context(), h.settings, setting.Profile)
	return h.renderProfileFields(w, r, http.StatusOK, profileFieldsForm{rules: rules, version: version})
}

// postProfileFields is POST /admin/profile-fields.
func (h *Handler) postProfileFields(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := profileFieldsForm{rules: setting.ProfileRules{}}
	f.version, _ = in.Int("version")
	for _, field := range setting.ProfileFields {
		f.rules[field] = setting.ProfileRule(in.Get(field))
	}
	err = setting.Put(r.Context(), h.settings, httpx.Actor(r), setting.Profile, f.version, f.rules)
	if err == nil {
		return h.done(w, r, link.ProfileFields, "admin.profile_fields.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.version = setting.Get(r.Context(), h.settings, setting.Profile)
	}
	return h.renderProfileFields(w, r, httpx.Status(err), f)
}

func (h *Handler) renderProfileFields(w http.ResponseWriter, r *http.Request, status int, f profileFieldsForm) error {
	p, err := h.layout(r, "profile_fields", i18n.T(r.Context(), "admin.profile_fields.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, profileFieldsPage(p, f))
}

// fields are the selects of the form, one for each detail.
func (f profileFieldsForm) fields(ctx context.Context) []ui.Field {
	var list []ui.Field
	for _, name := range setting.ProfileFields {
		field := ui.Field{Name: name, Label: i18n.T(ctx, "profile."+name), Value: string(f.rules.Of(name)), Error: f.Errors[name]}
		if name == "email" {
			field.Hint = i18n.T(ctx, "admin.profile_fields.email_hint")
		}
		list = append(list, field)
	}
	return list
}

// profileRules are the choices of each select.
func profileRules(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(setting.ProfileEdit), Label: i18n.T(ctx, "admin.profile_fields.edit")},
		{Value: string(setting.ProfileAsk), Label: i18n.T(ctx, "admin.profile_fields.ask")},
		{Value: string(setting.ProfileLocked), Label: i18n.T(ctx, "admin.profile_fields.locked")},
	}
}
