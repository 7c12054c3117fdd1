package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/notice"
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
		Ended: func(ctx context.Context, tx pgx.Tx, run int64) error {
			_, err := queue.InsertTx(ctx, tx, BulkEnded{Run: run}, &river.InsertOpts{ScheduledAt: now().Add(bulkLooked)})
			return err
		},
		Used: func(ctx context.Context, tx pgx.Tx, macro int64) error { return a.Macros.CountUse(ctx, tx, macro) },
	})
}

// bulkLooked is how long somebody has to see the end of their bulk action on its
// own page, which asks every second.
const bulkLooked = 10 * time.Second

// BulkEnded tells somebody how a bulk action ended that they did not wait for.
type BulkEnded struct {
	Run int64 `json:"run"`
}

// Kind names the job in the queue.
func (BulkEnded) Kind() string { return "bulk.ended" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (BulkEnded) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: notice.JobQueue} }

type bulkTeller struct {
	river.WorkerDefaults[BulkEnded]
	bulk    *bulk.Service
	notices *notice.Service
}

// Work implements river.Worker.
func (b *bulkTeller) Work(ctx context.Context, job *river.Job[BulkEnded]) error {
	e, ok, err := b.bulk.Unseen(ctx, job.Args.Run)
	if err != nil || !ok {
		return err
	}
	return b.notices.TellBulk(ctx, notice.Bulk{Run: e.Run, PersonID: e.PersonID, Undone: e.State == bulk.Undone, Done: e.Done, Refused: e.Refused})
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
