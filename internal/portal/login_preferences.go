package portal

import (
	"net/http"
	"net/url"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
)

// choiceAge is how long a visitor's choices last, in seconds: a year.
const choiceAge = 365 * 24 * 60 * 60

// postPreferences is POST /preferences: theme, lang, zone, each if sent. A
// person's choices are kept with them, a visitor's in cookies. A script that
// switched the theme on the spot gets no page back.
func (h *SignIn) postPreferences(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	p := account.Preferences{Lang: sent(in, "lang"), Zone: sent(in, "zone"), Theme: sent(in, "theme")}
	if err := p.Check(); err != nil {
		return err
	}
	if a := httpx.Actor(r); a.SignedIn() {
		if err := h.accounts.SetPreferences(r.Context(), a, p); err != nil {
			return err
		}
	}
	// A person's too: the sign-in page after they leave looks the same.
	h.keepAll(w, p)
	if httpx.Partial(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return httpx.SeeOther(w, r, back(r))
}

func sent(in httpx.Form, name string) *string {
	if !in.Has(name) {
		return nil
	}
	v := in.Line(name)
	return &v
}

// keepAll keeps what was chosen of language, zone and theme in the browser.
func (h *SignIn) keepAll(w http.ResponseWriter, p account.Preferences) {
	h.keep(w, httpx.LangCookie, p.Lang)
	h.keep(w, httpx.ZoneCookie, p.Zone)
	h.keep(w, httpx.ThemeCookie, p.Theme)
}

func (h *SignIn) keep(w http.ResponseWriter, name string, value *string) {
	if value == nil {
		return
	}
	c := &http.Cookie{ //nolint:gosec // a taste, not a secret: scripts may read it
		Name: name, Value: *value, Path: "/", MaxAge: choiceAge,
		Secure: h.sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	}
	if *value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// back is the page that a form was on, by its Referer: always one of ours.
func back(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return link.Home
	}
	if path := localPath(from.RequestURI()); path != "" {
		return path
	}
	return link.Home
}
