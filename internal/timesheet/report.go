package timesheet

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Line is an entry of a report.
type Line struct {
	ID      int64
	SpentOn time.Time
	Number  int64
	Subject string
	Company string
	Person  string
	Kind    Kind
	Minutes int
	Comment string
}

// Period is the days that a report is about, with both ends: 2006-01-02.
type Period struct{ From, To string }

func (p Period) check() error {
	_, errFrom := time.Parse(time.DateOnly, p.From)
	_, errTo := time.Parse(time.DateOnly, p.To)
	if err := errors.Join(errFrom, errTo); err != nil {
		return fault.New(fault.Invalid, "timesheet.day_unclear")
	}
	return nil
}

// pageLines is how many lines a page of a report has, and filePart a part of its
// file.
const (
	pageLines = 100
	filePart  = 2000
)

// counted are the entries e that by's report is about.
const counted = `
FROM time_entries e JOIN tickets t ON t.id = e.ticket_id JOIN people p ON p.id = e.person_id LEFT JOIN companies c ON c.id = t.company_id
WHERE e.deleted_at IS NULL AND e.spent_on BETWEEN @from::text::date AND @to::text::date AND (@everybody OR e.person_id = @me) AND ` + ticket.StaffSees

const linesSQL = `
SELECT e.id, e.spent_on::timestamptz AS spent_on, t.number, t.subject, coalesce(c.name, '') AS company, p.name AS person, e.kind, e.minutes, e.comment` +
	counted + ` AND (e.spent_on, e.id) < (@after::text::date, @after_id)
ORDER BY e.spent_on DESC, e.id DESC LIMIT @limit`

const sumsSQL = `
WITH w AS (SELECT e.kind, e.minutes, p.name AS person, coalesce(c.name, '') AS company` + counted + `)
SELECT 'all' AS by, '' AS name, coalesce(sum(minutes), 0)::int AS minutes FROM w
UNION ALL (SELECT 'kind', kind, sum(minutes)::int FROM w GROUP BY kind)
UNION ALL (SELECT 'person', person, sum(minutes)::int FROM w GROUP BY person ORDER BY 3 DESC, 2 LIMIT @most)
UNION ALL (SELECT 'company', company, sum(minutes)::int FROM w WHERE company <> '' GROUP BY company ORDER BY 3 DESC, 2 LIMIT @most)
ORDER BY by, minutes DESC, name`

// Sum is the time of one agent, company or kind of work.
type Sum struct {
	Name    string
	Minutes int
}

// sumsMost is how many agents and companies a report sums up.
const sumsMost = 8

// Report is the time spent in a period.
type Report struct {
	Lines     []Line // one page, the newest first
	Next      string // cursor of the page after it; "": none
	Minutes   int    // of the whole period
	Kinds     []Sum  // the most first; Name is a Kind
	People    []Sum  // those with the most
	Companies []Sum  // likewise
}

// Report reports a period, with the page of its entries after a cursor: by's own,
// and everybody's with auth.SeeAnalytics. Of tickets that by does not work on
// there is nothing in it. One batch.
func (s *Service) Report(ctx context.Context, by auth.Actor, in Period, after string) (Report, error) {
	args, err := s.reportArgs(by, in, after)
	if err != nil {
		return Report{}, err
	}
	var r Report
	var sums []struct {
		By      string
		Name    string
		Minutes int
	}
	b := &pgx.Batch{}
	args["limit"], args["most"] = pageLines+1, sumsMost
	pg.QueueRows(b, &r.Lines, linesSQL, args)
	pg.QueueRows(b, &sums, sumsSQL, args)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Report{}, fmt.Errorf("report time: %w", err)
	}
	if len(r.Lines) > pageLines {
		r.Lines = r.Lines[:pageLines]
		r.Next = cursor(r.Lines[pageLines-1])
	}
	for _, sum := range sums {
		one := Sum{sum.Name, sum.Minutes}
		switch sum.By {
		case "kind":
			r.Kinds = append(r.Kinds, one)
		case "person":
			r.People = append(r.People, one)
		case "company":
			r.Companies = append(r.Companies, one)
		default:
			r.Minutes = sum.Minutes
		}
	}
	return r, nil
}

// EachLine calls do with every line of a report, in its order, for a file. An
// error of do ends it.
func (s *Service) EachLine(ctx context.Context, by auth.Actor, in Period, do func(Line) error) error {
	for after := ""; ; {
		args, err := s.reportArgs(by, in, after)
		if err != nil {
			return err
		}
		args["limit"] = filePart
		rows, _ := s.db.Query(ctx, linesSQL, args)
		lines, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
		if err != nil {
			return fmt.Errorf("report time: %w", err)
		}
		for _, l := range lines {
			if err := do(l); err != nil {
				return err
			}
		}
		if len(lines) < filePart {
			return nil
		}
		after = cursor(lines[filePart-1])
	}
}

func (s *Service) reportArgs(by auth.Actor, in Period, after string) (pgx.NamedArgs, error) {
	if !by.Staff() {
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	args := pgx.NamedArgs{"from": in.From, "to": in.To, "me": by.PersonID, "everybody": by.May(auth.SeeAnalytics)}
	args["after"], args["after_id"] = readCursor(after)
	ticket.StaffSight(by, args)
	return args, nil
}

const ownLinesSQL = `
SELECT e.id, e.spent_on::timestamptz AS spent_on, t.number, '' AS subject, '' AS company, '' AS person, e.kind, e.minutes, e.comment
FROM time_entries e JOIN tickets t ON t.id = e.ticket_id
WHERE e.deleted_at IS NULL AND e.person_id = @me
ORDER BY e.spent_on, e.id`

// Own lists all that by ever wrote down: for a copy of a person's own data. It
// says the numbers of tickets and no more of them, since by may not see them all
// any more.
func (s *Service) Own(ctx context.Context, by auth.Actor) ([]Line, error) {
	rows, _ := s.db.Query(ctx, ownLinesSQL, pgx.NamedArgs{"me": by.PersonID})
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
	if err != nil {
		return nil, fmt.Errorf("list somebody's own time: %w", err)
	}
	return lines, nil
}

// cursor is where the page after a line begins.
func cursor(l Line) string {
	return l.SpentOn.Format(time.DateOnly) + "." + strconv.FormatInt(l.ID, 10)
}

// readCursor reads a cursor; one that is none is the beginning.
func readCursor(c string) (day string, id int64) {
	day, n, _ := strings.Cut(c, ".")
	id, err := strconv.ParseInt(n, 10, 64)
	if _, bad := time.Parse(time.DateOnly, day); bad != nil || err != nil {
		return "9999-12-31", 0
	}
	return day, id
}
