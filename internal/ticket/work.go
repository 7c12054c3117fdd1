package ticket

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// Work is a ticket as an agent sees it (A3, A7).
type Work struct {
	Ticket
	TopicName    string
	Requester    Contact
	Company      *CompanyRef // nil: a private person
	AssigneeName *string     // nil: nobody yet
	Fields       map[string]any
	Channel      string
	Tags         []string        // by name
	Times        json.RawMessage // see timesheet.ReadSheet
	Follows      *int64          // number of the closed ticket that this one follows
	FollowedBy   *int64          // number of the ticket that follows this one
	Participants []Participant
	Entries      []Entry
	Deliveries   map[int64][]Delivery // by the id of their message
	Earlier      int                  // messages before the entries shown
	Plan         []PlannedStep
	Draft        *Draft
	Pending
	Morning     *time.Time      // when the customer's next working day begins; nil: the calendar has none
	LastReply   *LastReply      // whose writer chose whom it is for; nil: none
	AskerID     *int64          // who wrote the customers' last message
	PinnedNote  *PinnedNote     // nil: none
	Mentionable []AgentRef      // whom a note can name; none unless one is being written
	Service     []ServiceRecord // what happened to the equipment in the service centre
	Calls       []Call
	Rating      *Rating // of the last time it was resolved; nil: none yet
	Previous    []PreviousTicket
	Agents      []Assignable // whom by can give the ticket to; none without Can.HandOver
	Beside      Sidebar
	Signature   string              // what the reader's reply is sent with, with its placeholders; see Signed
	Versions    map[DraftKind]int64 // how many former texts the reader's unsent reply and note have
	Asked       string              // the customer's own words: the subject, what they wrote first and last
	Nearby
	Attention Attention
	Can       Can
}

// Contact is the requester as the sidebar shows them.
type Contact struct {
	ID        int64
	Name      string
	FirstName string
	Email     string
	Phone     string
	JobTitle  string
	Zone      string // "" when never chosen
	Lang      string
}

// CompanyRef names a ticket's company.
type CompanyRef struct {
	ID   int64
	Name string
	Site string
}

// PreviousTicket is another ticket of the same contact or company.
type PreviousTicket struct {
	Number         int64     `json:"number"`
	Subject        string    `json:"subject"`
	Status         Status    `json:"status"`
	Reopened       bool      `json:"reopened"`
	LastActivityAt time.Time `json:"last_activity_at"`
}

// besideColumns are what stands beside every ticket: the sidebar's counts, the
// requester's other tickets and, for those who may hand it over, the agents.
const besideColumns = sideColumns + `,
    coalesce((SELECT jsonb_agg(v) FROM (
        SELECT t.number, t.subject, t.status, t.reopened, t.last_activity_at
        FROM (SELECT t.id AS this, t.requester_id AS requester) o JOIN tickets t ON t.requester_id = o.requester AND t.id <> o.this
        WHERE ` + worked + ` ORDER BY t.last_activity_at DESC, t.id DESC LIMIT 5) v), '[]') AS previous, ` + agentsColumn

const workSQL = markRead + `SELECT ` + headColumns + `, t.channel, ` + nearbyColumns + `, ` + besideColumns + `, ` + pendingColumns + `, ` + versionsColumn + `, ` + signatureColumn + `, ` + askedColumn + `, ` + callsColumn + `, ` + tagsColumn + `, ` + timesColumn + watchColumn + `,` + noteColumns + `, ` + deliveriesColumn + `, ` + lastReplyColumns + `,
    r.first_name AS requester_first_name, r.phone AS requester_phone,
    r.job_title AS requester_job_title, r.zone AS requester_zone, r.lang AS requester_lang, coalesce(c.site, '') AS company_site,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = r.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS requester_email,
    (SELECT to_jsonb(d) FROM (SELECT ` + draftColumns + `
        WHERE d.person_id = @me AND d.ticket_id = t.id AND d.kind = @draft) d) AS draft` + headJoins + `
WHERE t.number = @number AND ` + staffSees

type workRow struct {
	head
	Tags               []string
	Times              json.RawMessage
	Channel            string
	RequesterFirstName string
	RequesterPhone     string
	RequesterJobTitle  string
	RequesterZone      string
	RequesterLang      string
	RequesterEmail     string
	CompanySite        string
	Nearby
	Pending
	Draft        *Draft
	Calls        []Call
	Counts       []int64
	UnreadCounts []int64
	Deliveries   []Delivery
	Views        []SideView
	Choices      ListChoices
	Asked        string
	Previous     []PreviousTicket
	Agents       []Assignable
	PinnedNote   *PinnedNote
	Mentionable  []AgentRef
	LastReply    *LastReply
	AskerID      *int64
	Watch        Attention
	Versions     []int64
	Signature    string
}

// Work returns a ticket with its whole context for the answering page. Two
// statements, sent together.
func (s *Service) Work(ctx context.Context, by auth.Actor, number int64, v View, d DraftKind) (Work, error) {
	if err := staffOnly(by); err != nil {
		return Work{}, err
	}
	args := s.viewArgs(by)
	args["number"], args["lang"], args["draft"] = number, i18n.ReaderOf(ctx).Lang, d
	args["opening"] = number
	v.window(args)
	args["likely_for"] = likelyFor
	args["may_assign"], args["now"] = by.May(auth.AssignTickets), s.now()
	b := &pgx.Batch{}
	var r workRow
	var entries []Entry
	pg.QueueRow(b, &r, seenBy(by, workSQL), args)
	queueTimeline(b, &entries, staffTimelineSQL, args, v)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Work{}, pg.NotFound(err, "ticket.not_found")
	}
	w := r.work(by, s.now())
	w.Entries, w.Deliveries = entries, byMessage(r.Deliveries)
	ours := s.ourAddresses(ctx)
	w.Participants = slices.DeleteFunc(w.Participants, func(p Participant) bool { return slices.Contains(ours, p.Address) })
	return w, nil
}

func (r workRow) work(by auth.Actor, now time.Time) Work {
	p := r.policy()
	w := Work{
		Ticket: r.Ticket, TopicName: r.TopicName, AssigneeName: r.AssigneeName, Fields: r.Fields, Channel: r.Channel, Tags: r.Tags, Times: r.Times,
		Follows: r.Follows, FollowedBy: r.FollowedBy, Participants: r.Participants, Earlier: r.Earlier,
		Beside: Sidebar{Counts: countsOf(r.Counts), Unread: unreadOf(r.UnreadCounts), Views: r.Views, Choices: r.Choices}, Asked: r.Asked, Signature: r.Signature, Versions: map[DraftKind]int64{ReplyDraft: r.Versions[0], NoteDraft: r.Versions[1]}, Previous: r.Previous, Agents: r.Agents,
		PinnedNote: r.PinnedNote, LastReply: r.LastReply, AskerID: r.AskerID, Mentionable: r.Mentionable,
		Nearby: r.near(r.Subject),
		Plan:   Plan(r.Ticket, p), Draft: r.Draft, Pending: r.Pending, Rating: r.Rating, Attention: r.Watch, Service: r.Service, Calls: r.Calls, Can: abilities(by, r.Ticket, p, now),
		Requester: Contact{
			ID: r.RequesterID, Name: r.RequesterName, FirstName: r.RequesterFirstName, Email: r.RequesterEmail,
			Phone: r.RequesterPhone, JobTitle: r.RequesterJobTitle, Zone: r.RequesterZone, Lang: r.RequesterLang,
		},
	}
	w.Morning = nextMorning(p.Calendar, r.RequesterZone, now)
	if r.CompanyID != nil {
		w.Company = &CompanyRef{ID: *r.CompanyID, Name: r.CompanyName, Site: r.CompanySite}
	}
	return w
}
