package portal

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
)

// openToGuests lets visitors write tickets and returns the key of a form of
// theirs.
func (w *world) openToGuests(t *testing.T) string {
	t.Helper()
	if err := setting.Put(t.Context(), w.settings, auth.TheSystem(), setting.Guests, 0, setting.GuestRules{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	return w.get(t, auth.Actor{}, link.NewTicket).value("key")
}

func TestGuestFilesAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.openToGuests(t)
	at, form := link.Query(link.Tickets, "key", key), w.submission("billing", "key", key, "refresh", "1")
	files := make([]file, guestUploads)
	for i := range files {
		files[i] = file{"log" + num(int64(i)) + ".txt", "text"}
	}
	w.post(t, auth.Actor{}, at, form, files...).lacks("then try “log")
	p := w.post(t, auth.Actor{}, at, form, file{"more.txt", "text"})
	p.is(http.StatusOK)
	p.shows("Too many files in a short time. Wait a minute, then try “more.txt” again.", "It stops every time.")
	if got := w.post(t, auth.Actor{}, link.Query(link.Attachments, "key", key), nil, file{"ahead.txt", "text"}); got.Code != http.StatusTooManyRequests {
		t.Errorf("a file ahead of the form got %d", got.Code)
	}
	var staged int
	if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM attachments`).Scan(&staged); err != nil || staged != guestUploads {
		t.Errorf("%d files are staged, %v", staged, err)
	}
}
