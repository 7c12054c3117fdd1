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

// Thread is a ticket as a customer sees it (P7). It never holds a note.
type Thread struct {
	Ticket
	TopicName     string
	RequesterName string
	CompanyName   string  // "" for a private person
	AssigneeName  *string // nil: nobody yet
	Fields        map[string]any
	Follows       *int64 // number of the closed ticket that this one follows
	FollowedBy    *int64 // number of the ticket that follows this one
	ReopenUntil   *time.Time
	Participants  []Participant
	Entries       []Entry
	Earlier       int // messages before the entries shown
	Plan          []PlannedStep
	Can           Can
}

// headColumns are what both pages of a ticket show above the timeline.
const headColumns = ticketColumns + `, ` + policyColumns + `,
    coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS topic_name, r.name AS requester_name, coalesce(c.name, '') AS company_name,
    a.name AS assignee_name, t.fields,
    (SELECT f.number FROM tickets f WHERE f.id = t.follows_id) AS follows,
    (SELECT max(f.number) FROM tickets f WHERE f.follows_id = t.id) AS followed_by,
    coalesce((SELECT jsonb_agg(jsonb_build_object('address', pt.address, 'name', coalesce(pp.name, '')) ORDER BY pt.address)
        FROM participants pt LEFT JOIN people pp ON pp.id = pt.person_id WHERE pt.ticket_id = t.id), '[]') AS participants,
    (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id AND m.seq <= t.timeline_seq - @end) AS earlier`

const headJoins = `
FROM tickets t
JOIN people r ON r.id = t.requester_id
JOIN topics o ON o.id = t.topic_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN people a ON a.id = t.assignee_id` + policyJoin

// head is what headColumns bring.
type head struct {
	Ticket
	policyRow
	TopicName     string
	RequesterName string
	CompanyName   string
	AssigneeName  *string
	Fields        map[string]any
	Follows       *int64
	FollowedBy    *int64
	Participants  []Participant
	Earlier       int
}

// mayRead is the sight of a ticket's public page: staff read every one.
const mayRead = `(@everything OR ` + visibleTo + `)`

const threadSQL = `SELECT ` + headColumns + headJoins + `
WHERE t.number = @number AND ` + mayRead

// Thread returns a ticket with its public timeline for whoever may see it, else
// fault.NotFound. Two statements, sent together.
func (s *Service) Thread(ctx context.Context, by auth.Actor, number int64, v View) (Thread, error) {
	if !by.SignedIn() {
		return Thread{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	args := customerArgs(by, number)
	args["lang"], args["end"] = i18n.ReaderOf(ctx).Lang, endSize
	b := &pgx.Batch{}
	var h head
	var entries []Entry
	pg.QueueRow(b, &h, threadSQL, args)
	queueTimeline(b, &entries, customerTimelineSQL, customerArgs(by, number), v)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Thread{}, pg.NotFound(err, "ticket.not_found")
	}
	p := h.policy()
	th := Thread{
		Ticket: h.Ticket, TopicName: h.TopicName, RequesterName: h.RequesterName, CompanyName: h.CompanyName,
		AssigneeName: h.AssigneeName, Fields: h.Fields, Follows: h.Follows, FollowedBy: h.FollowedBy, Participants: h.Participants,
		Earlier: h.Earlier, Plan: Plan(h.Ticket, p), Can: abilities(by, h.Ticket, p, s.now()),
	}
	th.ReopenUntil, th.Entries = reopenUntil(h.Ticket, p), entries
	if v == ViewAll {
		th.Earlier = 0
	}
	return th, nil
}

// customerArgs name a ticket and who asks for it, for the customer's page.
func customerArgs(by auth.Actor, number int64) pgx.NamedArgs {
	args := pgx.NamedArgs{"number": number, "everything": by.Staff()}
	sight(by, args)
	return args
}

// reopenUntil is when a finished ticket can be reopened no more; nil: no such
// moment is set.
func reopenUntil(t Ticket, p Policy) *time.Time {
	switch {
	case t.Status == Closed && t.ClosedAt != nil && p.ReopenClosed > 0:
		until := t.ClosedAt.AddDate(0, 0, p.ReopenClosed)
		return &until
	case t.Status == Resolved && t.NextStepAt != nil:
		until := t.NextStepAt.AddDate(0, 0, p.ReopenClosed)
		return &until
	default:
		return nil
	}
}
