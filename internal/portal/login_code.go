package portal

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
)

// showLoginCode is GET /login/code: the sign-in by authorisation code (P3).
func (h *SignIn) showLoginCode(w http.ResponseWriter, r *http.Request) error {
	if a := httpx.Actor(r); a.SignedIn() {
		return httpx.SeeOther(w, r, landing(a, ""))
	}
	return h.renderLoginCode(w, r, http.StatusOK, loginForm{Email: httpx.ReadQuery(r).Line("email"), Remember: true})
}

// postLoginCode is POST /login/code.
func (h *SignIn) postLoginCode(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	form := loginForm{Email: in.Line("email"), Remember: in.On("remember")}
	id, err := h.accounts.SignInByCode(r.Context(), form.Email, in.Line("code"), httpx.ClientIP(r))
	if f := fault.Of(err); err != nil && shownOnForm(f.Kind) {
		form.Problem = fault.Message{Key: f.Key, Args: f.Args}
		return h.renderLoginCode(w, r, httpx.Status(err), form)
	}
	if err != nil {
		return err
	}
	a, err := h.enter(w, r, account.Arrival{PersonID: id, Remember: form.Remember})
	if err != nil {
		return err
	}
	return httpx.SeeOther(w, r, landing(a, ""))
}

func (h *SignIn) renderLoginCode(w http.ResponseWriter, r *http.Request, status int, form loginForm) error {
	page := h.bare(w, r, i18n.T(r.Context(), "login.code_title"))
	return httpx.Render(w, r, status, loginCodePage(page, form, link.LoginCode))
}
