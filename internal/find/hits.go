package find

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/search"
)

// HitKind is what somebody wrote that was found.
type HitKind string

// The kinds of hits.
const (
	MessageHit HitKind = "message"
	NoteHit    HitKind = "note"
	FileHit    HitKind = "file"
)

// Hit is one message, note or file with what was typed.
type Hit struct {
	TicketID int64
	Number   int64
	Subject  string
	Seq      int64 // its place in the timeline
	Old      bool  // before the places that the ticket's page opens with
	Kind     HitKind
	Author   string         // "" for the robot
	File     string         // the file's name
	Name     search.Excerpt // the same, with what was found in it
	At       time.Time
	Excerpt  search.Excerpt
}

// Bounds of what hits are looked for in.
const (
	hitTickets = 40 // the best tickets
	hitsTicket = 3  // of one ticket, when there are others
	lastPlaces = 40 // that a ticket's page opens with
)

const placesSQL = `
SELECT s.ticket_id, u.lexeme, u.positions::int[] AS places, u.weights
FROM ticket_search s CROSS JOIN LATERAL unnest(s.words) u
WHERE s.ticket_id = ANY (@ids) AND u.positions IS NOT NULL AND (u.lexeme = ANY (@words::text[]) OR u.lexeme LIKE ANY (@prefixes::text[]))`

type placesRow struct {
	TicketID int64
	Lexeme   string
	Places   []int
	Weights  []string
}

// spotAt is a place of a ticket's timeline and what it has of what was typed.
type spotAt struct {
	ticket int64
	place  int
	in     part
	has    uint64 // bits of the meanings
	count  int    // of the wanted things that it has
	same   int    // how many of its words are just as typed
	rank   int    // of its ticket
}

// places finds out where in the tickets' timelines the words are, the best
// places first.
func (s *Service) places(ctx context.Context, a asked, ids []int64) ([]spotAt, error) {
	words, prefixes := a.lexemes()
	rows, _ := s.searches.Query(ctx, placesSQL, pgx.NamedArgs{"ids": ids, "words": words, "prefixes": prefixes})
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[placesRow])
	if err != nil {
		return nil, err
	}
	type key struct {
		ticket int64
		place  int
	}
	read := a.reader()
	at := map[key]*spotAt{}
	for _, f := range found {
		of, same := read.which(f.Lexeme)
		if of < 0 {
			continue
		}
		for i, p := range f.Places {
			if p == headPlace {
				continue
			}
			k := key{f.TicketID, p}
			if at[k] == nil {
				at[k] = &spotAt{ticket: f.TicketID, place: p, rank: slices.Index(ids, f.TicketID)}
			}
			at[k].has |= 1 << of
			at[k].in = max(at[k].in, part(f.Weights[i][0]))
			if same {
				at[k].same++
			}
		}
	}
	all := make([]spotAt, 0, len(at))
	for _, p := range at {
		if p.count = read.count(p.has); p.count > 0 {
			all = append(all, *p)
		}
	}
	slices.SortFunc(all, func(x, y spotAt) int {
		return cmp.Or(cmp.Compare(y.count, x.count), cmp.Compare(x.rank, y.rank), cmp.Compare(y.same, x.same), cmp.Compare(y.place, x.place))
	})
	return few(all, len(ids)), nil
}

// few leaves the places that have the most of what was typed; of one ticket a
// handful, unless it is the only one.
func few(all []spotAt, tickets int) []spotAt {
	if len(all) == 0 {
		return nil
	}
	most := all[0].count
	of := map[int64]int{}
	return slices.DeleteFunc(all, func(p spotAt) bool {
		of[p.ticket]++
		return p.count < most || tickets > 1 && of[p.ticket] > hitsTicket
	})
}

const (
	spokenSQL = `
SELECT m.ticket_id, m.seq, false AS note, coalesce(p.name, '') AS author, m.created_at AS at, left(m.text, 100000) AS text
FROM unnest(@tickets::bigint[], @seqs::bigint[]) AS k (ticket_id, seq)
JOIN messages m ON m.ticket_id = k.ticket_id AND m.seq = k.seq LEFT JOIN people p ON p.id = m.author_id
UNION ALL
SELECT n.ticket_id, n.seq, true, p.name, n.created_at, left(n.text, 100000)
FROM unnest(@tickets::bigint[], @seqs::bigint[]) AS k (ticket_id, seq)
JOIN notes n ON n.ticket_id = k.ticket_id AND n.seq = k.seq JOIN people p ON p.id = n.author_id`

	attachedSQL = `
SELECT a.ticket_id, coalesce(m.seq, n.seq) AS seq, a.name, coalesce(x.text, '') AS text
FROM unnest(@tickets::bigint[], @seqs::bigint[]) AS k (ticket_id, seq)
JOIN attachments a ON a.ticket_id = k.ticket_id
LEFT JOIN messages m ON m.id = a.message_id
LEFT JOIN notes n ON n.id = a.note_id
LEFT JOIN attachment_texts x ON x.key = a.key
WHERE coalesce(m.seq, n.seq) = k.seq
ORDER BY a.id`
)

type spokenRow struct {
	TicketID, Seq int64
	Note          bool
	Author        string
	At            time.Time
	Text          string
}

type attachedRow struct {
	TicketID, Seq int64
	Name, Text    string
}

// hits reads what stands at the places and cuts excerpts.
func (s *Service) hits(ctx context.Context, a asked, places []spotAt, tickets map[int64]Ticket) ([]Hit, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids, seqs := make([]int64, len(places)), make([]int64, len(places))
	for i, p := range places {
		ids[i], seqs[i] = p.ticket, int64(p.place-1)
	}
	args := pgx.NamedArgs{"tickets": ids, "seqs": seqs}
	var spoken []spokenRow
	var attached []attachedRow
	b := &pgx.Batch{}
	pg.QueueRows(b, &spoken, spokenSQL, args)
	pg.QueueRows(b, &attached, attachedSQL, args)
	if err := s.searches.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	read := a.reader()
	var out []Hit
	for _, p := range places {
		i := slices.IndexFunc(spoken, func(r spokenRow) bool { return r.TicketID == p.ticket && r.Seq == int64(p.place-1) })
		if i < 0 {
			continue
		}
		t, ok := tickets[p.ticket]
		if !ok {
			continue // out of sight since
		}
		h := Hit{
			TicketID: t.ID, Number: t.Number, Subject: t.Subject, Seq: spoken[i].Seq, Old: spoken[i].Seq <= t.TimelineSeq-lastPlaces,
			Kind: MessageHit, Author: spoken[i].Author, At: spoken[i].At,
		}
		if spoken[i].Note {
			h.Kind = NoteHit
		}
		h.quote(read, spoken[i].Text, attached)
		out = append(out, h)
	}
	return out, nil
}

// quote cuts the excerpt out of what has most of what was typed: the text
// itself, or one of its files.
func (h *Hit) quote(read reader, text string, attached []attachedRow) {
	found := spots(read, text)
	most := read.count(meanings(found))
	for _, f := range attached {
		if f.TicketID != h.TicketID || f.Seq != h.Seq {
			continue
		}
		inFile, inName := spots(read, f.Text), spots(read, f.Name)
		if n := read.count(meanings(inFile) | meanings(inName)); n > most {
			most, found, text = n, inFile, f.Text
			h.Kind, h.File, h.Name = FileHit, f.Name, search.Whole(f.Name, inName)
		}
	}
	h.Excerpt = search.Around(text, found)
}

// spots are the places of a text that were looked for.
func spots(read reader, text string) []search.Spot {
	var out []search.Spot
	search.Terms(text, func(t search.Term) {
		if of, _ := read.which(t.Text); of >= 0 {
			out = append(out, search.Spot{Start: t.Start, End: t.End, Concept: of})
		}
	})
	slices.SortStableFunc(out, func(x, y search.Spot) int { return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(y.End, x.End)) })
	return append(out, phoneSpots(read, text)...)
}

// phoneSpots are the telephone numbers of a text that were looked for.
func phoneSpots(read reader, text string) []search.Spot {
	var out []search.Spot
	if len(read.phones) == 0 {
		return nil
	}
	for _, m := range phone.FindAllStringIndex(text, 200) {
		for _, p := range read.phones {
			if strings.Contains(digitsOf(text[m[0]:m[1]]), p.text) {
				out = append(out, search.Spot{Start: m[0], End: m[1], Concept: p.of})
			}
		}
	}
	return out
}

func meanings(spots []search.Spot) uint64 {
	var n uint64
	for _, s := range spots {
		n |= 1 << s.Concept
	}
	return n
}
