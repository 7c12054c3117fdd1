package privacy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/privacy"
)

// ask asks for a copy of Ann's data, which is not made yet.
func (w *world) ask(t *testing.T) int64 {
	t.Helper()
	if err := w.RequestExport(t.Context(), w.ann); err != nil {
		t.Fatal(err)
	}
	return w.queued[len(w.queued)-1]
}

// erase asks for Ann to be forgotten and does it.
func (w *world) erase(t *testing.T) {
	t.Helper()
	if err := w.RequestErasure(t.Context(), w.ann, password, place); err != nil {
		t.Error(err)
	}
	page, err := w.Erasures(t.Context(), w.ada, "")
	if err != nil || len(page.Rows) != 1 {
		t.Errorf("requests = %+v, %v", page, err)
		return
	}
	if err := w.Erase(t.Context(), w.ada, page.Rows[0].ID); err != nil {
		t.Error(err)
	}
}

func TestErasureEndsACopyInTheMaking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ticket(t, w.ann, "The switch is silent", "It does not answer.", "", "")
	id := w.ask(t)
	w.during = func() { w.erase(t) }
	if err := w.Make(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	var state privacy.ExportState
	w.scan(t, &state, `SELECT state FROM exports WHERE id = $1`, id)
	if state != privacy.Failed || w.kept(t) != 0 {
		t.Errorf("the copy is %s and %d files are kept, after the person was forgotten", state, w.kept(t))
	}
	var letters int
	w.scan(t, &letters, `SELECT count(*) FROM deliveries WHERE kind = 'export_ready' OR recipient = 'ann@acme.test' AND kind <> 'erased'`)
	if letters != 0 {
		t.Errorf("%d letters still go to who was forgotten", letters)
	}
}

func TestCopyThatCannotBeFinishedLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.ask(t)
	w.exec(t, `ALTER TABLE exports ADD CONSTRAINT never CHECK (state <> 'ready')`)
	if err := w.Make(t.Context(), id); err == nil {
		t.Error("a copy is ready that cannot be")
	}
	if n := w.kept(t); n != 0 {
		t.Errorf("%d files are kept that nothing names", n)
	}
	w.exec(t, `ALTER TABLE exports DROP CONSTRAINT never`)
	if err := w.Make(t.Context(), id); err != nil || w.kept(t) != 1 {
		t.Errorf("the second try: %v, %d files", err, w.kept(t))
	}
}

func TestPanicWhileACopyIsMadeFailsTheCopyAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ticket(t, w.ann, "The switch is silent", "It does not answer.", "", "")
	w.during = func() { panic("a field of an unknown kind") }
	if err := w.Make(t.Context(), w.ask(t)); err == nil || !strings.Contains(err.Error(), "a field of an unknown kind") {
		t.Errorf("err = %v", err)
	}
	if n := w.kept(t); n != 0 {
		t.Errorf("%d files are kept", n)
	}
}

func TestSweepEndsCopiesThatNobodyMakesAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ask(t)
	for _, step := range []struct {
		pass time.Duration
		want privacy.ExportState
	}{{23 * time.Hour, privacy.Queued}, {2 * time.Hour, privacy.Failed}} {
		w.pass(step.pass)
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if st, err := w.State(t.Context(), w.ann); err != nil || st.Export.State != step.want {
			t.Errorf("%s later: %+v, %v; want %s", step.pass, st.Export, err, step.want)
		}
	}
	w.ask(t) // they may ask again
}

func TestSweepForgetsAKeyOnlyAfterItsBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad, good := w.make(t, w.ann), w.make(t, w.abe)
	w.exec(t, `UPDATE exports SET key = 'cannot be deleted' WHERE id = $1`, bad.ID)
	w.pass(privacy.KeepExport)
	if err := w.Sweep(t.Context()); err == nil {
		t.Error("nobody hears of bytes that could not be deleted")
	}
	var key string
	w.scan(t, &key, `SELECT key FROM exports WHERE id = $1`, bad.ID)
	if key != "cannot be deleted" {
		t.Errorf("the key of bytes that are still there became %q", key)
	}
	var state privacy.ExportState
	w.scan(t, &state, `SELECT state FROM exports WHERE id = $1`, good.ID)
	if state != privacy.Expired {
		t.Errorf("the other copy is %s", state)
	}
}
