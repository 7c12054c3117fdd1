package portal

import (
	"net/http"
	"strings"
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

func TestGuestLettersAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	send := func(n int, change ...string) reply {
		t.Helper()
		key := strings.Repeat("k", 26) + num(int64(n))
		form := w.submission("billing", "key", key, "first_name", "Gina", "last_name", "Guest", "email", "gina@guest.test", "consent", "1")
		for i := 0; i+1 < len(change); i += 2 {
			form.Set(change[i], change[i+1])
		}
		return w.post(t, auth.Actor{}, link.Query(link.Tickets, "key", key), form)
	}
	w.openToGuests(t)
	for n := range guestsToAddress { // what has to be mended is no letter
		send(n, "subject", "").is(http.StatusUnprocessableEntity)
		send(n).leads(link.GuestSent)
	}
	p := send(guestsToAddress, "email", " GINA@Guest.test ")
	p.is(http.StatusTooManyRequests)
	p.shows("Too many emails were asked for.", "It stops every time.", `value="GINA@Guest.test"`, `value="Gina"`)
	send(guestsToAddress, "email", "other@guest.test").leads(link.GuestSent)
	for n := range guestsFromPlace - 2*guestsToAddress - 2 {
		send(10+n, "subject", "").is(http.StatusUnprocessableEntity)
	}
	p = send(20, "email", "third@guest.test")
	p.is(http.StatusTooManyRequests)
	p.shows("Too many attempts.", "It stops every time.", `value="third@guest.test"`)
	var held int
	if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM guest_tickets`).Scan(&held); err != nil || held != guestsToAddress+1 {
		t.Errorf("%d tickets are held, %v", held, err)
	}
}
