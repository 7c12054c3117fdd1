package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/ticket"
)

// SendHeld sends a reply that an agent could take back, or wanted sent later,
// when its time has come. The reply itself is a row: a job too many does
// nothing, and the robot's round finds a reply whose job was lost.
type SendHeld struct {
	ID int64 `json:"id"`
}

// Kind names the job in the queue.
func (SendHeld) Kind() string { return "ticket.send_held" }

// clockSkew is how much later than due a job runs, so that no clock that is
// behind another finds its reply not due yet.
const clockSkew = 100 * time.Millisecond

// sendLater puts the job of a held reply in, in the transaction that holds it.
func sendLater(queue *river.Client[pgx.Tx]) func(context.Context, pgx.Tx, int64, time.Time) error {
	return func(ctx context.Context, tx pgx.Tx, id int64, at time.Time) error {
		_, err := queue.InsertTx(ctx, tx, SendHeld{ID: id}, &river.InsertOpts{ScheduledAt: at.Add(clockSkew)})
		return err
	}
}

type sender struct {
	river.WorkerDefaults[SendHeld]
	tickets *ticket.Service
}

// Work implements river.Worker.
func (s *sender) Work(ctx context.Context, job *river.Job[SendHeld]) error {
	return s.tickets.SendHeld(ctx, job.Args.ID)
}
