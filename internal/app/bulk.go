package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/pg"
)

// wireBulk makes what does one thing to many tickets.
func (a *App) wireBulk(db pg.DB, queue *river.Client[pgx.Tx], now func() time.Time) {
	a.Bulk = bulk.New(bulk.Deps{
		DB: db, Tickets: a.Tickets, Person: a.Accounts.ByID, Now: now,
		Enqueue: func(ctx context.Context, tx pgx.Tx, run int64) error {
			_, err := queue.InsertTx(ctx, tx, BulkRun{Run: run}, nil)
			return err
		},
	})
}

// BulkRun goes on with a bulk action, or takes it back.
type BulkRun struct {
	Run int64 `json:"run"`
}

// Kind names the job in the queue.
func (BulkRun) Kind() string { return "bulk.run" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (BulkRun) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: bulk.Queue} }

type bulker struct {
	river.WorkerDefaults[BulkRun]
	bulk *bulk.Service
}

// Work implements river.Worker. A long run gives way to others again and again.
func (b *bulker) Work(ctx context.Context, job *river.Job[BulkRun]) error {
	more, err := b.bulk.Work(ctx, job.Args.Run)
	if err == nil && more {
		return river.JobSnooze(time.Second)
	}
	return err
}

// Timeout implements river.Worker.
func (b *bulker) Timeout(*river.Job[BulkRun]) time.Duration { return bulk.WorkTimeout }
