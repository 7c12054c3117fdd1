package app

import (
	"context"
	"time"

	"github.com/deskbell/deskbell/internal/demo"
	"github.com/deskbell/deskbell/internal/pg"
)

// FillDemo fills an empty database with a believable help desk.
func (a *App) FillDemo(ctx context.Context, tickets int, seed uint64) error {
	build := func(db pg.DB, now func() time.Time) (demo.Desk, error) {
		past := *a
		past.Outbox, past.silent = nil, true
		err := past.wire(db, now)
		return demo.Desk{
			Accounts: past.Accounts, Settings: past.Settings, Companies: past.Companies, KB: past.KB, Canned: past.Canned, Tickets: past.Tickets,
			Inbox: past.Inbox, Macros: past.Macros, Notices: past.Notices, Times: past.Times,
		}, err
	}
	return demo.Fill(ctx, a.Pool, build, demo.Spec{Tickets: tickets, Seed: seed, Now: a.now()})
}
