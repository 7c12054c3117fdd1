package httpx

import (
	"context"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
)

// Cookies that keep the choices of visitors who are not signed in.
const (
	LangCookie  = "lang"
	ZoneCookie  = "zone"
	ThemeCookie = "theme"
)

// Locale decides in which language and time zone a page speaks: the person's
// choice, else the browser's cookie, else what the browser asks for in
// Accept-Language and the desk's own zone.
func Locale(deskZone func(context.Context) *time.Location) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			reader := i18n.Reader{Lang: lang(r), Zone: zone(r)}
			if reader.Zone == nil {
				reader.Zone = deskZone(ctx)
			}
			next.ServeHTTP(w, r.WithContext(located(ctx, reader)))
		})
	}
}

type locatedKey struct{}

func located(ctx context.Context, reader i18n.Reader) context.Context {
	return context.WithValue(i18n.With(ctx, reader), locatedKey{}, true)
}

// locate returns r with a reader for a page that is shown before Locale had its
// turn, such as one that says that the database is away.
func locate(r *http.Request) *http.Request {
	ctx := r.Context()
	if ctx.Value(locatedKey{}) != nil {
		return r
	}
	return r.WithContext(located(ctx, i18n.Reader{Lang: lang(r), Zone: zone(r)}))
}

func lang(r *http.Request) string {
	if l := Actor(r).Lang; i18n.Known(l) {
		return l
	}
	if l := cookie(r, LangCookie); i18n.Known(l) {
		return l
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

func zone(r *http.Request) *time.Location {
	for _, name := range []string{Actor(r).Zone, cookie(r, ZoneCookie)} {
		if z := ZoneNamed(name); z != nil {
			return z
		}
	}
	return nil
}

// ZoneNamed returns the IANA time zone called name, or nil: for names that come
// from a browser. "Local" is not a zone to us.
func ZoneNamed(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil
	}
	z := i18n.Zone(name)
	if z.String() != name {
		return nil
	}
	return z
}

// Theme returns the reader's choice: "light", "dark" or "" for the system's.
func Theme(r *http.Request) string {
	t := Actor(r).Theme
	if t == "" {
		t = cookie(r, ThemeCookie)
	}
	if t != "light" && t != "dark" {
		return ""
	}
	return t
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
