package portal

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/web/ui"
)

// activateForm is the choice of the first password.
type activateForm struct {
	Token     string
	Email     string
	Name      string
	Suggested string // "": none was asked for
	Errors    map[string]fault.Message
}

// showActivate is GET /activate?token=: it only looks, since programs that check
// mail follow links too.
func (h *SignIn) showActivate(w http.ResponseWriter, r *http.Request) error {
	return h.renderActivate(w, r, http.StatusOK, activateForm{Token: httpx.ReadQuery(r).Get("token")})
}

// postActivate is POST /activate: makes the account and signs in. The button
// "generate" fills the form in instead; the script does the same on the spot.
func (h *SignIn) postActivate(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := activateForm{Token: in.Get("token")}
	if in.Has("generate") {
		f.Suggested = account.Suggest()
		return h.renderActivate(w, r, http.StatusOK, f)
	}
	ctx := r.Context()
	id, err := h.accounts.Activate(ctx, f.Token, in.Get("password"), in.Get("password_again"))
	if fault.Is(err, fault.Invalid) {
		f.Errors = fault.Of(err).Fields
		return h.renderActivate(w, r, httpx.Status(err), f)
	}
	if fault.Is(err, fault.NotFound) {
		return h.renderGone(w, r, i18n.T(ctx, "activate.title"))
	}
	if err != nil {
		return err
	}
	a, err := h.enter(w, r, account.Arrival{PersonID: id})
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "activate.done", "name", a.Name)
	return httpx.SeeOther(w, r, landing(a, ""))
}

func (h *SignIn) renderActivate(w http.ResponseWriter, r *http.Request, status int, f activateForm) error {
	ctx := r.Context()
	title := i18n.T(ctx, "activate.title")
	pending, err := h.accounts.Activation(ctx, f.Token)
	if fault.Is(err, fault.NotFound) {
		return h.renderGone(w, r, title)
	}
	if err != nil {
		return err
	}
	f.Email, f.Name = address.Readable(pending.Email), pending.FirstName
	return httpx.Render(w, r, status, activatePage(h.bare(w, r, title), f))
}

// renderGone says that a mailed link is worth nothing and what to do.
func (h *SignIn) renderGone(w http.ResponseWriter, r *http.Request, title string) error {
	closed := h.accounts.Rules(r.Context()).Mode == account.Closed
	return httpx.Render(w, r, http.StatusNotFound, gonePage(h.bare(w, r, title), !closed))
}

// password is the field of a new password.
func (f activateForm) password(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "password", Label: i18n.T(ctx, "activate.password"), Hint: i18n.T(ctx, "activate.password_hint", "min", account.MinPassword),
		Value: f.Suggested, Error: f.Errors["password"], Required: true, Autocomplete: "new-password",
	}
}

func (f activateForm) again(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "password_again", Label: i18n.T(ctx, "activate.again"), Value: f.Suggested, Error: f.Errors["password_again"], Required: true,
		Autocomplete: "new-password",
	}
}

// confirmForm is a new address to confirm.
type confirmForm struct{ Token, Email string }

// showConfirmEmail is GET /confirm-email?token=: it only looks.
func (h *SignIn) showConfirmEmail(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f := confirmForm{Token: httpx.ReadQuery(r).Get("token")}
	title := i18n.T(ctx, "confirm_email.title")
	email, err := h.accounts.EmailChange(ctx, f.Token)
	if fault.Is(err, fault.NotFound) {
		return h.renderGone(w, r, title)
	}
	if err != nil {
		return err
	}
	f.Email = address.Readable(email)
	return httpx.Render(w, r, http.StatusOK, confirmEmailPage(h.bare(w, r, title), f))
}

// postConfirmEmail is POST /confirm-email.
func (h *SignIn) postConfirmEmail(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	email, err := h.accounts.ConfirmEmail(ctx, in.Get("token"))
	if fault.Is(err, fault.NotFound) {
		return h.renderGone(w, r, i18n.T(ctx, "confirm_email.title"))
	}
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "confirm_email.done", "email", address.Readable(email))
	if a := httpx.Actor(r); a.SignedIn() {
		return httpx.SeeOther(w, r, landing(a, ""))
	}
	return httpx.SeeOther(w, r, link.Login)
}
