package testkit

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// loadShares are how many of a thousand tickets stand where, in a desk that
// keeps up; the rest is closed.
var loadShares = []struct {
	status string
	mille  int
	within time.Duration // of its last activity
}{
	{"new", 5, 20 * time.Hour},
	{"open", 20, 10 * 24 * time.Hour},
	{"waiting", 20, 80 * time.Hour},
	{"postponed", 10, 20 * 24 * time.Hour},
	{"service_centre", 5, 30 * 24 * time.Hour},
	{"resolved", 20, 5 * 24 * time.Hour},
}

// fate is what becomes of a ticket.
type fate struct {
	status    string
	last      time.Time
	requester int
	assignee  *int64
	messages  int
}

// fate is drawn from the ticket's own number, so that the copies of different
// tables agree without keeping it.
func (l *load) fate(i int) fate {
	r := newLoadRand(l.Seed, i)
	f := fate{status: "closed", requester: 1 + r.IntN(l.people)}
	dice := r.IntN(1000)
	for _, s := range loadShares {
		if dice < s.mille {
			f.status, f.last = s.status, l.now.Add(-time.Duration(r.Int64N(int64(s.within))))
			break
		}
		dice -= s.mille
	}
	if f.status == "closed" {
		span := int64(loadYears*365-20) * 24 * int64(time.Hour)
		f.last = l.now.Add(-20*24*time.Hour - time.Duration(r.Int64N(span)))
	}
	f.last = f.last.Truncate(time.Millisecond)
	f.messages = max(1, l.Messages-2+r.IntN(5))
	if f.status == "new" {
		f.messages = 1
	}
	if f.status != "new" || r.IntN(3) == 0 {
		id := int64(l.people + 1 + r.IntN(loadAgents))
		f.assignee = &id
	}
	return f
}

// byCustomer reports whether message m of n is the customer's: they take turns,
// and who wrote last fits the status.
func (f fate) byCustomer(m int) bool {
	if f.status == "open" {
		return m == 1 || (f.messages-m)%2 == 0
	}
	return m%2 == 1
}

func (f fate) at(m int) time.Time { return f.last.Add(-time.Duration(f.messages-m) * 7 * time.Hour) }

// seq is the place of message m in the timeline: an event comes before the
// first, and one after each of the others.
func seq(m int) int64 { return int64(2*m - min(m-1, 1)) }

// timelineEnd is the last place.
func (f fate) timelineEnd() int64 {
	if f.messages == 1 {
		return 2
	}
	return seq(f.messages) + 1
}

func (l *load) copyTickets(ctx context.Context, tx pgx.Tx) error {
	return copyRows(ctx, tx, "tickets", []string{
		"id", "number", "subject", "status", "status_since", "turn", "unread", "priority", "topic_id", "requester_id", "company_id", "assignee_id",
		"created_at", "last_activity_at", "last_replier_id", "last_replier", "timeline_seq", "first_reply_at", "resolved_at", "closed_at",
		"postponed_until", "next_step", "next_step_at", "step_from", "fields",
	}, l.Tickets, func(i int) []any {
		f := l.fate(i)
		turn, unread := "nobody", false
		var resolved, closed, postponed, stepAt, from, first *time.Time
		var step *string
		plan := func(name string, days int) {
			at := f.last.AddDate(0, 0, days)
			if !at.After(l.now) {
				at = l.now.Add(time.Hour)
			}
			step, stepAt, from = &name, &at, &f.last
		}
		switch f.status {
		case "new", "open":
			turn, unread = "agent", true
		case "waiting":
			turn = "customer"
			plan("remind", 2)
		case "postponed":
			plan("wake", 25)
			postponed = stepAt
		case "resolved":
			resolved = &f.last
			plan("close", 5)
		case "closed":
			resolved, closed = &f.last, &f.last
		}
		if f.messages > 1 {
			at := f.at(2)
			first = &at
		}
		replier, kind := int64(f.requester), "customer"
		if !f.byCustomer(f.messages) {
			replier, kind = *f.assignee, "agent"
		}
		return []any{
			int64(i), int64(100_000 + i), l.words.title(6), f.status, f.last, turn, unread, int16(1 + i%4), l.topics[i%len(l.topics)],
			int64(f.requester), int64(l.company(f.requester)), f.assignee, f.at(1), f.last, replier, kind, f.timelineEnd(), first, resolved, closed,
			postponed, step, stepAt, from,
			map[string]any{"serial_numbers": []string{fmt.Sprintf("OE44%07d", i)}},
		}
	})
}

// copyTimeline copies messages and events, ticket by ticket as they come about,
// so that those of one ticket lie together as far as they would.
func (l *load) copyTimeline(ctx context.Context, tx pgx.Tx) error {
	i, m := 1, 0
	f := l.fate(i)
	next := func() bool {
		for m++; m > f.messages; m = 1 {
			if i++; i > l.Tickets {
				return false
			}
			f = l.fate(i)
		}
		return i <= l.Tickets
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"messages"},
		[]string{"ticket_id", "seq", "author_id", "author_kind", "source", "source_kind", "text", "created_at"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if !next() {
				return nil, nil
			}
			author, kind := int64(f.requester), "customer"
			if !f.byCustomer(m) {
				author, kind = *f.assignee, "agent"
			}
			source, text := l.words.message()
			return []any{int64(i), seq(m), author, kind, source, "markdown", text, f.at(m)}, nil
		}))
	if err != nil {
		return fmt.Errorf("copy messages: %w", err)
	}
	i, m = 1, 0
	f = l.fate(i)
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"events"},
		[]string{"ticket_id", "seq", "kind", "actor_kind", "actor_id", "old", "new", "why", "at"},
		pgx.CopyFromFunc(func() ([]any, error) {
			if !next() {
				return nil, nil
			}
			requester := int64(f.requester)
			switch {
			case m == 1:
				return []any{int64(i), int64(1), "submitted", "customer", requester, "", "", "submitted", f.at(1)}, nil
			case f.byCustomer(m):
				return []any{int64(i), seq(m) + 1, "status_changed", "customer", requester, "waiting", "open", "customer_replied", f.at(m)}, nil
			default:
				return []any{int64(i), seq(m) + 1, "status_changed", "agent", *f.assignee, "open", "waiting", "agent_answered", f.at(m)}, nil
			}
		}))
	if err != nil {
		return fmt.Errorf("copy events: %w", err)
	}
	return nil
}
