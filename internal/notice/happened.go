package notice

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/ticket"
)

// Happened is the job for what one change added to a ticket's timeline: the
// entries after After, up to Upto.
type Happened struct {
	TicketID int64 `json:"ticket_id"`
	After    int64 `json:"after"`
	Upto     int64 `json:"upto"`
}

// Kind names the job in the queue.
func (Happened) Kind() string { return "notice_happened" }

// JobQueue is the queue of all jobs about notices: however many there are, the
// robot and the letters do not wait for them.
const JobQueue = "notice"

// InsertOpts implements river.JobArgsWithInsertOpts.
func (Happened) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: JobQueue, MaxAttempts: 10}
}

// Happened puts the job in, as part of tx. A Service that is nil forgets it:
// what a demo tells of the past is no news.
func (s *Service) Happened(ctx context.Context, tx pgx.Tx, h Happened) error {
	if s == nil || h.Upto <= h.After {
		return nil
	}
	if _, err := s.Jobs.InsertTx(ctx, tx, h, nil); err != nil {
		return fmt.Errorf("put in the job that tells of a change: %w", err)
	}
	return nil
}

// entrySQL reads what a change added. Notes are for staff, and so are notices.
const entrySQL = `
SELECT 'message' AS what, m.id, m.seq, m.author_kind AS actor_kind, m.author_id AS actor_id, '' AS new, NULL::bigint[] AS people
FROM messages m WHERE m.ticket_id = @ticket AND m.seq > @after AND m.seq <= @upto
UNION ALL
SELECT 'note', n.id, n.seq, 'agent', n.author_id, '', ARRAY(SELECT nm.person_id FROM note_mentions nm WHERE nm.note_id = n.id)
FROM notes n WHERE n.ticket_id = @ticket AND n.seq > @after AND n.seq <= @upto
UNION ALL
SELECT e.kind, 0, e.seq, e.actor_kind, e.actor_id, CASE e.kind WHEN 'reply_returned' THEN e.old ELSE e.new END, NULL
FROM events e WHERE e.ticket_id = @ticket AND e.seq > @after AND e.seq <= @upto
ORDER BY seq`

// entry is one entry of the timeline as notices need it.
type entry struct {
	What      string
	ID        int64
	Seq       int64
	ActorKind ticket.AuthorKind
	ActorID   *int64
	New       string  // of a reply that came back: whose it is
	People    []int64 // whom a note names
}

// news is one thing to tell.
type news struct {
	Event     Event
	Seq       int64
	MessageID *int64
	ActorID   *int64
	Detail    string
	Only      []int64 // the people it is for; nil: whomever it concerns
}

// tell turns what was added into what there is to tell, the weightiest first.
func tell(entries []entry) []news {
	var all []news
	opened := false
	for _, e := range entries {
		n := news{Seq: e.Seq, ActorID: e.ActorID, Detail: e.New}
		switch e.What {
		case string(ticket.Submitted):
			opened = true
			continue
		case "message":
			n.MessageID = &e.ID
			switch {
			case opened:
				n.Event = NewTicket
			case e.ActorKind == ticket.ByCustomer:
				n.Event = CustomerReply
			case e.ActorKind == ticket.ByAgent:
				n.Event = ColleagueSays
			}
		case "note":
			n.Event = NoteWritten
			if len(e.People) > 0 {
				named := n
				named.Event, named.Only = Mentioned, e.People
				all = append(all, named)
			}
		case string(ticket.Assigned):
			if e.New != "" {
				n.Event = Assigned
			}
		case string(ticket.ServiceReturned):
			n.Event, n.Detail = Assigned, ""
		case string(ticket.DepartmentSet):
			if e.New != "" {
				n.Event, n.Detail = Routed, ""
			}
		case string(ticket.StatusChanged):
			n.Event = StatusChanged
		case string(ticket.ReplyReturned):
			n.Event = HeldReply
		case string(ticket.PromiseDue):
			n.Event = PromiseDue
		case string(ticket.Undelivered):
			n.Event = Undelivered
		}
		if n.Event != "" {
			all = append(all, n)
		}
	}
	return weightiest(all)
}

// weightiest sorts by the order of Events.
func weightiest(all []news) []news {
	sorted := make([]news, 0, len(all))
	for _, spec := range Events {
		for _, n := range all {
			if n.Event == spec.Event {
				sorted = append(sorted, n)
			}
		}
	}
	return sorted
}
