package testkit_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	db := testkit.DB(t)
	l := testkit.Load(t, db, testkit.LoadSpec{Tickets: 2000, Seed: 1})
	count := func(query string) int {
		var n int
		if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Run("there is as much as asked for", func(t *testing.T) {
		if n := count(`SELECT count(*) FROM tickets`); n != 2000 {
			t.Errorf("%d tickets", n)
		}
		if n := count(`SELECT count(*) FROM messages`); n < 9000 || n > 11000 {
			t.Errorf("%d messages", n)
		}
		if n := count(`SELECT count(*) FROM kb_articles`); n != 230 {
			t.Errorf("%d articles", n)
		}
	})
	t.Run("most tickets are closed and every status is there", func(t *testing.T) {
		if n := count(`SELECT count(*) FROM tickets WHERE status = 'closed'`); n < 1700 {
			t.Errorf("%d closed", n)
		}
		if n := count(`SELECT count(DISTINCT status) FROM tickets`); n != 7 {
			t.Errorf("%d statuses", n)
		}
	})
	t.Run("the timeline has no gap and no double", func(t *testing.T) {
		n := count(`SELECT count(*) FROM tickets t WHERE timeline_seq <>
			(SELECT count(DISTINCT seq) FROM (SELECT seq FROM messages WHERE ticket_id = t.id UNION ALL SELECT seq FROM events WHERE ticket_id = t.id) x)`)
		if n > 0 {
			t.Errorf("%d tickets", n)
		}
		if n := count(`SELECT count(*) FROM tickets WHERE timeline_seq <> (SELECT max(seq) FROM (SELECT seq FROM messages WHERE ticket_id = tickets.id UNION ALL SELECT seq FROM events WHERE ticket_id = tickets.id) x)`); n > 0 {
			t.Errorf("%d tickets end elsewhere", n)
		}
	})
	t.Run("it names people and tickets to ask for", func(t *testing.T) {
		if len(l.Open) < 10 || len(l.Own) < 5 || l.Agent == "" || l.Customer == "" || l.Manager == "" || l.Topic == 0 {
			t.Errorf("%+v", l)
		}
	})
	t.Run("a new row has the next id", func(t *testing.T) {
		if n := count(`INSERT INTO people (created_at) VALUES (now()) RETURNING id`); n != 121 {
			t.Errorf("id %d", n)
		}
	})
}
