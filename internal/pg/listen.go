package pg

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Backlog is how many notices wait for a subscriber that does not read.
const backlog = 64

const notifySQL = `SELECT pg_notify(@channel, @payload)`

// Notify tells every process that listens to channel, once tx commits. payload
// says what changed, in at most 8000 bytes; whoever hears it reads the rest.
func Notify(ctx context.Context, tx pgx.Tx, channel, payload string) error {
	if _, err := tx.Exec(ctx, notifySQL, pgx.NamedArgs{"channel": channel, "payload": payload}); err != nil {
		return fmt.Errorf("notify %s: %w", channel, err)
	}
	return nil
}

// Hub hears what Notify tells, over one connection of the process, and passes
// it on to any number of subscribers.
type Hub struct {
	channels []string
	mu       sync.Mutex
	subs     map[string]map[*subscription]struct{} // by channel
}

type subscription struct{ notices chan string }

// NewHub returns a hub for the given channels. It hears nothing until Run.
func NewHub(channels ...string) *Hub {
	return &Hub{channels: channels, subs: map[string]map[*subscription]struct{}{}}
}

// Subscribe returns the payloads told on channel from now on. The channel is
// closed by cancel, when its reader falls far behind, and when the connection
// was lost: something may have been missed, so read everything anew and
// subscribe again. cancel may be called more than once.
func (h *Hub) Subscribe(channel string) (notices <-chan string, cancel func()) {
	s := &subscription{notices: make(chan string, backlog)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs[channel] == nil {
		h.subs[channel] = map[*subscription]struct{}{}
	}
	h.subs[channel][s] = struct{}{}
	return s.notices, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop(channel, s)
	}
}

// drop ends s; h.mu is held.
func (h *Hub) drop(channel string, s *subscription) {
	if _, ok := h.subs[channel][s]; ok {
		delete(h.subs[channel], s)
		close(s.notices)
	}
}

// Run listens until ctx ends, and connects again when the connection is lost.
func (h *Hub) Run(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) {
	for ctx.Err() == nil {
		err := h.listen(ctx, pool)
		h.dropAll()
		if ctx.Err() != nil {
			return
		}
		log.WarnContext(ctx, "live updates are interrupted", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (h *Hub) listen(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig) // of its own: it waits for ever
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, c := range h.channels {
		if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{c}.Sanitize()); err != nil {
			return err
		}
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		h.pass(n.Channel, n.Payload)
	}
}

func (h *Hub) pass(channel, payload string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs[channel] {
		select {
		case s.notices <- payload:
		default:
			h.drop(channel, s)
		}
	}
}

func (h *Hub) dropAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for channel, subs := range h.subs {
		for s := range subs {
			h.drop(channel, s)
		}
	}
}
