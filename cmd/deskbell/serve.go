package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/deskbell/deskbell/internal/app"
	"github.com/deskbell/deskbell/internal/demo"
)

type serveCmd struct {
	Listen   string `help:"Address and port, instead of DESKBELL_LISTEN (127.0.0.1:8080)." placeholder:"ADDRESS"`
	NoWorker bool   `help:"Leave the jobs to other processes."`
	Demo     bool   `help:"Fill an empty database with a believable help desk first."`
}

// gcPercent lets garbage grow to three times what is in use before it is
// collected, not once: pages are made of short-lived memory, and the desk's own
// is small.
const gcPercent = 300

// Run implements the command.
func (s *serveCmd) Run(ctx context.Context, p process) error {
	c, err := app.ReadConfig(func(name string) string {
		if name == "DESKBELL_LISTEN" && s.Listen != "" {
			return s.Listen
		}
		return p.getenv(name)
	})
	if err != nil {
		return err
	}
	c.Worker = !s.NoWorker
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	desk, err := app.Open(ctx, c, p.logger())
	if err != nil {
		return err
	}
	defer desk.Close()
	if s.Demo {
		err := (&demoCmd{Tickets: 200, Seed: 1}).fill(ctx, p, desk)
		if errors.Is(err, demo.ErrNotEmpty) {
			err = remindOfDemo(ctx, p, desk)
		}
		if err != nil {
			return err
		}
	}
	return desk.Serve(ctx, func(address string) {
		_, _ = fmt.Fprintf(p.out, "Deskbell serves on %s\n", address)
	})
}
