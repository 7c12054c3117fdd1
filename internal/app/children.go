package app

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// ChildUpdate posts an update of a parent in one of its children.
type ChildUpdate struct {
	UpdateID int64 `json:"update"`
	TicketID int64 `json:"ticket"`
	PersonID int64 `json:"person"` // under whose name
}

// Kind names the job in the queue.
func (ChildUpdate) Kind() string { return "ticket.child_update" }

// queueUpdates adds a job for each child, in the transaction of the update.
func queueUpdates(queue *river.Client[pgx.Tx]) func(ctx context.Context, tx pgx.Tx, by auth.Actor, update int64, children []int64) error {
	return func(ctx context.Context, tx pgx.Tx, by auth.Actor, update int64, children []int64) error {
		jobs := make([]river.InsertManyParams, len(children))
		for i, id := range children {
			jobs[i].Args = ChildUpdate{UpdateID: update, TicketID: id, PersonID: by.PersonID}
		}
		if _, err := queue.InsertManyTx(ctx, tx, jobs); err != nil {
			return fmt.Errorf("queue the update of children: %w", err)
		}
		return nil
	}
}

// updater works ChildUpdate jobs. A retry posts nothing twice.
type updater struct {
	river.WorkerDefaults[ChildUpdate]
	accounts *account.Service
	tickets  *ticket.Service
}

// Work implements river.Worker.
func (u *updater) Work(ctx context.Context, job *river.Job[ChildUpdate]) error {
	by, err := u.accounts.ByID(ctx, job.Args.PersonID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return u.tickets.SendUpdate(ctx, by, job.Args.UpdateID, job.Args.TicketID)
}
