package ticket

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Merging says how one ticket becomes part of another.
type Merging struct {
	Into     int64         // number of the ticket that stays
	Agreed   string        // SightChange.Mark that the agent said yes to; "" when nobody's sight changes
	Tell     string        // a public message about it, in the ticket that stays; "": no customer is told
	TellKind richtext.Kind // of Tell
	Key      string        // the form's idempotency key, for Tell
}

// Merge makes a ticket part of another (T6): its messages, notes, files and
// history stand in that one's timeline in the order of time, its requester and
// whoever is on copy of it take part there, and it closes; its number leads on.
// Drafts stay untouched. Unmerge takes it back for UndoMergeFor.
//
// It returns fault.Invalid with field message for a bad Tell, and fault.Conflict
// when either is merged already, both are the same, the one that stays is
// closed, or as "ticket.merge_unconfirmed" when the sight of somebody changes in
// a way that was not agreed to.
func (s *Service) Merge(ctx context.Context, by auth.Actor, number int64, in Merging) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var tell *body
	if in.Tell != "" {
		var wrong fault.Field
		text := newBody(&wrong, in.Tell, in.TellKind)
		if err := wrong.Err(); err != nil {
			return err
		}
		tell = &text
	}
	err := s.transact(ctx, func(tx pgx.Tx) error {
		if err := lockParents(ctx, tx); err != nil {
			return err
		}
		from, into, err := lockPair(ctx, tx, by, number, in.Into)
		if err != nil {
			return err
		}
		if err := mergeable(from.Ticket, into.Ticket); err != nil {
			return err
		}
		change, err := sightChange(ctx, tx, from.Ticket, into.Ticket)
		if err != nil {
			return err
		}
		if mark := change.Mark(); mark != "" && mark != in.Agreed {
			return fault.New(fault.Conflict, "ticket.merge_unconfirmed")
		}
		now := s.now()
		return s.merge(ctx, tx, begin(from, by, now), begin(into, by, now), tell, in.Key)
	})
	if err != nil {
		return fmt.Errorf("merge ticket %d into %d: %w", number, in.Into, err)
	}
	return nil
}

// mergeable says why a ticket cannot become part of another; nil: it can.
func mergeable(from, into Ticket) error {
	switch {
	case from.ID == into.ID:
		return fault.New(fault.Conflict, "ticket.merge_itself")
	case from.MergedInto != nil:
		return fault.New(fault.Conflict, "ticket.merge_again", "number", from.Number)
	case into.MergedInto != nil:
		return fault.New(fault.Conflict, "ticket.merge_into_merged", "number", into.Number)
	case from.TrashedAt != nil || into.TrashedAt != nil:
		return fault.New(fault.Conflict, "ticket.in_trash")
	case from.Status == ServiceCentre:
		return fault.New(fault.Conflict, "ticket.merge_in_service", "number", from.Number)
	case into.Status == Closed:
		return fault.New(fault.Conflict, "ticket.merge_into_closed", "number", into.Number)
	default:
		return nil
	}
}

const pairSQL = `SELECT t.id FROM tickets t WHERE t.number = ANY (@numbers) ORDER BY t.id FOR NO KEY UPDATE`

// lockPair holds the rows of two tickets, always in the order of their ids, so
// that two who lock the same ones wait for each other and never both.
func lockPair(ctx context.Context, tx pgx.Tx, by auth.Actor, a, b int64) (first, second locked, err error) {
	if _, err = tx.Exec(ctx, pairSQL, pgx.NamedArgs{"numbers": []int64{a, b}}); err != nil {
		return first, second, err
	}
	if first, err = lockExact(ctx, tx, by, a); err != nil {
		return first, second, err
	}
	second, err = lockExact(ctx, tx, by, b)
	return first, second, err
}

// keptColumns are what a merge changes of the two tickets' rows, as undoing it
// puts back.
const keptColumns = `t.status, t.status_since, t.turn, t.reopened, t.unread, t.last_activity_at, t.last_replier, t.last_replier_id, t.resolved_at,
    t.closed_at, t.postponed_until, t.next_step, t.next_step_at, t.step_from, t.plan_by`

const insertMergeSQL = `
INSERT INTO ticket_merges (source_id, target_id, merged_by, merged_at, source, target)
SELECT @source, @target, @by, @now,
    (SELECT to_jsonb(k) FROM (SELECT ` + keptColumns + ` FROM tickets t WHERE t.id = @source) k),
    (SELECT to_jsonb(k) FROM (SELECT ` + keptColumns + ` FROM tickets t WHERE t.id = @target) k)
RETURNING id`

const leadSQL = `UPDATE tickets SET merged_into = @target WHERE id = @source`

// merge does it to two locked tickets.
func (s *Service) merge(ctx context.Context, tx pgx.Tx, from, into *change, tell *body, key string) error {
	args := pgx.NamedArgs{"source": from.ID, "target": into.ID, "by": from.by.PersonID, "now": from.now}
	var id int64
	if err := tx.QueryRow(ctx, insertMergeSQL, args).Scan(&id); err != nil {
		return err
	}
	if err := into.restack(ctx, tx, id, from.ID); err != nil {
		return err
	}
	if err := into.takeOver(ctx, tx, id, from.Ticket); err != nil {
		return err
	}
	into.record(Merged, "", strconv.FormatInt(from.Number, 10), "")
	if err := into.unanswered(from.Ticket); err != nil {
		return err
	}
	from.record(MergedInto, "", strconv.FormatInt(into.Number, 10), "")
	if err := from.leave(); err != nil {
		return err
	}
	if err := s.tellOfMerge(ctx, tx, into, tell, key); err != nil {
		return err
	}
	if err := from.save(ctx, tx); err != nil {
		return err
	}
	if err := into.save(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, leadSQL, args); err != nil || tell == nil {
		return err
	}
	return s.tell(ctx, tx, into)
}

// leave closes the ticket that became part of another; the robot leaves it alone.
func (c *change) leave() error {
	c.Unread = false
	if c.Status == Closed {
		return nil
	}
	return c.move(AgentMerged, nil)
}

// unanswered keeps what the customer said last in the other ticket from being
// overlooked: where an agent has to answer it, a ticket that waits for somebody
// else opens.
func (c *change) unanswered(was Ticket) error {
	if was.Status.Turn() != AgentsTurn || was.LastReplier != ByCustomer {
		return nil
	}
	if err := c.openFor(); err != nil {
		return err
	}
	c.Unread, c.LastReplier, c.LastReplierID = true, ByCustomer, was.LastReplierID
	return nil
}

const comeAlongSQL = `
INSERT INTO participants (ticket_id, address, person_id, why, added_by, side, added_at, merge_id)
SELECT @target, v.address, v.person_id, 'cc', v.added_by, v.side, @now, @merge
FROM (
    SELECT pt.address, pt.person_id, pt.added_by, pt.side FROM participants pt WHERE pt.ticket_id = @source
    UNION ALL (SELECT i.value, i.person_id, @by, 'agent' FROM identities i WHERE i.person_id = @asked AND i.kind = 'email' ORDER BY i.id LIMIT 1)) v
WHERE v.person_id IS DISTINCT FROM @requester
    AND NOT EXISTS (SELECT FROM identities i WHERE i.person_id = @requester AND i.kind = 'email' AND i.value = v.address)
    AND NOT EXISTS (SELECT FROM participants o WHERE o.ticket_id = @target AND o.person_id = v.person_id)
ON CONFLICT DO NOTHING
RETURNING address, person_id`

const (
	comeFilesSQL      = `UPDATE attachments SET ticket_id = @target WHERE ticket_id = @source`
	comeRedactionsSQL = `UPDATE redactions SET ticket_id = @target WHERE ticket_id = @source`
	comeTagsSQL       = `
WITH put AS (
    INSERT INTO ticket_tags (ticket_id, tag_id) SELECT @target, x.tag_id FROM ticket_tags x WHERE x.ticket_id = @source
    ON CONFLICT DO NOTHING RETURNING tag_id)
UPDATE ticket_merges SET tags = ARRAY(SELECT tag_id FROM put) WHERE id = @merge`
	comeHeldSQL = `
WITH moved AS (
    UPDATE held_replies h SET ticket_id = @target WHERE h.ticket_id = @source
        AND NOT EXISTS (SELECT FROM held_replies o WHERE o.ticket_id = @target AND o.send_key = h.send_key) RETURNING id)
UPDATE ticket_merges SET held = ARRAY(SELECT id FROM moved) WHERE id = @merge`
)

// takeOver brings what belongs to the other ticket and is no part of its
// timeline: who takes part, files, links, and the words it is found by.
func (c *change) takeOver(ctx context.Context, tx pgx.Tx, merge int64, was Ticket) error {
	args := pgx.NamedArgs{
		"target": c.ID, "source": was.ID, "merge": merge, "now": c.now, "by": c.by.PersonID, "asked": was.RequesterID, "requester": c.RequesterID,
	}
	rows, _ := tx.Query(ctx, comeAlongSQL, args)
	fresh, err := pgx.CollectRows(rows, pgx.RowToStructByName[copyTo])
	if err != nil {
		return fmt.Errorf("bring the participants: %w", err)
	}
	c.Copies = append(c.Copies, fresh...)
	for _, sql := range []string{comeFilesSQL, comeRedactionsSQL, comeTagsSQL, comeHeldSQL} {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return err
		}
	}
	if err := moveLinks(ctx, tx, merge, was.ID, c.ID); err != nil {
		return err
	}
	return wordsAgain(ctx, tx, c.ID, was.ID)
}

// tellOfMerge posts the agent's words about the merge; its letters go to
// whoever takes part now.
func (s *Service) tellOfMerge(ctx context.Context, tx pgx.Tx, c *change, text *body, key string) error {
	if text == nil {
		return nil
	}
	id, err := insertMessage(ctx, tx, message{
		body: *text, TicketID: c.ID, Seq: c.nextSeq(), AuthorID: &c.by.PersonID, Author: ByAgent, Key: key, At: c.now,
	}, nil)
	c.posted = id
	return err
}

// UndoMergeFor is how long a merge can be undone.
const UndoMergeFor = 30 * 24 * time.Hour
