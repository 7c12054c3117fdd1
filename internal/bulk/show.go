package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Run is a run as its person sees it.
type Run struct {
	ID         int64
	Act        ticket.Act
	Filter     *string // nil: the tickets were chosen
	State      State
	Total      int
	Done       int // rows that are as wanted
	Refused    int
	Undone     int
	Kept       int // rows that could not be taken back
	CreatedAt  time.Time
	FinishedAt *time.Time
	AtOnce     bool `db:"-"` // its replies did not wait: their author wants them sent at once
}

// Percent is how much of the run is behind it.
func (r Run) Percent() int {
	at, of := r.Done+r.Refused, r.Total
	if r.State == Undoing {
		at, of = r.Undone+r.Kept, r.Done
	}
	switch {
	case r.State == Gathering:
		return 0
	case r.State.Over() || of == 0:
		return 100
	default:
		return min(at*100/of, 99)
	}
}

// undoFor is how long the run can be taken back: replies leave soon.
func (r Run) undoFor() time.Duration {
	if r.Act.Reply != "" {
		return ticket.UndoTime
	}
	return UndoFor
}

// CanUndo reports whether the run can be taken back at now.
func (r Run) CanUndo(now time.Time) bool {
	if r.Done == 0 || r.Act.Reply != "" && r.AtOnce {
		return false
	}
	return r.State == Running || (r.State == Done || r.State == Cancelled) && r.FinishedAt != nil && now.Before(r.FinishedAt.Add(r.undoFor()))
}

const runColumns = `SELECT id, act, filter, state, total, done, refused, undone, kept, created_at, finished_at FROM bulk_runs`

const runSQL = `
WITH seen AS (UPDATE bulk_runs SET seen_at = @now WHERE id = @run AND person_id = @person AND finished_at IS NOT NULL AND seen_at IS NULL)
` + runColumns + ` WHERE id = @run AND person_id = @person`

// Run returns a run of by's own, else fault.NotFound. They have seen it then: of
// one that is over they need not be told.
func (s *Service) Run(ctx context.Context, by auth.Actor, id int64) (Run, error) {
	rows, _ := s.db.Query(ctx, runSQL, pgx.NamedArgs{"run": id, "person": by.PersonID, "now": s.now()})
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Run])
	r.AtOnce = by.SendAtOnce
	return r, pg.NotFound(err, "bulk.not_found")
}

// Ending is how a run ended that its person has not looked at.
type Ending struct {
	Run      int64
	PersonID int64
	State    State
	Done     int // tickets that are as wanted, or were taken back
	Refused  int // tickets that are not
	At       time.Time
}

const unseenSQL = `
SELECT id AS run, person_id, state, CASE state WHEN 'undone' THEN undone ELSE done END AS done,
    CASE state WHEN 'undone' THEN kept ELSE refused END AS refused, finished_at AS at
FROM bulk_runs WHERE id = @run AND finished_at IS NOT NULL AND state <> 'cancelled' AND seen_at IS NULL`

// Unseen returns how a run ended when its person has not seen it; ok is false when
// they have, or when it is not over.
func (s *Service) Unseen(ctx context.Context, run int64) (e Ending, ok bool, err error) {
	rows, _ := s.db.Query(ctx, unseenSQL, pgx.NamedArgs{"run": run})
	e, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Ending])
	if errors.Is(err, pgx.ErrNoRows) {
		return Ending{}, false, nil
	}
	if err != nil {
		return Ending{}, false, fmt.Errorf("read how bulk action %d ended: %w", run, err)
	}
	return e, true, nil
}

const runsSQL = runColumns + ` WHERE person_id = @person ORDER BY id DESC LIMIT 20`

// Runs lists the last runs of by's own.
func (s *Service) Runs(ctx context.Context, by auth.Actor) ([]Run, error) {
	rows, _ := s.db.Query(ctx, runsSQL, pgx.NamedArgs{"person": by.PersonID})
	return pgx.CollectRows(rows, pgx.RowToStructByName[Run])
}

// Row is one ticket of a run.
type Row struct {
	TicketID int64
	Number   int64  // 0: by does not see it any more
	Subject  string // "" likewise
	State    string // waiting, done, same, refused, undone or kept
	Reason   fault.Message
	Did      *ticket.Undo // what was changed, and what that was before; nil: nothing
}

// rowsShown is how many rows a page of a run has.
const rowsShown = 100

// rowColumns are rows with those of their tickets that the reader sees.
const rowColumns = `
SELECT b.ticket_id, coalesce(t.number, 0) AS number, coalesce(t.subject, '') AS subject, b.state, b.reason, b.undo
FROM bulk_rows b JOIN bulk_runs r ON r.id = b.run_id LEFT JOIN tickets t ON t.id = b.ticket_id AND ` + ticket.StaffSees + `
WHERE b.run_id = @run AND r.person_id = @person AND b.ticket_id > @after`

const rowsSQL = rowColumns + ` ORDER BY b.ticket_id LIMIT @limit`

const refusedSQL = rowColumns + ` AND b.state IN ('refused', 'kept') ORDER BY b.ticket_id LIMIT @limit`

// Rows is one page of the rows of a run of by's own, after the last of the page
// before; next is 0 at the end.
func (s *Service) Rows(ctx context.Context, by auth.Actor, id, after int64) (list []Row, next int64, err error) {
	return s.rows(ctx, by, rowsSQL, id, after)
}

// RefusedRows is Rows of those that were refused or could not be taken back.
func (s *Service) RefusedRows(ctx context.Context, by auth.Actor, id, after int64) (list []Row, next int64, err error) {
	return s.rows(ctx, by, refusedSQL, id, after)
}

func (s *Service) rows(ctx context.Context, by auth.Actor, sql string, id, after int64) (list []Row, next int64, err error) {
	args := pgx.NamedArgs{"run": id, "person": by.PersonID, "after": after, "limit": rowsShown + 1}
	ticket.StaffSight(by, args)
	got, _ := s.db.Query(ctx, sql, args)
	list, err = pgx.CollectRows(got, func(row pgx.CollectableRow) (Row, error) {
		var r Row
		var reason []byte
		if err := row.Scan(&r.TicketID, &r.Number, &r.Subject, &r.State, &reason, &r.Did); err != nil || reason == nil {
			return r, err
		}
		return r, readReason(reason, &r.Reason)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read the rows of a bulk action: %w", err)
	}
	if len(list) > rowsShown {
		list = list[:rowsShown]
		next = list[rowsShown-1].TicketID
	}
	return list, next, nil
}

// readReason reads a message; its whole numbers become int again, as plurals
// want them.
func readReason(b []byte, m *fault.Message) error {
	if err := json.Unmarshal(b, m); err != nil {
		return err
	}
	whole(m.Args)
	return nil
}

// whole makes whole numbers of what JSON made of them.
func whole(args []any) {
	for i, v := range args {
		switch v := v.(type) {
		case float64:
			if v == float64(int(v)) {
				args[i] = int(v)
			}
		case []any:
			whole(v)
		}
	}
}
