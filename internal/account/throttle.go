package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Limit is how often something may happen in a window of time, counted over all
// replicas.
type Limit struct {
	Key    string // e.g. "login:ip:192.0.2.7"
	Max    int
	Window time.Duration
}

const countSQL = `
INSERT INTO throttles (key, window_end, count)
SELECT key, window_end, 1 FROM unnest(@keys::text[], @ends::timestamptz[]) AS k (key, window_end)
ORDER BY key
ON CONFLICT (key, window_end) DO UPDATE SET count = throttles.count + 1
RETURNING key, count`

// Throttle counts one attempt under key and refuses it with TooMany when there
// were more than limit in the current window.
func Throttle(ctx context.Context, db pg.DB, key string, limit int, window time.Duration, now time.Time) error {
	return throttle(ctx, db, now, Limit{key, limit, window})
}

// throttle is Throttle for several limits at once, in one statement.
func throttle(ctx context.Context, db pg.DB, now time.Time, limits ...Limit) error {
	keys, ends := make([]string, len(limits)), make([]time.Time, len(limits))
	most := map[string]int{}
	for i, l := range limits {
		keys[i], ends[i] = l.Key, windowEnd(now, l.Window)
		most[l.Key] = l.Max
	}
	rows, err := db.Query(ctx, countSQL, pgx.NamedArgs{"keys": keys, "ends": ends})
	if err != nil {
		return fmt.Errorf("count an attempt: %w", err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		Key   string
		Count int
	}])
	if err != nil {
		return fmt.Errorf("count an attempt: %w", err)
	}
	for _, c := range counts {
		if c.Count > most[c.Key] {
			return fault.New(fault.TooMany, "error.too_many")
		}
	}
	return nil
}

const uncountSQL = `
UPDATE throttles SET count = greatest(count - 1, 0)
WHERE (key, window_end) IN (SELECT * FROM unnest(@keys::text[], @ends::timestamptz[]))`

// uncount takes an attempt back that turned out to be none.
func uncount(ctx context.Context, db pg.DB, now time.Time, limits ...Limit) error {
	keys, ends := make([]string, len(limits)), make([]time.Time, len(limits))
	for i, l := range limits {
		keys[i], ends[i] = l.Key, windowEnd(now, l.Window)
	}
	if _, err := db.Exec(ctx, uncountSQL, pgx.NamedArgs{"keys": keys, "ends": ends}); err != nil {
		return fmt.Errorf("take an attempt back: %w", err)
	}
	return nil
}

func windowEnd(now time.Time, window time.Duration) time.Time {
	return now.UTC().Truncate(window).Add(window)
}
