package macro

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Run is a macro to be run on a ticket, as it was shown before.
type Run struct {
	Macro   int64
	Version int    // that was shown
	Key     string // the form's idempotency key
	Seen    int64  // the last place of the ticket's timeline that stood beside it; 0: not known
}

// Run does a macro to a ticket, once for each key, and counts that. The reply
// waits as one written by hand does. It returns fault.Conflict
// "macro.changed_since" when the macro is not any more what was shown, and what
// ticket.PerformShown returns.
func (s *Service) Run(ctx context.Context, by auth.Actor, number int64, in Run) (ticket.Performed, error) {
	m, err := s.Macro(ctx, by, in.Macro)
	if err != nil {
		return ticket.Performed{}, err
	}
	if err := m.Shown(in.Version); err != nil {
		return ticket.Performed{}, err
	}
	var did ticket.Performed
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var err error
		did, err = s.tickets.In(tx).PerformShown(ctx, by, number, ticket.Shown{Act: m.Act, Key: in.Key, Seen: in.Seen})
		if err != nil || did.Again {
			return err
		}
		return s.CountUse(ctx, tx, m.ID)
	})
	if err != nil {
		return ticket.Performed{}, fmt.Errorf("run macro %d: %w", m.ID, err)
	}
	return did, nil
}

// Shown returns fault.Conflict when m is not the version that somebody looked at.
func (m Macro) Shown(version int) error {
	if m.Version != version {
		return fault.New(fault.Conflict, "macro.changed_since")
	}
	return nil
}

const usedSQL = `UPDATE macros SET used = used + 1 WHERE id = @id`

// CountUse counts, in tx, that a macro was run.
func (s *Service) CountUse(ctx context.Context, tx pgx.Tx, id int64) error {
	if _, err := tx.Exec(ctx, usedSQL, pgx.NamedArgs{"id": id}); err != nil {
		return fmt.Errorf("count a macro's use: %w", err)
	}
	return nil
}
