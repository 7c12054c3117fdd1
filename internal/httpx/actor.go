package httpx

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

type actorKey struct{}

// Actor returns who sent r: a person, or Nobody.
func Actor(r *http.Request) auth.Actor {
	a, _ := r.Context().Value(actorKey{}).(auth.Actor)
	return a
}

// WithActor returns a ctx whose requests a sends.
func WithActor(ctx context.Context, a auth.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// SignedIn lets only people through; a visitor signs in first.
func (p ErrorPage) SignedIn(next http.Handler) http.Handler {
	return p.guard(next, func(a auth.Actor) error {
		if !a.SignedIn() {
			return fault.New(fault.Unauthorized, "error.sign_in_first")
		}
		return nil
	})
}

// Staff lets only those through who work tickets. For a customer there is no
// such page.
func (p ErrorPage) Staff(next http.Handler) http.Handler {
	return p.guard(next, func(a auth.Actor) error {
		switch {
		case !a.SignedIn():
			return fault.New(fault.Unauthorized, "error.sign_in_first")
		case !a.Staff():
			return fault.New(fault.NotFound, "error.page_not_found")
		}
		return nil
	})
}

// AnyOf lets only those through who hold one of the permissions. Staff without
// it is told so; for a customer there is no such page. The use case behind the
// page checks again: this only keeps the pages themselves from sight.
func (p ErrorPage) AnyOf(permissions ...auth.Permission) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return p.guard(next, func(a auth.Actor) error {
			if !a.SignedIn() {
				return fault.New(fault.Unauthorized, "error.sign_in_first")
			}
			for _, want := range permissions {
				if a.May(want) {
					return nil
				}
			}
			if !a.Staff() {
				return fault.New(fault.NotFound, "error.page_not_found")
			}
			return fault.New(fault.Forbidden, "error.forbidden")
		})
	}
}

func (p ErrorPage) guard(next http.Handler, check func(auth.Actor) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := check(Actor(r)); err != nil {
			p(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}
