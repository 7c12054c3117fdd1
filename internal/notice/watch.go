package notice

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Attention is what somebody wants to hear of one ticket.
type Attention string

// The values of Attention.
const (
	Usual    Attention = "usual" // as their matrix says
	Watching Attention = "watch"
	Silent   Attention = "mute" // nothing but what is meant for them alone
)

const watchSQL = `
INSERT INTO watchers (ticket_id, person_id, why, muted, at)
SELECT t.id, @me, 'chose', @muted, @now FROM tickets t WHERE t.number = @number
ON CONFLICT (ticket_id, person_id) DO UPDATE SET muted = EXCLUDED.muted,
    why = CASE WHEN EXCLUDED.muted THEN watchers.why ELSE 'chose' END`

const unwatchSQL = `
DELETE FROM watchers w USING tickets t WHERE t.number = @number AND w.ticket_id = ANY (` + ticket.WithMerged + `) AND w.person_id = @me`

// Attend sets what by wants to hear of a ticket. NotFound when by may not see
// it.
func (s *Service) Attend(ctx context.Context, by auth.Actor, number int64, to Attention) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	seen, err := s.Seen(ctx, by, []int64{number})
	if err != nil {
		return fmt.Errorf("look whether a ticket is seen: %w", err)
	}
	if len(seen) == 0 {
		return fault.New(fault.NotFound, "ticket.not_found")
	}
	sql := watchSQL
	switch to {
	case Usual:
		sql = unwatchSQL
	case Watching, Silent:
	default:
		return fault.New(fault.NotFound, "ticket.not_found")
	}
	_, err = s.DB.Exec(ctx, sql, pgx.NamedArgs{"number": number, "me": by.PersonID, "muted": to == Silent, "now": s.Now()})
	if err != nil {
		return fmt.Errorf("watch a ticket: %w", err)
	}
	return nil
}

// Mute switches off, for every channel, the cell of the matrix that made a line
// by's: this event for this reason.
func (s *Service) Mute(ctx context.Context, by auth.Actor, id int64) (Row, error) {
	r, err := s.One(ctx, by, id)
	if err != nil {
		return Row{}, err
	}
	choices := make(Choices, len(Channels))
	for i, c := range Channels {
		choices[i] = Choice{r.Event, r.Reason, c, false}
	}
	if _, err := s.DB.Exec(ctx, chooseSQL, columns(by.PersonID, choices)); err != nil {
		return Row{}, fmt.Errorf("mute: %w", err)
	}
	return r, nil
}

// MuteTicket is Attend with Silent for the ticket of a line.
func (s *Service) MuteTicket(ctx context.Context, by auth.Actor, id int64) (Row, error) {
	r, err := s.One(ctx, by, id)
	if err != nil {
		return Row{}, err
	}
	if r.Number == 0 {
		return r, fault.New(fault.Conflict, "notice.nothing_to_mute")
	}
	return r, s.Attend(ctx, by, r.Number, Silent)
}

const (
	forgetNoticesSQL  = `DELETE FROM notices WHERE person_id = @person`
	forgetActsSQL     = `UPDATE notices SET detail = '' WHERE actor_id = @person`
	forgetWatchersSQL = `DELETE FROM watchers WHERE person_id = @person`
	forgetMatrixSQL   = `DELETE FROM notice_choices WHERE person_id = @person`
	forgetHoursSQL    = `DELETE FROM notice_hours WHERE person_id = @person`
	forgetDevicesSQL  = `DELETE FROM push_subscriptions WHERE person_id = @person`
)

// Forget takes away all that notices hold of a person who is anonymous now.
func (s *Service) Forget(ctx context.Context, tx pgx.Tx, person int64) error {
	b := &pgx.Batch{}
	for _, sql := range []string{forgetNoticesSQL, forgetActsSQL, forgetWatchersSQL, forgetMatrixSQL, forgetHoursSQL, forgetDevicesSQL} {
		b.Queue(sql, pgx.NamedArgs{"person": person})
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("forget somebody's notices: %w", err)
	}
	return nil
}
