package desk

import (
	"net/http"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notice"
)

// withNotices serves the pages about notifications too, with one unread line of
// Marco's.
func (w *world) withNotices() {
	h := w.handler()
	notices := notice.New(notice.Deps{DB: w.db, Secret: []byte("a secret of the test's own"), Seen: w.tickets.Seen, Now: w.now})
	w.pages = w.router(h, NewNotices(NoticeDeps{Notices: notices, Tickets: w.tickets, Sessions: h.sessions, Errors: h.errors, Now: w.now}))
	var id int64
	w.insert(&id, `INSERT INTO notices (person_id, event, reason, ticket_id, causes, in_app, at) SELECT $1, 'customer_reply', 'mine', id, '{1}', true, $2
		FROM tickets WHERE number = $3 RETURNING id`, w.eve.PersonID, w.now(), w.submit(w.ann, "Firmware update fails"))
}

func (w *world) unreadOf(by auth.Actor) (n int) {
	w.tb.Helper()
	w.must(w.db.QueryRow(w.tb.Context(), `SELECT count(*) FROM notices WHERE person_id = $1 AND read_at IS NULL`, by.PersonID).Scan(&n))
	return n
}

func TestReadNotices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.withNotices()
	t.Run("a moment that cannot be read marks nothing", func(t *testing.T) {
		for _, upto := range []string{"", "soon", "2026-13-45", "2026-10-15"} {
			w.post(w.eve, link.NoticesRead, "upto", upto).wants(t, http.StatusUnprocessableEntity, "could not read what your browser sent")
		}
		if n := w.unreadOf(w.eve); n != 1 {
			t.Errorf("%d unread, want 1", n)
		}
	})
	t.Run("what came after the list was shown stays", func(t *testing.T) {
		w.post(w.eve, link.NoticesRead, "upto", w.now().Add(-time.Second).Format(time.RFC3339Nano)).wants(t, http.StatusSeeOther)
		if n := w.unreadOf(w.eve); n != 1 {
			t.Errorf("%d unread, want 1", n)
		}
	})
	t.Run("all that was shown is read", func(t *testing.T) {
		w.get(w.eve, link.Notices).wants(t, http.StatusOK, "Firmware update fails")
		w.post(w.eve, link.NoticesRead, "upto", w.now().Format(time.RFC3339Nano)).wants(t, http.StatusSeeOther)
		if n := w.unreadOf(w.eve); n != 0 {
			t.Errorf("%d unread, want none", n)
		}
	})
}
