// Package presence knows who of the staff has which ticket open, and what they
// do there (A4). Nobody is locked out by it: it only shows.
//
// An open page tells every few seconds that it is still there; a row that was
// not renewed counts no more. So a closed laptop is gone without a word, and any
// process of the desk can answer.
package presence

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Channel is where Postgres tells that somebody came, went or began to do
// something else: {"ticket":100042}.
const Channel = "deskbell_presence"

// How long a page counts as open after it told so last, and how often it tells:
// one word may be lost.
const (
	Alive = 10 * time.Second
	Every = 4 * time.Second
)

// Doing is what somebody does on a ticket's page.
type Doing string

// What they may be doing.
const (
	Viewing  Doing = "viewing"
	Replying Doing = "replying"
	Noting   Doing = "noting"
)

// Here is somebody who has a ticket open.
type Here struct {
	Number   int64 // the ticket's
	PersonID int64
	Name     string
	Doing    Doing
	Draft    bool          // there is a draft of their reply to read
	Left     time.Duration // until they count no more, unless their page tells again
}

// Sight tells which of the tickets a member of staff may know of.
type Sight func(ctx context.Context, by auth.Actor, numbers []int64) ([]int64, error)

// Service runs the use cases.
type Service struct {
	db   pg.DB
	seen Sight
	now  func() time.Time
}

// New returns a Service that reads and writes db and takes the time from now.
func New(db pg.DB, seen Sight, now func() time.Time) *Service {
	return &Service{db: db, seen: seen, now: now}
}

// others are who else has one of the tickets open: one row a person and ticket,
// with the most that any of their pages does.
const others = `
SELECT DISTINCT ON (t.number, o.person_id) t.number, o.person_id, p.name, o.doing, o.seen_at,
    EXISTS (SELECT FROM drafts d WHERE d.person_id = o.person_id AND d.ticket_id = o.ticket_id AND d.kind = 'reply' AND d.returned = '') AS draft
FROM t JOIN presence o ON o.ticket_id = t.id JOIN people p ON p.id = o.person_id
WHERE o.person_id <> @me AND o.seen_at > @alive
ORDER BY t.number, o.person_id, o.doing = 'replying' DESC, o.doing = 'noting' DESC, o.seen_at DESC`

const beatSQL = `
WITH t AS (
    SELECT id, number FROM tickets WHERE number = @number
), before AS (
    SELECT b.doing FROM presence b JOIN t ON t.id = b.ticket_id WHERE b.person_id = @me AND b.page = @page AND b.seen_at > @alive
), now_here AS (
    INSERT INTO presence (ticket_id, person_id, page, doing, seen_at) SELECT t.id, @me, @page, @doing, @now FROM t
    ON CONFLICT (ticket_id, person_id, page) DO UPDATE SET doing = excluded.doing, seen_at = excluded.seen_at
), told AS (
    SELECT pg_notify('` + Channel + `', '{"ticket":' || t.number || '}') FROM t WHERE NOT EXISTS (SELECT FROM before WHERE doing = @doing)
)
SELECT o.number, o.person_id, o.name, o.doing, o.seen_at, o.draft
FROM (SELECT count(*) FROM told) n LEFT JOIN (` + others + `) o ON true`

const hereSQL = `
WITH t AS (SELECT id, number FROM tickets WHERE number = ANY (@numbers))` + others

const leaveSQL = `
WITH gone AS (
    DELETE FROM presence USING tickets t WHERE t.number = @number AND ticket_id = t.id AND person_id = @me AND page = @page RETURNING t.number
)
SELECT pg_notify('` + Channel + `', '{"ticket":' || number || '}') FROM gone`

type hereRow struct {
	Number   *int64
	PersonID *int64
	Name     *string
	Doing    *Doing
	SeenAt   *time.Time
	Draft    *bool
}

// maxPage bounds the name that a page gives itself.
const maxPage = 40

// Beat says that by has a ticket open on a page of theirs, and returns who else
// has. One small statement. It returns fault.NotFound when by may not know of
// the ticket.
func (s *Service) Beat(ctx context.Context, by auth.Actor, number int64, page string, doing Doing) ([]Here, error) {
	if err := s.maySee(ctx, by, number); err != nil {
		return nil, err
	}
	switch doing {
	case Viewing, Replying, Noting:
	default:
		doing = Viewing
	}
	args := s.args(by)
	args["number"], args["page"], args["doing"] = number, pageName(page), doing
	return s.collect(ctx, beatSQL, args)
}

// Leave says that a page of by's was closed.
func (s *Service) Leave(ctx context.Context, by auth.Actor, number int64, page string) error {
	if !by.Staff() {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	_, err := s.db.Exec(ctx, leaveSQL, pgx.NamedArgs{"number": number, "me": by.PersonID, "page": pageName(page)})
	if err != nil {
		return fmt.Errorf("leave ticket %d: %w", number, err)
	}
	return nil
}

// mostAsked is how many tickets one list may ask about.
const mostAsked = 200

// On returns who else has any of the tickets open. One statement, whatever their
// number.
func (s *Service) On(ctx context.Context, by auth.Actor, numbers []int64) ([]Here, error) {
	if len(numbers) > mostAsked {
		numbers = numbers[:mostAsked]
	}
	numbers, err := s.seen(ctx, by, numbers)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	args := s.args(by)
	args["numbers"] = numbers
	return s.collect(ctx, hereSQL, args)
}

const sweepSQL = `DELETE FROM presence WHERE seen_at < @before`

// Sweep forgets pages that were left without a word.
func (s *Service) Sweep(ctx context.Context) error {
	if _, err := s.db.Exec(ctx, sweepSQL, pgx.NamedArgs{"before": s.now().Add(-time.Hour)}); err != nil {
		return fmt.Errorf("forget who was on tickets: %w", err)
	}
	return nil
}

func (s *Service) maySee(ctx context.Context, by auth.Actor, number int64) error {
	seen, err := s.seen(ctx, by, []int64{number})
	if err == nil && len(seen) == 0 {
		return fault.New(fault.NotFound, "ticket.not_found")
	}
	return err
}

func (s *Service) args(by auth.Actor) pgx.NamedArgs {
	now := s.now()
	return pgx.NamedArgs{"me": by.PersonID, "now": now, "alive": now.Add(-Alive)}
}

func pageName(page string) string {
	page = richtext.Line(page)
	if len(page) > maxPage {
		return strings.ToValidUTF8(page[:maxPage], "")
	}
	return page
}

func (s *Service) collect(ctx context.Context, sql string, args pgx.NamedArgs) ([]Here, error) {
	rows, _ := s.db.Query(ctx, sql, args) // CollectRows returns its error
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[hereRow])
	if err != nil {
		return nil, fmt.Errorf("look who is here: %w", err)
	}
	var all []Here
	for _, r := range found {
		if r.PersonID != nil {
			all = append(all, Here{Number: *r.Number, PersonID: *r.PersonID, Name: *r.Name, Doing: *r.Doing, Draft: *r.Draft, Left: Alive - s.now().Sub(*r.SeenAt)})
		}
	}
	return all, nil
}
