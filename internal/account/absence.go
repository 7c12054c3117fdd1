package account

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Absence is a time in which somebody on staff gets no tickets from a
// department, and in which the deputy hears of theirs.
type Absence struct {
	ID       int64
	FromAt   time.Time
	UntilAt  time.Time
	DeputyID int64
	Deputy   string // "": nobody hears of the tickets
}

// Now reports whether the absence has begun.
func (a Absence) Now(now time.Time) bool { return !a.FromAt.After(now) }

// Deputy is an agent who can stand in for another.
type Deputy struct {
	ID   int64
	Name string
}

const absencesSQL = `
SELECT a.id, a.from_at, a.until_at, coalesce(a.deputy_id, 0) AS deputy_id, coalesce(d.name, '') AS deputy
FROM absences a LEFT JOIN people d ON d.id = a.deputy_id
WHERE a.person_id = @person AND a.until_at > @now
ORDER BY a.from_at, a.id LIMIT 50`

const deputiesSQL = `
SELECT p.id, p.name FROM people p
WHERE p.disabled_at IS NULL AND p.id <> @person AND EXISTS (
    SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = p.id AND 'tickets.answer' = ANY (r.permissions))
ORDER BY lower(p.name), p.id LIMIT 500`

// Absences lists somebody's present and coming absences and who can stand in for
// them. Staff see their own, who manages users everybody's.
func (s *Service) Absences(ctx context.Context, by auth.Actor, personID int64) ([]Absence, []Deputy, error) {
	if err := mayBeAway(by, personID); err != nil {
		return nil, nil, err
	}
	var list []Absence
	var deputies []Deputy
	b := &pgx.Batch{}
	args := pgx.NamedArgs{"person": personID, "now": s.now()}
	pg.QueueRows(b, &list, absencesSQL, args)
	pg.QueueRows(b, &deputies, deputiesSQL, args)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return nil, nil, fmt.Errorf("list absences: %w", err)
	}
	return list, deputies, nil
}

func mayBeAway(by auth.Actor, personID int64) error {
	if by.Staff() && by.PersonID == personID || by.May(auth.ManageUsers) {
		return nil
	}
	return fault.New(fault.Forbidden, "error.forbidden")
}

// NewAbsence is when somebody will be away, and who stands in for them.
type NewAbsence struct {
	FromAt, UntilAt time.Time // zero: not given
	DeputyID        int64     // 0: nobody
}

// longestAbsence is how long one may last: longer is somebody who left.
const longestAbsence = 366 * 24 * time.Hour

func (in NewAbsence) check(now time.Time, personID int64) error {
	var bad fault.Field
	switch {
	case in.FromAt.IsZero():
		bad.Add("from", "account.absence_when")
	case in.UntilAt.IsZero():
		bad.Add("until", "account.absence_when")
	case !in.UntilAt.After(in.FromAt):
		bad.Add("until", "account.absence_backwards")
	case !in.UntilAt.After(now):
		bad.Add("until", "account.absence_over")
	case in.UntilAt.Sub(in.FromAt) > longestAbsence:
		bad.Add("until", "account.absence_long")
	}
	if in.DeputyID == personID {
		bad.Add("deputy", "account.absence_deputy")
	}
	return bad.Err()
}

const insertAbsenceSQL = `
INSERT INTO absences (person_id, from_at, until_at, deputy_id, created_by, created_at)
SELECT p.id, @from, @until, (SELECT d.id FROM people d WHERE d.id = nullif(@deputy::bigint, 0) AND d.disabled_at IS NULL AND EXISTS (
    SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = d.id AND 'tickets.answer' = ANY (r.permissions))), nullif(@by::bigint, 0), @now
FROM people p
WHERE p.id = @person AND NOT EXISTS (SELECT FROM absences a WHERE a.person_id = p.id AND a.from_at < @until AND a.until_at > @from)
RETURNING id, coalesce(deputy_id, 0)`

// AddAbsence says when somebody will be away. It returns fault.Invalid with the
// fields from, until or deputy, and fault.Conflict when they are away then
// already.
func (s *Service) AddAbsence(ctx context.Context, by auth.Actor, personID int64, in NewAbsence) error {
	if err := mayBeAway(by, personID); err != nil {
		return err
	}
	if err := in.check(s.now(), personID); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var id, deputy int64
		err := tx.QueryRow(ctx, insertAbsenceSQL, pgx.NamedArgs{
			"person": personID, "from": in.FromAt, "until": in.UntilAt, "deputy": in.DeputyID, "by": by.PersonID, "now": s.now(),
		}).Scan(&id, &deputy)
		if err = pg.NotFound(err, "account.absence_twice"); fault.Is(err, fault.NotFound) {
			return fault.New(fault.Conflict, "account.absence_twice")
		}
		if err != nil {
			return fmt.Errorf("save an absence: %w", err)
		}
		if deputy != in.DeputyID {
			var bad fault.Field
			bad.Add("deputy", "account.absence_deputy")
			return bad.Err()
		}
		return s.audit(ctx, tx, by, "user.absence_set", "person:"+strconv.FormatInt(personID, 10), nil,
			map[string]any{"from_at": in.FromAt, "until_at": in.UntilAt, "deputy_id": in.DeputyID})
	})
}

// endAbsenceSQL keeps of an absence what has been of it.
const endAbsenceSQL = `
WITH gone AS (DELETE FROM absences WHERE id = @id AND person_id = @person AND from_at >= @now RETURNING id),
cut AS (UPDATE absences SET until_at = @now WHERE id = @id AND person_id = @person AND from_at < @now AND until_at > @now RETURNING id)
SELECT id FROM gone UNION ALL SELECT id FROM cut`

// EndAbsence ends an absence now, or calls one off that has not begun.
func (s *Service) EndAbsence(ctx context.Context, by auth.Actor, personID, id int64) error {
	if err := mayBeAway(by, personID); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, endAbsenceSQL, pgx.NamedArgs{"id": id, "person": personID, "now": s.now()}).Scan(&id)
		if err != nil {
			return pg.NotFound(err, "account.absence_gone")
		}
		return s.audit(ctx, tx, by, "user.absence_ended", "person:"+strconv.FormatInt(personID, 10), nil, nil)
	})
}
