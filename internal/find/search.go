package find

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/search"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Group is one kind of results.
type Group string

// The groups, in the order of the page; GroupAll is some of each.
const (
	GroupAll       Group = ""
	GroupTickets   Group = "tickets"
	GroupMessages  Group = "messages"
	GroupPeople    Group = "people"
	GroupCompanies Group = "companies"
	GroupArticles  Group = "articles"
)

// Groups lists them.
var Groups = []Group{GroupTickets, GroupMessages, GroupPeople, GroupCompanies, GroupArticles}

// Query is what an agent looks for.
type Query struct {
	Text   string // words and filters as typed
	Group  Group  // of which more is shown
	Typing bool   // the last word may be unfinished
	Lang   string // the reader's
}

// Ticket is a ticket found.
type Ticket struct {
	ID             int64
	Number         int64
	Subject        string
	Status         ticket.Status
	Reopened       bool
	LastReplier    ticket.AuthorKind
	PostponedUntil *time.Time
	Priority       ticket.Priority
	TimelineSeq    int64
	LastActivityAt time.Time
	Requester      string
	Company        string // "" for a private person
	Assignee       string // "" for nobody
	Fields         map[string]any
	Marked         search.Excerpt `db:"-"` // the subject
	Field          search.Excerpt `db:"-"` // a field's value that was looked for
}

// Results are what a search found, best first in each group.
type Results struct {
	Filter    ticket.Filter // as it was read
	Words     bool          // there was something to look for beside filters
	Tickets   []Ticket
	Messages  []Hit
	People    []Person
	Companies []Company
	Articles  []kb.Hit
	Found     int      // tickets that have it; no more than Most
	Phrase    bool     // several words stood between quotes, which are looked for one by one
	Left      []string // words that nobody wrote: what was found is found without them
	Loose     bool     // no ticket has all of the words; these have all but one
	Partial   bool     // the time was over before everything was looked through
}

// Most is how many tickets a search weighs at most; there may be more.
const Most = maxWeighed

// Timeout is how long a search may take, and each statement of it.
const Timeout = 2 * time.Second

// Some is how many of a group are shown beside other groups.
const Some = 8

// How many of a group are shown, beside other groups and alone.
const (
	someShown = Some
	allShown  = 50
)

// Search finds what by, who is staff, looks for, and stops after Timeout with
// what it has. A query of filters alone lists their tickets. It returns
// fault.Invalid on "q" for a filter that does not exist.
func (s *Service) Search(ctx context.Context, by auth.Actor, q Query) (Results, error) {
	f, err := s.tickets.ReadFilter(ctx, cutTyped(q.Text))
	if err != nil {
		return Results{}, err
	}
	scope, err := s.tickets.Scope(ctx, by, f)
	if err != nil {
		return Results{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	wanted := readTyped(f.Words)
	r := Results{Filter: f, Words: len(wanted) > 0, Phrase: phrase.MatchString(f.Words)}
	switch {
	case r.Words:
		err = s.fill(ctx, by, q, wanted, scope, &r)
	case len(f.Terms) > 0:
		err = s.list(ctx, by, scope, &r)
	}
	if late(ctx, err) {
		r.Partial, err = true, nil
	}
	return r, err
}

// list fills in the latest tickets of filters alone.
func (s *Service) list(ctx context.Context, by auth.Actor, scope ticket.Scope, r *Results) error {
	page, err := s.tickets.FilterTickets(ctx, by, r.Filter, "", allShown)
	if err != nil {
		return err
	}
	ids := make([]int64, len(page.Tickets))
	for i, t := range page.Tickets {
		ids[i] = t.ID
	}
	rows, err := s.rows(ctx, ids, scope)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if t, ok := rows[id]; ok {
			t.Marked = search.Excerpt{Text: t.Subject}
			r.Tickets = append(r.Tickets, t)
		}
	}
	r.Found = len(r.Tickets)
	return nil
}

// fill does the work of Search, the quick groups first: they are there when the
// time is over. Filters are of tickets: what is none meets no filter.
func (s *Service) fill(ctx context.Context, by auth.Actor, q Query, wanted []wanted, scope ticket.Scope, r *Results) error {
	limit := map[bool]int{true: allShown, false: someShown}
	var err error
	all := len(r.Filter.Terms) == 0
	if s.kb != nil && all {
		r.Articles, err = s.kb.Search(ctx, by, kb.Query{Text: plainText(wanted), Lang: q.Lang, Limit: limit[q.Group == GroupArticles], Prefix: q.Typing})
		if err != nil {
			return err
		}
	}
	a, err := s.understand(ctx, wanted, joinTyped(r.Filter.Words))
	if err != nil {
		return err
	}
	people, err := s.everybody(ctx, a)
	if err != nil {
		return err
	}
	if all {
		err = s.describe(ctx, r, people, a.allFirms(), limit[q.Group == GroupPeople || q.Group == GroupCompanies])
	}
	if err != nil {
		return err
	}
	a.narrow(people)
	found, err := s.widening(ctx, a, scope, r)
	if len(found) == 0 {
		return err
	}
	r.Found = len(found)
	return errors.Join(err, s.show(ctx, q, a, found, scope, r))
}

// understand finds out what the wanted things may stand for. Each of them may
// also be a piece of joined, if somebody wrote that.
func (s *Service) understand(ctx context.Context, wanted []wanted, joined string) (asked, error) {
	a := asked{wanted: wanted, words: make([][]meaning, len(wanted))}
	var words, fulls []string
	for _, w := range wanted {
		words, fulls = append(words, w.parts...), append(fulls, w.fulls...)
		if w.whole != "" {
			words, fulls = append(words, w.whole), append(fulls, w.whole)
		}
		if w.phone != "" {
			words, fulls = append(words, w.phone), append(fulls, w.phone)
		}
	}
	all, one, err := s.look(ctx, words, fulls, joined)
	if err != nil {
		return a, err
	}
	for i, w := range wanted {
		n := len(w.parts)
		if w.whole != "" || w.phone != "" {
			n++
		}
		if a.words[i], all = all[:n:n], all[n:]; one.known {
			a.words[i] = append(a.words[i], one)
		}
	}
	a.people, a.firms, err = s.called(ctx, wanted)
	return a, err
}

// maxIDs is how many people, and how many companies, the words of a question to the
// index stand for together: each is compared with every ticket that the index
// reads.
const maxIDs = 50

// narrow bounds the people and companies that words stand for; whom all of the
// words are true of come first.
func (a *asked) narrow(all []int64) {
	most := maxIDs / max(1, len(a.people))
	for i := range a.people {
		slices.SortStableFunc(a.people[i], func(x, y int64) int {
			return strings.Compare(strconv.FormatBool(slices.Contains(all, y)), strconv.FormatBool(slices.Contains(all, x)))
		})
		a.people[i] = a.people[i][:min(len(a.people[i]), most)]
		a.firms[i] = a.firms[i][:min(len(a.firms[i]), most)]
	}
}

// widening looks for tickets with all that was typed, then without the words
// that nobody wrote, then with all but one.
func (s *Service) widening(ctx context.Context, a asked, scope ticket.Scope, r *Results) ([]candidate, error) {
	var which []int
	for i, w := range a.wanted {
		if a.empty(i) {
			r.Left = append(r.Left, w.typed)
		} else {
			which = append(which, i)
		}
	}
	if len(which) == 0 {
		return nil, nil
	}
	found, err := s.candidates(ctx, a, which, scope)
	if err != nil || len(found) > 0 || len(which) < 2 {
		return found, err
	}
	r.Loose = true
	all := map[int64]candidate{}
	for i := range which {
		some, err := s.candidates(ctx, a, slices.Concat(which[:i], which[i+1:]), scope)
		for _, c := range some {
			c.Score /= float64(len(some)) // the fewer have these words, the more they say
			if c.Score > all[c.ID].Score {
				all[c.ID] = c
			}
		}
		if err != nil {
			return sorted(all), err
		}
	}
	return sorted(all), nil
}

// empty reports whether nothing in the desk is what was typed.
func (a asked) empty(i int) bool {
	for _, m := range a.words[i] {
		if m.known || len(m.stems)+len(m.inside)+len(m.near) > 0 {
			return false
		}
	}
	return len(a.people[i])+len(a.firms[i]) == 0
}

// show reads what the page shows of the tickets found.
func (s *Service) show(ctx context.Context, q Query, a asked, found []candidate, scope ticket.Scope, r *Results) error {
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	shown := ids[:min(len(ids), max(allShown, hitTickets))]
	tickets, err := s.rows(ctx, shown, scope)
	if err != nil {
		return err
	}
	places, placesErr := s.places(ctx, a, ids[:min(len(ids), hitTickets)])
	wrote := map[int64]bool{}
	for _, p := range places {
		wrote[p.ticket] = true
	}
	read := a.reader()
	for _, c := range found[:len(shown)] {
		t, ok := tickets[c.ID]
		if !ok || !c.Head && wrote[c.ID] && q.Group != GroupTickets {
			continue // shown by what was written
		}
		t.Marked = search.Whole(t.Subject, spots(read, t.Subject))
		if f := t.matched(read); f != "" {
			t.Field = search.Whole(f, spots(read, f))
		}
		r.Tickets = append(r.Tickets, t)
	}
	if placesErr != nil {
		return placesErr
	}
	r.cut(q.Group)
	n := someShown
	if q.Group == GroupMessages {
		n = allShown
	}
	r.Messages, err = s.hits(ctx, a, places[:min(len(places), n)], tickets)
	return err
}

func (r *Results) cut(g Group) {
	if g != GroupTickets {
		r.Tickets = r.Tickets[:min(len(r.Tickets), someShown)]
	}
}

func plainText(all []wanted) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = w.typed
	}
	return strings.Join(words, " ")
}

// late reports whether a search ended because its time was over: by the
// statement's limit, or by its own.
func late(ctx context.Context, err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == "57014" {
		return true
	}
	return err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded)
}
