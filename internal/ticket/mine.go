package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// Tab is one of the lists under My tickets (P6).
type Tab string

// The tabs.
const (
	TabOpen     Tab = "open"
	TabResolved Tab = "resolved" // resolved and closed
	TabAll      Tab = "all"
)

var tabConditions = map[Tab]string{
	TabOpen:     "t.status NOT IN ('resolved', 'closed')",
	TabResolved: "t.status IN ('resolved', 'closed')",
	TabAll:      "true",
}

// MineFilter says which page of My tickets. An unknown tab is TabOpen.
type MineFilter struct {
	Tab    Tab
	Query  string // as typed: a number or words of the subject
	Cursor string
}

// MineRow is one line of My tickets.
type MineRow struct {
	ID              int64
	Number          int64
	Subject         string
	Status          Status
	Reopened        bool
	LastReplier     AuthorKind
	LastReplierName string // "" for the robot
	PostponedUntil  *time.Time
	Priority        Priority
	TopicName       string
	LastActivityAt  time.Time
	RequesterID     int64
	RequesterName   string
	CompanyName     string // "" for a private person
}

// MinePage is one page of My tickets.
type MinePage struct {
	Rows        []MineRow
	Next, Prev  string // cursors; "" where there is no page
	Counts      map[Tab]Count
	SeesCompany bool // the list holds colleagues' tickets too
}

// mineSize is how many rows a page has.
const mineSize = 25

const mineSQL = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, t.last_replier, coalesce(l.name, '') AS last_replier_name,
    t.postponed_until, t.priority, coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS topic_name,
    t.last_activity_at, t.requester_id, r.name AS requester_name, coalesce(c.name, '') AS company_name
FROM tickets t
JOIN people r ON r.id = t.requester_id
JOIN topics o ON o.id = t.topic_id
LEFT JOIN people l ON l.id = t.last_replier_id
LEFT JOIN companies c ON c.id = t.company_id`

// Mine returns one page of the tickets that by sees as a customer, with the
// number of tickets under each tab. Two statements, sent together.
func (s *Service) Mine(ctx context.Context, by auth.Actor, f MineFilter) (MinePage, error) {
	if !by.SignedIn() {
		return MinePage{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	if tabConditions[f.Tab] == "" {
		f.Tab = TabOpen
	}
	args := pgx.NamedArgs{}
	c := readCursor(f.Cursor)
	from, orderBy := byActivity.page(c, args)
	where := tabConditions[f.Tab] + " AND " + search(f.Query, args) + " AND " + from
	rows, counts, err := s.mine(ctx, by, where, orderBy, args, mineSize+1)
	if err != nil {
		return MinePage{}, err
	}
	p := MinePage{SeesCompany: by.SharesTickets(), Counts: counts}
	p.Rows, p.Next, p.Prev = turn(rows, mineSize, c, func(r MineRow) cursor {
		return cursor{At: r.LastActivityAt, ID: r.ID}
	})
	return p, nil
}

// mine returns the first n of the tickets that by sees as a customer, and how
// many there are under each tab up to the cap. Staff, too, find there what they
// see as customers, not the whole desk.
func (s *Service) mine(
	ctx context.Context, by auth.Actor, where, orderBy string, args pgx.NamedArgs, n int,
) (rows []MineRow, counts map[Tab]Count, err error) {
	sight(by, args)
	args["limit"], args["lang"] = n, i18n.ReaderOf(ctx).Lang
	capped := func(tab Tab) string { return "(SELECT count(*) FROM " + seen(tabConditions[tab], "", countCap) + " n)" }
	var open, resolved Count
	b := &pgx.Batch{}
	pg.QueueRows(b, &rows, mineSQL+" JOIN "+seen(where, orderBy, n)+" v ON v.id = t.id"+orderBy+" LIMIT @limit", args)
	pg.QueueValues(b, "SELECT "+capped(TabOpen)+", "+capped(TabResolved), args, &open, &resolved)
	err = s.db.SendBatch(ctx, b).Close()
	return rows, map[Tab]Count{TabOpen: open, TabResolved: resolved, TabAll: min(open+resolved, countCap)}, err
}

// HomeView is what the portal's home says about a customer's tickets (P4).
type HomeView struct {
	Open    Count
	Waiting []MineRow // up to five that wait for the customer, the latest first
}

// WaitingForMe returns what waits for by's reply. Two statements, sent together.
func (s *Service) WaitingForMe(ctx context.Context, by auth.Actor) (HomeView, error) {
	if !by.SignedIn() {
		return HomeView{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	args := pgx.NamedArgs{}
	_, orderBy := byActivity.page(nil, args)
	rows, counts, err := s.mine(ctx, by, "t.status = 'waiting'", orderBy, args, 5)
	return HomeView{Open: counts[TabOpen], Waiting: rows}, err
}
