package httpx

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/deskbell/deskbell/internal/fault"
)

// Recalled is a remembered device that signs in again.
type Recalled struct {
	Person, Device int64
	Cookie         string    // what the browser keeps from now on
	Until          time.Time // when it ends
}

// Remembered signs a visitor in again who has lost the session but has the
// cookie of "remember me". recall spends the cookie's value and returns the next
// one; NotFound: it is worth nothing; Conflict: it was used before, which the
// visitor is told.
func Remembered(s *scs.SessionManager, recall func(ctx context.Context, cookie string) (Recalled, error), now func() time.Time, errors ErrorPage) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			kept := cookie(r, RememberCookie(s))
			if kept == "" || s.GetInt64(ctx, personKey) != 0 {
				next.ServeHTTP(w, r)
				return
			}
			in, err := recall(ctx, kept)
			switch {
			case fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict):
				DropRemember(w, s)
				if f := fault.Of(err); f.Kind == fault.Conflict {
					Flash(ctx, s, f.Key, f.Args...)
				}
			case err == nil:
				if err = SignIn(ctx, s, in.Person, in.Device, now()); err == nil {
					KeepRemember(w, s, in.Cookie, in.Until)
				}
			}
			if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
				errors(w, r, fmt.Errorf("recall a device: %w", err))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// RememberCookie is the name of the cookie of "remember me".
func RememberCookie(s *scs.SessionManager) string { return s.Cookie.Name + "_remember" }

// KeepRemember gives the browser the cookie of "remember me" until then.
func KeepRemember(w http.ResponseWriter, s *scs.SessionManager, value string, until time.Time) {
	http.SetCookie(w, rememberCookie(s, value, until))
}

// DropRemember takes the cookie of "remember me" back.
func DropRemember(w http.ResponseWriter, s *scs.SessionManager) {
	c := rememberCookie(s, "", time.Unix(1, 0)) //nolint:gosec // as when it was given
	c.MaxAge = -1
	http.SetCookie(w, c)
}

func rememberCookie(s *scs.SessionManager, value string, until time.Time) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // secure whenever people reach the desk by https
		Name: RememberCookie(s), Value: value, Path: "/", Expires: until.UTC(),
		Secure: s.Cookie.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
