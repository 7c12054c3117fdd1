package pg

import (
	"context"
	"log/slog"
	"time"
)

// How often what a process holds in memory is read again: at once when the
// database says that it changed, and at these times in case it said so while
// nobody listened.
const (
	pollEvery   = 30 * time.Second
	listenAgain = time.Second
)

// KeepFresh calls refresh at every notice on channel and now and then, until
// ctx ends. what names in the log what could not be read.
func KeepFresh(ctx context.Context, hub *Hub, channel, what string, refresh func(context.Context) error, log *slog.Logger) {
	for ctx.Err() == nil {
		notices, cancel := hub.Subscribe(channel)
		follow(ctx, notices, what, refresh, log)
		cancel()
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// follow refreshes on every notice and every poll until notices ends, which
// means that some may have been missed.
func follow(ctx context.Context, notices <-chan string, what string, refresh func(context.Context) error, log *slog.Logger) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		if err := refresh(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "what is in memory is not fresh", "what", what, "err", err)
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
