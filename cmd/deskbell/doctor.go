package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/deskbell/deskbell/internal/app"
)

type doctorCmd struct{}

// Run implements the command.
func (doctorCmd) Run(ctx context.Context, p process) error {
	c, err := app.ReadConfig(p.getenv)
	if err != nil {
		return err
	}
	ill := 0
	for _, f := range app.Examine(ctx, c, p.logger()) {
		line := "ok    " + f.Part + ": " + f.Note
		if f.Err != nil {
			ill++
			line = "FAIL  " + f.Part + ": " + f.Err.Error()
		}
		if _, err := fmt.Fprintln(p.out, line); err != nil {
			return err
		}
	}
	if ill > 0 {
		return errors.New("not everything is well; each line above that begins with FAIL says how to mend it")
	}
	return nil
}
