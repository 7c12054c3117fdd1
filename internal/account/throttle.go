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

// countSQL counts up to the first key that is full and none after it. Rows are
// locked in the order of their keys, so that no two statements wait for each
// other.
const countSQL = `
WITH asked AS (
    SELECT * FROM unnest(@keys::text[], @ends::timestamptz[], @most::int[]) WITH ORDINALITY AS a (key, window_end, most, at)
)
INSERT INTO throttles (key, window_end, count)
SELECT key, window_end, 1 FROM asked
WHERE at <= coalesce((SELECT min(a.at) FROM asked a JOIN throttles t USING (key, window_end) WHERE t.count >= a.most), at)
ORDER BY key
ON CONFLICT (key, window_end) DO UPDATE SET count = throttles.count + 1
RETURNING key, count`

// Throttle counts one attempt under key and refuses it with TooMany when there
// were more than limit in the current window.
func Throttle(ctx context.Context, db pg.DB, key string, limit int, window time.Duration, now time.Time) error {
	return throttle(ctx, db, now, Limit{key, limit, window})
}

// throttle is Throttle for several limits at once, in one statement. The
// narrowest comes first, the one that others share last: what one of them
// refuses does not count for those after it. Else a single machine that is long
// refused fills the limit of an account or of the whole desk and shuts the door
// for everybody. Only what is on its way while a limit fills slips past it.
func throttle(ctx context.Context, db pg.DB, now time.Time, limits ...Limit) error {
	keys, ends, most := make([]string, len(limits)), make([]time.Time, len(limits)), make([]int, len(limits))
	mostOf := map[string]int{}
	for i, l := range limits {
		keys[i], ends[i], most[i] = l.Key, windowEnd(now, l.Window), l.Max
		mostOf[l.Key] = l.Max
	}
	rows, err := db.Query(ctx, countSQL, pgx.NamedArgs{"keys": keys, "ends": ends, "most": most})
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
		if c.Count > mostOf[c.Key] {
			return fault.New(fault.TooMany, "error.too_many")
		}
	}
	return nil
}

const uncountSQL = `
WITH held AS (
    SELECT t.key, t.window_end FROM throttles t JOIN unnest(@keys::text[], @ends::timestamptz[]) AS k (key, window_end) USING (key, window_end)
    ORDER BY t.key FOR UPDATE OF t
)
UPDATE throttles t SET count = greatest(t.count - 1, 0) FROM held h WHERE t.key = h.key AND t.window_end = h.window_end`

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
