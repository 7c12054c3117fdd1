package app

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/pg"
)

// wireNotices makes what tells staff; of what is made up there are lines in the
// app, but nothing is pushed or mailed.
func (a *App) wireNotices(db pg.DB, queue *river.Client[pgx.Tx], now func() time.Time) {
	if a.silent {
		queue = nil
	}
	a.Notices = notice.New(notice.Deps{
		DB: db, Jobs: queue, Outbox: a.Outbox, Secret: a.Secret, Person: a.Accounts.ByID, Seen: a.Tickets.Seen, Zone: a.Settings.DeskZone, Now: now,
		Sender: func(ctx context.Context) string { return a.sender(ctx).Address },
	})
}

// happened has staff told of what a ticket's timeline got.
func (a *App) happened(ctx context.Context, tx pgx.Tx, ticketID, after, upto int64) error {
	if a.silent {
		return nil
	}
	return a.Notices.Happened(ctx, tx, notice.Happened{TicketID: ticketID, After: after, Upto: upto})
}
