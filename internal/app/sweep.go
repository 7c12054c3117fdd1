package app

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/setting"
)

// sweepEvery is how often we clear away what nobody needs any more.
const sweepEvery = time.Hour

// unfinishedAfter is when a file that is still being written belongs to a
// process that died.
const unfinishedAfter = 24 * time.Hour

// sweep clears away ended sessions, old counts of attempts, unfinished files and
// uploads that were never sent, and copies of people's data that have had their
// week, and old notices; it deletes what has lain in the trash long enough; and it
// finds letters whose job was lost.
type sweep struct{}

// Kind names the job in the queue.
func (sweep) Kind() string { return "app.sweep" }

type sweeper struct {
	river.WorkerDefaults[sweep]
	app *App
}

// Work implements river.Worker.
func (s *sweeper) Work(ctx context.Context, _ *river.Job[sweep]) error {
	_, filesErr := s.app.Files.Sweep(s.app.now().Add(-unfinishedAfter))
	_, uploadsErr := s.app.Tickets.ExpireUploads(ctx)
	trash, _ := setting.Get(ctx, s.app.Settings, setting.Trash)
	_, trashErr := s.app.Tickets.EmptyTrash(ctx, trash.Age())
	return errors.Join(filesErr, uploadsErr, trashErr, s.app.Accounts.Sweep(ctx), s.app.Privacy.Sweep(ctx), s.app.Bulk.Sweep(ctx), s.app.Letters.Sweep(ctx), s.app.Presence.Sweep(ctx),
		s.app.Notices.Sweep(ctx))
}

// every makes a periodic job that runs once in a period, however many leaders
// there were in it.
func every(period time.Duration, args func() river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(period), func() (river.JobArgs, *river.InsertOpts) {
		return args(), &river.InsertOpts{MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByPeriod: period}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}
