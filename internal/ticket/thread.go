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
	Follows       *int64   // number of the closed ticket that this one follows, when the reader sees it
	FollowedBy    *int64   // number of the ticket that follows this one, when the reader sees it
	Linked        []Linked // both, and further ones
	ReopenUntil   *time.Time
	Participants  []Participant
	Readers       []Reader // colleagues who see all tickets of the company or site; for colleagues alone
	AllRead       bool     // every contact of the company reads it; for colleagues alone
	Entries       []Entry
	Earlier       int // messages before the entries shown
	Later         int // messages after them
	Plan          []PlannedStep
	Draft         *Draft // of the reader's reply
	Rating        *Rating
	LeadsTo       *int64 // number of the ticket that this one was merged into, when the reader sees it
	Moved         *int64 // the last place of the timeline that its entries gave up for another; nil: none did
	Merges        []MergedIn
	Carried       []CarriedDraft  // of the reader, begun in tickets that were merged into this one
	Service       []ServiceRecord // what happened to the equipment in the service centre
	Can           Can
}

// Linked is a ticket that belongs to this one in some way.
type Linked struct {
	Number   int64    `json:"number"`
	Subject  string   `json:"subject"`
	Status   Status   `json:"status"`
	After    bool     `json:"after"`    // it follows this one
	Relation Relation `json:"relation"` // what this one is to it; "": one follows the other
}

// Reader is somebody who may read a ticket though nobody added them to it.
type Reader struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// headColumns are what both pages of a ticket show above the timeline.
const headColumns = ticketColumns + `, ` + policyColumns + `,
    coalesce(o.name ->> @lang, o.name ->> 'en', o.key) AS topic_name, r.name AS requester_name, coalesce(c.name, '') AS company_name,
    a.name AS assignee_name, t.fields,
    (SELECT f.number FROM tickets f WHERE f.id = t.follows_id) AS follows,
    (SELECT max(f.number) FROM tickets f WHERE f.follows_id = t.id) AS followed_by,
    ` + participantsColumn + `, ` + ratingColumn + `, ` + serviceColumn + `,
    (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id AND m.seq <= ` + uptoColumn + ` - @end) AS earlier,
    (SELECT count(*) FROM messages m WHERE m.ticket_id = t.id AND m.seq > ` + uptoColumn + `) AS later`

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
	Rating        *Rating
	Service       []ServiceRecord
	Earlier       int
	Later         int
}

// mayRead is the sight of a ticket's public page: staff read what they work on.
const mayRead = `(@everything AND ` + staffSees + ` OR ` + visibleTo + `)`

// linkedColumn are the tickets around t that the reader sees as well; the inner
// t is such a ticket.
const linkedColumn = `coalesce((SELECT jsonb_agg(v ORDER BY v.number) FROM (
        SELECT t.number, t.subject, t.status, o.after, o.relation
        FROM (SELECT t.follows_id AS id, false AS after, '' AS relation
            UNION ALL SELECT f.id, true, '' FROM tickets f WHERE f.follows_id = t.id
            UNION ALL SELECT CASE WHEN l.ticket_id = t.id THEN l.other_id ELSE l.ticket_id END, false, ` + relationOf + `
                FROM ticket_links l WHERE (l.ticket_id = t.id OR l.other_id = t.id) AND l.kind <> 'distinct') o
        JOIN tickets t ON t.id = o.id
        WHERE ` + mayRead + ` ORDER BY t.number LIMIT 20) v), '[]') AS linked`

// readersColumn are the colleagues who read t because they see all tickets of
// its company or site; all_read says that every contact of the company does. Only
// who is of that company hears of it.
const readersColumn = `coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name) ORDER BY lower(p.name), p.id)
        FROM company_people cp JOIN people p ON p.id = cp.person_id
        WHERE c.privacy = 'named' AND NOT t.private AND cp.company_id = t.company_id AND p.disabled_at IS NULL
            AND cp.person_id <> t.requester_id AND ` + colleague + `
            AND (cp.sees = 'company' OR cp.sees = 'site' AND t.site_id IN (
                WITH RECURSIVE tree AS (SELECT cp.site_id AS id UNION SELECT si.id FROM tree JOIN sites si ON si.parent_id = tree.id)
                SELECT tree.id FROM tree))), '[]') AS readers,
    coalesce(c.privacy = 'everyone' AND NOT t.private AND (@everything OR t.company_id = ANY (@sight_member_of)), false) AS all_read`

const threadSQL = `SELECT ` + headColumns + `, ` + leadsColumn + `, ` + movedColumn + `, ` + customerMergesColumn + `, ` + customerCarriedColumn + `, ` + linkedColumn + `, ` + readersColumn + `,
    EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND pt.person_id = @sight_me) AS takes_part,
    (SELECT to_jsonb(d) FROM (SELECT ` + draftColumns + `
        WHERE d.person_id = @sight_me AND d.ticket_id = t.id AND d.kind = 'reply') d) AS draft` + headJoins + `
WHERE t.number = @number AND ` + mayRead

type threadRow struct {
	head
	LeadsTo   *int64
	Moved     *int64
	Merges    []MergedIn
	Carried   []CarriedDraft
	Linked    []Linked
	Readers   []Reader
	AllRead   bool
	TakesPart Participation
	Draft     *Draft
}

// Thread returns a ticket with its public timeline for whoever may see it, else
// fault.NotFound. Two statements, sent together.
func (s *Service) Thread(ctx context.Context, by auth.Actor, number int64, v View) (Thread, error) {
	if !by.SignedIn() {
		return Thread{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	args := customerArgs(by, number)
	args["lang"] = i18n.ReaderOf(ctx).Lang
	v.window(args)
	b := &pgx.Batch{}
	var r threadRow
	var entries []Entry
	pg.QueueRow(b, &r, threadSQL, args)
	queueTimeline(b, &entries, customerTimelineSQL, customerArgs(by, number), v)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Thread{}, pg.NotFound(err, "ticket.not_found")
	}
	th := r.thread(by, s.now())
	th.Entries = entries
	return th, nil
}

func (r threadRow) thread(by auth.Actor, now time.Time) Thread {
	p := r.policy()
	th := Thread{
		Ticket: r.Ticket, TopicName: r.TopicName, RequesterName: r.RequesterName, CompanyName: r.CompanyName,
		AssigneeName: r.AssigneeName, Fields: r.Fields, Linked: r.Linked, Participants: namedFor(by, r.Participants), Readers: r.Readers, AllRead: r.AllRead,
		Earlier: r.Earlier, Later: r.Later, Plan: Plan(r.Ticket, p), Draft: r.Draft, Rating: r.Rating, Service: r.Service,
		ReopenUntil: reopenUntil(r.Ticket, p), LeadsTo: r.LeadsTo, Moved: r.Moved, Merges: r.Merges, Carried: r.Carried, Can: abilities(by, r.Ticket, p, now),
	}
	th.Can.Rate = mayRate(by, r.Ticket, r.Rating)
	th.Can.Leave = bool(r.TakesPart) && !by.Staff()
	for _, l := range r.Linked {
		switch {
		case l.Relation != "":
		case l.After:
			th.FollowedBy = &l.Number
		default:
			th.Follows = &l.Number
		}
	}
	return th
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
