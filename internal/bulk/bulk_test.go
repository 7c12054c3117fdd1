package bulk_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

// world is a desk with an agent, a customer and some tickets.
type world struct {
	db       *pgxpool.Pool
	tickets  *ticket.Service
	bulk     *bulk.Service
	at       atomic.Int64
	slow     atomic.Int64 // seconds from one look at the clock to the next
	looks    atomic.Int64
	ann, eve auth.Actor
	topic    int64
	asked    []int64 // runs whose job was queued
	ends     int     // of runs
	held     []int64 // replies that wait
}

// takesYears is the settings' part of one field, which takes years.
func takesYears(_ context.Context, _ auth.Actor, _ int64, current map[string]any, values map[string]string) ([]ticket.FieldChange, error) {
	typed, ok := values["year"]
	if !ok || current["year"] == typed {
		return nil, nil
	}
	if len(typed) != 4 {
		var wrong fault.Field
		wrong.Add("field.year", "setting.field_too_short", "limit", 4)
		return nil, wrong.Err()
	}
	old, _ := current["year"].(string)
	return []ticket.FieldChange{{Key: "year", Value: typed, Label: map[string]string{"en": "Year"}, Old: map[string]string{"en": old}, New: map[string]string{"en": typed}}}, nil
}

// send lets the replies leave whose time has come.
func (w *world) send(tb testing.TB) {
	tb.Helper()
	for _, id := range w.held {
		if err := w.tickets.SendHeld(tb.Context(), id); err != nil {
			tb.Fatal(err)
		}
	}
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{db: testkit.DB(tb)}
	w.at.Store(time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC).Unix())
	files, err := blob.Open(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	now := func() time.Time { return time.Unix(w.at.Load(), 0).UTC() }
	w.tickets = ticket.NewService(w.db, files, ticket.Hooks{
		ChangeFields: takesYears,
		Person:       func(context.Context, int64) (auth.Actor, error) { return w.eve, nil },
		Later: func(_ context.Context, _ pgx.Tx, held int64, _ time.Time) error {
			w.held = append(w.held, held)
			return nil
		},
	}, now)
	person := func(first string, perms ...auth.Permission) auth.Actor {
		a := auth.Actor{Kind: auth.Person, Name: first + " Test", Permissions: perms}
		err := w.db.QueryRow(tb.Context(), `INSERT INTO people (first_name, last_name, created_at) VALUES ($1, 'Test', now()) RETURNING id`, first).Scan(&a.PersonID)
		if err != nil {
			tb.Fatal(err)
		}
		return a
	}
	w.ann, w.eve = person("Ann"), person("Eve", auth.AnswerTickets)
	if err := w.db.QueryRow(tb.Context(), `INSERT INTO topics (key, name, position) VALUES ('test', '{"en": "Test"}', 99) RETURNING id`).Scan(&w.topic); err != nil {
		tb.Fatal(err)
	}
	w.bulk = bulk.New(bulk.Deps{
		DB: w.db, Tickets: w.tickets, Part: 7,
		Now: func() time.Time {
			if step := w.slow.Load(); step > 0 {
				return now().Add(time.Duration(step*w.looks.Add(1)) * time.Second)
			}
			return now()
		},
		Person:  func(context.Context, int64) (auth.Actor, error) { return w.eve, nil },
		Ended:   func(context.Context, pgx.Tx, int64) error { w.ends++; return nil },
		Enqueue: func(_ context.Context, _ pgx.Tx, run int64) error { w.asked = append(w.asked, run); return nil },
	})
	return w
}

func (w *world) submit(tb testing.TB, n int) []int64 {
	tb.Helper()
	numbers := make([]int64, n)
	for i := range numbers {
		var err error
		numbers[i], err = w.tickets.Submit(tb.Context(), w.ann, ticket.Submission{TopicID: w.topic, Subject: fmt.Sprint("Switch ", i), Message: "It is silent."})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return numbers
}

// start begins a run and works it until nothing is left.
func (w *world) start(tb testing.TB, o bulk.Order) int64 {
	tb.Helper()
	if o.Key == "" {
		o.Key = fmt.Sprint("k", len(w.asked))
	}
	id, err := w.bulk.Start(tb.Context(), w.eve, o)
	if err != nil {
		tb.Fatal(err)
	}
	w.work(tb, id)
	return id
}

func (w *world) work(tb testing.TB, id int64) {
	tb.Helper()
	for {
		more, err := w.bulk.Work(tb.Context(), id)
		if err != nil {
			tb.Fatal(err)
		}
		if !more {
			return
		}
	}
}

func (w *world) run(tb testing.TB, id int64) bulk.Run {
	tb.Helper()
	r, err := w.bulk.Run(tb.Context(), w.eve, id)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func (w *world) count(tb testing.TB, where string) int {
	tb.Helper()
	var n int
	if err := w.db.QueryRow(tb.Context(), `SELECT count(*) FROM tickets t WHERE `+where).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 5)
	if err := w.tickets.SetStatus(t.Context(), w.eve, numbers[1], ticket.Closed, nil); err != nil {
		t.Fatal(err)
	}
	order := bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Status: ticket.Resolved, AddTags: []string{"storm"}}}, Numbers: append(numbers, 999_999), Key: "the-form"}
	id := w.start(t, order)
	r := w.run(t, id)
	if r.State != bulk.Done || r.Total != 5 || r.Done != 4 || r.Refused != 1 {
		t.Fatalf("run = %+v", r)
	}
	refused, _, err := w.bulk.RefusedRows(t.Context(), w.eve, id, 0)
	if err != nil || len(refused) != 1 || refused[0].Number != numbers[1] || refused[0].Reason.Key != "ticket.closed_is_final" {
		t.Errorf("refused = %+v (%v)", refused, err)
	}
	if n := w.count(t, `t.status = 'resolved'`); n != 4 {
		t.Errorf("%d are resolved", n)
	}
	if again := w.start(t, order); again != id {
		t.Errorf("the same form began run %d beside %d", again, id)
	}
	order.Act.AddTags = []string{"rain"} // as after the browser's "back"
	if other := w.start(t, order); other == id {
		t.Error("another act with the same form did nothing")
	}
	stranger := w.eve
	stranger.PersonID = w.ann.PersonID
	if _, err := w.bulk.Run(t.Context(), stranger, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's run is shown: %v", err)
	}
}

func TestRunOfAllMatching(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(t, 30)
	id := w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}, All: true, Filter: "status:new"})
	if r := w.run(t, id); r.Total != 30 || r.Done != 30 || w.count(t, `t.priority = 4`) != 30 {
		t.Errorf("run = %+v", r)
	}
	if _, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Low}}, All: true, Filter: "colour:red"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a filter that cannot be read is taken: %v", err)
	}
}

func TestRunRepliesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 3)
	id := w.start(t, bulk.Order{Act: ticket.Act{Reply: "Hello {{customer.first_name}}, about {{ticket.number}}: the line is up.", Changes: ticket.Changes{Status: ticket.Resolved}}, Numbers: numbers})
	// A job that was cut off between its last row and its end runs again.
	if _, err := w.db.Exec(t.Context(), `UPDATE bulk_runs SET state = 'running'`); err != nil {
		t.Fatal(err)
	}
	w.work(t, id)
	w.at.Add(11)
	w.send(t)
	for _, n := range numbers {
		var said []string
		rows, _ := w.db.Query(t.Context(), `SELECT m.text FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE t.number = $1 AND m.author_kind = 'agent'`, n)
		said, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || !slices.Equal(said, []string{fmt.Sprintf("Hello Ann, about %d: the line is up.", n)}) {
			t.Errorf("ticket %d was told %q (%v)", n, said, err)
		}
	}
	if err := w.bulk.Undo(t.Context(), w.eve, id); fault.Of(err).Key != "bulk.undo_over_replies" || w.run(t, id).CanUndo(time.Unix(w.at.Load(), 0)) {
		t.Errorf("sent replies are taken back: %v", err)
	}
}

// TestRunGoesOn is that a ticket which cannot be changed for a reason of ours holds
// up none behind it, is tried again, and is said to have failed in the end.
func TestRunGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 4)
	broken := func(number int64) {
		t.Helper()
		_, err := w.db.Exec(t.Context(), `
CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number = `+strconv.FormatInt(number, 10)+` THEN RAISE 'out of order'; END IF; RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER broken BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION broken()`)
		if err != nil {
			t.Fatal(err)
		}
	}
	broken(numbers[1])
	act := ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}
	id, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: act, Numbers: numbers, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.bulk.Work(t.Context(), id); err == nil {
		t.Error("nobody hears of the failure")
	}
	r := w.run(t, id)
	rows, _, err := w.bulk.Rows(t.Context(), w.eve, id, 0)
	if err != nil || r.State != bulk.Running || r.Done != 3 || r.Refused != 0 || rows[1].State != "waiting" || rows[1].Reason.Key != "bulk.row_again" {
		t.Fatalf("after a failure: %+v, row %+v (%v)", r, rows[1], err)
	}
	for range 2 {
		_, _ = w.bulk.Work(t.Context(), id) // fails twice more
	}
	refused, _, err := w.bulk.RefusedRows(t.Context(), w.eve, id, 0)
	if r = w.run(t, id); err != nil || r.State != bulk.Done || r.Done != 3 || r.Refused != 1 || len(refused) != 1 || refused[0].Reason.Key != "bulk.row_broken" {
		t.Errorf("after three: %+v, %+v (%v)", r, refused, err)
	}

	broken(numbers[2])
	if err := w.bulk.Undo(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, _ = w.bulk.Work(t.Context(), id)
	}
	if r = w.run(t, id); r.State != bulk.Undone || r.Undone != 2 || r.Kept != 1 {
		t.Errorf("undone: %+v", r)
	}
	if w.ends != 2 {
		t.Errorf("the end was told %d times", w.ends)
	}
}

// TestUnseenEnd is that a run whose end its person did not see is one to tell of,
// and not once they looked.
func TestUnseenEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}, Numbers: w.submit(t, 2)})
	e, ok, err := w.bulk.Unseen(t.Context(), id)
	if err != nil || !ok || e.PersonID != w.eve.PersonID || e.Done != 2 || e.State != bulk.Done {
		t.Errorf("end = %+v, %t (%v)", e, ok, err)
	}
	w.run(t, id)
	if _, ok, err := w.bulk.Unseen(t.Context(), id); ok || err != nil {
		t.Errorf("told of what was looked at (%v)", err)
	}
}

func TestUndoRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 3)
	id := w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Status: ticket.Closed, AddTags: []string{"x"}}}, Numbers: numbers})
	if _, err := w.tickets.Apply(t.Context(), w.eve, numbers[0], ticket.Changes{Bin: ticket.Trash}); err != nil {
		t.Fatal(err)
	}
	if err := w.bulk.Undo(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	w.work(t, id)
	r := w.run(t, id)
	if r.State != bulk.Undone || r.Undone != 2 || r.Kept != 1 || w.count(t, `t.status = 'new'`) != 2 {
		t.Errorf("run = %+v", r)
	}
	refused, _, _ := w.bulk.RefusedRows(t.Context(), w.eve, id, 0)
	if len(refused) != 1 || refused[0].Reason.Key != "ticket.moved_on.bin" {
		t.Errorf("kept = %+v", refused)
	}
	if err := w.bulk.Undo(t.Context(), w.eve, id); !fault.Is(err, fault.Conflict) {
		t.Errorf("undone twice: %v", err)
	}
	late := w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Low}}, Numbers: numbers[1:]})
	w.at.Add(11 * 60)
	if err := w.bulk.Undo(t.Context(), w.eve, late); !fault.Is(err, fault.Conflict) {
		t.Errorf("undone after eleven minutes: %v", err)
	}
}

func TestCancelRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 3)
	id, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}, Numbers: numbers, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bulk.Cancel(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	w.work(t, id)
	if r := w.run(t, id); r.State != bulk.Cancelled || r.Done != 0 || w.count(t, `t.priority = 4`) != 0 {
		t.Errorf("run = %+v", r)
	}
}

func TestWhoMayRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 1)
	order := bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}, Numbers: numbers, Key: "k"}
	if _, err := w.bulk.Start(t.Context(), w.ann, order); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer begins one: %v", err)
	}
	for name, o := range map[string]bulk.Order{
		"nothing to do": {Numbers: numbers}, "no tickets": {Act: order.Act}, "tickets that are not there": {Act: order.Act, Numbers: []int64{7}, Key: "k2"},
	} {
		if _, err := w.bulk.Start(t.Context(), w.eve, o); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, err := w.bulk.Start(t.Context(), w.eve, order)
	if err != nil {
		t.Fatal(err)
	}
	w.eve.Permissions = nil // left before the job began
	w.work(t, id)
	var state string
	if err := w.db.QueryRow(t.Context(), `SELECT state FROM bulk_rows`).Scan(&state); err != nil || state != "refused" || w.count(t, `t.priority = 4`) != 0 {
		t.Errorf("the row of somebody who works here no more is %s (%v)", state, err)
	}
}
