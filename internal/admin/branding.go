package admin

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// brandingForm is the desk's look as typed, what is wrong with it, and whether
// a sample of it is shown.
type brandingForm struct {
	setting.Look
	Version int
	Sample  bool
	refusal
}

// showBranding is GET /admin/branding (P14).
func (h *Handler) showBranding(w http.ResponseWriter, r *http.Request) error {
	look, version := setting.Get(r.Context(), h.settings, setting.Brand)
	return h.renderBranding(w, r, http.StatusOK, brandingForm{Look: look, Version: version})
}

// postBranding is POST /admin/branding: save, or with "sample" only show.
func (h *Handler) postBranding(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	var picture []byte
	values, err := httpx.Multipart(r, httpx.Limits{Body: 2 * setting.MaxLogoBytes, Files: 1}, func(_, _ string, f io.Reader) (err error) {
		picture, err = setting.DrawLogo(f)
		return err
	})
	if values == nil {
		return err
	}
	in := httpx.Form(values)
	now, _ := setting.Get(ctx, h.settings, setting.Brand)
	f := postedBranding(in, now.Logo)
	wrong := fault.Field{}
	if !collect(&wrong, err) || !collect(&wrong, setting.Brand.Check(f.Look)) {
		return err
	}
	if picture != nil && err == nil {
		if f.Logo, err = h.settings.KeepLogo(ctx, by, picture); err != nil {
			return err
		}
	}
	f.Errors = wrong
	switch {
	case len(wrong) > 0:
		return h.renderBranding(w, r, http.StatusUnprocessableEntity, f)
	case in.Has("sample"):
		f.Sample = true
		return h.renderBranding(w, r, http.StatusOK, f)
	}
	err = setting.Put(ctx, h.settings, by, setting.Brand, f.Version, f.Look)
	if err == nil {
		return h.done(w, r, link.Branding, "admin.branding.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(ctx, h.settings, setting.Brand)
	}
	return h.renderBranding(w, r, httpx.Status(err), f)
}

// collect adds the fields that err names to wrong; it is false when err is of
// another kind.
func collect(wrong *fault.Field, err error) bool {
	if err == nil {
		return true
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return false
	}
	for field, m := range f.Fields {
		wrong.Add(field, m.Key, m.Args...)
	}
	return true
}

func postedBranding(in httpx.Form, logo string) brandingForm {
	f := brandingForm{Look: setting.Look{
		Name: in.Line("name"), Accent: strings.ToLower(in.Line("accent")), AccentDark: strings.ToLower(in.Line("accent_dark")),
		Logo: logo, Wordmark: in.On("wordmark"), Welcome: map[string]setting.Welcome{},
	}}
	f.Version, _ = in.Int("version")
	if kept := in.Line("logo_kept"); kept != "" {
		f.Logo = kept // drawn by a sample before
	}
	if in.On("logo_remove") {
		f.Logo = ""
	}
	for _, l := range i18n.Langs {
		w := setting.Welcome{Title: in.Line("welcome_title." + l.Tag), Text: in.Line("welcome_text." + l.Tag)}
		if w != (setting.Welcome{}) {
			f.Welcome[l.Tag] = w
		}
	}
	return f
}

// showSample is GET /admin/branding/sample.css: colours that are not saved yet,
// for the sample alone.
func (h *Handler) showSample(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	look := setting.Look{Accent: q.Get("accent"), AccentDark: q.Get("dark")}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, err := io.WriteString(w, look.Style(".brand-sample"))
	return err
}

func (h *Handler) renderBranding(w http.ResponseWriter, r *http.Request, status int, f brandingForm) error {
	p, err := h.layout(r, "branding", i18n.T(r.Context(), "admin.branding.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, brandingPage(p, f))
}

// field is one input of the form.
func (f brandingForm) field(name, label, value string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name], Class: "max-24"}
}

// all are the fields that may be wrong, in the order of the page.
func (f brandingForm) all(ctx context.Context) []ui.Field {
	all := []ui.Field{f.name(ctx), f.accent(ctx), f.dark(ctx), f.logo(ctx)}
	for _, l := range i18n.Langs {
		all = append(all, f.welcomeTitle(ctx, l), f.welcomeText(ctx, l))
	}
	return all
}

func (f brandingForm) name(ctx context.Context) ui.Field {
	v := f.field("name", i18n.T(ctx, "admin.branding.name"), f.Name)
	v.Hint, v.Required = i18n.T(ctx, "admin.branding.name_hint"), true
	return v
}

func (f brandingForm) accent(ctx context.Context) ui.Field {
	v := f.field("accent", i18n.T(ctx, "admin.branding.accent"), f.Accent)
	v.Hint, v.Placeholder, v.Optional = i18n.T(ctx, "admin.branding.accent_hint"), "#1c6470", true
	return v
}

func (f brandingForm) dark(ctx context.Context) ui.Field {
	v := f.field("accent_dark", i18n.T(ctx, "admin.branding.accent_dark"), f.AccentDark)
	v.Hint, v.Placeholder, v.Optional = i18n.T(ctx, "admin.branding.accent_dark_hint"), "#7fcbd8", true
	return v
}

func (f brandingForm) logo(ctx context.Context) ui.Field {
	v := f.field("logo", i18n.T(ctx, "admin.branding.logo"), "")
	v.Type, v.Hint = "file", i18n.T(ctx, "admin.branding.logo_hint")
	return v
}

func (f brandingForm) welcomeTitle(ctx context.Context, l i18n.Lang) ui.Field {
	v := f.field("welcome_title."+l.Tag, i18n.T(ctx, "admin.branding.welcome_title"), f.Welcome[l.Tag].Title)
	v.Placeholder, v.Class = i18n.In(l.Tag, "portal.home.welcome"), ""
	return v
}

func (f brandingForm) welcomeText(ctx context.Context, l i18n.Lang) ui.Field {
	v := f.field("welcome_text."+l.Tag, i18n.T(ctx, "admin.branding.welcome_text"), f.Welcome[l.Tag].Text)
	v.Placeholder, v.Class, v.Rows = i18n.In(l.Tag, "portal.home.lead"), "", 2
	return v
}

// title and text greet a visitor in the reader's own language.
func (f brandingForm) title(ctx context.Context) string {
	if w := f.Welcome[i18n.ReaderOf(ctx).Lang]; w.Title != "" {
		return w.Title
	}
	return i18n.T(ctx, "portal.home.welcome")
}

func (f brandingForm) text(ctx context.Context) string {
	if w := f.Welcome[i18n.ReaderOf(ctx).Lang]; w.Text != "" {
		return w.Text
	}
	return i18n.T(ctx, "portal.home.lead")
}
