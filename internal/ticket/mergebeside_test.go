package ticket_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// TestMergeBringsWhatStandsBesideTheTimeline reads calls, times, the service
// centre's stages and the fields of a merged ticket on the page of the one that
// stays, once, and gives all of it back.
func TestMergeBringsWhatStandsBesideTheTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	sheets := timesheet.New(w.db, w.svc, w.now)
	a, b, c := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1"), w.open(t, w.ann, "Three", "c1")
	w.exec(t, `UPDATE tickets SET fields = '{"serial": "HX-1"}' WHERE number = $1`, a)
	for _, n := range []int64{a, b, c} {
		w.exec(t, `INSERT INTO calls (ticket_id, contact_id, agent_id, direction, started_at, seconds) SELECT id, requester_id, $2, 'in', now(), 60 FROM tickets WHERE number = $1`, n, w.eve.PersonID)
		if err := sheets.Add(ctx, w.eve, n, timesheet.Spent{Minutes: 10, SpentOn: w.now().Format("2006-01-02"), Kind: timesheet.Work}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.svc.RecordStage(ctx, w.eve, a, ticket.StageInput{Stage: ticket.Shipping}); err != nil {
		t.Fatal(err)
	}
	if p, err := w.svc.PlanMerge(ctx, w.eve, a, b); err != nil || p.Why == nil || p.Why.Key != "ticket.merge_in_service" {
		t.Fatalf("equipment that is in the service centre loses its ticket: %v, %v", p.Why, err)
	}
	if err := w.svc.ReturnFromService(ctx, w.eve, a, ""); err != nil {
		t.Fatal(err)
	}
	if err := sheets.StartTimer(ctx, w.eve, a); err != nil {
		t.Fatal(err)
	}
	w.pass(5 * 60e9)

	look := func(n int64, calls, minutes, stages, seconds int) timesheet.Sheet {
		t.Helper()
		work, err := w.svc.Work(ctx, w.eve, n, ticket.ViewAll, ticket.ReplyDraft)
		if err != nil {
			t.Fatal(err)
		}
		sh, err := timesheet.ReadSheet(work.Times)
		if err != nil || len(work.Calls) != calls || sh.Minutes != minutes || len(sh.Entries) != minutes/10 || len(work.Service) != stages ||
			int(sh.Timer.Elapsed(w.now()).Seconds()) != seconds {
			t.Errorf("%d has %d calls, %d minutes in %d entries, %d stages, timer %+v (%v)", n, len(work.Calls), sh.Minutes, len(sh.Entries), len(work.Service), sh.Timer, err)
		}
		return sh
	}
	w.merge(t, a, b)
	w.merge(t, b, c)
	sh := look(c, 3, 30, 1, 300)
	work, err := w.svc.Work(ctx, w.eve, b, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil || len(work.Merges) != 1 || work.Merges[0].Fields["serial"] != "HX-1" {
		t.Errorf("the fields of a merged ticket: %+v, %v", work.Merges, err)
	}

	// The clock and the entries go on from there.
	if err := sheets.PauseTimer(ctx, w.eve, c); err != nil {
		t.Fatal(err)
	}
	if err := sheets.StartTimer(ctx, w.eve, c); err != nil {
		t.Fatal(err)
	}
	w.pass(60e9)
	for _, e := range sh.Entries {
		if err := sheets.Edit(ctx, w.eve, c, e.ID, timesheet.Spent{Minutes: 10, SpentOn: e.SpentOn, Kind: timesheet.Call}); err != nil {
			t.Errorf("an entry of a merged ticket cannot be changed: %v", err)
		}
	}
	look(c, 3, 30, 1, 360)
	for _, n := range []int64{b, a} {
		if _, err := w.svc.Unmerge(ctx, w.eve, n, ticket.Along{}); err != nil {
			t.Fatal(err)
		}
	}
	look(a, 1, 10, 1, 300)
	look(b, 1, 10, 0, 0)
	look(c, 1, 10, 0, 60)
	w.merge(t, a, c)
	if err := sheets.DropTimer(ctx, w.eve, c); err != nil {
		t.Fatal(err)
	}
	look(c, 2, 20, 1, 0)
}
