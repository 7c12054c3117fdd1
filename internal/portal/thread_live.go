package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/ticket"
)

const (
	heartbeat   = 25 * time.Second       // proxies close a silent connection after 30 to 60
	gatherFor   = 300 * time.Millisecond // what happens in this time is one event
	mostStreams = 8                      // of one person in one process; a page in the background closes its own
)

// streams counts the open streams of each person.
type streams struct {
	mu sync.Mutex
	of map[int64]int
}

func (s *streams) enter(person int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[int64]int{}
	}
	if s.of[person] >= mostStreams {
		return false
	}
	s.of[person]++
	return true
}

func (s *streams) leave(person int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[person]--; s.of[person] <= 0 {
		delete(s.of, person)
	}
}

// streamThread is GET /tickets/{number}/live, a stream of server-sent events
// (WHATWG HTML, section 9.2) for one open page of a ticket. "news" says that the
// page shows less than there is, by a mark that the page compares with its own;
// "gone" that the reader sees the ticket no more, and ends the stream. Events
// carry no content: the page asks for it, and is asked who it is.
func (h *Handler) streamThread(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	pulse, err := h.tickets.Pulse(r.Context(), httpx.Actor(r), number)
	if err != nil {
		return err
	}
	return h.stream(w, r, func(l listener) {
		s := &threadStream{listener: l, number: number}
		s.follow(r.Context(), pulse)
	})
}

// listener is the connection to one open page that hears of changes.
type listener struct {
	handler *Handler
	by      auth.Actor
	write   func(text string) error
}

// stream begins a stream of events for r's reader and lets follow write to it,
// which ends it. fault.TooMany when they have many already.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request, follow func(listener)) error {
	by := httpx.Actor(r)
	if h.live == nil {
		return fault.New(fault.NotFound, "error.page_not_found")
	}
	if !h.streams.enter(by.PersonID) {
		return fault.New(fault.TooMany, "portal.live.too_many")
	}
	defer h.streams.leave(by.PersonID)
	write, err := events(w)
	if err != nil {
		return err
	}
	follow(listener{h, by, write})
	return nil // the answer has begun; what fails now is the reader's connection
}

// events begins a stream of server-sent events and returns what writes to it.
func events(w http.ResponseWriter) (write func(text string) error, err error) {
	c := http.NewResponseController(w)
	if err := c.SetWriteDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("keep the live stream open: %w", err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	return func(text string) error {
		if _, err := w.Write([]byte(text)); err != nil { //nolint:gosec // our own marks, and no HTML
			return err
		}
		return c.Flush()
	}, nil
}

// threadStream is the connection to one open page of a ticket.
type threadStream struct {
	listener
	number int64
	last   ticket.Pulse
}

// follow tells of changes until the reader goes away, may not see the ticket any
// more, or the server stops.
func (s *threadStream) follow(ctx context.Context, first ticket.Pulse) {
	h := s.handler
	notices, cancel := h.live.Subscribe(ticket.LiveChannel)
	defer func() { cancel() }()
	if s.write("retry: 3000\n\n") != nil || !s.tell(first) {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	gather := time.NewTimer(0) // looks once more: something may have come before we listened
	defer gather.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.stop:
			return
		case <-beat.C:
			if s.write(": still here\n\n") != nil || !s.look(ctx) {
				return
			}
		case payload, ok := <-notices:
			if !ok { // something may have been missed
				notices, cancel = h.live.Subscribe(ticket.LiveChannel)
			}
			if !ok || about(payload) == s.number {
				gather.Reset(gatherFor)
			}
		case <-gather.C:
			if !s.look(ctx) {
				return
			}
		}
	}
}

// look asks whether the reader still may see the ticket, and tells them when it
// changed. It reports whether to go on.
func (s *threadStream) look(ctx context.Context) bool {
	by, err := s.reader(ctx)
	var p ticket.Pulse
	if err == nil {
		p, err = s.handler.tickets.Pulse(ctx, by, s.number)
	}
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Unauthorized):
		_ = s.write("event: gone\ndata: {}\n\n") // the stream ends either way
		return false
	case err != nil:
		return false // the browser connects again
	case p.Same(s.last):
		return true
	default:
		return s.tell(p)
	}
}

// reader is who reads, as they are now: their session may have ended, they may
// have been disabled or belong to another company.
func (l listener) reader(ctx context.Context) (auth.Actor, error) {
	h := l.handler
	alive, err := httpx.SessionAlive(ctx, h.sessions)
	if err != nil {
		return auth.Actor{}, err
	}
	if !alive {
		return auth.Actor{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	if h.person == nil {
		return l.by, nil
	}
	return h.person(ctx, l.by.PersonID)
}

func (s *threadStream) tell(p ticket.Pulse) bool {
	s.last = p
	return s.write("event: news\ndata: {\"mark\":\""+markOf(p)+"\"}\n\n") == nil
}

// markOf is what a page and its stream compare.
func markOf(p ticket.Pulse) string {
	step := int64(0)
	if p.NextStepAt != nil {
		step = p.NextStepAt.Unix()
	}
	return strconv.FormatInt(p.Seq, 10) + "-" + string(p.Status) + "-" + strconv.FormatInt(step, 10)
}

// mark is that of the page's own state.
func (v threadView) mark() string {
	p := ticket.Pulse{Status: v.Status, NextStepAt: v.NextStepAt}
	if n := len(v.Entries); n > 0 {
		p.Seq = v.Entries[n-1].Seq
	}
	return markOf(p)
}

// about is the number of the ticket that a notice names.
func about(payload string) int64 {
	var p struct {
		Ticket int64 `json:"ticket"`
	}
	if json.Unmarshal([]byte(payload), &p) != nil {
		return 0
	}
	return p.Ticket
}
