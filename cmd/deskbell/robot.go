package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/deskbell/deskbell/internal/ticket"
)

type robotCmd struct {
	Preview robotPreviewCmd `cmd:"" help:"Print which tickets the robot would move, and how; changes nothing."`
	Run     robotRunCmd     `cmd:"" help:"Let the robot make one round now and print what moved."`
}

type robotPreviewCmd struct {
	At   string `help:"Until when, as 2026-10-21T10:20:00Z; now when left out." placeholder:"TIME"`
	JSON bool   `help:"Print one JSON object a line."`
}

// Run implements deskbell robot preview.
func (c robotPreviewCmd) Run(ctx context.Context, p process) error {
	at := time.Now()
	if c.At != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, c.At); err != nil {
			return usageError{fmt.Errorf("--at %q is no time: write it as 2026-10-21T10:20:00Z", c.At)}
		}
	}
	a, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	moves, err := a.Tickets.SweepPreview(ctx, at)
	if err != nil {
		return err
	}
	return p.printMoves(moves, c.JSON)
}

type robotRunCmd struct {
	JSON bool `help:"Print one JSON object a line."`
}

// Run implements deskbell robot run.
func (c robotRunCmd) Run(ctx context.Context, p process) error {
	a, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	moves, err := a.Tickets.Sweep(ctx)
	if printErr := p.printMoves(moves, c.JSON); err == nil {
		err = printErr
	}
	return err
}

func (p process) printMoves(moves []ticket.RobotMove, asJSON bool) error {
	enc := json.NewEncoder(p.out)
	for _, m := range moves {
		var err error
		if asJSON {
			err = enc.Encode(m)
		} else {
			_, err = fmt.Fprintf(p.out, "%s  #%d  %-7s  %s -> %s  %s\n", m.Due.UTC().Format(time.RFC3339), m.Number, m.Step, m.From, m.To, m.Subject)
		}
		if err != nil {
			return err
		}
	}
	if !asJSON {
		_, err := fmt.Fprintf(p.out, "%d tickets\n", len(moves))
		return err
	}
	return nil
}
