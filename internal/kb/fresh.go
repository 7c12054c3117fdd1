package kb

import (
	"context"
	"log/slog"
	"time"

	"github.com/deskbell/deskbell/internal/pg"
)

// How often the database is asked whether something changed: at once when it
// says so, and at these times in case it said so while nobody listened.
const (
	pollEvery   = 30 * time.Second
	listenAgain = time.Second
)

// Run keeps the articles in memory as they are in the database until ctx ends.
// Any process may have changed them.
func (s *Service) Run(ctx context.Context, hub *pg.Hub, log *slog.Logger) {
	for ctx.Err() == nil {
		notices, cancel := hub.Subscribe(Channel)
		s.follow(ctx, notices, log)
		cancel()
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// follow refreshes on every notice and every poll until notices ends, which
// means that some may have been missed.
func (s *Service) follow(ctx context.Context, notices <-chan string, log *slog.Logger) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "the knowledge base in memory is not fresh", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		case _, ok := <-notices:
			if !ok {
				return
			}
			drain(notices)
		}
	}
}

// drain takes what is waiting: one refresh answers several notices.
func drain(notices <-chan string) {
	for {
		select {
		case _, ok := <-notices:
			if !ok {
				return
			}
		default:
			return
		}
	}
}
