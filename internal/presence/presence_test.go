package presence_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/testkit"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

func TestPresence(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := testkit.DB(t)
	var clock atomic.Int64
	clock.Store(time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC).Unix())
	svc := presence.New(db, func(_ context.Context, by auth.Actor, numbers []int64) ([]int64, error) {
		if len(by.Hidden) > 0 {
			return nil, nil
		}
		return numbers, nil
	}, func() time.Time { return time.Unix(clock.Load(), 0).UTC() })
	person := func(name string) auth.Actor {
		a := auth.Actor{Kind: auth.Person, Name: name, Permissions: []auth.Permission{auth.AnswerTickets}}
		if err := db.QueryRow(ctx, `INSERT INTO people (first_name, created_at) VALUES ($1, now()) RETURNING id`, name).Scan(&a.PersonID); err != nil {
			t.Fatal(err)
		}
		return a
	}
	eve, mia := person("Eve"), person("Max")
	const number = 100001
	if _, err := db.Exec(ctx, `INSERT INTO tickets (number, subject, status, status_since, turn, topic_id, requester_id, created_at, last_activity_at, last_replier)
		SELECT $1, 's', 'new', now(), 'agent', (SELECT min(id) FROM topics), $2, now(), now(), 'customer'`, number, eve.PersonID); err != nil {
		t.Fatal(err)
	}
	hub := pg.NewHub(presence.Channel)
	go hub.Run(ctx, db, slog.New(slog.DiscardHandler))
	var told <-chan string
	testkit.Await(t, 10*time.Second, "the hub listens", func() bool {
		told, _ = hub.Subscribe(presence.Channel)
		if _, err := db.Exec(ctx, `SELECT pg_notify('`+presence.Channel+`', 'ready')`); err != nil {
			t.Fatal(err)
		}
		select {
		case <-told:
			return true
		case <-time.After(100 * time.Millisecond):
			return false
		}
	})
	beat := func(by auth.Actor, page string, d presence.Doing) []presence.Here {
		all, err := svc.Beat(ctx, by, number, page, d)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}

	if all := beat(eve, "a", presence.Viewing); len(all) != 0 {
		t.Errorf("she sees herself: %+v", all)
	}
	beat(eve, "b", presence.Replying)
	if got := []string{<-told, <-told}; got[0] != `{"ticket":100001}` || got[1] != got[0] {
		t.Errorf("told %q", got)
	}
	if all := beat(mia, "c", presence.Viewing); len(all) != 1 || all[0].Name != "Eve" || all[0].Doing != presence.Replying || all[0].Left != presence.Alive {
		t.Errorf("on the ticket: %+v", all)
	}
	<-told
	clock.Add(4)
	beat(mia, "c", presence.Viewing) // nothing new: nobody is told
	if err := svc.Leave(ctx, eve, number, "b"); err != nil {
		t.Fatal(err)
	}
	<-told
	if all, err := svc.On(ctx, mia, []int64{number, 7}); err != nil || len(all) != 1 || all[0].Doing != presence.Viewing {
		t.Errorf("on the list: %+v, %v", all, err)
	}
	select {
	case more := <-told:
		t.Errorf("told of nothing: %q", more)
	default:
	}
	clock.Add(7) // her laptop is closed: no word from the other page
	if all, _ := svc.On(ctx, mia, []int64{number}); len(all) != 0 {
		t.Errorf("still here: %+v", all)
	}
	hidden := mia
	hidden.Hidden = []int64{1}
	if _, err := svc.Beat(ctx, hidden, number, "d", presence.Viewing); !fault.Is(err, fault.NotFound) {
		t.Errorf("who may not see it is there: %v", err)
	}
	clock.Add(7200)
	if err := svc.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.QueryRow(ctx, `SELECT count(*) FROM presence`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows stay, %v", left, err)
	}
}
