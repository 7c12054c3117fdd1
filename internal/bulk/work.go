package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// WorkTimeout is more than Work takes.
const WorkTimeout = 5 * time.Minute

const (
	partSize = 5000             // tickets of one part of a filter
	rowsPage = 200              // rows that one look-up finds
	workFor  = 20 * time.Second // then the job gives way to others and comes back
	maxTries = 3                // of a row that fails
)

// run is a run as the job needs it.
type run struct {
	ID       int64
	PersonID int64
	Act      ticket.Act
	Filter   *string
	Upto     *int64 // the last ticket there was when it began; nil: it began before that was noted
	Next     string // the last ticket that is gathered
	State    State
	Total    int
}

const loadSQL = `SELECT id, person_id, act, filter, upto, next, state, total FROM bulk_runs WHERE id = @run`

// Work goes on with a run for a while; more says that there is something left. It
// may be cut off at any moment and called again: a row and what it did to its
// ticket are written in one transaction.
func (s *Service) Work(ctx context.Context, id int64) (more bool, err error) {
	rows, _ := s.db.Query(ctx, loadSQL, pgx.NamedArgs{"run": id})
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[run])
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil // forgotten meanwhile
	}
	if err != nil {
		return false, fmt.Errorf("read bulk action %d: %w", id, err)
	}
	by, err := s.person(ctx, r.PersonID)
	if fault.Is(err, fault.NotFound) || err == nil && !by.Staff() {
		by, err = auth.Actor{}, nil // every row says that they may not any more
	}
	if err != nil {
		return false, fmt.Errorf("find who asked for bulk action %d: %w", id, err)
	}
	ctx = asReader(ctx, by)
	until := s.now().Add(workFor)
	for r.State == Gathering {
		if err := s.gather(ctx, by, &r); err != nil {
			return false, fmt.Errorf("gather the tickets of bulk action %d: %w", id, err)
		}
		if s.now().After(until) {
			return true, nil
		}
	}
	switch r.State {
	case Running:
		return s.through(ctx, r, waitingSQL, until, func(tx pgx.Tx, ticketID, number int64) error { return s.doRow(ctx, tx, by, r, ticketID, number) })
	case Undoing:
		return s.through(ctx, r, doneSQL, until, func(tx pgx.Tx, ticketID, number int64) error { return s.undoRow(ctx, tx, by, r, ticketID, number) })
	case Gathering, Done, Cancelled, Undone:
	}
	return false, nil
}

// asReader lets a filter's days begin when they begin for whoever wrote it.
func asReader(ctx context.Context, by auth.Actor) context.Context {
	r := i18n.Reader{Lang: by.Lang, Zone: i18n.Zone(by.Zone)}
	if !i18n.Known(r.Lang) {
		r.Lang = i18n.Langs[0].Tag
	}
	return i18n.With(ctx, r)
}

const gatheredSQL = `
UPDATE bulk_runs SET next = @next, state = CASE WHEN state = 'gathering' THEN @state ELSE state END WHERE id = @run AND next = @was RETURNING state`

// gather writes down the next part of the filter's tickets, in the order in which
// they came: nothing that happens to them moves them in it. All are written
// before the first is changed.
func (s *Service) gather(ctx context.Context, by auth.Actor, r *run) error {
	ids, err := s.part(ctx, by, r)
	if err != nil {
		return err
	}
	next, state := r.Next, Running
	if len(ids) == s.size {
		next, state = strconv.FormatInt(ids[len(ids)-1], 10), Gathering
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		args := pgx.NamedArgs{"run": r.ID, "ids": ids, "next": next, "was": r.Next, "state": state}
		rows, _ := tx.Query(ctx, gatheredSQL, args)
		now, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[State])
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, addRowsSQL, args).Scan(&r.Total); err != nil {
			return err
		}
		r.Next, r.State = next, now
		return nil
	})
}

// part are the next tickets of a run's filter; nobody's are none.
func (s *Service) part(ctx context.Context, by auth.Actor, r *run) ([]int64, error) {
	if !by.Staff() {
		return []int64{}, nil
	}
	f, err := s.tickets.ReadFilter(ctx, *r.Filter)
	if err != nil {
		return nil, err
	}
	scope, err := s.tickets.Whole(ctx, by, f)
	if err != nil {
		return nil, err
	}
	after, err := strconv.ParseInt(r.Next, 10, 64)
	if err != nil {
		after = 0 // nothing is gathered yet
	}
	scope.Args["run_after"], scope.Args["run_upto"], scope.Args["run_page"] = after, r.Upto, s.size
	rows, _ := s.db.Query(ctx, `SELECT t.id FROM tickets t WHERE `+scope.Where+`
    AND t.id > @run_after AND t.id <= coalesce(@run_upto, t.id) ORDER BY t.id LIMIT @run_page`, scope.Args)
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

const (
	waitingSQL = `
SELECT b.ticket_id, t.number FROM bulk_rows b JOIN tickets t ON t.id = b.ticket_id
WHERE b.run_id = @run AND b.state = 'waiting' AND b.ticket_id > @after ORDER BY b.ticket_id LIMIT @limit`

	doneSQL = `
SELECT b.ticket_id, t.number FROM bulk_rows b JOIN tickets t ON t.id = b.ticket_id
WHERE b.run_id = @run AND b.state = 'done' AND b.ticket_id > @after ORDER BY b.ticket_id LIMIT @limit`

	endSQL = `
UPDATE bulk_runs SET state = CASE state WHEN 'undoing' THEN 'undone' ELSE 'done' END, finished_at = @now
WHERE id = @run AND state = @state`
)

// rowRef is a row that waits.
type rowRef struct {
	TicketID int64
	Number   int64
}

// through does each row that list finds, in a transaction of its own, until the
// time is up or the run was cancelled. A row that fails holds up none behind it;
// what went wrong is returned after the last.
func (s *Service) through(ctx context.Context, r run, list string, until time.Time, do func(tx pgx.Tx, ticketID, number int64) error) (more bool, err error) {
	var failed []error
	for after, again := int64(0), 0; ; {
		rows, _ := s.db.Query(ctx, list, pgx.NamedArgs{"run": r.ID, "after": after, "limit": rowsPage})
		refs, err := pgx.CollectRows(rows, pgx.RowToStructByName[rowRef])
		if err != nil {
			return false, errors.Join(append(failed, fmt.Errorf("read the rows of bulk action %d: %w", r.ID, err))...)
		}
		for _, ref := range refs {
			err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error { return do(tx, ref.TicketID, ref.Number) })
			if errors.Is(err, ended{}) {
				return false, errors.Join(failed...)
			}
			if err != nil {
				failed = append(failed, fmt.Errorf("ticket %d of bulk action %d: %w", ref.Number, r.ID, err))
				waits, missed := s.missed(ctx, r, ref.TicketID, err)
				if missed != nil {
					return false, errors.Join(append(failed, missed)...)
				}
				again += waits
			}
			after = ref.TicketID
			if s.now().After(until) {
				return true, errors.Join(failed...)
			}
		}
		if len(refs) < rowsPage {
			if again == 0 {
				failed = append(failed, s.end(ctx, r))
			}
			return false, errors.Join(failed...)
		}
	}
}

// end closes a run that has no rows left, and lets its person be told.
func (s *Service) end(ctx context.Context, r run) error {
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, endSQL, pgx.NamedArgs{"run": r.ID, "state": r.State, "now": s.now()})
		if err != nil || tag.RowsAffected() == 0 || s.ended == nil {
			return err
		}
		return s.ended(ctx, tx, r.ID)
	})
}

const missedSQL = `
UPDATE bulk_rows SET tries = tries + 1, reason = @reason WHERE run_id = @run AND ticket_id = @ticket AND state IN ('waiting', 'done') RETURNING tries`

// missed notes at a row that doing it failed, and returns how many rows wait to be
// done again for it: one, or none after the last try, when the row is refused. It
// returns the failure when that is Postgres' or ours, not the row's.
func (s *Service) missed(ctx context.Context, r run, ticketID int64, failure error) (waits int, err error) {
	if ctx.Err() != nil || pg.Away(failure) {
		return 0, failure
	}
	again, err := json.Marshal(fault.Message{Key: "bulk.row_again"})
	if err != nil {
		return 0, err
	}
	broken, err := json.Marshal(fault.Message{Key: "bulk.row_broken", Args: []any{"count", maxTries}})
	if err != nil {
		return 0, err
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var tries int
		err := tx.QueryRow(ctx, missedSQL, pgx.NamedArgs{"run": r.ID, "ticket": ticketID, "reason": again}).Scan(&tries)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // another job did it meanwhile
		}
		if err != nil || tries < maxTries {
			waits = 1
			return err
		}
		to := "refused"
		if r.State == Undoing {
			to = "kept"
		}
		return tally(ctx, tx, r, ticketID, rowEnd{to: to, reason: broken})
	})
	if errors.Is(err, ended{}) {
		return 0, nil
	}
	return waits, err
}

const (
	holdSQL = `SELECT undo FROM bulk_rows WHERE run_id = @run AND ticket_id = @ticket AND state = @state FOR UPDATE`

	rowSQL = `UPDATE bulk_rows SET state = @to, reason = @reason, undo = @undo, tries = 0 WHERE run_id = @run AND ticket_id = @ticket`

	tallySQL = `
UPDATE bulk_runs SET
    done = done + CASE WHEN @to IN ('done', 'same') THEN 1 ELSE 0 END, refused = refused + CASE WHEN @to = 'refused' THEN 1 ELSE 0 END,
    undone = undone + CASE WHEN @to = 'undone' THEN 1 ELSE 0 END, kept = kept + CASE WHEN @to = 'kept' THEN 1 ELSE 0 END
WHERE id = @run AND state = @while`
)

// doRow does one row.
func (s *Service) doRow(ctx context.Context, tx pgx.Tx, by auth.Actor, r run, ticketID, number int64) error {
	if _, ok, err := hold(ctx, tx, r.ID, ticketID, "waiting"); err != nil || !ok {
		return err
	}
	var u ticket.Undo
	err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		did, err := s.tickets.In(tx).PerformShown(ctx, by, number, ticket.Shown{Act: r.Act, Key: replyKey(r.ID)})
		u = did.Undo
		return err
	})
	to, reason, err := verdict(err, "done", "refused")
	if err != nil {
		return err
	}
	if to == "done" && !u.Changed() && !u.Sent && u.HeldKey == "" && r.Act.Note == "" {
		to = "same"
	}
	var keep []byte
	if to == "done" {
		if keep, err = json.Marshal(u); err != nil {
			return err
		}
	}
	return tally(ctx, tx, r, ticketID, rowEnd{to, reason, keep})
}

// undoRow takes one row back.
func (s *Service) undoRow(ctx context.Context, tx pgx.Tx, by auth.Actor, r run, ticketID, number int64) error {
	kept, ok, err := hold(ctx, tx, r.ID, ticketID, "done")
	if err != nil || !ok {
		return err
	}
	var u ticket.Undo
	if err := json.Unmarshal(kept, &u); err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error { return s.tickets.In(tx).Undo(ctx, by, number, u) })
	to, reason, err := verdict(err, "undone", "kept")
	if err != nil {
		return err
	}
	return tally(ctx, tx, r, ticketID, rowEnd{to, reason, kept})
}

// hold locks a row that is still in a state; ok is false when somebody else has
// it or did it.
func hold(ctx context.Context, tx pgx.Tx, run, ticketID int64, state string) (undo []byte, ok bool, err error) {
	err = tx.QueryRow(ctx, holdSQL, pgx.NamedArgs{"run": run, "ticket": ticketID, "state": state}).Scan(&undo)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return undo, err == nil, err
}

// ended is that a run was cancelled while a row was done: the row is taken back.
type ended struct{}

func (ended) Error() string { return "the bulk action was cancelled" }

// rowEnd is what became of a row: its state, why it was not done, and what takes
// it back.
type rowEnd struct {
	to           string
	reason, undo []byte
}

// tally writes a row's end and counts it. When the run is no longer in its state
// nothing of the row may stand, and it returns ended.
func tally(ctx context.Context, tx pgx.Tx, r run, ticketID int64, end rowEnd) error {
	args := pgx.NamedArgs{"run": r.ID, "ticket": ticketID, "to": end.to, "reason": end.reason, "undo": end.undo, "while": r.State}
	tag, err := tx.Exec(ctx, tallySQL, args)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return ended{}
	}
	_, err = tx.Exec(ctx, rowSQL, args)
	return err
}

// RowField is the reason of a row whose ticket did not take a field's value: "field"
// is its key, "why" and "args" are what is wrong.
const RowField = "bulk.row_field"

// verdict is what becomes of a row: a refusal meant for people is its reason,
// anything else is tried again.
func verdict(err error, well, refused string) (to string, reason []byte, _ error) {
	if err == nil {
		return well, nil, nil
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable || f.Kind == fault.TooMany || pg.Away(err) {
		return "", nil, err
	}
	m := fault.Message{Key: f.Key, Args: f.Args}
	for _, name := range slices.Sorted(maps.Keys(f.Fields))[:min(len(f.Fields), 1)] {
		m = f.Fields[name]
		if key, ok := strings.CutPrefix(name, "field."); ok {
			m = fault.Message{Key: RowField, Args: []any{"field", key, "why", m.Key, "args", m.Args}}
		}
	}
	reason, err = json.Marshal(m)
	return refused, reason, err
}
