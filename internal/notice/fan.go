package notice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// FanOut works Happened: who hears of a change, and how.
type FanOut struct {
	river.WorkerDefaults[Happened]
	notices *Service
}

// NewFanOut returns the worker.
func NewFanOut(s *Service) *FanOut { return &FanOut{notices: s} }

// Work implements river.Worker.
func (w *FanOut) Work(ctx context.Context, job *river.Job[Happened]) error {
	return w.notices.Tell(ctx, job.Args)
}

// reader is somebody on staff beside one ticket.
type reader struct {
	ID        int64
	Name      string
	Zone      string
	QuietFrom *int
	QuietTo   *int
	Weekends  bool
	Choices   Choices
	Devices   bool // there is a browser to push to
	Muted     bool
	// The scopes that apply to them.
	Unsent                                    bool // there is a draft of theirs that came back
	Works, Deputy, Mentioned, Watches, Member bool
}

const audienceSQL = `
SELECT p.id, p.name, p.zone, q.quiet_from, q.quiet_to, coalesce(q.weekends, false) AS weekends,
    coalesce((SELECT jsonb_agg(jsonb_build_object('event', x.event, 'scope', x.scope, 'channel', x.channel, 'wanted', x.wanted))
        FROM notice_choices x WHERE x.person_id = p.id), '[]') AS choices,
    EXISTS (SELECT FROM push_subscriptions s ` + signedIn + ` WHERE s.person_id = p.id) AS devices,
    w.muted, coalesce(p.id = t.assignee_id, false) AS works,
    EXISTS (SELECT FROM drafts dr WHERE dr.ticket_id = t.id AND dr.person_id = p.id AND dr.returned <> '') AS unsent,
    w.named AS mentioned,
    w.chose OR coalesce(p.id = ANY (c.watchers), false) AS watches,
    EXISTS (SELECT FROM absences ab WHERE ab.person_id = t.assignee_id AND ab.deputy_id = p.id AND ab.from_at <= @now AND ab.until_at > @now) AS deputy,
    t.department_id IS NULL OR EXISTS (SELECT FROM department_members m WHERE m.department_id = t.department_id AND m.person_id = p.id) AS member
FROM tickets t
LEFT JOIN companies c ON c.id = t.company_id
JOIN people p ON ` + ticket.ReadByStaff + `
CROSS JOIN LATERAL ` + ticket.AttentionOf + `p.id) w
LEFT JOIN notice_hours q ON q.person_id = p.id
WHERE t.id = @ticket
ORDER BY p.id`

// lockSQL lets one job at a time tell of a ticket, so that lines are joined and
// never doubled.
const lockSQL = `SELECT pg_advisory_xact_lock(hashtextextended('notices of a ticket', @ticket))`

// lineSQL writes one person's line: joined with a fresh unread one of the same
// ticket, else new; nothing when it tells of this change already.
const lineSQL = `
WITH known AS (
    SELECT FROM notices WHERE ticket_id = @ticket AND person_id = @person AND @cause = ANY (causes)),
line AS (
    SELECT id FROM notices
    WHERE ticket_id = @ticket AND person_id = @person AND read_at IS NULL AND at > @fresh AND event = ANY (@likes::text[]) AND NOT EXISTS (SELECT FROM known)
    ORDER BY id DESC LIMIT 1),
joined AS (
    UPDATE notices n SET causes = n.causes || @cause::bigint, at = @now, event = @event, reason = @reason, seq = @seq,
        message_id = coalesce(@message, n.message_id), actor_id = @actor, detail = @detail, in_app = n.in_app OR @in_app,
        push_due = CASE WHEN @push THEN coalesce(n.push_due, greatest(@due, n.pushed_at + @apart::interval)) ELSE n.push_due END,
        mail_due = CASE WHEN @mail THEN coalesce(n.mail_due, greatest(@due, n.mailed_at + @apart::interval)) ELSE n.mail_due END
    FROM line WHERE n.id = line.id
    RETURNING n.id, n.push_due, n.mail_due),
made AS (
    INSERT INTO notices (person_id, event, reason, ticket_id, seq, message_id, actor_id, detail, causes, in_app, at, push_due, mail_due)
    SELECT @person, @event, @reason, @ticket, @seq, @message, @actor, @detail, ARRAY[@cause::bigint], @in_app, @now,
        CASE WHEN @push THEN greatest(@due, last.pushed_at + @apart::interval) END,
        CASE WHEN @mail THEN greatest(@due, last.mailed_at + @apart::interval) END
    FROM (SELECT max(pushed_at) AS pushed_at, max(mailed_at) AS mailed_at FROM notices
        WHERE ticket_id = @ticket AND person_id = @person AND event = ANY (@likes::text[])) last
    WHERE NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM line)
    RETURNING id, push_due, mail_due)
SELECT l.id, l.push_due, l.mail_due, pg_notify('deskbell_notices', @person::text)::text AS told
FROM (SELECT * FROM joined UNION ALL SELECT * FROM made) l`

// followSQL lets somebody who was mentioned hear of what follows, unless they said
// already what they want to hear.
const followSQL = `
INSERT INTO watchers (ticket_id, person_id, why, at)
SELECT t.id, p, 'mentioned', @now FROM tickets t, unnest(@people::bigint[]) AS u (p)
WHERE t.id = @ticket AND NOT EXISTS (SELECT FROM watchers x WHERE x.person_id = p AND x.ticket_id = ANY (` + ticket.WithMerged + `))
ON CONFLICT (ticket_id, person_id) DO NOTHING`

// cause is by what a line knows that it tells of a change. What is meant for one
// person is told beside what they know: a note may name them later.
func (n news) cause(upto int64) int64 {
	if spec, _ := specOf(n.Event); spec.Personal {
		return -upto
	}
	return upto
}

type line struct {
	ID      int64
	PushDue *time.Time
	MailDue *time.Time
	Told    string
}

// Tell writes the lines about a change and puts in the jobs that push and mail
// them. A second time it changes nothing.
func (s *Service) Tell(ctx context.Context, h Happened) error {
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		var entries []entry
		var readers []reader
		b := &pgx.Batch{}
		b.Queue(lockSQL, pgx.NamedArgs{"ticket": h.TicketID})
		pg.QueueRows(b, &entries, entrySQL, pgx.NamedArgs{"ticket": h.TicketID, "after": h.After, "upto": h.Upto})
		pg.QueueRows(b, &readers, audienceSQL, pgx.NamedArgs{"ticket": h.TicketID, "now": s.Now()})
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		b = &pgx.Batch{}
		all := tell(entries)
		for _, n := range all {
			if n.Event == Mentioned {
				b.Queue(followSQL, pgx.NamedArgs{"ticket": h.TicketID, "people": n.Only, "now": s.Now()})
			}
		}
		lines := []line{}
		for _, r := range readers {
			n, how, ok := r.hears(all)
			if !ok {
				continue
			}
			args := s.lineArgs(ctx, r, n, how)
			args["ticket"], args["cause"] = h.TicketID, n.cause(h.Upto)
			b.Queue(lineSQL, args).Query(func(rows pgx.Rows) error {
				found, err := pgx.CollectRows(rows, pgx.RowToStructByName[line])
				lines = append(lines, found...)
				return err
			})
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return s.schedule(ctx, tx, lines)
	})
	if err != nil {
		return fmt.Errorf("tell of a change: %w", err)
	}
	return nil
}

// way is how somebody hears of something, and why.
type way struct {
	reason          Scope
	app, push, mail bool
}

// hears finds the weightiest of the news that r wants and how. Nobody is told of
// their own acts.
func (r reader) hears(all []news) (news, way, bool) {
	for _, n := range all {
		spec, _ := specOf(n.Event)
		if n.ActorID != nil && *n.ActorID == r.ID || r.Muted && !spec.Personal || n.Only != nil && !slices.Contains(n.Only, r.ID) {
			continue
		}
		if w := r.way(n, spec); w.reason != NoScope {
			return n, w, true
		}
	}
	return news{}, way{}, false
}

// way joins the channels of all scopes that apply; the closest with any is the
// reason.
func (r reader) way(n news, spec Spec) way {
	var w way
	for _, cell := range spec.Cells {
		if !r.within(cell.Scope, n) {
			continue
		}
		app, push, mail := r.Choices.Wants(n.Event, cell.Scope, InApp), r.Choices.Wants(n.Event, cell.Scope, Push), r.Choices.Wants(n.Event, cell.Scope, Mail)
		if w.reason == NoScope && (app || push && r.Devices || mail) {
			w.reason = cell.Scope
		}
		w.app, w.push, w.mail = w.app || app, w.push || push && r.Devices, w.mail || mail
	}
	return w
}

func (r reader) within(s Scope, n news) bool {
	switch s {
	case Mine:
		if n.Event == HeldReply {
			return r.Unsent && n.Detail == r.Name
		}
		return r.Works && (n.Event != Assigned || n.Detail == "" || n.Detail == r.Name) // the ticket may have gone on since
	case Deputy:
		return r.Deputy
	case Named:
		return r.Mentioned || n.Only != nil
	case Watched:
		return r.Watches
	case Team:
		return r.Member
	case Any:
		return true
	case NoScope, Own:
	}
	return false
}

// hours are r's quiet ones, and their clock.
func (s *Service) quietUntil(ctx context.Context, zone string, h Hours) time.Time {
	at := s.Zone(ctx)
	if zone != "" {
		at = i18n.Zone(zone)
	}
	return h.until(s.Now().In(at)).UTC()
}

func (s *Service) lineArgs(ctx context.Context, r reader, n news, w way) pgx.NamedArgs {
	now := s.Now()
	return pgx.NamedArgs{
		"person": r.ID, "event": n.Event, "reason": w.reason, "seq": n.Seq, "message": n.MessageID, "actor": n.ActorID, "detail": n.Detail,
		"in_app": w.app, "push": w.push, "mail": w.mail, "now": now, "fresh": now.Add(-coalesced), "apart": coalesced, "likes": likes(n.Event),
		"due": s.quietUntil(ctx, r.Zone, Hours{r.QuietFrom, r.QuietTo, r.Weekends}),
	}
}

// schedule puts in a job for each line that is to be pushed or mailed. One for a
// line that has a job already finds nothing to do.
func (s *Service) schedule(ctx context.Context, tx pgx.Tx, lines []line) error {
	var jobs []river.InsertManyParams
	for _, l := range lines {
		if l.PushDue != nil {
			jobs = append(jobs, river.InsertManyParams{Args: Deliver{l.ID, Push}, InsertOpts: &river.InsertOpts{ScheduledAt: *l.PushDue}})
		}
		if l.MailDue != nil {
			jobs = append(jobs, river.InsertManyParams{Args: Deliver{l.ID, Mail}, InsertOpts: &river.InsertOpts{ScheduledAt: *l.MailDue}})
		}
	}
	if len(jobs) == 0 || s.Jobs == nil { // without jobs there are lines in the app alone
		return nil
	}
	if _, err := s.Jobs.InsertManyTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("put in the jobs that push and mail: %w", err)
	}
	return nil
}
