package ticket

import (
	"context"
	"errors"
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
	CreatedAt       time.Time
	LastActivityAt  time.Time
	RequesterID     int64
	RequesterName   string
	CompanyName     string // "" for a private person
	SiteName        string // "" for none
}

// MinePage is one page of My tickets.
type MinePage struct {
	Filter      MineFilter // as it was read
	Rows        []MineRow
	Next, Prev  string // cursors; "" where there is no page
	Counts      map[Tab]Count
	Whose       map[Whose]Count // under the filter's tab
	SeesCompany bool            // the list may hold colleagues' tickets too
}

const mineSQL = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, t.last_replier, coalesce(l.name, '') AS last_replier_name,
    t.postponed_until, t.priority, coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS topic_name,
    t.created_at, t.last_activity_at, t.requester_id, r.name AS requester_name, coalesce(c.name, '') AS company_name,
    coalesce(s.name, '') AS site_name
FROM tickets t
JOIN people r ON r.id = t.requester_id
JOIN topics o ON o.id = t.topic_id
LEFT JOIN people l ON l.id = t.last_replier_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN sites s ON s.id = t.site_id`

// Mine returns one page of the tickets that by sees as a customer, with the
// number of tickets under each tab. Staff, too, find there what they see as
// customers, not the whole desk. Two statements, sent together.
func (s *Service) Mine(ctx context.Context, by auth.Actor, f MineFilter) (MinePage, error) {
	if !by.SignedIn() {
		return MinePage{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	f = f.sane()
	q := f.search(by, i18n.ReaderOf(ctx).Lang)
	p := MinePage{Filter: f, SeesCompany: by.SharesTickets()}
	other := WhoseOwn
	if f.Whose == WhoseOwn {
		other = WhoseAll
	}
	var open, resolved, others Count
	b := &pgx.Batch{}
	q.queue(b, &p)
	pg.QueueValues(b, q.counts(other), q.args, &open, &resolved, &others)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return MinePage{}, err
	}
	p.Counts = map[Tab]Count{TabOpen: open, TabResolved: resolved, TabAll: min(open+resolved, countCap)}
	p.Whose = map[Whose]Count{f.Whose: p.Counts[f.Tab], other: others}
	return p, nil
}

// queue adds the statement of the page's rows to b; they are p's once b was
// sent.
func (q searching) queue(b *pgx.Batch, p *MinePage) {
	args := pgx.NamedArgs{}
	for k, v := range q.args {
		args[k] = v
	}
	c := readCursor(q.Cursor)
	from, orderBy := q.Sort.order().page(c, args)
	args["limit"] = q.Size + 1
	sql := mineSQL + " JOIN " + q.ids(q.Whose, tabConditions[q.Tab]+" AND "+from, orderBy, q.Size+1) + " v ON v.id = t.id" + orderBy + " LIMIT @limit"
	b.Queue(sql, args).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[MineRow])
		if err != nil {
			return err
		}
		p.Rows, p.Next, p.Prev = turn(list, q.Size, c, q.place)
		return nil
	})
}

// place is where a row stands in the list's order.
func (q searching) place(r MineRow) cursor {
	switch q.Sort.Plain() {
	case MineByCreated:
		return cursor{At: r.CreatedAt, ID: r.ID}
	case MineByPriority:
		return cursor{At: r.LastActivityAt, ID: r.ID, Priority: r.Priority}
	case MineByStatus:
		return cursor{At: r.LastActivityAt, ID: r.ID, Priority: statusRanks[r.Status]}
	case MineByActivity:
	}
	return cursor{At: r.LastActivityAt, ID: r.ID}
}

// ChangedMine counts the tickets of a list on which something happened after
// since, up to the cap: what an open page does not show yet.
func (s *Service) ChangedMine(ctx context.Context, by auth.Actor, f MineFilter, since time.Time) (Count, error) {
	if !by.SignedIn() {
		return 0, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	f = f.sane()
	q := f.search(by, i18n.ReaderOf(ctx).Lang)
	q.args["since"] = since
	var n Count
	err := s.db.QueryRow(ctx, "SELECT "+q.count(f.Whose, tabConditions[f.Tab]+" AND t.last_activity_at > @since"), q.args).Scan(&n)
	return n, err
}

const anySeenSQL = `SELECT EXISTS (SELECT FROM tickets t WHERE t.number = ANY (@numbers) AND ` + visibleTo + `)`

// AnyMine reports whether by sees one of the tickets as a customer.
func (s *Service) AnyMine(ctx context.Context, by auth.Actor, numbers []int64) (ok bool, err error) {
	args := pgx.NamedArgs{"numbers": numbers}
	sight(by, args)
	err = s.db.QueryRow(ctx, anySeenSQL, args).Scan(&ok)
	return ok, err
}

const exactSQL = `SELECT t.number FROM tickets t WHERE t.number = @number AND ` + visibleTo

// ExactMine is the ticket whose number was typed, when by sees it; else 0.
func (s *Service) ExactMine(ctx context.Context, by auth.Actor, typed string) (number int64, err error) {
	_, n := wordsOf(typed)
	if n == 0 || !by.SignedIn() {
		return 0, nil
	}
	args := pgx.NamedArgs{"number": n}
	sight(by, args)
	err = s.db.QueryRow(ctx, exactSQL, args).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return number, err
}

// HomeView is what the portal's home says about a customer's tickets (P4).
type HomeView struct {
	Open         Count
	Waiting      []MineRow // up to five that wait for the customer, the latest first
	WaitingCount Count     // how many there are in all
}

// homeRows is how many waiting tickets the home page names.
const homeRows = 5

// WaitingForMe returns what waits for by's reply, of one company unless it is
// 0. Two statements, sent together.
func (s *Service) WaitingForMe(ctx context.Context, by auth.Actor, company int64) (HomeView, error) {
	if !by.SignedIn() {
		return HomeView{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	f := MineFilter{CompanyID: company}.sane()
	q := f.search(by, i18n.ReaderOf(ctx).Lang)
	var v HomeView
	_, orderBy := byActivity.page(nil, q.args)
	q.args["limit"] = homeRows
	b := &pgx.Batch{}
	pg.QueueRows(b, &v.Waiting, mineSQL+" JOIN "+q.ids(WhoseAll, "t.status = 'waiting'", orderBy, homeRows)+" v ON v.id = t.id"+orderBy+" LIMIT @limit", q.args)
	pg.QueueValues(b, "SELECT "+q.count(WhoseAll, tabConditions[TabOpen])+", "+q.count(WhoseAll, "t.status = 'waiting'"), q.args, &v.Open, &v.WaitingCount)
	return v, s.db.SendBatch(ctx, b).Close()
}
