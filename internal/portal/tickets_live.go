package portal

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

const (
	newsEvery = 3 * time.Second // at most one question to the database in this time
	newsMost  = 200             // tickets in one question; when more changed, the page is told unasked
)

// showTicketsNews is GET /tickets/changes: how many tickets of a list changed
// since the page was made, and how the page says so. since is RFC 3339.
func (h *Handler) showTicketsNews(w http.ResponseWriter, r *http.Request) error {
	ctx, by, in := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	since, err := time.Parse(time.RFC3339Nano, in.Get("since"))
	if err != nil {
		since = h.now()
	}
	s, err := h.listSettings(ctx, by)
	if err != nil {
		return err
	}
	n, err := h.tickets.ChangedMine(ctx, by, readTickets(ctx, in, by, s, h.company(r)).MineFilter, since)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Count int    `json:"count"`
		Text  string `json:"text"`
		Show  string `json:"show"`
	}{int(n), i18n.T(ctx, "portal.tickets.changed", "count", int(n), "shown", n), i18n.T(ctx, "portal.tickets.changed_show")})
}

// streamTickets is GET /tickets/live, a stream of server-sent events (WHATWG
// HTML, section 9.2). "news" says that a ticket which the reader sees changed,
// and nothing else: the page asks what it means for its list.
func (h *Handler) streamTickets(w http.ResponseWriter, r *http.Request) error {
	return h.stream(w, r, func(l listener) {
		s := &ticketsStream{l}
		s.follow(r.Context())
	})
}

// ticketsStream is the connection to one open list.
type ticketsStream struct{ listener }

// follow tells of changes until the reader goes away, is nobody any more, or
// the server stops.
func (s *ticketsStream) follow(ctx context.Context) {
	h := s.handler
	notices, cancel := h.live.Subscribe(ticket.LiveChannel)
	defer func() { cancel() }()
	if s.write("retry: 3000\n\n") != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	gather := time.NewTimer(newsEvery)
	defer gather.Stop()
	gather.Stop()
	var changed []int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.stop:
			return
		case <-beat.C:
			if _, err := s.reader(ctx); err != nil || s.write(": still here\n\n") != nil {
				return
			}
		case payload, ok := <-notices:
			if !ok { // something may have been missed
				notices, cancel = h.live.Subscribe(ticket.LiveChannel)
			}
			if len(changed) == 0 {
				gather.Reset(newsEvery)
			}
			if n := about(payload); len(changed) <= newsMost && !slices.Contains(changed, n) {
				changed = append(changed, n)
			}
		case <-gather.C:
			if !s.ask(ctx, changed) {
				return
			}
			changed = changed[:0]
		}
	}
}

// ask tells the page when the reader sees one of the tickets. It reports
// whether to go on.
func (s *ticketsStream) ask(ctx context.Context, changed []int64) bool {
	by, err := s.reader(ctx)
	if err != nil || !by.SignedIn() {
		return false
	}
	news := len(changed) > newsMost || slices.Contains(changed, 0)
	if !news {
		if news, err = s.handler.tickets.AnyMine(ctx, by, changed); err != nil {
			return false // the browser connects again
		}
	}
	return !news || s.write("event: news\ndata: {}\n\n") == nil
}

// company is the one that the reader chose for all lists; 0: all of theirs.
func (h *Handler) company(r *http.Request) int64 {
	id := h.sessions.GetInt64(r.Context(), companyKey)
	if _, ok := httpx.Actor(r).In(id); !ok || !several(httpx.Actor(r)) {
		return 0
	}
	return id
}

// companyKey is where the session keeps it.
const companyKey = "company"

func several(by auth.Actor) bool { return len(by.Companies) > 1 }
