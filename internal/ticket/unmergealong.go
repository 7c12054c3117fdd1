package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Along is what was written since a merge and goes with the ticket that is on
// its own again, as the agent who undoes it says. All else stays.
type Along struct {
	Messages []int64 // ids
	Notes    []int64
}

func (a Along) none() bool { return len(a.Messages)+len(a.Notes) == 0 }

// sinceOf begins a condition on an entry x and its kind: it was written in the
// ticket that stayed after merge g, and came with no other merge that stands.
const sinceOf = `x.created_at > g.merged_at AND NOT EXISTS (SELECT FROM ticket_places pl
        JOIN ticket_merges o ON o.id = pl.merge_id AND o.source_id = pl.ticket_id AND o.undone_at IS NULL
        WHERE pl.row_id = x.id AND pl.kind = `

const goAlongSQL = `
WITH placed AS (
    SELECT v.kind, v.id, v.seq, @base + row_number() OVER (ORDER BY v.seq) AS place FROM (
        SELECT 'message' AS kind, x.id, x.seq FROM messages x, ticket_merges g
        WHERE g.id = @merge AND x.ticket_id = @target AND x.id = ANY (@messages::bigint[]) AND ` + sinceOf + `'message')
        UNION ALL SELECT 'note', x.id, x.seq FROM notes x, ticket_merges g
        WHERE g.id = @merge AND x.ticket_id = @target AND x.id = ANY (@notes::bigint[]) AND ` + sinceOf + `'note')) v
), kept AS (
    INSERT INTO ticket_places (ticket_id, seq, kind, row_id) SELECT @target, seq, kind, id FROM placed
), m AS (
    UPDATE messages x SET ticket_id = @source, seq = p.place, send_key = CASE
        WHEN EXISTS (SELECT FROM messages o WHERE o.ticket_id = @source AND o.send_key = x.send_key)
        THEN x.send_key || ` + keyTwin + ` ELSE x.send_key END
    FROM placed p WHERE p.kind = 'message' AND x.id = p.id
), n AS (
    UPDATE notes x SET ticket_id = @source, seq = p.place, send_key = CASE
        WHEN EXISTS (SELECT FROM notes o WHERE o.ticket_id = @source AND o.send_key = x.send_key)
        THEN x.send_key || ` + keyTwin + ` ELSE x.send_key END
    FROM placed p WHERE p.kind = 'note' AND x.id = p.id
)
SELECT count(*) FROM placed`

const leftWordSQL = `
UPDATE tickets t SET last_replier = w.author_kind, last_replier_id = w.author_id, unread = t.unread AND w.author_kind = 'customer'
FROM (SELECT m.author_kind, m.author_id FROM messages m WHERE m.ticket_id = @target AND m.author_kind IN ('customer', 'agent')
    ORDER BY m.seq DESC LIMIT 1) w
WHERE t.id = @target
RETURNING t.last_replier, t.last_replier_id, t.unread`

// goAlong brings what was chosen behind what came back to from, in its order,
// and looks anew who spoke last in the ticket that stayed.
func goAlong(ctx context.Context, tx pgx.Tx, from, into *change, merge int64, along Along) error {
	if along.none() {
		return nil
	}
	args := pgx.NamedArgs{
		"merge": merge, "source": from.ID, "target": into.ID, "base": from.TimelineSeq, "messages": along.Messages, "notes": along.Notes,
	}
	var n int
	if err := tx.QueryRow(ctx, goAlongSQL, args).Scan(&n); err != nil {
		return fmt.Errorf("take along what was written since: %w", err)
	}
	if n != len(along.Messages)+len(along.Notes) {
		return fault.New(fault.Conflict, "ticket.unmerge_gone")
	}
	from.TimelineSeq += int64(n)
	err := tx.QueryRow(ctx, leftWordSQL, args).Scan(&into.LastReplier, &into.LastReplierID, &into.Unread)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // nobody has spoken there but the system
	}
	return err
}

const lastAlongSQL = `
SELECT m.author_kind, m.author_id FROM messages m
WHERE m.ticket_id = @ticket AND m.id = ANY (@messages::bigint[]) AND m.author_kind IN ('customer', 'agent') ORDER BY m.seq DESC LIMIT 1`

// answerAlong keeps what the customer said last from being overlooked in a
// ticket that took messages along: one that waits for somebody else, or is
// closed, opens.
func answerAlong(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64, now time.Time, along Along) error {
	if len(along.Messages) == 0 {
		return nil
	}
	t, err := lockExact(ctx, tx, by, number)
	if err != nil {
		return err
	}
	c := begin(t, by, now)
	err = tx.QueryRow(ctx, lastAlongSQL, pgx.NamedArgs{"ticket": c.ID, "messages": along.Messages}).Scan(&c.LastReplier, &c.LastReplierID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.LastReplier == ByCustomer {
		if err := c.openFor(); err != nil {
			return err
		}
		c.Unread = true
	}
	return c.save(ctx, tx)
}

// openFor opens a ticket in which a customer waits for an answer.
func (c *change) openFor() error {
	switch c.Status {
	case Waiting, Postponed, Resolved:
		return c.move(AgentOpened, nil)
	case Closed:
		return c.move(ClosedReopened, nil)
	case New, Open, ServiceCentre:
	}
	return nil
}
