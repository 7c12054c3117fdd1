package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/app"
)

// healthTimeout is shorter than any health check waits.
const healthTimeout = 3 * time.Second

type healthCmd struct {
	Listen string `help:"Where the server listens, instead of DESKBELL_LISTEN (127.0.0.1:8080)." placeholder:"ADDRESS"`
}

// Run implements the command: images without a shell or curl check themselves.
func (h *healthCmd) Run(ctx context.Context, p process) error {
	c, err := app.ReadConfig(p.getenv)
	if err != nil {
		return err
	}
	if h.Listen != "" {
		c.Listen = h.Listen
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return usageError{err}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w; is it running?", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s; see /readyz", res.Status)
	}
	_, err = fmt.Fprintln(p.out, "ready")
	return err
}
