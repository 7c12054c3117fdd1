package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// InboxView is one of the lists that agents work from (A2).
type InboxView string

// The views.
const (
	ViewNew           InboxView = "new"
	ViewOpen          InboxView = "open"
	ViewMine          InboxView = "mine"
	ViewUnassigned    InboxView = "unassigned"
	ViewWaiting       InboxView = "waiting"
	ViewPostponed     InboxView = "postponed"
	ViewServiceCentre InboxView = "service_centre"
	ViewBreaching     InboxView = "breaching"
	ViewResolved      InboxView = "resolved"
	ViewClosed        InboxView = "closed"
)

// InboxViews lists them in the order of the sidebar.
var InboxViews = []InboxView{
	ViewNew, ViewOpen, ViewMine, ViewUnassigned, ViewWaiting,
	ViewPostponed, ViewServiceCentre, ViewBreaching, ViewResolved, ViewClosed,
}

// breachWindow is how long before its due time a ticket counts as breaching.
const breachWindow = time.Hour

// viewConditions hold each view's condition; every one is the head of an index.
var viewConditions = map[InboxView]string{
	ViewNew:           "t.status = 'new'",
	ViewOpen:          "t.status = 'open'",
	ViewMine:          "t.assignee_id = @me AND t.status NOT IN ('resolved', 'closed')",
	ViewUnassigned:    "t.assignee_id IS NULL AND t.status IN ('new', 'open')",
	ViewWaiting:       "t.status = 'waiting'",
	ViewPostponed:     "t.status = 'postponed'",
	ViewServiceCentre: "t.status = 'service_centre'",
	ViewBreaching:     "t.due_at <= @breach_by",
	ViewResolved:      "t.status = 'resolved'",
	ViewClosed:        "t.status = 'closed'",
}

// Sort is the order of the inbox.
type Sort string

// The orders.
const (
	SortNewest   Sort = "" // last activity first
	SortOldest   Sort = "oldest"
	SortPriority Sort = "priority"
)

// InboxFilter says which page of which list. An unknown view is ViewNew.
type InboxFilter struct {
	View   InboxView
	Query  string // as typed; searches all tickets, not only the view's
	Sort   Sort
	Cursor string
}

// InboxRow is one line of the inbox.
type InboxRow struct {
	ID             int64
	Number         int64
	Subject        string
	Status         Status
	Reopened       bool
	Unread         bool
	LastReplier    AuthorKind
	PostponedUntil *time.Time
	Priority       Priority
	RequesterName  string
	CompanyName    string  // "" for a private person
	AssigneeName   *string // nil: nobody yet
	LastActivityAt time.Time
	NextStep       *Step
	NextStepAt     *time.Time
	DueAt          *time.Time
}

// InboxPage is one page of the inbox; a cursor is "" where there is no page.
type InboxPage struct {
	Rows       []InboxRow
	Next, Prev string
}

// inboxSize is how many rows a page has.
const inboxSize = 50

const inboxSQL = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, t.unread, t.last_replier, t.postponed_until, t.priority,
    r.name AS requester_name, coalesce(c.name, '') AS company_name, a.name AS assignee_name,
    t.last_activity_at, t.next_step, t.next_step_at, t.due_at
FROM tickets t
JOIN people r ON r.id = t.requester_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN people a ON a.id = t.assignee_id`

// Inbox returns one page of a view, or of what a search found. Only staff have
// an inbox.
func (s *Service) Inbox(ctx context.Context, by auth.Actor, f InboxFilter) (InboxPage, error) {
	if err := staffOnly(by); err != nil {
		return InboxPage{}, err
	}
	args := s.viewArgs(by)
	where := viewConditions[f.View]
	if where == "" {
		where = viewConditions[ViewNew]
	}
	if found := search(f.Query, args); found != "true" {
		where = found
	}
	o := map[Sort]order{SortOldest: byAge, SortPriority: byPriority}[f.Sort]
	if o.columns == "" {
		o = byActivity
	}
	c, isSet := readCursor(f.Cursor)
	from, orderBy := o.page(c, isSet, args)
	rows, err := s.inboxRows(ctx, where+" AND "+from+orderBy, args, inboxSize+1)
	if err != nil {
		return InboxPage{}, err
	}
	var p InboxPage
	p.Rows, p.Next, p.Prev = turn(rows, inboxSize, c, isSet, func(r InboxRow) cursor {
		return cursor{At: r.LastActivityAt, ID: r.ID, Priority: r.Priority}
	})
	return p, nil
}

func (s *Service) viewArgs(by auth.Actor) pgx.NamedArgs {
	return pgx.NamedArgs{"me": by.PersonID, "breach_by": s.now().Add(breachWindow)}
}

func (s *Service) inboxRows(ctx context.Context, where string, args pgx.NamedArgs, limit int) ([]InboxRow, error) {
	args["limit"] = limit
	rows, _ := s.db.Query(ctx, inboxSQL+" WHERE "+where+" LIMIT @limit", args)
	return pgx.CollectRows(rows, pgx.RowToStructByName[InboxRow])
}

// countsSQL counts every view up to the cap; each arm stops after 100 entries
// of its index, so the cost does not grow with the tickets.
const countsSQL = `
SELECT (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'new' LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'open' LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id = @me AND t.status NOT IN ('resolved', 'closed') LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id IS NULL AND t.status IN ('new', 'open') LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'waiting' LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'postponed' LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'service_centre' LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.due_at <= @breach_by LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'resolved' LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'closed' LIMIT 100) v)`

// Counts returns how many tickets each view has, up to the cap.
func (s *Service) Counts(ctx context.Context, by auth.Actor) (map[InboxView]Count, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	return scanCounts(s.db.QueryRow(ctx, countsSQL, s.viewArgs(by)))
}

// scanCounts reads countsSQL's columns, and the columns after them into more.
func scanCounts(row pgx.Row, more ...any) (map[InboxView]Count, error) {
	n := make([]Count, len(InboxViews))
	into := make([]any, 0, len(n)+len(more))
	for i := range n {
		into = append(into, &n[i])
	}
	if err := row.Scan(append(into, more...)...); err != nil {
		return nil, err
	}
	counts := make(map[InboxView]Count, len(n))
	for i, v := range InboxViews {
		counts[v] = n[i]
	}
	return counts, nil
}
