// Package demo fills an empty database with the help desk of Halden, a maker of
// network equipment: its people, customers, articles and ninety days of tickets.
//
// It writes nothing itself. The services that a person's clicks would call are
// called in the order of the story, on a clock that runs through it, and the
// robot makes its rounds in between; so every row is one that could have come
// about. The same seed tells the same story, ending now.
package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/timesheet"
)

// Spec says what to tell.
type Spec struct {
	Tickets int
	Seed    uint64
	Now     time.Time // when the story ends
}

// Desk is the services that the story is played on.
type Desk struct {
	Accounts  *account.Service
	Settings  *setting.Service
	Companies *company.Service
	KB        *kb.Service
	Canned    *canned.Service
	Tickets   *ticket.Service
	Inbox     *inbox.Service
	Macros    *macro.Service
	Notices   *notice.Service
	Times     *timesheet.Service
}

// Build wires the services to a database and a clock.
type Build func(db pg.DB, now func() time.Time) (Desk, error)

// SignIn is one account to look around with; all have Password.
type SignIn struct{ Email, Name, Role string }

// SignIns are the accounts to name to whoever filled the database.
var SignIns = []SignIn{
	{adminMail, "Ingrid Halvorsen", "admin"},
	{annaMail, "Anna Keller", "supervisor"},
	{jonasMail, "Jonas Weber", "editor"},
	{marcoMail, "Marco Bellini", "agent"},
	{stepMail, "Stepan Alekseev", "agent, in Russian"},
	{pavel, "Pavel Sokolov", "customer who sees the whole company"},
	{elena, "Elena Orlova", "customer"},
	{karp, "Дмитрий Карпов", "customer, in Russian"},
}

// maxTickets bounds what one transaction is asked to hold.
const maxTickets = 5000

// ErrNotEmpty means that a database holds people, companies, tickets or articles.
var ErrNotEmpty = errors.New("the database is not empty")

const contentSQL = `
SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM companies), (SELECT count(*) FROM tickets), (SELECT count(*) FROM kb_articles)`

// Fill tells the story in one transaction: all of it or nothing. A database that
// is not empty is refused with ErrNotEmpty.
func Fill(ctx context.Context, db pg.DB, build Build, spec Spec) error {
	if spec.Tickets < 1 || spec.Tickets > maxTickets {
		return fmt.Errorf("the demo has 1 to %d tickets, not %d: give another --tickets", maxTickets, spec.Tickets)
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		var people, companies, tickets, articles int
		if err := tx.QueryRow(ctx, contentSQL).Scan(&people, &companies, &tickets, &articles); err != nil {
			return fmt.Errorf("look whether the database is empty: %w", err)
		}
		if people+companies+tickets+articles > 0 {
			return fmt.Errorf("%w (%d people, %d companies, %d tickets, %d articles), and the demo would mix with them: "+
				"give it a new one by DATABASE_URL, or a new folder by DESKBELL_DATA", ErrNotEmpty, people, companies, tickets, articles)
		}
		return tell(ctx, tx, build, spec)
	})
}

func tell(ctx context.Context, tx pgx.Tx, build Build, spec Spec) error {
	zone, err := time.LoadLocation(deskZone)
	if err != nil {
		return err
	}
	all, err := readStories()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(spec.Seed, 1)) //nolint:gosec // a story, no secret
	now := spec.Now.UTC().Truncate(time.Second)
	c := &clock{at: now.AddDate(0, -14, 0)}
	desk, err := build(tx, c.now)
	if err != nil {
		return err
	}
	p := &player{
		desk: desk, db: tx, clock: c, rand: r, hours: hours{zone, r},
		actors: map[string]auth.Actor{}, articles: map[string]int64{}, topics: map[string]int64{}, teams: map[string]int64{}, busy: []int64{},
	}
	plots := newPlanner(r, zone, now, all).plan(spec.told())
	for _, part := range []func(context.Context) error{p.openDesk, p.openTeams, p.writeArticles, p.keepPhrases, p.keepMacros, p.saveViews, p.welcomeCustomers} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	for i := range plots {
		p.rehearse(&plots[i])
	}
	if spec.Tickets >= besideFrom {
		p.beside(now)
		p.changes(now)
	}
	if err := p.play(ctx, now); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{p.link, p.handOutTickets, p.tellNews, p.vote, p.rate} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// told is how many tickets come from stories.
func (s Spec) told() int {
	if s.Tickets < besideFrom {
		return s.Tickets
	}
	return s.Tickets - besideOpens
}
