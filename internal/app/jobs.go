package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/pg"
)

// jobWorkers is how many jobs a process works at once.
const jobWorkers = 10

// mailWorkers is how many letters a process hands over at once. They have a
// queue of their own, so a mail server that does not answer holds up no robot.
const mailWorkers = 4

// fileWorkers is how many files a process reads the text of at once: each may
// take tens of megabytes.
const fileWorkers = 1

// noticeWorkers is how many changes a process tells staff of at once, pushWorkers
// how many push services it calls. Both have queues of their own.
const (
	noticeWorkers = 2
	pushWorkers   = 4
)

// bulkWorkers is how many bulk actions a process goes through at once.
const bulkWorkers = 2

// jobConns leaves River connections for its own: listening, electing, fetching.
const jobConns = jobWorkers + mailWorkers + noticeWorkers + pushWorkers + bulkWorkers + 4

// workers lists all that works jobs.
func (a *App) workers() *river.Workers {
	all := river.NewWorkers()
	river.AddWorker(all, &sweeper{app: a})
	river.AddWorker(all, &robot{tickets: a.Tickets})
	river.AddWorker(all, &sender{tickets: a.Tickets})
	river.AddWorker(all, &replanner{tickets: a.Tickets})
	river.AddWorker(all, notify.NewWorker(a.Letters))
	river.AddWorker(all, &exporter{privacy: a.Privacy})
	river.AddWorker(all, find.NewFileReader(a.Find))
	river.AddWorker(all, &updater{accounts: a.Accounts, tickets: a.Tickets})
	river.AddWorker(all, notice.NewFanOut(a.Notices))
	river.AddWorker(all, notice.NewCourier(a.Notices))
	river.AddWorker(all, notice.NewPusher(a.Notices))
	river.AddWorker(all, &bulker{bulk: a.Bulk})
	river.AddWorker(all, &bulkTeller{bulk: a.Bulk, notices: a.Notices})
	return all
}

// schedule lists what runs without a person. River keeps periodic jobs in the
// leader's memory, so each also runs when a leader starts, and is unique in its
// period; deadlines stand in rows that the job finds.
func (a *App) schedule() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		every(sweepEvery, func() river.JobArgs { return sweep{} }),
		every(robotEvery, func() river.JobArgs { return robotRound{} }),
	}
}

// worker is the part of the process that works jobs; the zero value works none.
type worker struct {
	client *river.Client[pgx.Tx]
	pool   *pgxpool.Pool
	log    *slog.Logger
}

// startWorker begins to work jobs, unless the process was told not to.
func (a *App) startWorker(ctx context.Context) (worker, error) {
	if !a.Config.Worker {
		return worker{}, nil
	}
	pool, err := pg.Open(ctx, a.Pool.Config().ConnString(), jobConns)
	if err != nil {
		return worker{}, err
	}
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Logger: slog.New(quieter{a.log.Handler()}),
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: jobWorkers},
			bulk.Queue:         {MaxWorkers: bulkWorkers},
			mail.JobQueue:      {MaxWorkers: mailWorkers},
			find.FilesQueue:    {MaxWorkers: fileWorkers},
			notice.JobQueue:    {MaxWorkers: noticeWorkers},
			notice.PushQueue:   {MaxWorkers: pushWorkers},
		},
		Workers:      a.workers(),
		PeriodicJobs: a.schedule(),
	})
	if err == nil {
		err = client.Start(context.WithoutCancel(ctx)) // stop ends it, after the last page
	}
	if err != nil {
		pool.Close()
		return worker{}, fmt.Errorf("start the worker: %w", err)
	}
	return worker{client: client, pool: pool, log: a.log}, nil
}

// stop lets jobs finish, for a while; what is cut off then runs again later.
func (w worker) stop() {
	if w.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := w.client.Stop(ctx); err != nil {
		last, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if err := w.client.StopAndCancel(last); err != nil {
			w.log.Error("jobs were cut off; they run again", "err", err)
		}
	}
	w.pool.Close()
}

// runs reports whether the worker is alive; one that was not wanted counts.
func (w worker) runs() bool {
	if w.client == nil {
		return true
	}
	select {
	case <-w.client.Stopped():
		return false
	default:
		return true
	}
}

// quieter passes River's warnings and errors on and drops its chatter.
type quieter struct{ slog.Handler }

func (q quieter) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quieter) WithAttrs(a []slog.Attr) slog.Handler { return quieter{q.Handler.WithAttrs(a)} }
func (q quieter) WithGroup(n string) slog.Handler      { return quieter{q.Handler.WithGroup(n)} }
