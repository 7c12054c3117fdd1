package desk

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/ticket"
)

const (
	heartbeat = 25 * time.Second // proxies close a silent connection after 30 to 60
	liveEvery = 2 * time.Second  // at most one bundle of events in this time
	liveMost  = 50               // tickets named in one bundle; a page asks for the rest by the counts
)

// streamLive is GET /agent/live, a stream of server-sent events (WHATWG HTML,
// section 9.2): "ticket" names one that changed, "counts" follows whenever any
// did, "presence" names one that somebody came to or left, "notice" comes when the reader was told of
// something. Events carry no content; the page asks for what it shows.
func (h *Handler) streamLive(w http.ResponseWriter, r *http.Request) error {
	c := http.NewResponseController(w)
	if err := c.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("keep the live stream open: %w", err)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	s := stream{w: w, flush: c.Flush}
	s.write("retry: 3000\n\n")
	h.follow(r, &s)
	return nil // the answer has begun; what fails now is the reader's connection
}

// follow passes changes on until the reader goes away or the server stops.
func (h *Handler) follow(r *http.Request, s *stream) {
	notices, cancel := h.live.Subscribe(ticket.LiveChannel)
	defer func() { cancel() }()
	people, leave := h.live.Subscribe(presence.Channel)
	defer func() { leave() }()
	over, done := h.streams.begin(httpx.Actor(r).PersonID)
	defer done()
	told, enough := h.live.Subscribe(notice.LiveChannel)
	defer func() { enough() }()
	me := strconv.FormatInt(httpx.Actor(r).PersonID, 10)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	gather := time.NewTimer(0)
	defer gather.Stop()
	<-gather.C
	waiting := false // gather runs: a bundle went out a moment ago
	changed := changes{}
	for s.err == nil {
		select {
		case <-r.Context().Done():
			return
		case <-h.stop:
			return
		case <-over:
			return
		case <-beat.C:
			s.write(": still here\n\n")
		case payload, ok := <-people:
			if !ok {
				people, leave = h.live.Subscribe(presence.Channel)
				continue
			}
			h.sendPresence(r, s, payload)
		case payload, ok := <-notices:
			if !ok { // something may have been missed
				notices, cancel = h.live.Subscribe(ticket.LiveChannel)
			}
			changed.add(payload)
			if !waiting {
				h.keepSeen(r, &changed)
				s.send(&changed)
				waiting = true
				gather.Reset(liveEvery)
			}
		case person, ok := <-told:
			if !ok {
				told, enough = h.live.Subscribe(notice.LiveChannel)
			}
			if !ok || person == me {
				s.write("event: notice\ndata: {}\n\n")
			}
		case <-gather.C:
			waiting = changed.any
			if changed.any {
				h.keepSeen(r, &changed)
				s.send(&changed)
				gather.Reset(liveEvery)
			}
		}
	}
}

// sendPresence says at once that somebody came to a ticket or left it.
func (h *Handler) sendPresence(r *http.Request, s *stream, payload string) {
	var c changes
	c.add(payload)
	h.keepSeen(r, &c)
	for _, n := range c.tickets {
		s.write(fmt.Sprintf("event: presence\ndata: {\"number\":%d}\n\n", n))
	}
}

// keepSeen takes the tickets out of c that the reader may not know of. When that
// cannot be asked, none is named: the page asks for the counts all the same.
func (h *Handler) keepSeen(r *http.Request, c *changes) {
	seen, err := h.tickets.Seen(r.Context(), httpx.Actor(r), c.tickets)
	if err != nil {
		seen = nil
	}
	c.tickets = seen
}

// changes are the tickets that changed since the last bundle.
type changes struct {
	any     bool
	tickets []int64
}

func (c *changes) add(payload string) {
	c.any = true
	var p struct {
		Ticket int64 `json:"ticket"`
	}
	if json.Unmarshal([]byte(payload), &p) != nil || p.Ticket == 0 || len(c.tickets) == liveMost {
		return
	}
	for _, n := range c.tickets {
		if n == p.Ticket {
			return
		}
	}
	c.tickets = append(c.tickets, p.Ticket)
}

// stream is the connection to one browser; after the first error it is dead.
type stream struct {
	w     io.Writer
	flush func() error
	err   error
}

func (s *stream) send(c *changes) {
	var out strings.Builder
	for _, n := range c.tickets {
		fmt.Fprintf(&out, "event: ticket\ndata: {\"number\":%d}\n\n", n)
	}
	s.write(out.String() + "event: counts\ndata: {}\n\n")
	*c = changes{}
}

func (s *stream) write(text string) {
	if s.err == nil {
		_, s.err = io.WriteString(s.w, text)
	}
	if s.err == nil {
		s.err = s.flush()
	}
}
