package desk

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestStreamLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go w.hub.Run(ctx, w.db, slog.New(slog.DiscardHandler))
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.pages.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), asKey{}, w.eve)))
	}))
	defer srv.Close()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+link.Live, nil)
	w.must(err)
	res, err := srv.Client().Do(req)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatalf("Content-Type = %q", ct)
	}

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
	lines := bufio.NewScanner(res.Body)
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
