package app

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestSameAnswers asks each door that takes an address about one that has an
// account and one that has none.
func TestSameAnswers(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	const known, unknown = "stranger@door.test", "nothings@door.test"
	own := map[string]string{"current": doorPassword}
	for _, d := range []struct {
		path, field, reader string
		more                map[string]string
	}{
		{link.Login, "email", "visitor", map[string]string{"password": "wrong wrong wrong"}},
		{link.LoginCode, "email", "visitor", map[string]string{"code": "12345678"}},
		{link.Reset, "email", "visitor", nil},
		{link.ResetCode, "email", "visitor", map[string]string{"code": "123456", "password": doorPassword}},
		{link.Register, "email", "visitor", map[string]string{"first_name": "A", "last_name": "B", "consent": "1"}},
		{link.ProfileEmail, "email", "requester", own},
		{link.Copies(w.number), "copies", "requester", nil},
		{link.CopiesRemove(w.number), "address", "requester", nil},
	} {
		said := map[string]answer{}
		for _, email := range []string{known, unknown} {
			form := url.Values{d.field: {email}}
			for name, v := range d.more {
				form.Set(name, v)
			}
			w.reader(d.reader).ask(t, http.MethodGet, link.Tickets, nil) // spends the word of what was done before
			a := w.reader(d.reader).ask(t, http.MethodPost, d.path, form)
			a.body = puzzles.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(a.body, email, ""), url.QueryEscape(email), ""), "")
			said[email] = a
		}
		if k, u := said[known], said[unknown]; k.status != u.status || k.to != u.to || k.body != u.body {
			t.Errorf("%s tells who has an account: %d %q, %d %q\n%s", d.path, k.status, k.to, u.status, u.to, difference(k.body, u.body))
		}
	}
}

// puzzles are what differs in a page each time that it is made.
var puzzles = regexp.MustCompile(`data-work="[^"]*"|name="(ticket|key)" value="[^"]*"|What is \d+ (and|\+|plus) \d+|\d+ \+ \d+|[0-9a-hjkmnp-tv-z]{16}`)

// difference is where two texts part.
func difference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-80)
	return a[from:min(len(a), i+80)] + "\n-- and --\n" + b[from:min(len(b), i+80)]
}

// TestRatingKeysAreForOneTime: a signed link rates its own ticket, for the time
// that it was made for.
func TestRatingKeysAreForOneTime(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	other, err := w.Tickets.Submit(t.Context(), w.actor(t, "stranger"), ticket.Submission{
		TopicID: mustID(t, w.ids["topic"]), Subject: "Another", Message: "M",
	})
	if err != nil {
		t.Fatal(err)
	}
	w.exec(t, `UPDATE tickets SET status = 'resolved'`)
	good, _ := w.Tickets.RatingLinks(other, 0)
	u, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	signature := u.Query().Get("s")
	v := w.reader("visitor")
	for _, form := range []url.Values{
		{"rating": {"good"}, "c": {"0"}, "s": {signature}}, {"rating": {"good"}, "c": {"1"}, "s": {signature}}, {"rating": {"good"}, "c": {"-1"}, "s": {""}}, {"rating": {"good"}, "c": {"00"}, "s": {signature + "="}},
	} {
		if a := v.ask(t, http.MethodPost, link.Rating(w.number), form); a.status != http.StatusNotFound {
			t.Errorf("%v of another ticket gives %d", form, a.status)
		}
	}
	if a := v.ask(t, http.MethodPost, link.Rating(other), url.Values{"rating": {"good"}, "c": {"1"}, "s": {signature}}); a.status != http.StatusNotFound {
		t.Errorf("another time gives %d", a.status)
	}
	if n := w.row(t, `SELECT count(*)::text FROM ratings`); n != "0" {
		t.Errorf("%s ratings were taken", n)
	}
	if a := v.ask(t, http.MethodPost, link.Rating(other), url.Values{"rating": {"good"}, "c": {"0"}, "s": {signature}}); a.status != http.StatusOK {
		t.Errorf("the right one gives %d", a.status)
	}
}

func mustID(t *testing.T, s string) (id int64) {
	t.Helper()
	if _, err := fmt.Sscan(s, &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestStreamsEnd: a person has so many streams and no more, and one that is open
// takes nobody else's place.
func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	r := w.reader("requester")
	var open []*http.Response
	defer func() {
		for _, res := range open {
			_ = res.Body.Close()
		}
	}()
	refused := 0
	for range 12 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+link.TicketLive(w.number), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := r.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, res)
		if res.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 4 {
		t.Errorf("of 12 streams %d are refused", refused)
	}
	if a := w.reader("company").ask(t, http.MethodGet, link.TicketLive(w.number), nil); a.status != http.StatusOK {
		t.Errorf("somebody else's stream gives %d", a.status)
	}
}
