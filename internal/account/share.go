package account

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

const sharePasswordSQL = `
INSERT INTO credentials (person_id, password, changed_at) SELECT @to, password, @now FROM credentials WHERE person_id = @from`

// SharePassword gives a person who has none the password of another, hashed
// once: for the people of a demonstration. Only the system may.
func (s *Service) SharePassword(ctx context.Context, by auth.Actor, from, to int64) error {
	if by.Kind != auth.System {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if _, err := s.db.Exec(ctx, sharePasswordSQL, pgx.NamedArgs{"from": from, "to": to, "now": s.now()}); err != nil {
		return fmt.Errorf("share a password: %w", err)
	}
	return nil
}
