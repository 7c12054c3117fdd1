package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// How long things of the web server may take.
const (
	headerTimeout   = 10 * time.Second
	bodyTimeout     = 15 * time.Minute // 75 MB of attachments over a poor line
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// Serve answers requests and works jobs until ctx ends, then finishes what it
// has begun. listening is called once the port is open.
func (a *App) Serve(ctx context.Context, listening func(address string)) error {
	if a.server != nil {
		a.server.Keep(ctx)
	}
	worker, err := a.startWorker(ctx)
	if err != nil {
		return err
	}
	defer worker.stop()

	// Requests in flight finish; only live pages end when the server stops.
	base := context.WithoutCancel(ctx)
	streams, endStreams := context.WithCancel(base)
	defer endStreams()
	go a.hub.Run(streams, a.Pool, a.log)
	go a.KB.Run(streams, a.hub, a.log)
	go a.Canned.Run(streams, a.hub, a.log)
	go a.Settings.Run(streams, a.hub, a.log)
	if a.Config.Worker {
		go a.Find.Run(streams, a.hub)
	}

	handler, err := a.routes(worker, streams.Done())
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler:           handler,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      bodyTimeout, // pages that stream lift it for themselves
		IdleTimeout:       idleTimeout,
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	srv.RegisterOnShutdown(endStreams) // else a live page would hold up the shutdown
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; choose another address with --listen or DESKBELL_LISTEN", a.Config.Listen, err)
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	listening(a.Config.Address())

	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	a.log.Info("stopping")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := srv.Shutdown(stopping); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
