package app

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/ticket"
)

// robotEvery is how often the robot looks for steps that are due. The steps
// themselves stand on the tickets' rows, so a round that is missed is made up
// by the next one.
const robotEvery = 15 * time.Second

// robotRound is one look for due steps (T3).
type robotRound struct{}

// Kind names the job in the queue.
func (robotRound) Kind() string { return "ticket.robot_round" }

type robot struct {
	river.WorkerDefaults[robotRound]
	tickets *ticket.Service
}

// Work implements river.Worker.
func (r *robot) Work(ctx context.Context, _ *river.Job[robotRound]) error {
	_, heldErr := r.tickets.SendDue(ctx)
	_, err := r.tickets.Sweep(ctx)
	return errors.Join(heldErr, err)
}

// Timeout implements river.Worker: a round after a long downtime may take long.
func (r *robot) Timeout(*river.Job[robotRound]) time.Duration { return 30 * time.Minute }

// Replan gives tickets the plan of a policy that was just saved.
type Replan struct {
	TopicID int64 `json:"topic_id"` // 0: all without a policy of their own
}

// Kind names the job in the queue.
func (Replan) Kind() string { return "ticket.replan" }

type replanner struct {
	river.WorkerDefaults[Replan]
	tickets *ticket.Service
}

// Work implements river.Worker.
func (r *replanner) Work(ctx context.Context, job *river.Job[Replan]) error {
	_, err := r.tickets.Replan(ctx, job.Args.TopicID)
	return err
}

// Timeout implements river.Worker.
func (r *replanner) Timeout(*river.Job[Replan]) time.Duration { return 30 * time.Minute }
