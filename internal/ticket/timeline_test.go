package ticket

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/testkit"
)

// TestCustomersTimelineAsksForSight holds the statement itself to the one
// predicate: it is sent together with the one that finds the ticket, and must
// not rely on it.
func TestCustomersTimelineAsksForSight(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	ctx := t.Context()
	var number, ann, bob int64
	err := db.QueryRow(ctx, `
		WITH p AS (INSERT INTO people (first_name, created_at) VALUES ('Ann', now()), ('Bob', now()) RETURNING id),
		t AS (INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier, timeline_seq)
			SELECT 's', 'new', now(), 'agent', (SELECT min(id) FROM topics), min(id), now(), now(), 'customer', 1 FROM p RETURNING id, number, requester_id),
		m AS (INSERT INTO messages (ticket_id, seq, author_id, author_kind, source, source_kind, text, created_at)
			SELECT id, 1, requester_id, 'customer', 'secret', 'text', 'secret', now() FROM t)
		SELECT t.number, min(p.id), max(p.id) FROM t, p GROUP BY 1`).Scan(&number, &ann, &bob)
	if err != nil {
		t.Fatal(err)
	}
	agent := auth.Actor{Kind: auth.Person, PersonID: 999, Permissions: []auth.Permission{auth.AnswerTickets}}
	for name, tt := range map[string]struct {
		by   auth.Actor
		want int
	}{
		"the requester reads it":  {auth.Actor{Kind: auth.Person, PersonID: ann}, 1},
		"a stranger does not":     {auth.Actor{Kind: auth.Person, PersonID: bob}, 0},
		"staff read every ticket": {agent, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &pgx.Batch{}
			var entries []Entry
			queueTimeline(b, &entries, customerTimelineSQL, customerArgs(tt.by, number), ViewEnd)
			if err := db.SendBatch(t.Context(), b).Close(); err != nil {
				t.Fatal(err)
			}
			if len(entries) != tt.want {
				t.Errorf("%d entries, want %d", len(entries), tt.want)
			}
		})
	}
}
