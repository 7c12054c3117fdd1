package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/richtext"
)

// EntryKind is what an entry of the timeline is.
type EntryKind string

// The entry kinds.
const (
	MessageEntry EntryKind = "message"
	NoteEntry    EntryKind = "note" // never on a customer's page
	EventEntry   EntryKind = "event"
)

// Entry is one entry of a ticket's timeline (T4). The fields of the other kinds
// are zero.
type Entry struct {
	Seq        int64
	Kind       EntryKind
	ID         int64
	AuthorKind AuthorKind
	AuthorID   *int64
	AuthorName string // "" for the robot
	Source     string
	SourceKind richtext.Kind
	Personal   bool
	CC         []string
	Files      []Upload
	Event      EventKind
	Old, New   string
	Why        Trigger
	At         time.Time
}

// View is how much of a timeline is read.
type View string

// The views.
const (
	ViewEnd View = ""    // the last entries
	ViewAll View = "all" // from the beginning
)

// endSize is how many places of the timeline ViewEnd reads.
const endSize = 40

// messageArm, noteArm and eventArm are the timeline's three tables in one
// shape. Notes are an arm of their own: a page for customers does not name it.
const (
	messageArm = `
SELECT m.seq, 'message' AS kind, m.id, m.author_kind, m.author_id, coalesce(p.name, '') AS author_name, m.source, m.source_kind,
    m.personal, m.cc, coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size) ORDER BY f.id)
        FROM attachments f WHERE f.message_id = m.id), '[]') AS files,
    '' AS event, '' AS old, '' AS new, '' AS why, m.created_at AS at
FROM messages m LEFT JOIN people p ON p.id = m.author_id
WHERE m.ticket_id = @ticket AND m.seq > @after`
	noteArm = `
UNION ALL
SELECT n.seq, 'note', n.id, 'agent', n.author_id, p.name, n.source, n.source_kind, false, '{}',
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size) ORDER BY f.id)
        FROM attachments f WHERE f.note_id = n.id), '[]'),
    '', '', '', '', n.created_at
FROM notes n JOIN people p ON p.id = n.author_id
WHERE n.ticket_id = @ticket AND n.seq > @after`
	eventArm = `
UNION ALL
SELECT e.seq, 'event', e.id, e.actor_kind, e.actor_id, coalesce(p.name, ''), '', 'text', false, '{}', '[]',
    e.kind, e.old, e.new, e.why, e.at
FROM events e LEFT JOIN people p ON p.id = e.actor_id
WHERE e.ticket_id = @ticket AND e.seq > @after`
)

const customerTimelineSQL = messageArm + eventArm + ` AND e.kind = ANY (@events)
ORDER BY seq`

const staffTimelineSQL = messageArm + noteArm + eventArm + `
ORDER BY seq`

// timeline reads t's entries with one of the two statements above.
func (s *Service) timeline(ctx context.Context, query string, t Ticket, v View) ([]Entry, error) {
	args := pgx.NamedArgs{"ticket": t.ID, "after": int64(0), "events": customersSee}
	if v != ViewAll {
		args["after"] = max(0, t.TimelineSeq-endSize)
	}
	rows, _ := s.db.Query(ctx, query, args)
	return pgx.CollectRows(rows, pgx.RowToStructByName[Entry])
}

// Participant is somebody who gets copies of a ticket's public replies (T7).
type Participant struct {
	Address string `json:"address"`
	Name    string `json:"name"` // "" for an address we know nobody by
}
