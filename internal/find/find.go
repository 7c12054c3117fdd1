// Package find is the search of agents (A9, F8): tickets by the words of their
// messages, notes, fields and files, and people, companies and articles beside
// them. Its index is written shortly after a ticket changed and is never read
// for a customer: it holds notes.
package find

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Deps is what the search is built from.
type Deps struct {
	DB       pg.DB // writes the index
	Searches pg.DB // reads it: connections of its own, so that searches keep nobody waiting
	Tickets  *ticket.Service
	KB       *kb.Service
	Files    *blob.Store
	Read     func(ctx context.Context, tx pgx.Tx, keys []string) error // queues files whose text is to be read; nil: none is
	Now      func() time.Time
	Log      *slog.Logger
}

// Service finds, and keeps what it finds by.
type Service struct {
	db, searches pg.DB
	tickets      *ticket.Service
	kb           *kb.Service
	files        *blob.Store
	read         func(ctx context.Context, tx pgx.Tx, keys []string) error
	now          func() time.Time
	log          *slog.Logger
}

// New returns the search.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		db: d.DB, searches: d.Searches, tickets: d.Tickets, kb: d.KB, files: d.Files, read: d.Read, now: d.Now, log: d.Log,
	}
}

// Run keeps the index as the tickets are until ctx ends: at once when one
// changes, and now and then in case nobody heard of it.
func (s *Service) Run(ctx context.Context, hub *pg.Hub) {
	pg.KeepFresh(ctx, hub, ticket.LiveChannel, "search index", s.CatchUp, s.log)
}

const lagSQL = `SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0)::float8 FROM (SELECT at FROM ticket_changes ORDER BY id LIMIT 100000) c`

// Lag is how far the index is behind: changes that wait, counted up to 100,000,
// and the age of the oldest of these.
func Lag(ctx context.Context, db pg.DB) (waiting int, oldest time.Duration, err error) {
	var seconds float64
	if err := db.QueryRow(ctx, lagSQL).Scan(&waiting, &seconds); err != nil {
		return 0, 0, fmt.Errorf("measure the search index: %w", err)
	}
	return waiting, time.Duration(seconds * float64(time.Second)), nil
}
