package bulk_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestUndoReplies is that a bulk reply waits like any other: what has not left is
// withdrawn when the run is undone, what has left stays and says so.
func TestUndoReplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 3)
	act := ticket.Act{Reply: "It is up.", Changes: ticket.Changes{Status: ticket.Resolved, Priority: ticket.Low}}
	id, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: act, Numbers: numbers, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	w.slow.Store(30) // one row at a time
	if _, err := w.bulk.Work(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.slow.Store(0)
	if n := w.count(t, `EXISTS (SELECT FROM messages m WHERE m.ticket_id = t.id AND m.author_kind = 'agent')`); n != 0 || len(w.held) != 1 {
		t.Fatalf("%d replies left at once, %d wait", n, len(w.held))
	}
	w.at.Add(11)
	w.send(t)
	w.work(t, id)
	if r := w.run(t, id); r.Done != 3 || !r.CanUndo(time.Unix(w.at.Load(), 0)) {
		t.Errorf("run = %+v", r)
	}
	if err := w.bulk.Undo(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	w.at.Add(11)
	w.send(t)
	w.work(t, id)
	if r := w.run(t, id); r.Undone != 2 || r.Kept != 1 || w.count(t, `t.status = 'new' AND t.priority = 2`) != 2 || w.count(t, `t.status = 'resolved' AND t.priority = 1`) != 1 {
		t.Errorf("undone: %+v", r)
	}
	rows, _, err := w.bulk.Rows(t.Context(), w.eve, id, 0)
	if err != nil || rows[0].Reason.Key != "ticket.moved_on.sent" || rows[1].State != "undone" || rows[1].Did == nil || rows[1].Did.After.Priority != ticket.Low {
		t.Errorf("rows = %+v (%v)", rows, err)
	}
	if n := w.count(t, `EXISTS (SELECT FROM messages m WHERE m.ticket_id = t.id AND m.author_kind = 'agent') OR EXISTS (SELECT FROM drafts d WHERE d.ticket_id = t.id)`); n != 1 {
		t.Errorf("%d tickets have the reply, want one", n)
	}
}

// TestUndoAtWork is that a run can be taken back while it is at work: it ends then.
func TestUndoAtWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 3)
	id, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Low}}, Numbers: numbers, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	w.slow.Store(30)
	if _, err := w.bulk.Work(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.slow.Store(0)
	if err := w.bulk.Undo(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	w.work(t, id)
	if r := w.run(t, id); r.State != bulk.Undone || r.Undone != 1 || w.count(t, `t.priority = 1`) != 0 {
		t.Errorf("run = %+v", r)
	}
}

// TestFixedSet is that a run over a filter holds every ticket that there was when it
// began, whatever happens while they are written down and however often that is cut
// off, and none that came later.
func TestFixedSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 30)
	id, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Priority: ticket.Urgent}}, All: true, Filter: "status:new,open switch", Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	w.submit(t, 2) // after it began
	w.slow.Store(30)
	for part := 1; part <= 4; part++ {
		more, err := w.bulk.Work(t.Context(), id)
		if r := w.run(t, id); err != nil || !more || r.State != bulk.Gathering || r.Total != 7*part {
			t.Fatalf("after part %d: %+v (%v)", part, r, err)
		}
		w.at.Add(60)
		for _, n := range []int64{numbers[7*part-1], numbers[7*part], numbers[29]} { // to the top of every list
			if _, err := w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "Hello?"}); err != nil {
				t.Fatal(err)
			}
		}
		w.submit(t, 1)
	}
	w.slow.Store(0)
	w.work(t, id)
	if r := w.run(t, id); r.State != bulk.Done || r.Total != 30 || r.Done != 30 || w.count(t, `t.priority = 4`) != 30 {
		t.Errorf("run = %+v", r)
	}
	if got := w.count(t, `t.priority = 4 AND t.number > `+strconv.FormatInt(numbers[29], 10)); got != 0 {
		t.Errorf("%d tickets that came later were changed", got)
	}
}

// TestRunOfFields is that a run sets fields, requester and company of each ticket by
// the ticket's own rules, says what was changed and why something was not, and puts
// all of it back.
func TestRunOfFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	numbers := w.submit(t, 3)
	var firm, other int64
	for name, to := range map[string]*int64{"Puerto Fibra": &firm, "Elsewhere": &other} {
		if err := w.db.QueryRow(t.Context(), `INSERT INTO companies (name, created_at, updated_at) VALUES ($1, now(), now()) RETURNING id`, name).Scan(to); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.db.Exec(t.Context(), `INSERT INTO company_people (company_id, person_id, linked_at) VALUES ($1, $2, now())`, firm, w.eve.PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET fields = '{"year": "2020"}' WHERE number = $1`, numbers[1]); err != nil {
		t.Fatal(err)
	}
	id := w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Fields: map[string]string{"year": "2026"}, Requester: w.eve.PersonID}}, Numbers: numbers})
	changed := `t.fields ->> 'year' = '2026' AND t.requester_id = ` + strconv.FormatInt(w.eve.PersonID, 10) + ` AND t.company_id = ` + strconv.FormatInt(firm, 10)
	if r := w.run(t, id); r.Done != 3 || w.count(t, changed) != 3 {
		t.Errorf("run = %+v, %d are changed", r, w.count(t, changed))
	}
	rows, _, err := w.bulk.Rows(t.Context(), w.eve, id, 0)
	if err != nil || rows[0].Did == nil || len(rows[0].Did.Fields) != 1 || rows[0].Did.After.RequesterID != w.eve.PersonID {
		t.Errorf("rows = %+v (%v)", rows, err)
	}
	if _, err := w.tickets.Apply(t.Context(), w.eve, numbers[2], ticket.Changes{Requester: w.ann.PersonID}); err != nil {
		t.Fatal(err)
	}
	if err := w.bulk.Undo(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	w.work(t, id)
	if r := w.run(t, id); r.Undone != 2 || r.Kept != 1 || w.count(t, changed) != 0 || w.count(t, `t.fields = '{}' AND t.company_id IS NULL`) != 1 || w.count(t, `t.fields ->> 'year' = '2020'`) != 1 {
		t.Errorf("undone: %+v", r)
	}
	if refused, _, _ := w.bulk.RefusedRows(t.Context(), w.eve, id, 0); len(refused) != 1 || refused[0].Reason.Key != "ticket.moved_on.requester" {
		t.Errorf("kept = %+v", refused)
	}
	id = w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Company: other, Priority: ticket.Low}}, Numbers: numbers[:1]})
	if refused, _, _ := w.bulk.RefusedRows(t.Context(), w.eve, id, 0); len(refused) != 1 || refused[0].Reason.Key != "ticket.company_not_theirs" || w.count(t, `t.priority = 1`) != 0 {
		t.Errorf("a company that is not the requester's is taken: %+v", refused)
	}
	id = w.start(t, bulk.Order{Act: ticket.Act{Changes: ticket.Changes{Fields: map[string]string{"year": "26"}}}, Numbers: numbers[:1]})
	refused, _, _ := w.bulk.RefusedRows(t.Context(), w.eve, id, 0)
	if len(refused) != 1 || refused[0].Reason.Key != bulk.RowField || fmt.Sprint(refused[0].Reason.Args) != "[field year why setting.field_too_short args [limit 4]]" {
		t.Errorf("a wrong value is taken: %+v", refused)
	}
	for name, act := range map[string]ticket.Act{"nobody": {Changes: ticket.Changes{Requester: 999}}, "no company": {Changes: ticket.Changes{Company: 999}}} {
		if _, err := w.bulk.Start(t.Context(), w.eve, bulk.Order{Act: act, Numbers: numbers, Key: name}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
