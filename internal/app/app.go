// Package app puts the desk together: configuration, database, services,
// routes, jobs. Commands open an App and call its services; serve runs it.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/bulk"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/pgserver"
	"github.com/deskbell/deskbell/internal/presence"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// webConns is the most connections that pages and commands use; the worker has
// its own.
const webConns = 20

// searchConns is how many searches a process does at once; others wait for
// their turn and keep no page waiting.
const searchConns = 4

// App is an open desk: a migrated database and the services on it.
type App struct {
	Config  Config
	Pool    *pgxpool.Pool
	Files   *blob.Store
	Secret  []byte // signs what leaves the desk
	Version int64  // of the schema

	Outbox    *mail.Outbox
	Accounts  *account.Service
	Settings  *setting.Service
	KB        *kb.Service
	Canned    *canned.Service
	Tickets   *ticket.Service
	Companies *company.Service
	Letters   *notify.Service
	Notices   *notice.Service
	Privacy   *privacy.Service
	Presence  *presence.Service
	Bulk      *bulk.Service
	Macros    *macro.Service
	Times     *timesheet.Service
	Find      *find.Service
	Inbox     *inbox.Service

	hub    *pg.Hub
	log    *slog.Logger
	now    func() time.Time
	server *pgserver.Server // nil with DATABASE_URL
	silent bool             // queues no letters: what happens is made up

	searches *pgxpool.Pool // of searches alone
}

// Open joins or starts the database, brings its schema up to date and builds
// the services. The caller closes the App.
func Open(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	a := &App{Config: c, log: log, now: time.Now}
	if err := a.open(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) open(ctx context.Context) (err error) {
	dsn, err := a.database(ctx) // makes the data folder as the server needs it
	if err != nil {
		return err
	}
	if a.Secret, err = a.Config.secret(); err != nil {
		return err
	}
	if a.Pool, err = pg.Open(ctx, dsn, webConns); err != nil {
		return err
	}
	if err := pg.Check(ctx, a.Pool); err != nil {
		return err
	}
	if a.Version, err = pg.Migrate(ctx, a.Pool); err != nil {
		return err
	}
	if a.Files, err = blob.Open(a.Config.Files); err != nil {
		return fmt.Errorf("%w; name another one with DESKBELL_BLOB_URL", err)
	}
	return a.build()
}

// database returns the address of the database, which it starts when it is the
// embedded one and nobody did yet.
func (a *App) database(ctx context.Context) (dsn string, err error) {
	if a.Config.DatabaseURL != "" {
		return a.Config.DatabaseURL, nil
	}
	a.server, err = pgserver.Start(ctx, pgserver.Config{
		Dir:    filepath.Join(a.Config.Data, "postgres"),
		Tuning: pgserver.Durable,
		Log:    a.log,
	})
	if err != nil {
		return "", err
	}
	return a.server.DSN, nil
}

// Close lets go of all that Open took, in reverse order.
func (a *App) Close() {
	if a.Files != nil {
		_ = a.Files.Close()
	}
	if a.searches != nil {
		a.searches.Close()
	}
	if a.Pool != nil {
		a.Pool.Close()
	}
	if a.server != nil {
		if err := a.server.Stop(); err != nil {
			a.log.Error("the private database did not stop in order", "err", err)
		}
	}
}
