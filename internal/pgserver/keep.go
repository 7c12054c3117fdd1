package pgserver

import (
	"context"
	"time"
)

// Keep watches over the server until Stop, for a process that means to stay: it
// starts the server again when it dies, and takes over when the owner that we
// joined ends. The port stays, so that pools find it again by themselves. Call
// it once, after Start.
func (s *Server) Keep(ctx context.Context) {
	ctx, s.quit = context.WithCancel(ctx)
	s.done = make(chan struct{})
	if s.guest != nil {
		_ = s.guest.Close() // the owner need not wait for us: we can take over
		s.guest = nil
	}
	go func() {
		defer close(s.done)
		for s.watch(ctx) {
			s.cfg.Log.Warn("the private database ended; starting it again", "dir", s.Dir)
			if err := s.retake(ctx); err != nil && ctx.Err() == nil {
				s.cfg.Log.Error("the private database does not start", "err", err)
			}
		}
	}()
}

// watch returns true when the server is gone and false when ctx is.
func (s *Server) watch(ctx context.Context) bool {
	if s.proc != nil {
		select {
		case <-ctx.Done():
			return false
		case <-s.proc.exited:
			return wait(ctx, time.Second)
		}
	}
	for {
		if !wait(ctx, time.Second) {
			return false
		}
		if !answers(ctx, s.DSN) && ctx.Err() == nil {
			return true
		}
	}
}

// retake makes this process the owner, or finds that another one was quicker.
func (s *Server) retake(ctx context.Context) error {
	if s.owner != nil {
		return s.launch(ctx)
	}
	_, err := s.obtain(ctx)
	if s.guest != nil {
		_ = s.guest.Close()
		s.guest = nil
	}
	return err
}

// wait returns false when ctx ended before d was over.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
