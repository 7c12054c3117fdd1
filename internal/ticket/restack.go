package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// A place in a timeline is given once and never again, and the places of one
// ticket follow each other without gaps. Whatever changes the order or the
// number of entries therefore gives all of them new places after the last one,
// and ticket_places keeps where each stood. A page that is older than that shows
// itself anew, and a link to an old place finds the entry.

// How far somebody has read, and what they had seen when they began a draft,
// keeps its meaning when nothing but the order changes. After a merge all of it
// counts as new.

// restackSQL brings all entries of some tickets into ticket @to, in the order of
// time and, within each ticket, in their own.
const restackSQL = `
WITH every AS (
    SELECT 'message' AS kind, id, ticket_id, seq, created_at AS at FROM messages WHERE ticket_id = ANY (@from::bigint[])
    UNION ALL SELECT 'note', id, ticket_id, seq, created_at FROM notes WHERE ticket_id = ANY (@from::bigint[])
    UNION ALL SELECT 'event', id, ticket_id, seq, at FROM events WHERE ticket_id = ANY (@from::bigint[])
), placed AS (
    SELECT e.kind, e.id, e.ticket_id, e.seq, @base + row_number() OVER (ORDER BY e.since, e.ticket_id, e.seq) AS place
    FROM (SELECT *, max(at) OVER (PARTITION BY ticket_id ORDER BY seq) AS since FROM every) e
), kept AS (
    INSERT INTO ticket_places (ticket_id, seq, kind, row_id, merge_id)
    SELECT ticket_id, seq, kind, id, @merge::bigint FROM placed
), m AS (
    UPDATE messages x SET ticket_id = @to, seq = p.place, send_key = CASE
        WHEN x.ticket_id <> @to AND EXISTS (SELECT FROM messages o WHERE o.ticket_id = @to AND o.send_key = x.send_key)
        THEN x.send_key || ` + keyTwin + ` ELSE x.send_key END
    FROM placed p WHERE p.kind = 'message' AND x.id = p.id
), n AS (
    UPDATE notes x SET ticket_id = @to, seq = p.place, send_key = CASE
        WHEN x.ticket_id <> @to AND EXISTS (SELECT FROM notes o WHERE o.ticket_id = @to AND o.send_key = x.send_key)
        THEN x.send_key || ` + keyTwin + ` ELSE x.send_key END
    FROM placed p WHERE p.kind = 'note' AND x.id = p.id
), e AS (
    UPDATE events x SET ticket_id = @to, seq = p.place, send_key = CASE
        WHEN x.ticket_id <> @to AND EXISTS (SELECT FROM events o WHERE o.ticket_id = @to AND o.send_key = x.send_key)
        THEN x.send_key || ` + keyTwin + ` ELSE x.send_key END
    FROM placed p WHERE p.kind = 'event' AND x.id = p.id
), r AS (
    UPDATE ticket_reads x SET seq = @base + (SELECT count(*) FROM placed p WHERE p.seq <= x.seq) WHERE x.ticket_id = @to AND @merge::bigint IS NULL
), d AS (
    UPDATE drafts x SET base_seq = @base + (SELECT count(*) FROM placed p WHERE p.seq <= x.base_seq) WHERE x.ticket_id = @to AND @merge::bigint IS NULL
)
SELECT count(*) FROM placed`

// keyTwin marks the idempotency key of an entry whose new ticket has the same
// key already; it goes when the entry goes back.
const keyTwin = `'~twin ' || x.id`

// restack gives the entries of c's ticket, and of others that come into it, new
// places at its end. merge is the merge that does so; 0: none.
func (c *change) restack(ctx context.Context, tx pgx.Tx, merge int64, others ...int64) error {
	var n int64
	err := tx.QueryRow(ctx, restackSQL, pgx.NamedArgs{
		"from": append([]int64{c.ID}, others...), "to": c.ID, "base": c.TimelineSeq, "merge": idOrNil(merge),
	}).Scan(&n)
	c.TimelineSeq += n
	return err
}

const placeOfSQL = `
SELECT t.number, v.seq FROM tickets a
JOIN ticket_places p ON p.ticket_id = a.id AND p.seq = @seq
CROSS JOIN LATERAL (
    SELECT m.ticket_id, m.seq FROM messages m WHERE p.kind = 'message' AND m.id = p.row_id
    UNION ALL SELECT e.ticket_id, e.seq FROM events e WHERE p.kind = 'event' AND e.id = p.row_id) v
JOIN tickets t ON t.id = v.ticket_id
WHERE a.number = @number AND ` + mayRead

// PlaceOf returns where the entry stands now that once stood at a place of a
// ticket's timeline, for links that are older than a merge; fault.NotFound when
// none did, or not for by to see.
func (s *Service) PlaceOf(ctx context.Context, by auth.Actor, number, seq int64) (at, place int64, err error) {
	args := customerArgs(by, number)
	args["seq"] = seq
	err = s.db.QueryRow(ctx, placeOfSQL, args).Scan(&at, &place)
	return at, place, pg.NotFound(err, "ticket.not_found")
}

// movedColumn is the last place of ticket t that its entry gave up for another.
const movedColumn = `(SELECT max(pl.seq) FROM ticket_places pl WHERE pl.ticket_id = t.id) AS moved`
