package ticket

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
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
	ViewBreaching:     "t.id = ANY (ARRAY(SELECT d.id FROM tickets d WHERE d.due_at <= @breach_by ORDER BY d.due_at LIMIT 1000))",
	ViewResolved:      "t.status = 'resolved'",
	ViewClosed:        "t.status = 'closed'",
}

// viewFilters say the same in the language of filters.
var viewFilters = map[InboxView]string{
	ViewNew:           "status:new",
	ViewOpen:          "status:open",
	ViewMine:          "assignee:me is:unsolved",
	ViewUnassigned:    "assignee:none status:new,open",
	ViewWaiting:       "status:waiting",
	ViewPostponed:     "status:postponed",
	ViewServiceCentre: "status:service_centre",
	ViewBreaching:     "due:1h",
	ViewResolved:      "status:resolved",
	ViewClosed:        "status:closed",
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
	DepartmentID   *int64  // whose queue it is in; nil: nobody's in particular
	LastActivityAt time.Time
	NextStep       *Step
	NextStepAt     *time.Time
	DueAt          *time.Time
	Tags           []string // by name
}

// InboxPage is one page of the inbox; a cursor is "" where there is no page.
type InboxPage struct {
	Rows       []InboxRow
	Next, Prev string
	Counts     map[InboxView]Count // of all views
}

// inboxSize is how many rows a page has.
const inboxSize = 50

// inboxColumns and inboxJoins stand before and after the subquery that finds a
// page's tickets: names are looked up for its rows alone.
const (
	inboxColumns = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, t.unread, t.last_replier, t.postponed_until, t.priority,
    r.name AS requester_name, coalesce(c.name, '') AS company_name, a.name AS assignee_name, t.department_id,
    t.last_activity_at, t.next_step, t.next_step_at, t.due_at, ` + tagsColumn + `
FROM `
	inboxJoins = ` t
JOIN people r ON r.id = t.requester_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN people a ON a.id = t.assignee_id`
)

// Inbox returns one page of a view, or of what a search found, and the counts of
// all views. Only staff have an inbox. Two statements, sent together.
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
	c := readCursor(f.Cursor)
	where += " AND " + seenByStaff(by)
	from, orderBy := o.page(c, args)
	b := &pgx.Batch{}
	var rows []InboxRow
	var n []int64
	queueRows(b, &rows, where+" AND "+from, orderBy, args, inboxSize+1)
	pg.QueueValues(b, seenBy(by, countsSQL), s.viewArgs(by), &n)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return InboxPage{}, err
	}
	p := InboxPage{Counts: countsOf(n)}
	p.Rows, p.Next, p.Prev = turn(rows, inboxSize, c, func(r InboxRow) cursor {
		return cursor{At: r.LastActivityAt, ID: r.ID, Priority: r.Priority}
	})
	return p, nil
}

// viewArgs are the arguments of the views' conditions, and of staffSees.
func (s *Service) viewArgs(by auth.Actor) pgx.NamedArgs {
	args := pgx.NamedArgs{"me": by.PersonID, "breach_by": s.now().Add(breachWindow)}
	staffSight(by, args)
	return args
}

// queueRows adds a statement to a batch that finds the first tickets of a list.
func queueRows(b *pgx.Batch, to *[]InboxRow, where, orderBy string, args pgx.NamedArgs, limit int) {
	page := "(SELECT * FROM tickets t WHERE " + where + orderBy + " LIMIT " + strconv.Itoa(limit) + ")"
	pg.QueueRows(b, to, inboxColumns+page+inboxJoins+orderBy, args)
}

// countsColumn counts every view up to the cap, in the order of InboxViews; each
// arm stops after 100 entries of its index, so the cost does not grow with the
// tickets.
const countsColumn = `ARRAY[
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'new' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'open' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id = @me AND t.status NOT IN ('resolved', 'closed') AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id IS NULL AND t.status IN ('new', 'open') AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'waiting' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'postponed' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'service_centre' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.due_at <= @breach_by AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'resolved' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'closed' AND ` + worked + ` LIMIT 100) v)] AS counts`

const countsSQL = `SELECT ` + countsColumn

// Counts returns how many tickets each view has, up to the cap.
func (s *Service) Counts(ctx context.Context, by auth.Actor) (map[InboxView]Count, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	var n []int64
	if err := s.db.QueryRow(ctx, seenBy(by, countsSQL), s.viewArgs(by)).Scan(&n); err != nil {
		return nil, err
	}
	return countsOf(n), nil
}

// countsOf names what countsColumn brings.
func countsOf(n []int64) map[InboxView]Count {
	counts := make(map[InboxView]Count, len(n))
	for i, v := range InboxViews {
		counts[v] = Count(n[i])
	}
	return counts
}
