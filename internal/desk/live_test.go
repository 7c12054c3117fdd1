package desk

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/ticket"
)

// stream opens the live stream of somebody; it ends with ctx.
func (w *world) stream(ctx context.Context, by actor) *bufio.Scanner {
	w.tb.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.pages.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), asKey{}, by)))
	}))
	w.tb.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+link.Live, nil)
	w.must(err)
	res, err := srv.Client().Do(req)
	w.must(err)
	w.tb.Cleanup(func() { _ = res.Body.Close() })
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		w.tb.Fatalf("Content-Type = %q", ct)
	}
	return bufio.NewScanner(res.Body)
}

func TestStreamLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go w.hub.Run(ctx, w.db, slog.New(slog.DiscardHandler))
	lines := w.stream(ctx, w.eve)

	// The hub may still be connecting: tell until the stream says so.
	number := w.submit(w.ann, "Firmware update fails")
	heard := make(chan struct{})
	go func() {
		for {
			select {
			case <-heard:
				return
			default:
				_ = w.tickets.SetPriority(ctx, w.eve, number, ticket.High)
				_ = w.tickets.SetPriority(ctx, w.eve, number, ticket.Low)
			}
		}
	}()
	want := []string{"event: ticket", `data: {"number":` + num(number) + `}`, "event: counts"}
	for len(want) > 0 && lines.Scan() {
		if lines.Text() == want[0] {
			want = want[1:]
		}
		if strings.Contains(lines.Text(), "Firmware") {
			t.Error("an event carries content")
		}
	}
	close(heard)
	if len(want) > 0 {
		t.Fatalf("the stream ended before %q: %v", want[0], lines.Err())
	}

	close(w.stop) // the server stops: the stream ends by itself
	for lines.Scan() {
	}
	if lines.Err() != nil {
		t.Errorf("the stream broke off: %v", lines.Err())
	}
}

// TestClosedDepartmentsAreSilent: a stream names no ticket that its reader may
// not work on, whether it changes or somebody comes to it.
func TestClosedDepartmentsAreSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.hub = pg.NewHub(ticket.LiveChannel, presence.Channel)
	w.pages = w.router(w.handler())
	go w.hub.Run(ctx, w.db, slog.New(slog.DiscardHandler))
	closed, open := w.submit(w.ann, "Salaries"), w.submit(w.ann, "Firmware update fails")
	var repairs, moved int64
	w.insert(&repairs, `INSERT INTO departments (key, name, closed) VALUES ('repairs', '{"en": "Repairs"}', true) RETURNING id`)
	w.insert(&moved, `UPDATE tickets SET department_id = $1 WHERE number = $2 RETURNING id`, repairs, closed)
	reader := w.eve
	reader.Hidden = []int64{repairs}
	lines := w.stream(ctx, reader)

	seen := presence.New(w.db, w.tickets.Seen, w.now)
	heard := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() { // the hub may still be connecting: tell until the stream says so
		for {
			select {
			case <-heard:
				return
			default:
				for _, n := range []int64{closed, open} {
					_ = w.tickets.SetPriority(ctx, w.max, n, ticket.High)
					_ = w.tickets.SetPriority(ctx, w.max, n, ticket.Low)
					_, _ = seen.Beat(ctx, w.max, n, "tab", presence.Viewing)
					_ = seen.Leave(ctx, w.max, n, "tab")
				}
			}
		}
	})
	want := []string{"event: presence", "event: ticket"}
	for len(want) > 0 && lines.Scan() {
		if lines.Text() == want[0] {
			want = want[1:]
		}
		if strings.Contains(lines.Text(), num(closed)) {
			t.Errorf("the stream names a ticket of a closed department: %s", lines.Text())
		}
	}
	close(heard)
	telling.Wait()
	if len(want) > 0 {
		t.Fatalf("the stream ended before %q: %v", want[0], lines.Err())
	}
}

func TestChangesOfABundle(t *testing.T) {
	t.Parallel()
	var c changes
	for _, payload := range []string{`{"ticket":1}`, `{"ticket":1}`, "nonsense", `{"ticket":2}`} {
		c.add(payload)
	}
	var out strings.Builder
	s := stream{w: &out, flush: func() error { return nil }}
	s.send(&c)
	want := "event: ticket\ndata: {\"number\":1}\n\nevent: ticket\ndata: {\"number\":2}\n\nevent: counts\ndata: {}\n\n"
	if out.String() != want || c.any {
		t.Errorf("got %q", out.String())
	}
}
