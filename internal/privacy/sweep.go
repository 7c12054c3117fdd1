package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// makeWithin is when a copy that is still not made never will be: its process
// died in the last try. All tries of the job together take less.
const makeWithin = 24 * time.Hour

// Sweep forgets copies whose week is over and the addresses of people's last
// letters, and gives up copies that nobody makes any more; a periodic job calls
// it.
func (s *Service) Sweep(ctx context.Context) error {
	return errors.Join(s.expire(ctx), s.abandon(ctx), pgx.BeginFunc(ctx, s.d.DB, func(tx pgx.Tx) error {
		return s.d.Outbox.ForgetFarewells(ctx, tx)
	}))
}

const abandonSQL = `UPDATE exports SET state = 'failed', done_at = @now WHERE state = 'queued' AND requested_at < @before`

func (s *Service) abandon(ctx context.Context) error {
	now := s.d.Now()
	if _, err := s.d.DB.Exec(ctx, abandonSQL, pgx.NamedArgs{"now": now, "before": now.Add(-makeWithin)}); err != nil {
		return fmt.Errorf("give old copies up: %w", err)
	}
	return nil
}

// oldExportsSQL finds copies that have ended and says whose bytes nothing else
// holds: a person may have attached their copy to a ticket.
const oldExportsSQL = `
SELECT e.id, e.key, NOT EXISTS (SELECT FROM attachments a WHERE a.key = e.key)
    AND NOT EXISTS (SELECT FROM exports x WHERE x.key = e.key AND x.expires_at > @now) AS alone
FROM exports e WHERE e.state = 'ready' AND e.expires_at <= @now`

const endOldSQL = `UPDATE exports SET state = 'gone', key = '' WHERE id = ANY (@ids) AND state = 'ready'`

// expire deletes the bytes first and then what names them: what fails between
// the two is done again an hour later, and no bytes stay that nothing names.
func (s *Service) expire(ctx context.Context) error {
	rows, err := s.d.DB.Query(ctx, oldExportsSQL, pgx.NamedArgs{"now": s.d.Now()})
	if err != nil {
		return fmt.Errorf("find old copies: %w", err)
	}
	old, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		ID    int64
		Key   string
		Alone bool
	}])
	if err != nil {
		return fmt.Errorf("find old copies: %w", err)
	}
	var ended []int64
	var failed error
	for _, e := range old {
		if e.Alone {
			if err := s.d.Files.Delete(e.Key); err != nil {
				failed = errors.Join(failed, fmt.Errorf("delete old copy %d: %w", e.ID, err))
				continue
			}
		}
		ended = append(ended, e.ID)
	}
	if _, err := s.d.DB.Exec(ctx, endOldSQL, pgx.NamedArgs{"ids": ended}); err != nil {
		return errors.Join(failed, fmt.Errorf("end old copies: %w", err))
	}
	return failed
}
