package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// promisedNow is what a change makes of tickets.promised_until: a date that was
// promised stays when the ticket wakes by itself or its customer wakes it, until
// another one is promised, the ticket is done, or an agent answers after the date
// has come. Pages show it while the ticket is not postponed.
const promisedNow = `CASE
        WHEN @status IN ('resolved', 'closed') THEN NULL
        WHEN status = 'postponed' AND @status <> 'postponed' AND NOT @by_agent THEN postponed_until
        WHEN @answered AND promised_until <= @now THEN NULL
        ELSE promised_until END`

const promisedSQL = `SELECT t.promised_until FROM tickets t WHERE t.number = @number AND ` + staffSees

// KeepPromise postpones a ticket that woke early to the date that its customer
// was promised. It returns fault.Conflict when there is no such date ahead.
func (s *Service) KeepPromise(ctx context.Context, by auth.Actor, number int64) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var until *time.Time
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	err := s.db.QueryRow(ctx, promisedSQL, args).Scan(&until)
	if err != nil {
		return pg.NotFound(err, "ticket.not_found")
	}
	if until == nil || !until.After(s.now()) {
		return fault.New(fault.Conflict, "ticket.no_promise")
	}
	return s.SetStatus(ctx, by, number, Postponed, until)
}
