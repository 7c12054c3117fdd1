package portal

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestThreadDoors: each door of a ticket is shut for a stranger and for a
// visitor, and none says that there is such a ticket.
func TestThreadDoors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Resolved)
	gets := []string{link.Ticket(n), link.TicketLive(n), link.TicketPrint(n), link.Copies(n), link.Query(link.Ticket(n), "after", "0"), link.Query(link.Ticket(n), "at", "1")}
	for _, path := range gets {
		w.get(t, w.oleg, path).is(http.StatusNotFound)
		w.get(t, auth.Actor{}, path).is(http.StatusSeeOther)
	}
	form := url.Values{"message": {"x"}, "rating": {"good"}, "copies": {"a@b.test"}, "address": {"a@b.test"}, "field.type": {"other"}}
	for _, path := range []string{link.TicketDraft(n), link.TicketFields(n), link.Copies(n), link.CopiesRemove(n), link.Rating(n)} {
		w.post(t, w.oleg, path, form).is(http.StatusNotFound)
		if r := w.post(t, auth.Actor{}, path, form); r.Code != http.StatusUnauthorized && r.Code != http.StatusSeeOther {
			t.Errorf("a visitor's POST %s: %d", path, r.Code)
		}
	}
}

func TestThreadWindows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Open)
	for range 60 {
		if _, err := w.tickets.Reply(t.Context(), w.elena, n, ticket.CustomerReply{Message: "again"}); err != nil {
			t.Fatal(err)
		}
	}
	p := w.get(t, w.elena, link.Ticket(n))
	p.shows(`data-earlier`, `data-live="`+link.TicketLive(n)+`"`)
	at, _, _ := strings.Cut(link.TicketAt(n, 2), "#")
	old := w.get(t, w.elena, at)
	old.shows("The transfer stops at", "later messages", `data-live=""`, `name="seen" value="0"`)
	w.get(t, w.elena, link.Query(link.Ticket(n), "since", "1")).shows(`id="thread-notice"`)
	news := w.news(t, w.elena, link.Query(link.Ticket(n), "after", num(w.thread(t, n).TimelineSeq-1)))
	if got := strings.Count(news.Body.String(), `class="msg `); got != 1 {
		t.Errorf("the news have %d messages", got)
	}
	news.lacks("<html")
	news.shows(`id="thread-state"`, `id="thread-aside"`, `id="thread-answer"`)
}

// news asks as the page's script does.
func (w *world) news(t *testing.T, by auth.Actor, path string) reply {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	req.Header.Set("HX-Request", "true")
	return w.do(t, by, req)
}

func TestPropertiesOfATicket(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, func(c *pgxpool.Config) { // before the settings read them
		db, err := pgx.ConnectConfig(t.Context(), c.ConnConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close(t.Context()) }()
		_, err = db.Exec(t.Context(), `
INSERT INTO field_rules (topic_id, field_key, audience, rule)
SELECT o.id, r.key, 'page', r.rule FROM topics o, (VALUES ('serial_numbers', 'edit'), ('type', 'view'), ('order_year', 'hidden')) AS r (key, rule)
WHERE o.key = 'technical_support'
ON CONFLICT (topic_id, field_key, audience) DO UPDATE SET rule = excluded.rule`)
		if err != nil {
			t.Fatal(err)
		}
	})
	n := w.ticket(t, ticket.Waiting)
	p := w.get(t, w.elena, link.Ticket(n))
	p.shows(`name="field.serial_numbers"`, "Firmware update")
	p.lacks(`name="field.type"`, "order_year", "Order year")
	w.news(t, w.elena, link.Query(link.Ticket(n), "after", "1")).lacks("order_year", "Order year")
	w.get(t, w.elena, link.TicketPrint(n)).lacks("Order year")

	form := url.Values{
		"field.serial_numbers": {"OE9999XX01"}, "field.type": {"other"}, "field.order_year": {"1999"},
		"status": {"closed"}, "assignee": {"1"}, "field.nonsense": {"x"},
	}
	w.post(t, w.elena, link.TicketFields(n), form).leads(link.Ticket(n))
	th := w.thread(t, n)
	if th.Fields["type"] != "firmware" || th.Fields["order_year"] != float64(2026) || th.Fields["nonsense"] != nil || th.Status != ticket.Waiting {
		t.Errorf("fields that are not the customer's to set: %v, status %s", th.Fields, th.Status)
	}
	p = w.get(t, w.elena, link.Ticket(n))
	p.shows("OE9999XX01", "Serial numbers")
	p.lacks("OE4423DS31</dd>")
}

func TestCopiesPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Waiting)
	p := w.get(t, w.elena, link.Copies(n))
	p.is(http.StatusOK)
	p.shows("Pavel Sokolov", "pavel@uralsvyaz.test")
	p.lacks("Oleg", "Anna Keller")
	w.get(t, w.pavel, link.Copies(n)).is(http.StatusForbidden)

	form := url.Values{"person": {num(w.pavel.PersonID)}, "copies": {"<b>@supplier.test"}}
	w.post(t, w.elena, link.Copies(n), form).is(http.StatusUnprocessableEntity)
	form.Set("copies", "x@supplier.test")
	p = w.post(t, w.elena, link.Copies(n), form)
	p.is(http.StatusUnprocessableEntity)
	p.shows("outside your company", "x@supplier.test", "Yes, add them", `value="`+num(w.pavel.PersonID)+`" checked`)
	if len(w.thread(t, n).Participants) != 0 {
		t.Fatal("added before the answer")
	}
	form.Set("confirmed", p.value("confirmed"))
	w.post(t, w.elena, link.Copies(n), form).leads(link.Ticket(n))
	p = w.get(t, w.elena, link.Ticket(n))
	p.shows("You opened the ticket", "Added by you on", "x@supplier.test", "Take x@supplier.test off the copies")
	p = w.get(t, w.pavel, link.Ticket(n))
	p.shows("Added by Elena Orlova on", "Leave the ticket")
	p.lacks("Take x@supplier.test off")
	w.post(t, w.pavel, link.CopiesRemove(n), url.Values{"address": {"x@supplier.test"}}).is(http.StatusForbidden)
	w.post(t, w.elena, link.CopiesRemove(n), url.Values{"address": {"x@supplier.test"}}).leads(link.Ticket(n))
	w.post(t, w.pavel, link.CopiesRemove(n), url.Values{"address": {"pavel@uralsvyaz.test"}, "leave": {"1"}}).leads(link.Tickets)
	if left := w.thread(t, n).Participants; len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestRatingPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Resolved)
	w.get(t, w.elena, link.Ticket(n)).shows("How did we do?", `name="rating" value="good"`)
	w.get(t, w.pavel, link.Ticket(n)).lacks("How did we do?")
	good, bad := w.tickets.RatingLinks(n, 0)
	p := w.get(t, auth.Actor{}, bad)
	p.is(http.StatusOK)
	p.shows(num(n), `value="bad" checked`, "Nothing is sent until")
	p.lacks("Firmware", "Elena", "Uralsvyaz", "Anna")
	if w.thread(t, n).Rating != nil {
		t.Fatal("opening the link rated")
	}
	form := url.Values{"c": {p.value("c")}, "s": {p.value("s")}, "rating": {"bad"}, "comment": {"<script>"}}
	w.post(t, auth.Actor{}, link.Rating(n), form).shows("You can close this page")
	p = w.get(t, w.elena, link.Ticket(n))
	p.shows("Thank you for your rating", "&lt;script&gt;</textarea>", "Elena Orlova rated our help: not good")
	w.get(t, auth.Actor{}, strings.Replace(good, "s=", "s=x", 1)).is(http.StatusNotFound)
	form.Set("s", "forged")
	w.post(t, auth.Actor{}, link.Rating(n), form).is(http.StatusNotFound)
	w.get(t, auth.Actor{}, link.Rating(n)).leads(link.Ticket(n) + "#rating")
	w.post(t, w.elena, link.Rating(n), url.Values{"rating": {"good"}}).leads(link.Ticket(n) + "#rating")
	if err := w.tickets.Reopen(t.Context(), w.elena, n); err != nil {
		t.Fatal(err)
	}
	w.get(t, auth.Actor{}, good).is(http.StatusConflict)
}

func TestPrint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Waiting)
	if _, err := w.tickets.AddNote(t.Context(), w.anna, n, ticket.NewNote{Message: "customer is upset"}); err != nil {
		t.Fatal(err)
	}
	for _, by := range []auth.Actor{w.elena, w.anna} {
		p := w.get(t, by, link.TicketPrint(n))
		p.is(http.StatusOK)
		p.shows("The transfer stops at", "Set the block timeout to 12.", "OE4423DS23", "Printed on")
		p.lacks("upset")
	}
	w.lang = "ru"
	w.get(t, w.elena, link.TicketPrint(n)).shows("Заявка", "Распечатано")
}

func TestReplyDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Waiting)
	seen := num(w.thread(t, n).TimelineSeq)
	w.post(t, w.elena, link.TicketDraft(n), url.Values{"message": {"half a sentence"}, "seen": {seen}}).is(http.StatusNoContent)
	w.get(t, w.elena, link.Ticket(n)).shows("half a sentence</textarea>", "Draft saved")
	for _, path := range []string{link.Ticket(n), link.NewTicket} {
		if got := w.get(t, w.elena, path).Header().Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("%s: the browser keeps the page as it was before anything was typed: %q", path, got)
		}
	}
	w.get(t, w.pavel, link.Ticket(n)).lacks("half a sentence")
	if _, err := w.tickets.Answer(t.Context(), w.anna, n, ticket.AgentReply{Message: "One more thing."}); err != nil {
		t.Fatal(err)
	}
	w.get(t, w.elena, link.Ticket(n)).shows("1 reply has come since you began this draft")
	p := w.post(t, w.elena, link.Replies(n), url.Values{"message": {"half a sentence"}, "seen": {seen}, "key": {"k"}})
	p.is(http.StatusConflict)
	p.shows("Somebody wrote while you were writing", "One more thing.", "half a sentence</textarea>", "Send now")
	w.post(t, w.elena, link.Replies(n), url.Values{"message": {"half a sentence"}, "seen": {p.value("seen")}, "key": {"k"}}).is(http.StatusSeeOther)
	w.post(t, w.elena, link.TicketDraft(n), url.Values{"message": {"x"}, "save": {"1"}}).leads(link.Ticket(n))
	w.post(t, w.elena, link.TicketDraft(n), url.Values{"message": {"x"}, "discard": {"1"}}).leads(link.Ticket(n))
	w.get(t, w.elena, link.Ticket(n)).lacks("Draft saved")
}

// awaitHub returns once the hub hears what Postgres tells.
func (w *world) awaitHub(t *testing.T) {
	t.Helper()
	notices, cancel := w.hub.Subscribe(ticket.LiveChannel)
	defer cancel()
	for {
		if _, err := w.db.Exec(t.Context(), `SELECT pg_notify('deskbell_live', '{}')`); err != nil {
			t.Fatal(err)
		}
		select {
		case <-notices:
			return
		default:
		}
	}
}

// listen reads a stream's events; the channel closes with the stream.
func (w *world) listen(t *testing.T, url string) <-chan string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("status %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	events := make(chan string, 16)
	go func() {
		defer close(events)
		defer func() { _ = res.Body.Close() }()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if line := lines.Text(); strings.HasPrefix(line, "data:") || strings.HasPrefix(line, "event: gone") {
				events <- line
			}
		}
	}()
	return events
}

// TestStreamThread: the stream tells of news, says nothing of notes or of other
// tickets, and ends when the reader may not see the ticket any more.
func TestStreamThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go w.hub.Run(ctx, w.db, slog.New(slog.DiscardHandler))
	w.awaitHub(t)
	n := w.ticket(t, ticket.Waiting)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.routes.ServeHTTP(rw, r.WithContext(i18n.With(httpx.WithActor(r.Context(), w.pavel), i18n.Reader{Zone: time.UTC})))
	}))
	defer srv.Close()
	events := w.listen(t, srv.URL+link.TicketLive(n))
	if e := <-events; !strings.Contains(e, "mark") {
		t.Fatalf("it begins with %q", e)
	}
	if _, err := w.tickets.AddNote(ctx, w.anna, n, ticket.NewNote{Message: "quietly"}); err != nil {
		t.Fatal(err)
	}
	w.ticket(t, ticket.Open) // another one
	if _, err := w.tickets.Answer(ctx, w.anna, n, ticket.AgentReply{Message: "Any news?"}); err != nil {
		t.Fatal(err)
	}
	want := markOf(ticket.Pulse{Seq: w.thread(t, n).TimelineSeq, Status: ticket.Waiting, NextStepAt: w.thread(t, n).NextStepAt})
	if e := <-events; !strings.Contains(e, want) {
		t.Errorf("told %q, want %q", e, want)
	}
	// Pavel sees the tickets of the company no more.
	w.left.Store(true)
	if _, err := w.tickets.Reply(ctx, w.elena, n, ticket.CustomerReply{Message: "secret"}); err != nil {
		t.Fatal(err)
	}
	var all []string
	for e := range events {
		all = append(all, e)
	}
	rest := strings.Join(all, "\n")
	if !strings.Contains(rest, "gone") || strings.Contains(rest, "mark") || strings.Contains(rest, "secret") {
		t.Errorf("the stream ends with %q", rest)
	}
}

func TestStreamsOfOnePerson(t *testing.T) {
	t.Parallel()
	var s streams
	for range mostStreams {
		if !s.enter(7) {
			t.Fatal("refused too early")
		}
	}
	if s.enter(7) || !s.enter(8) {
		t.Error("one too many came in, or somebody else did not")
	}
	s.leave(7)
	if !s.enter(7) {
		t.Error("a free place is not given")
	}
}
