package ticket

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/worktime"
)

// policyColumns are what a use case needs of the ticket's lifecycle policy, of
// a table aliased pol, which policyJoin provides.
const policyColumns = `pol.enabled AS policy_enabled, pol.remind_after, pol.remind_days, pol.resolve_after, pol.resolve_days,
    pol.close_after, pol.close_days, pol.reopen_closed, pol.texts AS policy_texts, pol.zone AS policy_zone, pol.week AS policy_week,
    pol.holidays AS policy_holidays`

// policyJoin finds the policy of t's help topic, or the default one.
const policyJoin = ` CROSS JOIN LATERAL (
    SELECT p.*, c.zone, c.week, c.holidays
    FROM lifecycle_policies p JOIN calendars c ON c.id = p.calendar_id
    WHERE p.topic_id = t.topic_id OR p.topic_id IS NULL
    ORDER BY p.topic_id NULLS LAST
    LIMIT 1) pol`

// policyRow is a policy as policyColumns bring it.
type policyRow struct {
	PolicyEnabled  bool
	RemindAfter    int
	RemindDays     Days
	ResolveAfter   int
	ResolveDays    Days
	CloseAfter     int
	CloseDays      Days
	ReopenClosed   int
	PolicyTexts    map[string]PolicyTexts
	PolicyZone     string
	PolicyWeek     []byte
	PolicyHolidays []time.Time
}

// policy turns the row into a Policy. A week that cannot be read is one without
// working time, which the step that needs it reports.
func (r policyRow) policy() Policy {
	week, _ := worktime.ParseWeek(r.PolicyWeek)
	holidays := make(map[string]bool, len(r.PolicyHolidays))
	for _, d := range r.PolicyHolidays {
		holidays[d.Format(time.DateOnly)] = true
	}
	return Policy{
		Enabled: r.PolicyEnabled,
		Remind:  Delay{r.RemindAfter, r.RemindDays}, Resolve: Delay{r.ResolveAfter, r.ResolveDays}, Close: Delay{r.CloseAfter, r.CloseDays},
		ReopenClosed: r.ReopenClosed, Texts: r.PolicyTexts,
		Calendar: worktime.Calendar{Zone: i18n.Zone(r.PolicyZone), Week: week, Holidays: holidays},
	}
}

// locked is a ticket whose row this transaction holds, with all that a use
// case decides on, so that it reads once.
type locked struct {
	Ticket
	policyRow
	TakesPart     Participation
	RequesterName string
	RequesterLang string
	ReopenCount   int
	AskedID       int64 // of the ticket whose number was asked for: drafts stay with it when it is merged
	AssigneeName  *string
	Copies        []copyTo // who gets copies of public replies
}

const lockedColumns = `
SELECT ` + ticketColumns + `, ` + policyColumns + `,
    EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND pt.person_id = @me) AS takes_part,
    r.name AS requester_name, r.lang AS requester_lang, t.reopen_count, (SELECT w.id FROM tickets w WHERE w.number = @number) AS asked_id, a.name AS assignee_name,
    coalesce((SELECT jsonb_agg(jsonb_build_object('address', pt.address, 'person_id', pt.person_id) ORDER BY pt.address)
        FROM participants pt WHERE pt.ticket_id = t.id), '[]') AS copies
FROM tickets t
JOIN people r ON r.id = t.requester_id
LEFT JOIN people a ON a.id = t.assignee_id` + policyJoin

const lockSQL = lockedColumns + `
WHERE t.id = ` + leadsTo + `
FOR NO KEY UPDATE OF t`

const lockExactSQL = lockedColumns + `
WHERE t.number = @number
FOR NO KEY UPDATE OF t`

// lock reads a ticket and holds its row until tx ends, so that two use cases
// cannot decide on the same state. The number of a merged ticket is that of the
// one it leads to. It returns fault.NotFound when by may not know of the ticket,
// and errLed when it was merged just now: s.transact begins again then.
// A person finds a ticket in the trash to be in conflict with all they may want
// of it but to restore it, which is lockAny's.
func lock(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64) (locked, error) {
	t, err := lockAny(ctx, tx, by, number)
	if err == nil && t.TrashedAt != nil && by.Kind == auth.Person {
		return locked{}, fault.New(fault.Conflict, "ticket.in_trash")
	}
	return t, err
}

// lockAny is lock for what may be done to a ticket in the trash.
func lockAny(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64) (locked, error) {
	t, err := lockBy(ctx, tx, lockSQL, by, number)
	if err == nil && t.MergedInto != nil {
		return locked{}, errLed
	}
	return t, err
}

// lockExact is lock for the row of the number itself, merged or not.
func lockExact(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64) (locked, error) {
	return lockBy(ctx, tx, lockExactSQL, by, number)
}

func lockBy(ctx context.Context, tx pgx.Tx, sql string, by auth.Actor, number int64) (locked, error) {
	rows, _ := tx.Query(ctx, sql, pgx.NamedArgs{"number": number, "me": by.PersonID}) // CollectExactlyOneRow returns its error
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[locked])
	if err != nil {
		return locked{}, pg.NotFound(err, "ticket.not_found")
	}
	if !maySee(by, t.Ticket, t.TakesPart) {
		return locked{}, notFound()
	}
	return t, nil
}

const saveSQL = `
UPDATE tickets SET
    status = @status, status_since = @status_since, turn = @turn, reopened = @reopened, unread = @unread, priority = @priority,
    company_id = @company_id, site_id = @site_id, assignee_id = @assignee_id, department_id = @department_id, last_activity_at = @last_activity_at, last_replier = @last_replier,
    last_replier_id = @last_replier_id, timeline_seq = @timeline_seq, first_reply_at = @first_reply_at,
    topic_id = @topic_id, trashed_at = @trashed_at, spam = @spam,
    trashed_by = CASE WHEN @trashed_at::timestamptz IS NOT NULL THEN coalesce(trashed_by, @by) END,
    resolved_at = @resolved_at, closed_at = @closed_at, reopen_count = reopen_count + @reopens, promised_until = ` + promisedNow + `,
    postponed_until = @postponed_until, next_step = @next_step, next_step_at = @next_step_at, step_from = @step_from, plan_by = @plan_by
WHERE id = @id`

const insertEventSQL = `
INSERT INTO events (ticket_id, seq, kind, actor_kind, actor_id, old, new, why, at, send_key)
VALUES (@ticket_id, @seq, @kind, @actor_kind, @actor_id, @old, @new, @why, @at, nullif(@key, ''))`

// notifySQL tells open pages of a change, and the index for agents' search.
const notifySQL = `
WITH changed AS (INSERT INTO ticket_changes (ticket_id) SELECT id FROM tickets WHERE number = (@payload::text::jsonb ->> 'ticket')::bigint)
SELECT pg_notify('deskbell_live', @payload::text)`

// change is what a use case makes of a locked ticket: fields are set on the
// embedded Ticket, events are added, save writes it all in one round trip.
type change struct {
	locked
	by      auth.Actor
	now     time.Time
	since   int64    // the last place of the timeline before this change
	replied bool     // a message is part of this change
	skipped []string // addresses on copy that the reply is not mailed to
	posted  int64    // the id of that message; 0: none
	quiet   bool     // customers are told nothing of it
	reopens int
	key     string // of the form that ran a macro
	events  []Event
}

// begin begins a change at now, as exactly as Postgres keeps it: what is written
// and read again is the same.
func begin(t locked, by auth.Actor, now time.Time) *change {
	return &change{locked: t, by: by, now: now.Truncate(time.Microsecond), since: t.TimelineSeq}
}

// nextSeq takes the next place in the timeline.
func (c *change) nextSeq() int64 {
	c.TimelineSeq++
	return c.TimelineSeq
}

// record adds an event to the timeline.
func (c *change) record(kind EventKind, from, to string, why Trigger) {
	e := Event{Seq: c.nextSeq(), Kind: kind, ActorKind: kindOf(c.by), Old: from, New: to, Why: why, At: c.now}
	e.ActorID = c.actorID()
	c.events = append(c.events, e)
}

// actorID is the person who acts; nil for the robot and the system.
func (c *change) actorID() *int64 {
	if c.by.Kind != auth.Person {
		return nil
	}
	return &c.by.PersonID
}

// move brings the ticket to the status that tr leads to, records it when it
// changed, and sets what the robot does next. until is the date of Postponed.
func (c *change) move(tr Trigger, until *time.Time) error {
	next, err := c.Status.Next(tr)
	if err != nil {
		return err
	}
	same := next == c.Status && sameTime(until, c.PostponedUntil)
	if same && !c.replied {
		return nil
	}
	if c.Status.Reopens(tr) {
		c.Reopened, c.reopens = true, 1
	}
	if !same {
		c.record(StatusChanged, string(c.Status), statusValue(next, until), tr)
	}
	if next != Closed && (next != Resolved || c.Status != Resolved) {
		c.ResolvedAt = nil
		if next == Resolved {
			c.ResolvedAt = &c.now
		}
	}
	c.Status, c.StatusSince, c.PostponedUntil = next, c.now, nil
	if next == Postponed {
		c.PostponedUntil = until
	}
	c.ClosedAt = nil
	if next == Closed {
		c.ClosedAt = &c.now
	}
	if tr != RobotReminded && kindOf(c.by) == ByAgent {
		c.Reopened, c.Unread = false, false
	}
	p := c.policy()
	return c.schedule(p, p.first(next), c.now)
}

// statusValue is how an event keeps a status: with its date when it has one.
func statusValue(s Status, until *time.Time) string {
	if s == Postponed && until != nil {
		return string(s) + " " + until.UTC().Format(time.RFC3339)
	}
	return string(s)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// save writes the ticket and its events and tells open pages.
func (c *change) save(ctx context.Context, tx pgx.Tx) error {
	if err := c.bringBack(ctx, tx); err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue(saveSQL, pgx.NamedArgs{
		"id": c.ID, "now": c.now, "by": c.actorID(), "topic_id": c.TopicID, "trashed_at": c.TrashedAt, "spam": c.Spam, "resolved_at": c.ResolvedAt,
		"status": c.Status, "status_since": c.StatusSince, "turn": c.Status.Turn(), "reopened": c.Reopened,
		"unread": c.Unread, "priority": c.Priority, "company_id": c.CompanyID, "site_id": c.SiteID, "assignee_id": c.AssigneeID, "department_id": c.DepartmentID,
		"last_activity_at": c.now, "last_replier": c.LastReplier, "last_replier_id": c.LastReplierID,
		"timeline_seq": c.TimelineSeq, "first_reply_at": c.FirstReplyAt, "closed_at": c.ClosedAt, "reopens": c.reopens, "answered": c.replied && kindOf(c.by) == ByAgent, "by_agent": kindOf(c.by) == ByAgent,
		"postponed_until": c.PostponedUntil, "next_step": c.NextStep, "next_step_at": c.NextStepAt, "step_from": c.StepFrom, "plan_by": c.PlanBy,
	})
	c.queueEvents(b)
	b.Queue(notifySQL, pgx.NamedArgs{"payload": livePayload(c.Number)})
	return tx.SendBatch(ctx, b).Close()
}

// aside writes the events of a change that touches nothing which lists show: who
// is on copy, a rating. The ticket's last activity stays where it was.
func (c *change) aside(ctx context.Context, tx pgx.Tx) error {
	if err := c.writeEvents(ctx, tx); err != nil {
		return err
	}
	return advance(ctx, tx, c.Ticket, c.TimelineSeq)
}

func (c *change) queueEvents(b *pgx.Batch) {
	for _, e := range c.events {
		key := ""
		if e.Kind == MacroRun {
			key = c.key
		}
		b.Queue(insertEventSQL, pgx.NamedArgs{
			"ticket_id": c.ID, "seq": e.Seq, "kind": e.Kind, "actor_kind": e.ActorKind, "actor_id": e.ActorID, "key": key,
			"old": e.Old, "new": e.New, "why": e.Why, "at": e.At,
		})
	}
}

// writeEvents writes the events alone.
func (c *change) writeEvents(ctx context.Context, tx pgx.Tx) error {
	b := &pgx.Batch{}
	c.queueEvents(b)
	return tx.SendBatch(ctx, b).Close()
}

// livePayload is what open pages hear: which ticket changed, never what it says.
func livePayload(number int64) string { return `{"ticket":` + strconv.FormatInt(number, 10) + `}` }
