package app

import (
	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// build makes the services. Features never import each other: what one needs of
// another is handed over here.
func (a *App) build() {
	a.hub = pg.NewHub(liveChannels...)
	a.Accounts = account.New(a.Pool, nil, a.now)
	a.Tickets = ticket.NewService(a.Pool, a.Files, ticket.Hooks{}, a.now)
}

// liveChannels are the channels of Postgres' NOTIFY that pages listen to.
var liveChannels = []string{}
