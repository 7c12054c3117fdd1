package portal

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/web/ui"
)

// resetForm asks for an address, or for the code mailed to it and the new
// password; with a token the link takes the code's place.
type resetForm struct {
	Email   string
	Code    string
	Token   string
	Errors  map[string]fault.Message
	Problem fault.Message
}

// showReset is GET /reset: asks for the address. With ?token= it is the mailed
// link, which this only looks at.
func (h *SignIn) showReset(w http.ResponseWriter, r *http.Request) error {
	f := resetForm{Token: httpx.ReadQuery(r).Get("token")}
	if f.Token == "" {
		return h.renderReset(w, r, http.StatusOK, f)
	}
	_, err := h.accounts.ResetByLink(r.Context(), f.Token)
	if fault.Is(err, fault.NotFound) {
		return h.renderGone(w, r, i18n.T(r.Context(), "reset.title"))
	}
	if err != nil {
		return err
	}
	return h.renderResetCode(w, r, http.StatusOK, f)
}

// postReset is POST /reset: mails a code. The answer is the same for an unknown
// address, and takes as long.
func (h *SignIn) postReset(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, f := r.Context(), resetForm{Email: in.Line("email")}
	err = evenly(ctx, func() error {
		return h.accounts.RequestReset(ctx, f.Email, i18n.ReaderOf(ctx).Lang, httpx.ClientIP(r))
	})
	wrong := fault.Of(err)
	switch {
	case err == nil:
		return h.renderResetCode(w, r, http.StatusOK, f)
	case wrong.Kind == fault.Invalid:
		f.Errors = wrong.Fields
	case wrong.Kind == fault.TooMany:
		f.Problem = fault.Message{Key: "register.too_many"}
	default:
		return err
	}
	return h.renderReset(w, r, httpx.Status(err), f)
}

// postResetCode is POST /reset/code: the new password, by code or link.
func (h *SignIn) postResetCode(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, f := r.Context(), resetForm{Email: in.Line("email"), Code: in.Line("code"), Token: in.Get("token")}
	id, err := h.accounts.Reset(ctx, account.NewPassword{
		Token: f.Token, Email: f.Email, Code: f.Code, Password: in.Get("password"), Place: httpx.ClientIP(r),
	})
	wrong := fault.Of(err)
	switch {
	case err == nil:
	case wrong.Kind == fault.NotFound:
		return h.renderGone(w, r, i18n.T(ctx, "reset.title"))
	case wrong.Kind == fault.Invalid:
		f.Errors = wrong.Fields
		return h.renderResetCode(w, r, httpx.Status(err), f)
	case wrong.Kind == fault.TooMany:
		f.Problem = fault.Message{Key: wrong.Key, Args: wrong.Args}
		return h.renderResetCode(w, r, httpx.Status(err), f)
	default:
		return err
	}
	a, err := h.enter(w, r, account.Arrival{PersonID: id})
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "reset.done")
	return httpx.SeeOther(w, r, landing(a, ""))
}

func (h *SignIn) renderReset(w http.ResponseWriter, r *http.Request, status int, f resetForm) error {
	return httpx.Render(w, r, status, resetPage(h.bare(w, r, i18n.T(r.Context(), "reset.title")), f))
}

func (h *SignIn) renderResetCode(w http.ResponseWriter, r *http.Request, status int, f resetForm) error {
	title := i18n.T(r.Context(), "reset.code_title")
	if f.Token != "" {
		title = i18n.T(r.Context(), "reset.link_title")
	}
	return httpx.Render(w, r, status, resetCodePage(h.bare(w, r, title), f))
}

func (f resetForm) email(ctx context.Context) ui.Field {
	field := ui.Field{Name: "email", Type: "email", Label: i18n.T(ctx, "login.email"), Value: f.Email, Error: f.Errors["email"], Autocomplete: "username"}
	field.Attrs = loginAttrs(true)
	return field
}

func (f resetForm) code(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "code", Label: i18n.T(ctx, "reset.code"), Value: f.Code, Error: f.Errors["code"], Required: true,
		InputMode: "numeric", Autocomplete: "one-time-code", MaxLength: 12, Class: "num input--code",
	}
}

func (f resetForm) password(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "password", Label: i18n.T(ctx, "reset.password"), Hint: i18n.T(ctx, "activate.password_hint", "min", account.MinPassword),
		Error: f.Errors["password"], Required: true, Autocomplete: "new-password",
	}
}
