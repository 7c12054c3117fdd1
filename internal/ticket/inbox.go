package ticket

import (
	"context"
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
	ViewPromised      InboxView = "promised" // the date came that a customer was promised, and nobody answered since
	ViewServiceCentre InboxView = "service_centre"
	ViewBreaching     InboxView = "breaching"
	ViewResolved      InboxView = "resolved"
	ViewClosed        InboxView = "closed"
)

// InboxViews lists them in the order of the sidebar.
var InboxViews = []InboxView{
	ViewNew, ViewOpen, ViewMine, ViewUnassigned, ViewWaiting,
	ViewPostponed, ViewPromised, ViewServiceCentre, ViewBreaching, ViewResolved, ViewClosed,
}

// breachWindow is how long before its due time a ticket counts as breaching.
const breachWindow = time.Hour

// viewFilters are the views in the language of filters; every one is the head of
// an index.
var viewFilters = map[InboxView]string{
	ViewNew:           "status:new",
	ViewOpen:          "status:open",
	ViewMine:          "assignee:me is:unsolved",
	ViewUnassigned:    "assignee:none status:new,open",
	ViewWaiting:       "status:waiting",
	ViewPostponed:     "status:postponed",
	ViewPromised:      "promised:overdue",
	ViewServiceCentre: "status:service_centre",
	ViewBreaching:     "due:1h",
	ViewResolved:      "status:resolved",
	ViewClosed:        "status:closed",
}

// Sort is the order of the inbox.
type Sort string

// The orders.
const (
	SortNewest    Sort = "" // last activity first
	SortOldest    Sort = "oldest"
	SortPriority  Sort = "priority"
	SortDue       Sort = "due"      // nearest first
	SortPromised  Sort = "promised" // the date that the customer was promised, oldest first
	SortCreated   Sort = "created"  // newest first
	SortFirstCome Sort = "first"    // created, oldest first
)

// Sorts lists the orders as a menu does.
var Sorts = []Sort{SortNewest, SortOldest, SortPriority, SortDue, SortPromised, SortCreated, SortFirstCome}

var inboxOrders = map[Sort]order{
	SortNewest: byActivity, SortOldest: byAge, SortPriority: byPriority, SortDue: byDue, SortPromised: byPromised, SortCreated: byCreated, SortFirstCome: byFirst,
}

// viewSorts are the orders of the views that have one of their own.
var viewSorts = map[InboxView]Sort{ViewPromised: SortPromised}

// Sort is the view's own order.
func (v InboxView) Sort() Sort { return viewSorts[v] }

// InboxFilter says which page of which list.
type InboxFilter struct {
	Filter Filter
	Sort   Sort // an unknown one is SortNewest
	Cursor string
	Views  []SideView // to be counted with it
}

// InboxRow is one line of the inbox.
type InboxRow struct {
	ID             int64
	Number         int64
	Subject        string
	Status         Status
	Reopened       bool
	Unread         bool // for the reader: a public message stands after what they read
	Draft          bool // the reader has begun an answer or a note
	LastReplier    AuthorKind
	PostponedUntil *time.Time
	PromisedUntil  *time.Time // what was promised before the ticket woke; see promisedNow
	Priority       Priority
	RequesterName  string
	CompanyName    string  // "" for a private person
	AssigneeName   *string // nil: nobody yet
	DepartmentID   *int64  // whose queue it is in; nil: nobody's in particular
	LastActivityAt time.Time
	CreatedAt      time.Time
	TopicName      string
	Channel        string
	NextStep       *Step
	NextStepAt     *time.Time
	DueAt          *time.Time
	Tags           []string // by name
}

// InboxPage is one page of the inbox; a cursor is "" where there is no page.
type InboxPage struct {
	Rows       []InboxRow
	Next, Prev string
	Short      bool                // it ends early: more may be further on
	Counts     map[InboxView]Count // of the saved views that were asked for
}

// listRow is a row with what a page needs to end and go on.
type listRow struct {
	InboxRow
	Fits, WalkEnd bool
}

// inboxSize is how many rows a page has.
const inboxSize = 50

// inboxColumns and inboxJoins stand before and after the subquery that finds a
// page's tickets: names are looked up for its rows alone.
const (
	inboxColumns = `
SELECT t.id, t.number, t.subject, t.status, t.reopened, ` + unreadBy + ` AS unread, t.id IN (SELECT dr.ticket_id FROM drafts dr WHERE dr.person_id = @me) AS draft,
    t.last_replier, t.postponed_until, t.promised_until, t.priority,
    r.name AS requester_name, coalesce(c.name, '') AS company_name, a.name AS assignee_name, t.department_id, t.created_at, t.channel,
    coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS topic_name, t.last_activity_at, t.next_step, t.next_step_at, t.due_at, ` + tagsColumn
	inboxJoins = ` t
JOIN people r ON r.id = t.requester_id
JOIN topics o ON o.id = t.topic_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN people a ON a.id = t.assignee_id`
)

// Inbox returns one page of a list (A2), and the counts of the saved views. Only
// staff have an inbox. Two statements, sent together.
func (s *Service) Inbox(ctx context.Context, by auth.Actor, f InboxFilter) (InboxPage, error) {
	if err := staffOnly(by); err != nil {
		return InboxPage{}, err
	}
	o, ok := inboxOrders[f.Sort]
	if !ok {
		o = byActivity
	}
	b, c := s.bind(ctx, by), readCursor(f.Cursor)
	from, orderBy := o.page(c, b.args)
	batch := &pgx.Batch{}
	var rows []listRow
	var n []int64
	found := f.Filter.route(b, o).rows(from, orderBy, inboxSize+1)
	pg.QueueRows(batch, &rows, inboxColumns+", t.fits, t.walk_end FROM "+found+inboxJoins+orderBy, b.args)
	s.tallies(ctx, by, batch, f.Views, &n)
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return InboxPage{}, err
	}
	side := Sidebar{Views: f.Views, Counts: map[InboxView]Count{}}
	side.tally(n)
	p := inboxPart(rows, c, o)
	p.Counts = side.Counts
	return p, nil
}

// inboxPart makes a page of what was found.
func inboxPart(rows []listRow, c *cursor, o order) InboxPage {
	place := func(r listRow) cursor { return r.place(o) }
	rows, end := cutWalk(rows, inboxSize, func(r listRow) (bool, bool) { return r.Fits, r.WalkEnd })
	p := InboxPage{Short: end != nil}
	rows, p.Next, p.Prev = turn(rows, inboxSize, c, place)
	if end != nil {
		on := place(*end)
		if on.Back = c.back(); on.Back {
			p.Prev = on.String()
		} else {
			p.Next = on.String()
		}
	}
	p.Rows = make([]InboxRow, len(rows))
	for i, r := range rows {
		p.Rows[i] = r.InboxRow
	}
	return p
}

// Promised is the date that the customer was promised; nil: none.
func (r InboxRow) Promised() *time.Time {
	if r.Status == Postponed {
		return r.PostponedUntil
	}
	return r.PromisedUntil
}

// place is where a row stands in an order.
func (r listRow) place(o order) cursor {
	c := cursor{At: r.LastActivityAt, ID: r.ID, Priority: r.Priority}
	switch o.columns {
	case byCreated.columns:
		c.At = r.CreatedAt
	case byDue.columns:
		if c.At = noDue; r.DueAt != nil {
			c.At = *r.DueAt
		}
	case byPromised.columns:
		if c.At = noDue; r.Promised() != nil {
			c.At = *r.Promised()
		}
	}
	return c
}

// viewArgs are the arguments of the counts and of staffSees.
func (s *Service) viewArgs(by auth.Actor) pgx.NamedArgs {
	args := pgx.NamedArgs{"me": by.PersonID, "now": s.now(), "breach_by": s.now().Add(breachWindow), "opening": 0, "my_departments": append([]int64{}, by.Departments...)}
	staffSight(by, args)
	return args
}

// countsColumn counts every view up to the cap, in the order of InboxViews; each
// arm stops after 100 entries of its index, so the cost does not grow with the
// tickets. Dates are asked for in order, or the plan, which is made before they are
// known, reads the table.
const countsColumn = `ARRAY[
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'new' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'open' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id = @me AND t.status NOT IN ('resolved', 'closed') AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.assignee_id IS NULL AND t.status IN ('new', 'open') AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'waiting' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'postponed' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.promised_until < @now AND t.status <> 'postponed' AND ` + worked + ` ORDER BY t.promised_until LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'service_centre' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.due_at <= @breach_by AND ` + worked + ` ORDER BY t.due_at LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'resolved' AND ` + worked + ` LIMIT 100) v),
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.status = 'closed' AND ` + worked + ` LIMIT 100) v)] AS counts`

// countsOf names what countsColumn brings.
func countsOf(n []int64) map[InboxView]Count {
	counts := make(map[InboxView]Count, len(n))
	for i, v := range InboxViews {
		counts[v] = Count(n[i])
	}
	return counts
}
