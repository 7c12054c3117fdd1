package app

import (
	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/pg"
)

// build makes the services. Features never import each other: what one needs of
// another is handed over here.
func (a *App) build() {
	a.hub = pg.NewHub(liveChannels...)
	a.Accounts = account.New(a.Pool, nil, a.now)
}

// liveChannels are the channels of Postgres' NOTIFY that pages listen to.
var liveChannels = []string{}
