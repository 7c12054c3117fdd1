package ticket

import (
	"slices"
	"time"
)

// MergedIn is a ticket that is part of this one now.
type MergedIn struct {
	Number  int64     `json:"number"`
	Subject string    `json:"subject"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Places  []int64   `json:"places"` // of its entries in this timeline
	// Since are messages and notes that were written here after it, for staff alone.
	Since int `json:"since"`
	// Fields are the ticket's own, which stay with it; for staff alone.
	Fields map[string]any `json:"fields"`
}

// Undoable reports whether the merge can be undone at now.
func (m MergedIn) Undoable(now time.Time) bool { return !now.After(m.At.Add(UndoMergeFor)) }

// MergedFrom is the number of the ticket that an entry came from with one of the
// merges, by its place; 0: it was written here.
func MergedFrom(merges []MergedIn, seq int64) int64 {
	for _, m := range merges {
		if slices.Contains(m.Places, seq) {
			return m.Number
		}
	}
	return 0
}

// WrittenSince are the messages and notes of a ticket that were written in it
// after the ticket with this number became part of it.
func (w Work) WrittenSince(number int64) []Entry {
	i := slices.IndexFunc(w.Merges, func(m MergedIn) bool { return m.Number == number })
	if i < 0 {
		return nil
	}
	var all []Entry
	for _, e := range w.Entries {
		if e.Kind != EventEntry && e.At.After(w.Merges[i].At) && MergedFrom(w.Merges, e.Seq) == 0 {
			all = append(all, e)
		}
	}
	return all
}

// mergesOf begins the column of the merges into t; between its two parts stand
// the arms of the timeline that its reader sees.
const (
	mergesHead = `coalesce((SELECT jsonb_agg(jsonb_build_object(`
	mergesOf   = `'number', s.number, 'subject', s.subject, 'by', p.name, 'at', g.merged_at,
            'places', coalesce((SELECT jsonb_agg(x.seq ORDER BY x.seq) FROM ticket_places pl JOIN (
                SELECT 'message' AS kind, m.id, m.seq FROM messages m WHERE m.ticket_id = t.id
                UNION ALL SELECT 'event', e.id, e.seq FROM events e WHERE e.ticket_id = t.id`
	mergesNotes = ` UNION ALL SELECT 'note', n.id, n.seq FROM notes n WHERE n.ticket_id = t.id`
	mergesEnd   = `) x ON x.kind = pl.kind AND x.id = pl.row_id WHERE pl.merge_id = g.id AND pl.ticket_id = g.source_id), '[]')) ORDER BY g.id)
        FROM ticket_merges g JOIN tickets s ON s.id = g.source_id JOIN people p ON p.id = g.merged_by
        WHERE g.target_id = t.id AND g.undone_at IS NULL), '[]') AS merges`

	mergesColumn = mergesHead + `'fields', s.fields,
            'since', (SELECT count(*) FROM messages x WHERE x.ticket_id = t.id AND ` + sinceOf + `'message'))
                + (SELECT count(*) FROM notes x WHERE x.ticket_id = t.id AND ` + sinceOf + `'note')), ` + mergesOf + mergesNotes + mergesEnd
	customerMergesColumn = mergesHead + mergesOf + mergesEnd
)

// Nearby is what the answering page shows of the tickets around one.
type Nearby struct {
	LeadsTo *int64 // number of the ticket that this one was merged into; nil: it was not merged
	Merges  []MergedIn
	Around  []LinkedTicket // by links
	Likely  []Likeness     // open tickets that probably ask the same
	Carried []CarriedDraft // of the reader, begun in tickets that were merged into this one
}

// near is r with those likely tickets alone whose subjects say the same.
func (r Nearby) near(subject string) Nearby {
	r.Likely = likely(subject, r.Likely)
	return r
}

const nearbyColumns = staffLeadsColumn + `, ` + mergesColumn + `, ` + aroundColumn + `, ` + likelyColumn + `, ` + carriedColumn

// LinkedTicket is a ticket that is linked to this one.
type LinkedTicket struct {
	Number   int64    `json:"number"`
	Subject  string   `json:"subject"`
	Status   Status   `json:"status"`
	Reopened bool     `json:"reopened"`
	Relation Relation `json:"relation"` // what this one is to it
}

// mostAround is how many linked tickets the sidebar names.
const mostAround = "50"

// relationOf is what t is to the other ticket of link l.
const relationOf = `CASE WHEN l.kind = 'related' THEN 'related'
            WHEN l.kind = 'duplicate' AND l.ticket_id = t.id THEN 'duplicate_of' WHEN l.kind = 'duplicate' THEN 'duplicated_by'
            WHEN l.ticket_id = t.id THEN 'child_of' ELSE 'parent_of' END`

// aroundColumn are the tickets linked to t; the inner t is such a ticket.
const aroundColumn = `coalesce((SELECT jsonb_agg(v ORDER BY v.rank, v.number) FROM (
        SELECT t.number, t.subject, t.status, t.reopened, o.relation, o.rank
        FROM (SELECT CASE WHEN l.ticket_id = t.id THEN l.other_id ELSE l.ticket_id END AS id, ` + relationOf + ` AS relation,
                CASE l.kind WHEN 'parent' THEN 1 WHEN 'duplicate' THEN 2 ELSE 3 END AS rank
            FROM ticket_links l WHERE (l.ticket_id = t.id OR l.other_id = t.id) AND l.kind <> 'distinct') o
        JOIN tickets t ON t.id = o.id
        WHERE ` + worked + ` ORDER BY o.rank, t.number LIMIT ` + mostAround + `) v), '[]') AS around`
