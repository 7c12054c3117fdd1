package main

import (
	"context"
	"fmt"
)

type migrateCmd struct{}

// Run implements the command.
func (migrateCmd) Run(ctx context.Context, p process) error {
	desk, err := p.open(ctx) // which migrates
	if err != nil {
		return err
	}
	defer desk.Close()
	_, err = fmt.Fprintf(p.out, "schema version %d\n", desk.Version)
	return err
}
