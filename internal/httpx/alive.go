package httpx

import (
	"context"
	"fmt"

	"github.com/alexedwards/scs/v2"
)

// SessionAlive reports whether the session of ctx's request is still that of the
// same person, for requests that last: the person may have signed out elsewhere.
// A request without a session has none that could end.
func SessionAlive(ctx context.Context, s *scs.SessionManager) (bool, error) {
	token := s.Token(ctx)
	if token == "" {
		return true, nil
	}
	now, err := s.Load(bare{ctx}, token)
	if err != nil {
		return false, fmt.Errorf("look for the session: %w", err)
	}
	return s.GetInt64(now, personKey) == s.GetInt64(ctx, personKey), nil //nolint:contextcheck // the fresh context is the point
}

// bare is a context that ends with another and knows nothing of it, so that a
// session is read anew.
type bare struct {
	context.Context //nolint:containedctx // this is a context
}

// Value is nothing.
func (bare) Value(any) any { return nil }
