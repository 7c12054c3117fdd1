package admin

import (
	"context"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// registrationForm is who may register, as typed, and what is wrong with it.
type registrationForm struct {
	setting.RegistrationRules
	Typed   string // the domains as typed
	Version int    // of the setting that the page shows
	refusal
}

// showRegistration is GET /admin/registration (P1).
func (h *Handler) showRegistration(w http.ResponseWriter, r *http.Request) error {
	rules, version := setting.Get(r.Context(), h.settings, setting.Registration)
	return h.renderRegistration(w, r, http.StatusOK, registrationForm{
		RegistrationRules: rules, Version: version, Typed: strings.Join(readable(rules.Domains), "\n"),
	})
}

func readable(domains []string) []string {
	out := make([]string, len(domains))
	for i, d := range domains {
		out[i] = address.Readable(d)
	}
	return out
}

// postRegistration is POST /admin/registration.
func (h *Handler) postRegistration(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := registrationForm{Typed: in.Text("domains")}
	f.Version, _ = in.Int("version")
	f.Mode, f.LinkAtOnce = in.Get("mode"), in.On("link")
	f.Consent, f.Help = typedWords(in, "consent"), typedWords(in, "help")
	var bad fault.Field
	f.Domains = readDomains(&bad, f.Typed)
	if err = bad.Err(); err == nil {
		err = h.settings.SaveRegistration(r.Context(), httpx.Actor(r), f.Version, f.RegistrationRules)
	}
	if err == nil {
		return h.done(w, r, link.Registration, "admin.registration.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(r.Context(), h.settings, setting.Registration)
	}
	return h.renderRegistration(w, r, httpx.Status(err), f)
}

// readDomains reads one domain a line; commas and spaces do as well.
func readDomains(bad *fault.Field, typed string) []string {
	domains := []string{}
	for _, s := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,;\t\n", r) }) {
		d, err := address.Domain(s)
		if err != nil {
			bad.Add("domains", "setting.registration.domain_bad", "domain", s)
			continue
		}
		domains = append(domains, d)
	}
	return domains
}

func (h *Handler) renderRegistration(w http.ResponseWriter, r *http.Request, status int, f registrationForm) error {
	present, _ := setting.Get(r.Context(), h.settings, setting.Registration)
	f.ConsentVersion = present.ConsentVersion
	p, err := h.layout(r, "registration", i18n.T(r.Context(), "admin.registration.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, registrationPage(p, f))
}

// mode is one choice of who may register.
type mode struct{ value, label, hint string }

func modes(ctx context.Context) []mode {
	return []mode{
		{string(account.Open), i18n.T(ctx, "admin.registration.open"), i18n.T(ctx, "admin.registration.open_hint")},
		{string(account.ByDomain), i18n.T(ctx, "admin.registration.domain"), i18n.T(ctx, "admin.registration.domain_hint")},
		{string(account.Closed), i18n.T(ctx, "admin.registration.closed"), i18n.T(ctx, "admin.registration.closed_hint")},
	}
}

func (f registrationForm) domains(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "domains", Label: i18n.T(ctx, "admin.registration.domains"), Hint: i18n.T(ctx, "admin.registration.domains_hint"),
		Value: f.Typed, Error: f.Errors["domains"], Rows: 3,
	}
}

// consent is the agreement in a language; where it is left empty the catalogue's
// shows as what people agree to.
func (f registrationForm) consent(ctx context.Context, l i18n.Lang) ui.Field {
	name := "consent." + l.Tag
	return ui.Field{
		Name: name, Label: i18n.T(ctx, "admin.registration.consent_in", "lang", l.Name), Value: f.Consent[l.Tag], Error: f.Errors[name], Rows: 6,
		Placeholder: setting.RegistrationRules{}.ConsentIn(l.Tag), Attrs: map[string]any{"lang": l.Tag},
	}
}

func (f registrationForm) help(ctx context.Context, l i18n.Lang) ui.Field {
	name := "help." + l.Tag
	return ui.Field{
		Name: name, Label: i18n.T(ctx, "admin.registration.help_in", "lang", l.Name), Value: f.Help[l.Tag], Error: f.Errors[name], Rows: 3,
		Placeholder: setting.RegistrationRules{}.HelpIn(l.Tag), Attrs: map[string]any{"lang": l.Tag},
	}
}

// all are the form's inputs, for the summary of what is wrong.
func (f registrationForm) all(ctx context.Context) []ui.Field {
	fields := []ui.Field{{Name: "mode", Label: i18n.T(ctx, "admin.registration.who"), Error: f.Errors["mode"]}, f.domains(ctx)}
	for _, l := range i18n.Langs {
		fields = append(fields, f.consent(ctx, l), f.help(ctx, l))
	}
	return fields
}
