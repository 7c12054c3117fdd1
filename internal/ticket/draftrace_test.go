package ticket_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

const firstSaveSQL = `
INSERT INTO drafts (person_id, ticket_id, kind, body, body_kind, base_seq, version, writer, updated_at)
SELECT $2, id, 'reply', 'The first save of another page.', 'markdown', 1, nextval('draft_version'), 'other', now() FROM tickets WHERE number = $1`

const blockedSQL = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`

// during runs do while the first save of another page of eve's is on its way: it
// has begun before do looks for a draft, and is there when do writes one.
func (w *sending) during(t *testing.T, n int64, do func(context.Context) error) {
	t.Helper()
	tx, err := w.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), firstSaveSQL, n, w.eve.PersonID); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- do(context.WithoutCancel(t.Context())) }()
	testkit.Await(t, time.Minute, "the act waits for the save", func() bool {
		var waiting int
		if err := w.db.QueryRow(t.Context(), blockedSQL).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		return waiting > 0
	})
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// kept are all unsent texts of eve's.
func (w *sending) kept(t *testing.T, n int64) []string {
	t.Helper()
	all := bodies(w.history(t, w.eve, n))
	d, spares := w.draft(t, w.eve, n)
	if d != nil {
		all = append(all, d.Body)
	}
	for _, s := range spares {
		all = append(all, s.Body)
	}
	return all
}

func TestTheFirstSaveOfAnotherPageCostsNoText(t *testing.T) {
	t.Parallel()
	const mine, other = "A text that must not go.", "The first save of another page."
	check := func(t *testing.T, w *sending, n int64) {
		t.Helper()
		got := w.kept(t, n)
		for _, text := range []string{mine, other} {
			if !slices.Contains(got, text) {
				t.Errorf("%q is lost: there is %q", text, got)
			}
		}
		if d, _ := w.draft(t, w.eve, n); d == nil || d.Body != mine {
			t.Errorf("the draft is %+v", d)
		}
	}
	t.Run("a reply is taken back", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		held := w.hold(t, w.eve, n, ticket.AgentReply{Message: mine, Key: "k"}, ticket.Hold{Why: ticket.ForUndo})
		w.during(t, n, func(ctx context.Context) error {
			_, err := w.svc.TakeBack(ctx, w.eve, held.ID)
			return err
		})
		check(t, w, n)
	})
	t.Run("a text beside the draft is taken", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", "Short.")
		w.types(t, w.eve, n, "b", mine)
		w.types(t, w.eve, n, "a", "")
		_, spares := w.draft(t, w.eve, n)
		w.during(t, n, func(ctx context.Context) error {
			_, _, err := w.svc.UseSpare(ctx, w.eve, spares[0].ID)
			return err
		})
		check(t, w, n)
	})
	t.Run("an earlier version is taken", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		n := w.submit(t, w.ann)
		w.types(t, w.eve, n, "a", mine)
		w.types(t, w.eve, n, "a", "")
		id := w.history(t, w.eve, n).Versions[0].ID
		w.during(t, n, func(ctx context.Context) error {
			_, _, err := w.svc.UseVersion(ctx, w.eve, id)
			return err
		})
		check(t, w, n)
	})
	t.Run("a draft that came with a merge is taken", func(t *testing.T) {
		t.Parallel()
		w := newSending(t)
		from, n := w.submit(t, w.ann), w.submit(t, w.ann)
		w.types(t, w.eve, from, "a", mine)
		if err := w.svc.Merge(t.Context(), w.max, from, ticket.Merging{Into: n}); err != nil {
			t.Fatal(err)
		}
		w.during(t, n, func(ctx context.Context) error { return w.svc.TakeDraft(ctx, w.eve, n, from, ticket.ReplyDraft) })
		check(t, w, n)
	})
}
