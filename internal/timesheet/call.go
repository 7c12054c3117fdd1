package timesheet

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TimedCall is a call as an agent logs it, with the time that it took.
type TimedCall struct {
	ticket.LoggedCall
	SpentOn string // the day that its length counts for as time spent; "": it is not written down
}

// LogCall is ticket's LogCall, and writes the call's length down as time spent in
// the same act. It returns fault.Invalid also with call_minutes, for a length that
// is no time.
func (s *Service) LogCall(ctx context.Context, by auth.Actor, number int64, in TimedCall) (seq int64, err error) {
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		inside := &Service{db: tx, tickets: s.tickets.In(tx), now: s.now}
		if seq, err = inside.tickets.LogCall(ctx, by, number, in.LoggedCall); err != nil || in.SpentOn == "" {
			return err
		}
		err := inside.Add(ctx, by, number, Spent{Minutes: in.Minutes, SpentOn: in.SpentOn, Kind: Call, Key: in.Key})
		if why, wrong := fault.Of(err).Fields["minutes"]; err != nil && wrong {
			var field fault.Field
			field.Add("call_minutes", why.Key, why.Args...)
			return field.Err()
		}
		return err
	})
	return seq, err
}
