package ticket

import (
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/pg"
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
	Skipped    []string      // addresses on copy that the message was not mailed to
	Edits      int           // how often a note was edited
	Pinned     bool          // a note that stands above the conversation
	Redactions []RedactionOf // of what was taken out of it
	Event      EventKind
	Old, New   string
	Why        Trigger
	At         time.Time
	Signature  string // what a message was sent with, in Markdown
}

// RedactionOf is that something was taken out of an entry; customers are shown
// the mark in the text alone.
type RedactionOf struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// View is which part of a timeline is read: a place, for the entries that end
// there, or one of the constants.
type View int64

// The views that are no place.
const (
	ViewEnd View = 0  // the last entries
	ViewAll View = -1 // from the beginning
)

// endSize is how many places of the timeline are read at once.
const endSize = 40

// uptoColumn is the last place that is read of ticket t.
const uptoColumn = `CASE WHEN @upto::bigint > 0 THEN least(@upto::bigint, t.timeline_seq) ELSE t.timeline_seq END`

// window sets the arguments that say which places v reads.
func (v View) window(args pgx.NamedArgs) {
	args["upto"], args["end"] = max(int64(v), 0), endSize
	if v == ViewAll {
		args["end"] = math.MaxInt32
	}
}

// messageArm, noteArm and eventArm are the timeline's three tables in one
// shape, from the places that thisTicket names. Notes are an arm of their own: a
// page for customers does not name it.
const (
	redactionsOf = `coalesce(jsonb_agg(jsonb_build_object('by', xp.name, 'at', x.at, 'reason', x.reason) ORDER BY x.id), '[]')
        FROM redactions x JOIN people xp ON xp.id = x.by_id`
	thisTicket = `
WITH this AS MATERIALIZED (SELECT t.id, u.upto, greatest(0, u.upto - @end) AS after
    FROM tickets t CROSS JOIN LATERAL (SELECT ` + uptoColumn + ` AS upto) u WHERE t.number = @number`
	messageArm = `
SELECT m.seq, 'message' AS kind, m.id, m.author_kind, m.author_id, coalesce(p.name, '') AS author_name, m.source, m.source_kind,
    m.personal, m.cc, ` + filesWhere + `f.message_id = m.id), '[]') AS files,
    m.skipped, 0 AS edits, false AS pinned, CASE WHEN m.redacted THEN (SELECT ` + redactionsOf + ` WHERE x.message_id = m.id) ELSE '[]' END AS redactions,
    '' AS event, '' AS old, '' AS new, '' AS why, m.created_at AS at, m.signature
FROM this JOIN messages m ON m.ticket_id = this.id AND m.seq > this.after AND m.seq <= this.upto LEFT JOIN people p ON p.id = m.author_id`
	noteArm = `
UNION ALL
SELECT n.seq, 'note', n.id, 'agent', n.author_id, p.name, n.source, n.source_kind, false, '{}',
    ` + filesWhere + `f.note_id = n.id), '[]'),
    '{}', n.version - 1, n.pinned_at IS NOT NULL, CASE WHEN n.redacted THEN (SELECT ` + redactionsOf + ` WHERE x.note_id = n.id) ELSE '[]' END,
    '', '', '', '', n.created_at, ''
FROM this JOIN notes n ON n.ticket_id = this.id AND n.seq > this.after AND n.seq <= this.upto JOIN people p ON p.id = n.author_id`
	eventArm = `
UNION ALL
SELECT e.seq, 'event', e.id, e.actor_kind, e.actor_id, coalesce(p.name, ''), '', 'text', false, '{}', '[]',
    '{}', 0, false, '[]',
    e.kind, e.old, e.new, e.why, e.at, ''
FROM this JOIN events e ON e.ticket_id = this.id AND e.seq > this.after AND e.seq <= this.upto LEFT JOIN people p ON p.id = e.actor_id`
)

const customerTimelineSQL = thisTicket + ` AND ` + mayRead + `)` + messageArm + eventArm + ` WHERE e.kind = ANY (@events)
ORDER BY seq`

const staffTimelineSQL = thisTicket + ` AND ` + staffSees + `)` + messageArm + noteArm + eventArm + `
ORDER BY seq`

// queueTimeline adds one of the two statements above to a batch; args name the
// ticket, and for customers who asks.
func queueTimeline(b *pgx.Batch, to *[]Entry, query string, args pgx.NamedArgs, v View) {
	args["events"] = customersSee
	v.window(args)
	pg.QueueRows(b, to, query, args)
}
