package app

import (
	"log/slog"
	"os"
	"testing"
)

// TestMain silences the log: what a request did is asserted, not read.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}
