package find

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/ticket"
)

// Most tickets that one search weighs: the latest of those that have what was
// typed in their head, and of those that have it anywhere.
const maxWeighed = 200

// candidate is a ticket that has all that was typed.
type candidate struct {
	ID        int64
	At        time.Time
	Head      bool    // all of it is in the head
	HeadExact bool    // and just as typed
	Exact     bool    // just as typed
	Kin       bool    // the words themselves or other forms of them
	Score     float64 `db:"-"`
}

// candidatesFrom finds the latest tickets and then grades these alone: only that
// reads their words. What a ticket's row must meet stands in its middle.
const candidatesFrom = `
SELECT f.id, f.at, s.words @@ @head::tsquery AS head, s.words @@ @head_exact::tsquery AS head_exact,
    s.words @@ @exact::tsquery AS exact, s.words @@ @kin::tsquery AS kin
FROM (SELECT t.id, x.at FROM ticket_search x JOIN tickets t ON t.id = x.ticket_id
    WHERE x.words @@ @query::tsquery AND `

const candidatesEnd = `
    ORDER BY x.at DESC LIMIT 200) f JOIN ticket_search s ON s.ticket_id = f.id`

// Weeks that are looked through before all are, since a common word has its
// latest tickets in them: so many at first, then more by how many were found, up
// to two years.
const (
	firstWeeks = 2
	lastWeeks  = 104
	growMost   = 4 // times at once
)

// moreWeeks is how many weeks likely have as many tickets as can be weighed, and
// as many again, when these had found; 0 for all there are.
func moreWeeks(weeks, found int) int {
	if found == 0 {
		return 0
	}
	if weeks *= min(max(2*maxWeighed/found, 2), growMost); weeks > lastWeeks {
		return 0
	}
	return weeks
}

// candidates are the tickets that have all of which, best first. Those that have
// it in the head are asked for when there are more than can be weighed.
func (s *Service) candidates(ctx context.Context, a asked, which []int, scope ticket.Scope) ([]candidate, error) {
	found := map[int64]candidate{}
	now := s.now()
	for _, mark := range []string{"", headMark} {
		full, err := s.latest(ctx, a, which, scope, mark, found)
		if err != nil || !full {
			return ranked(found, now), err
		}
	}
	return ranked(found, now), nil
}

// latest adds the latest tickets with all of which to found, and reports whether
// there may be more.
func (s *Service) latest(ctx context.Context, a asked, which []int, scope ticket.Scope, mark string, found map[int64]candidate) (full bool, err error) {
	query := a.query(anyhow, mark, which)
	for weeks := firstWeeks; ; {
		within := query
		if weeks > 0 {
			within = "(" + query + ") & " + lastWeeksOf(s.now(), weeks)
		}
		rows, err := s.askIndex(ctx, a, which, within, scope)
		if err != nil {
			return false, err
		}
		for _, c := range rows {
			found[c.ID] = c
		}
		if len(rows) == maxWeighed || weeks == 0 {
			return len(rows) == maxWeighed, nil
		}
		weeks = moreWeeks(weeks, len(rows))
	}
}

func (s *Service) askIndex(ctx context.Context, a asked, which []int, query string, scope ticket.Scope) ([]candidate, error) {
	args := maps.Clone(scope.Args)
	args["query"], args["head"], args["head_exact"] = query, a.query(anyhow, headMark, which), a.query(exactly, headMark, which)
	args["exact"], args["kin"] = a.query(exactly, "", which), a.query(kin, "", which)
	rows, _ := s.searches.Query(ctx, candidatesFrom+scope.Where+candidatesEnd, args) // CollectRows returns its error
	return pgx.CollectRows(rows, pgx.RowToStructByName[candidate])
}

// lastWeeksOf is the tsquery for the last n weeks, this one too.
func lastWeeksOf(now time.Time, n int) string {
	weeks := make([]string, n)
	for i := range weeks {
		weeks[i] = lexeme(weekLexeme(week(now) - i))
	}
	return group(weeks)
}

// What a candidate's grades are worth. The subject and numbers come before
// bodies, what was typed before its other forms, those before guesses, and
// among equals what happened lately.
const (
	worthHead   = 4
	worthExact  = 3
	worthKin    = 2
	worthRecent = 3   // of a ticket that something happened to now
	halfLife    = 120 // days after which half of that is left
)

func ranked(found map[int64]candidate, now time.Time) []candidate {
	for _, c := range found {
		c.Score = worthRecent * math.Exp2(-since(now, c.At)/halfLife)
		for _, g := range []struct {
			has   bool
			worth float64
		}{{c.Head, worthHead}, {c.HeadExact, worthExact}, {c.Exact, worthExact}, {c.Kin, worthKin}} {
			if g.has {
				c.Score += g.worth
			}
		}
		found[c.ID] = c
	}
	return sorted(found)
}

func sorted(found map[int64]candidate) []candidate {
	all := slices.Collect(maps.Values(found))
	slices.SortFunc(all, func(x, y candidate) int { return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(y.ID, x.ID)) })
	return all
}

const rowsFrom = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, t.last_replier, t.postponed_until, t.priority, t.timeline_seq, t.last_activity_at,
    r.name AS requester, coalesce(c.name, '') AS company, coalesce(a.name, '') AS assignee, ` + ownFields + `
FROM tickets t
JOIN people r ON r.id = t.requester_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN people a ON a.id = t.assignee_id
WHERE t.id = ANY (@ids) AND `

// rows reads the tickets that are shown, by their ids, as far as they may be
// found.
func (s *Service) rows(ctx context.Context, ids []int64, scope ticket.Scope) (map[int64]Ticket, error) {
	args := maps.Clone(scope.Args)
	args["ids"] = ids
	rows, _ := s.searches.Query(ctx, rowsFrom+scope.Where, args) // CollectRows returns its error
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Ticket])
	if err != nil {
		return nil, err
	}
	all := make(map[int64]Ticket, len(list))
	for _, t := range list {
		all[t.ID] = t
	}
	return all, nil
}

// matched is the value of a field in which something was found, "" for none.
func (t Ticket) matched(r reader) string {
	for _, v := range t.Fields {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		for _, one := range values {
			if text, ok := one.(string); ok && len(spots(r, text)) > 0 && !strings.EqualFold(text, t.Subject) {
				return fmt.Sprint(one)
			}
		}
	}
	return ""
}
