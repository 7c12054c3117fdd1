package notice

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Row is one line of the centre.
type Row struct {
	ID         int64
	Event      Event
	Reason     Scope
	TicketID   int64 // 0: about no ticket
	Number     int64 // the ticket's; 0 also: its reader may not see it any more
	Subject    string
	Requester  string
	Seq        int64
	ActorName  string // "": the robot or the system
	ByCustomer bool   // the actor is the ticket's requester
	Department string // the ticket's, in its reader's language; "": none
	Detail     string
	Count      int // of things that happened
	At         time.Time
	ReadAt     *time.Time
}

// rowColumns are a Row, of rowJoins.
const rowColumns = `n.id, n.event, n.reason, coalesce(n.ticket_id, 0) AS ticket_id, coalesce(t.number, 0) AS number, coalesce(t.subject, '') AS subject,
    coalesce(r.name, '') AS requester, n.seq, coalesce(a.name, '') AS actor_name, coalesce(n.actor_id = t.requester_id, false) AS by_customer,
    coalesce(dp.name ->> nullif(me.lang, ''), dp.name ->> 'en', '') AS department, n.detail, cardinality(n.causes) AS count, n.at, n.read_at`

// rowJoins are the tables beside n.
const rowJoins = `LEFT JOIN tickets t ON t.id = n.ticket_id
LEFT JOIN departments dp ON dp.id = t.department_id
LEFT JOIN people r ON r.id = t.requester_id
LEFT JOIN people a ON a.id = n.actor_id
JOIN people me ON me.id = n.person_id`

// pageSize is how many lines a page has.
const pageSize = 30

// List is one page of the centre.
type List struct {
	Rows   []Row
	Older  string // cursor of the page after this one; "": none
	Unread int
}

const listSQL = `
SELECT ` + rowColumns + `
FROM (SELECT * FROM notices WHERE person_id = @me AND in_app AND (at, id) < (@at, @id) AND (NOT @unread OR read_at IS NULL)
    ORDER BY at DESC, id DESC LIMIT @limit) n
` + rowJoins + `
ORDER BY n.at DESC, n.id DESC`

// Filter says which page of which lines.
type Filter struct {
	Unread bool // only those
	After  string
	Limit  int // 0: a page's
}

// List returns a page of by's lines. Those about tickets that by may not see any
// more say so and nothing else. One statement, and one more when something may
// be hidden from by.
func (s *Service) List(ctx context.Context, by auth.Actor, f Filter) (List, error) {
	if err := staffOnly(by); err != nil {
		return List{}, err
	}
	limit := pageSize
	if f.Limit > 0 {
		limit = min(f.Limit, pageSize)
	}
	at, id := readCursor(f.After, s.Now())
	rows, _ := s.DB.Query(ctx, listSQL, pgx.NamedArgs{"me": by.PersonID, "at": at, "id": id, "unread": f.Unread, "limit": limit + 1}) // CollectRows returns its error
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Row])
	if err != nil {
		return List{}, fmt.Errorf("list notices: %w", err)
	}
	page := List{Rows: all[:min(len(all), limit)], Unread: by.Unread}
	if len(all) > limit {
		last := page.Rows[limit-1]
		page.Older = strconv.FormatInt(last.At.UnixMicro(), 36) + "." + strconv.FormatInt(last.ID, 36)
	}
	return page, s.cover(ctx, by, page.Rows)
}

// cover takes out of lines what by may not see any more.
func (s *Service) cover(ctx context.Context, by auth.Actor, rows []Row) error {
	var numbers []int64
	for _, r := range rows {
		if r.Number != 0 {
			numbers = append(numbers, r.Number)
		}
	}
	seen, err := s.Seen(ctx, by, numbers)
	if err != nil {
		return fmt.Errorf("look what may be shown: %w", err)
	}
	ok := make(map[int64]bool, len(seen))
	for _, n := range seen {
		ok[n] = true
	}
	for i, r := range rows {
		if r.TicketID != 0 && !ok[r.Number] {
			rows[i] = Row{ID: r.ID, Event: r.Event, Reason: r.Reason, TicketID: r.TicketID, Count: r.Count, At: r.At, ReadAt: r.ReadAt}
		}
	}
	return nil
}

func readCursor(c string, now time.Time) (time.Time, int64) {
	at, id, _ := strings.Cut(c, ".")
	micro, err1 := strconv.ParseInt(at, 36, 64)
	n, err2 := strconv.ParseInt(id, 36, 64)
	if err1 != nil || err2 != nil {
		return now.AddDate(1, 0, 0), 0
	}
	return time.UnixMicro(micro), n
}

const oneSQL = `
SELECT ` + rowColumns + `
FROM notices n
` + rowJoins + `
WHERE n.id = @id AND n.person_id = @me`

// One returns a line of by's own; anybody else's is NotFound.
func (s *Service) One(ctx context.Context, by auth.Actor, id int64) (Row, error) {
	if err := staffOnly(by); err != nil {
		return Row{}, err
	}
	rows, _ := s.DB.Query(ctx, oneSQL, pgx.NamedArgs{"id": id, "me": by.PersonID}) // CollectExactlyOneRow returns its error
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Row])
	if err != nil {
		return Row{}, pg.NotFound(fmt.Errorf("read a notice: %w", err), "notice.not_found")
	}
	one := []Row{r}
	err = s.cover(ctx, by, one)
	return one[0], err
}

const (
	readSQL = `
WITH done AS (UPDATE notices SET read_at = @now WHERE person_id = @me AND read_at IS NULL AND id = ANY (@ids::bigint[]) RETURNING 1)
SELECT count(*), pg_notify('deskbell_notices', @me::text)::text FROM done`
	readTicketSQL = `
WITH done AS (UPDATE notices n SET read_at = @now FROM tickets t
    WHERE t.number = @number AND n.ticket_id = t.id AND n.person_id = @me AND n.read_at IS NULL AND n.seq <= t.timeline_seq RETURNING 1)
SELECT count(*), pg_notify('deskbell_notices', @me::text)::text FROM done`
	readAllSQL = `
WITH done AS (UPDATE notices SET read_at = @now WHERE person_id = @me AND read_at IS NULL AND at <= @upto RETURNING 1)
SELECT count(*), pg_notify('deskbell_notices', @me::text)::text FROM done`
	unreadSQL = `UPDATE notices SET read_at = NULL WHERE person_id = @me AND id = ANY (@ids::bigint[])`
)

// MarkRead marks lines of by's own as read; others are left alone.
func (s *Service) MarkRead(ctx context.Context, by auth.Actor, ids ...int64) error {
	return s.mark(ctx, by, readSQL, pgx.NamedArgs{"ids": ids})
}

// MarkTicket marks all of by's lines about a ticket as read: they look at it.
func (s *Service) MarkTicket(ctx context.Context, by auth.Actor, number int64) error {
	return s.mark(ctx, by, readTicketSQL, pgx.NamedArgs{"number": number})
}

// MarkAll marks all of by's lines up to a moment as read: what came after the
// list was shown stays.
func (s *Service) MarkAll(ctx context.Context, by auth.Actor, upto time.Time) error {
	return s.mark(ctx, by, readAllSQL, pgx.NamedArgs{"upto": upto})
}

// MarkUnread takes "read" back.
func (s *Service) MarkUnread(ctx context.Context, by auth.Actor, id int64) error {
	return s.mark(ctx, by, unreadSQL, pgx.NamedArgs{"ids": []int64{id}})
}

func (s *Service) mark(ctx context.Context, by auth.Actor, sql string, args pgx.NamedArgs) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	args["me"], args["now"] = by.PersonID, s.Now()
	if _, err := s.DB.Exec(ctx, sql, args); err != nil {
		return fmt.Errorf("mark notices: %w", err)
	}
	return nil
}

const countSQL = `SELECT count(*) FROM (SELECT FROM notices WHERE person_id = @me AND read_at IS NULL AND in_app LIMIT 100) v`

// Unread is how many lines by has not read, counted up to 100. Pages have it
// from their visitor already.
func (s *Service) Unread(ctx context.Context, by auth.Actor) (int, error) {
	var n int
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	if err := s.DB.QueryRow(ctx, countSQL, pgx.NamedArgs{"me": by.PersonID}).Scan(&n); err != nil {
		return 0, fmt.Errorf("count notices: %w", err)
	}
	return n, nil
}

// keptFor is how long lines are kept.
const keptFor = 90 * 24 * time.Hour

const forgetOldSQL = `DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE at < @before ORDER BY at LIMIT 10000)`

// Sweep forgets old lines.
func (s *Service) Sweep(ctx context.Context) error {
	if _, err := s.DB.Exec(ctx, forgetOldSQL, pgx.NamedArgs{"before": s.Now().Add(-keptFor)}); err != nil {
		return fmt.Errorf("forget old notices: %w", err)
	}
	return nil
}
