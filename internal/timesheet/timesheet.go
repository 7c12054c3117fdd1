// Package timesheet keeps how long agents worked on tickets (T10): entries made
// by hand or by a timer that keeps counting whatever becomes of the page.
package timesheet

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Kind is what the time was spent on.
type Kind string

// The kinds.
const (
	Work   Kind = "work" // reading, testing, writing
	Call   Kind = "call"
	Remote Kind = "remote" // a session on the customer's equipment
	Travel Kind = "travel"
	Lab    Kind = "lab"
)

// Kinds lists them in the order of a select.
var Kinds = []Kind{Work, Call, Remote, Travel, Lab}

// Bounds of an entry.
const (
	maxMinutes = 24 * 60
	maxComment = 500 // runes
	maxTimer   = 24 * time.Hour
)

// Entry is time that somebody spent on a ticket.
type Entry struct {
	ID       int64     `json:"id"`
	PersonID int64     `json:"person_id"`
	Person   string    `json:"person"`
	Minutes  int       `json:"minutes"`
	SpentOn  string    `json:"spent_on"` // 2006-01-02
	Kind     Kind      `json:"kind"`
	Comment  string    `json:"comment"`
	Versions []Version `json:"versions"` // what it was before, oldest first
}

// Version is an entry as it was until a moment.
type Version struct {
	At      time.Time `json:"at"`
	Minutes int       `json:"minutes"`
	SpentOn string    `json:"spent_on"`
	Kind    Kind      `json:"kind"`
	Comment string    `json:"comment"`
}

// Timer is the reader's own clock on a ticket.
type Timer struct {
	Seconds   int        `json:"seconds"`    // counted before it was last started
	RunningAt *time.Time `json:"running_at"` // when it was; nil: it stands
}

// Elapsed is what the timer shows at now.
func (t Timer) Elapsed(now time.Time) time.Duration {
	d := time.Duration(t.Seconds) * time.Second
	if t.RunningAt != nil {
		d += now.Sub(*t.RunningAt)
	}
	return min(max(d, 0), maxTimer)
}

// Sheet is what a ticket's page shows.
type Sheet struct {
	Entries []Entry `json:"entries"` // not deleted ones, the last first
	Minutes int     `json:"minutes"` // of all of them
	Timer   Timer   `json:"timer"`
}

// Service runs the use cases. Its fields are set once, by New.
type Service struct {
	db      pg.DB
	tickets *ticket.Service
	now     func() time.Time
}

// New returns time sheets of tickets.
func New(db pg.DB, tickets *ticket.Service, now func() time.Time) *Service {
	return &Service{db: db, tickets: tickets, now: now}
}

// ReadSheet reads the times that a ticket's page brought along.
func ReadSheet(kept json.RawMessage) (Sheet, error) {
	var sh Sheet
	if len(kept) == 0 {
		return sh, nil
	}
	if err := json.Unmarshal(kept, &sh); err != nil {
		return sh, fmt.Errorf("read the times of a ticket: %w", err)
	}
	return sh, nil
}

// id is the ticket that by, who is staff, sees, else fault.NotFound.
func (s *Service) id(ctx context.Context, by auth.Actor, number int64) (int64, error) {
	found, err := s.tickets.ByNumber(ctx, s.db, by, []int64{number})
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, fault.New(fault.NotFound, "ticket.not_found")
	}
	return found[0].ID, nil
}

// Spent is an entry as somebody writes it.
type Spent struct {
	Minutes int
	SpentOn string // 2006-01-02
	Kind    Kind
	Comment string
	Key     string // the form's idempotency key
	Timer   bool   // it is what the timer showed, which begins anew
}

func (in *Spent) check(now time.Time) error {
	var wrong fault.Field
	if in.Minutes < 1 || in.Minutes > maxMinutes {
		wrong.Add("minutes", "timesheet.minutes_range", "max", maxMinutes/60)
	}
	day, err := time.Parse(time.DateOnly, in.SpentOn)
	switch {
	case err != nil:
		wrong.Add("spent_on", "timesheet.day_unclear")
	case day.After(now.AddDate(0, 0, 1)):
		wrong.Add("spent_on", "timesheet.day_ahead")
	case day.Before(now.AddDate(-2, 0, 0)):
		wrong.Add("spent_on", "timesheet.day_past")
	}
	if !slices.Contains(Kinds, in.Kind) {
		wrong.Add("kind", "timesheet.kind_unknown")
	}
	in.Comment = richtext.Line(in.Comment)
	if utf8.RuneCountInString(in.Comment) > maxComment {
		wrong.Add("comment", "timesheet.comment_long", "limit", maxComment)
	}
	return wrong.Err()
}

func (in Spent) args() pgx.NamedArgs {
	return pgx.NamedArgs{"minutes": in.Minutes, "spent_on": in.SpentOn, "kind": in.Kind, "comment": in.Comment, "key": in.Key}
}

const addSQL = `
INSERT INTO time_entries (ticket_id, person_id, minutes, spent_on, kind, comment, send_key, created_at)
VALUES (@ticket, @me, @minutes, @spent_on::text::date, @kind, @comment, nullif(@key, ''), @now)
ON CONFLICT (send_key) DO NOTHING`

// merged are the tickets whose times the page of @ticket shows.
const merged = `(SELECT unnest(` + ticket.WithMerged + `) FROM tickets t WHERE t.id = @ticket)`

const dropTimerSQL = `DELETE FROM timers WHERE person_id = @me AND ticket_id IN ` + merged

// Add writes down time that by spent on a ticket, once for each key. It returns
// fault.Invalid with the fields minutes, spent_on, kind and comment.
func (s *Service) Add(ctx context.Context, by auth.Actor, number int64, in Spent) error {
	if err := in.check(s.now()); err != nil {
		return err
	}
	id, err := s.id(ctx, by, number)
	if err != nil {
		return err
	}
	args := in.args()
	args["ticket"], args["me"], args["now"] = id, by.PersonID, s.now()
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, addSQL, args); err != nil || !in.Timer {
			return err
		}
		_, err := tx.Exec(ctx, dropTimerSQL, args)
		return err
	})
	if err != nil {
		return fmt.Errorf("write down time of ticket %d: %w", number, err)
	}
	return nil
}

const editSQL = `
UPDATE time_entries SET minutes = @minutes, spent_on = @spent_on::text::date, kind = @kind, comment = @comment,
    versions = versions || jsonb_build_array(jsonb_build_object('at', @now::timestamptz, 'minutes', minutes, 'spent_on', to_char(spent_on, 'YYYY-MM-DD'), 'kind', kind, 'comment', comment))
WHERE id = @id AND person_id = @me AND deleted_at IS NULL AND ticket_id IN ` + merged

// Edit changes an entry of by's own; what it was is kept.
func (s *Service) Edit(ctx context.Context, by auth.Actor, number, id int64, in Spent) error {
	if err := in.check(s.now()); err != nil {
		return err
	}
	return s.own(ctx, by, number, id, editSQL, in.args())
}

const removeSQL = `UPDATE time_entries SET deleted_at = @now WHERE id = @id AND person_id = @me AND deleted_at IS NULL AND ticket_id IN ` + merged

// Remove takes an entry of by's own out of all sums; the row stays.
func (s *Service) Remove(ctx context.Context, by auth.Actor, number, id int64) error {
	return s.own(ctx, by, number, id, removeSQL, pgx.NamedArgs{})
}

func (s *Service) own(ctx context.Context, by auth.Actor, number, id int64, sql string, args pgx.NamedArgs) error {
	ticketID, err := s.id(ctx, by, number)
	if err != nil {
		return err
	}
	args["id"], args["ticket"], args["me"], args["now"] = id, ticketID, by.PersonID, s.now()
	tag, err := s.db.Exec(ctx, sql, args)
	if err != nil {
		return fmt.Errorf("change time of ticket %d: %w", number, err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "timesheet.not_found")
	}
	return nil
}

const (
	pauseSQL = `
UPDATE timers SET seconds = least(seconds + greatest(extract(epoch FROM @now::timestamptz - running_at), 0)::int, 86400), running_at = NULL
WHERE person_id = @me AND running_at IS NOT NULL`

	startTimerSQL = `
INSERT INTO timers (person_id, ticket_id, running_at) VALUES (@me, @ticket, @now)
ON CONFLICT (person_id, ticket_id) DO UPDATE SET running_at = coalesce(timers.running_at, @now)`
)

// StartTimer lets by's timer of a ticket run; that of another ticket pauses, since
// nobody works on two at once.
func (s *Service) StartTimer(ctx context.Context, by auth.Actor, number int64) error {
	return s.timer(ctx, by, number, pauseSQL, startTimerSQL)
}

// PauseTimer stops by's timer.
func (s *Service) PauseTimer(ctx context.Context, by auth.Actor, number int64) error {
	return s.timer(ctx, by, number, pauseSQL)
}

// DropTimer gives up what by's timer of a ticket counted.
func (s *Service) DropTimer(ctx context.Context, by auth.Actor, number int64) error {
	return s.timer(ctx, by, number, dropTimerSQL)
}

func (s *Service) timer(ctx context.Context, by auth.Actor, number int64, statements ...string) error {
	id, err := s.id(ctx, by, number)
	if err != nil {
		return err
	}
	args := pgx.NamedArgs{"me": by.PersonID, "ticket": id, "now": s.now()}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		return nil
	})
	if pg.UniqueViolation(err, "timers_running") {
		return fault.New(fault.Conflict, "timesheet.timer_twice")
	}
	if err != nil {
		return fmt.Errorf("set the timer of ticket %d: %w", number, err)
	}
	return nil
}

const forgetTimersSQL = `DELETE FROM timers WHERE person_id = @person`

// ForgetPerson drops a person's timers. What they worked stays.
func (s *Service) ForgetPerson(ctx context.Context, tx pgx.Tx, personID int64) error {
	if _, err := tx.Exec(ctx, forgetTimersSQL, pgx.NamedArgs{"person": personID}); err != nil {
		return fmt.Errorf("forget a person's timers: %w", err)
	}
	return nil
}
