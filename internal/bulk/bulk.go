// Package bulk does one thing to many tickets (A2): as a job that goes through
// them one by one, each exactly once, with the eyes and rights of the person who
// asked for it, and that can be watched, cancelled and undone.
package bulk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Bounds of a run.
const (
	MaxTickets = 100_000          // that are chosen one by one; a filter may have any number
	UndoFor    = 10 * time.Minute // F10
	keptFor    = 30 * 24 * time.Hour
)

// Queue is the queue of the jobs: a long run holds up nothing else.
const Queue = "bulk"

// State is where a run stands.
type State string

// The states of a run.
const (
	Gathering State = "gathering" // the filter's tickets are written down
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled" // by its person; what was done stays, and can be undone
	Undoing   State = "undoing"
	Undone    State = "undone"
)

// Over reports whether nothing happens any more.
func (s State) Over() bool { return s == Done || s == Cancelled || s == Undone }

// Deps is what bulk actions are built from.
type Deps struct {
	DB      pg.DB
	Tickets *ticket.Service
	// Enqueue puts the job of a run into the queue, in a transaction.
	Enqueue func(ctx context.Context, tx pgx.Tx, run int64) error
	// Person is who asked for a run, with the rights they have now.
	Person func(ctx context.Context, id int64) (auth.Actor, error)
	// Ended is told in the transaction that ends a run or its undoing; nil: nobody
	// wants to know.
	Ended func(ctx context.Context, tx pgx.Tx, run int64) error
	// Used counts the use of a macro, in the transaction that begins a run with it;
	// nil: nobody counts.
	Used func(ctx context.Context, tx pgx.Tx, macro int64) error
	Now  func() time.Time
	Part int // how many tickets of a filter are written down at once; 0: 5000
}

// Service runs the use cases. Its fields are set once, by New.
type Service struct {
	db      pg.DB
	tickets *ticket.Service
	enqueue func(ctx context.Context, tx pgx.Tx, run int64) error
	person  func(ctx context.Context, id int64) (auth.Actor, error)
	ended   func(ctx context.Context, tx pgx.Tx, run int64) error
	used    func(ctx context.Context, tx pgx.Tx, macro int64) error
	now     func() time.Time
	size    int // of a part of a filter
}

// New returns bulk actions over tickets.
func New(d Deps) *Service {
	return &Service{db: d.DB, tickets: d.Tickets, enqueue: d.Enqueue, person: d.Person, ended: d.Ended, used: d.Used, now: d.Now, size: cmp.Or(d.Part, partSize)}
}

// Order is what somebody asks for.
type Order struct {
	Act     ticket.Act
	Numbers []int64 // of the chosen tickets; not asked with All
	All     bool    // all tickets of Filter
	Filter  string  // in the language of filters
	Macro   int64   // whose act it is; 0: written for this once
	Key     string  // the form's idempotency key: the same order with it is one run
}

// Check says what is wrong with an order, as fault.Invalid.
func (o Order) Check(now time.Time) error {
	switch {
	case o.Act.Empty():
		return fault.New(fault.Invalid, "bulk.no_act")
	case !o.All && len(o.Numbers) == 0:
		return fault.New(fault.Invalid, "bulk.none_selected")
	case len(o.Numbers) > MaxTickets:
		return fault.New(fault.Invalid, "bulk.too_many", "limit", MaxTickets)
	}
	return o.Act.Check(now)
}

// Check says what is wrong with an order of by's, with what only the settings and
// tickets know.
func (s *Service) Check(ctx context.Context, by auth.Actor, o Order) error {
	if err := o.Check(s.now()); err != nil {
		return err
	}
	if o.All {
		if _, err := s.tickets.ReadFilter(ctx, o.Filter); err != nil {
			return err
		}
	}
	return s.tickets.CheckAct(ctx, by, o.Act)
}

const startSQL = `
INSERT INTO bulk_runs (person_id, act, filter, upto, send_key, state, created_at)
VALUES (@person, @act, @filter, CASE WHEN @filter::text IS NOT NULL THEN (SELECT coalesce(max(id), 0) FROM tickets) END, @key, @state, @now)
ON CONFLICT (person_id, send_key) DO NOTHING
RETURNING id`

const startedSQL = `SELECT id FROM bulk_runs WHERE person_id = @person AND send_key = @key`

const addRowsSQL = `
WITH added AS (
    INSERT INTO bulk_rows (run_id, ticket_id) SELECT @run, t.id FROM tickets t WHERE t.id = ANY (@ids::bigint[]) AND t.merged_into IS NULL ON CONFLICT DO NOTHING RETURNING 1)
UPDATE bulk_runs SET total = total + (SELECT count(*) FROM added) WHERE id = @run
RETURNING total`

// sendKey is the form's key and what was ordered with it: whoever goes back in
// the browser and orders something else means another run.
func (o Order) sendKey(act []byte) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%t\x00%s\x00%v", o.Key, act, o.All, o.Filter, o.Numbers) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}

// Start begins a run and returns its id; the same order again returns the same run.
// Tickets that come later are not touched.
// Of chosen tickets those that by does not see are left out.
func (s *Service) Start(ctx context.Context, by auth.Actor, o Order) (int64, error) {
	if !by.Staff() {
		return 0, fault.New(fault.Forbidden, "error.forbidden")
	}
	if err := s.Check(ctx, by, o); err != nil {
		return 0, err
	}
	act, err := json.Marshal(o.Act)
	if err != nil {
		return 0, fmt.Errorf("keep a bulk action: %w", err)
	}
	args := pgx.NamedArgs{"person": by.PersonID, "act": act, "key": o.sendKey(act), "now": s.now(), "state": Running, "filter": nil}
	if o.All {
		args["state"], args["filter"] = Gathering, o.Filter
	}
	var id int64
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, startSQL, args)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return tx.QueryRow(ctx, startedSQL, args).Scan(&id)
		}
		id = ids[0]
		if !o.All {
			if err := s.choose(ctx, tx, by, id, o.Numbers); err != nil {
				return err
			}
		}
		if o.Macro != 0 && s.used != nil {
			if err := s.used(ctx, tx, o.Macro); err != nil {
				return err
			}
		}
		return s.enqueue(ctx, tx, id)
	})
	if err != nil {
		return 0, fmt.Errorf("start a bulk action: %w", err)
	}
	return id, nil
}

// choose writes down the chosen tickets of a run.
func (s *Service) choose(ctx context.Context, tx pgx.Tx, by auth.Actor, run int64, numbers []int64) error {
	seen, err := s.tickets.ByNumber(ctx, tx, by, numbers)
	if err != nil {
		return err
	}
	if len(seen) == 0 {
		return fault.New(fault.Invalid, "bulk.none_selected")
	}
	ids := make([]int64, len(seen))
	for i, t := range seen {
		ids[i] = t.ID
	}
	_, err = tx.Exec(ctx, addRowsSQL, pgx.NamedArgs{"run": run, "ids": ids})
	return err
}

const cancelSQL = `
UPDATE bulk_runs SET state = 'cancelled', finished_at = @now WHERE id = @run AND person_id = @person AND state IN ('gathering', 'running')`

// Cancel ends a run where it is: what was done stays done.
func (s *Service) Cancel(ctx context.Context, by auth.Actor, run int64) error {
	_, err := s.db.Exec(ctx, cancelSQL, pgx.NamedArgs{"run": run, "person": by.PersonID, "now": s.now()})
	if err != nil {
		return fmt.Errorf("cancel a bulk action: %w", err)
	}
	return nil
}

const undoSQL = `
UPDATE bulk_runs SET state = 'undoing', finished_at = NULL, seen_at = NULL
WHERE id = @run AND person_id = @person AND (state = 'running' OR state IN ('done', 'cancelled')
    AND finished_at > CASE WHEN act ->> 'Reply' <> '' THEN @reply_since::timestamptz ELSE @since::timestamptz END)`

// Undo begins to take a run back, one at work too, which ends then. Replies that
// have not left yet are withdrawn at once. Ten minutes after the end, ten seconds
// with replies, or twice, it is fault.Conflict.
func (s *Service) Undo(ctx context.Context, by auth.Actor, run int64) error {
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, undoSQL, pgx.NamedArgs{"run": run, "person": by.PersonID, "since": s.now().Add(-UndoFor), "reply_since": s.now().Add(-ticket.UndoTime)})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return undoOver(ctx, tx, run)
		}
		if err := s.tickets.Withdraw(ctx, tx, by, replyKey(run)); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, run)
	})
	if err != nil {
		return fmt.Errorf("undo a bulk action: %w", err)
	}
	return nil
}

const repliedSQL = `SELECT act ->> 'Reply' <> '' FROM bulk_runs WHERE id = @run`

// undoOver says why a run cannot be taken back any more.
func undoOver(ctx context.Context, tx pgx.Tx, run int64) error {
	var replied bool
	if err := tx.QueryRow(ctx, repliedSQL, pgx.NamedArgs{"run": run}).Scan(&replied); err != nil {
		return pg.NotFound(err, "bulk.not_found")
	}
	if replied {
		return fault.New(fault.Conflict, "bulk.undo_over_replies")
	}
	return fault.New(fault.Conflict, "bulk.undo_over", "count", int(UndoFor/time.Minute))
}

// replyKey is the key under which a run's replies and notes are sent once.
func replyKey(run int64) string { return "bulk-" + strconv.FormatInt(run, 10) }

const sweepSQL = `DELETE FROM bulk_runs WHERE finished_at < @before`

// Sweep forgets runs that ended a month ago.
func (s *Service) Sweep(ctx context.Context) error {
	if _, err := s.db.Exec(ctx, sweepSQL, pgx.NamedArgs{"before": s.now().Add(-keptFor)}); err != nil {
		return fmt.Errorf("forget bulk actions: %w", err)
	}
	return nil
}
