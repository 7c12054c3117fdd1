package ticket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// mergeRow is a merge that was not undone.
type mergeRow struct {
	ID       int64
	TargetID int64
	Target   int64 // its number
	MergedAt time.Time
	Source   []byte // keptColumns, as JSON
	Kept     []byte // the same of the target
	Links    movedLinks
}

const mergeOfSQL = `
SELECT g.id, g.target_id, t.number AS target, g.merged_at, g.source, g.target AS kept, g.links
FROM ticket_merges g JOIN tickets s ON s.id = g.source_id JOIN tickets t ON t.id = g.target_id
WHERE s.number = @number AND g.undone_at IS NULL`

const undoneSQL = `UPDATE ticket_merges SET undone_at = @now, undone_by = @by WHERE id = @merge`

// Unmerge undoes the merge of the ticket with this number: it gets back its
// entries in their places, files, links, status and plan, and who came to the
// other with it leaves that one again. What was written since stays on the
// other, except what goes along. A plan whose time has passed meanwhile counts
// from now.
//
// It returns the number of the ticket it was part of, and fault.Conflict when
// the ticket is not merged, when that one was itself merged since, after
// UndoMergeFor, or when something that should go along is not there any more.
func (s *Service) Unmerge(ctx context.Context, by auth.Actor, number int64, along Along) (target int64, err error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		if err := lockParents(ctx, tx); err != nil {
			return err
		}
		g, err := mergeOf(ctx, tx, number)
		if err != nil {
			return err
		}
		target = g.Target
		from, into, err := lockPair(ctx, tx, by, number, g.Target)
		if err != nil {
			return err
		}
		now := s.now()
		switch {
		case from.MergedInto == nil || *from.MergedInto != into.ID:
			return errLed // undone, and perhaps merged elsewhere, while we waited
		case into.MergedInto != nil:
			return fault.New(fault.Conflict, "ticket.unmerge_first", "number", into.Number)
		case now.After(g.MergedAt.Add(UndoMergeFor)):
			return fault.New(fault.Conflict, "ticket.unmerge_late")
		}
		if err := unmerge(ctx, tx, g, begin(from, by, now), begin(into, by, now), along); err != nil {
			return err
		}
		return answerAlong(ctx, tx, by, number, now, along)
	})
	if err != nil {
		return 0, fmt.Errorf("undo the merge of ticket %d: %w", number, err)
	}
	return target, nil
}

func mergeOf(ctx context.Context, tx pgx.Tx, number int64) (mergeRow, error) {
	rows, _ := tx.Query(ctx, mergeOfSQL, pgx.NamedArgs{"number": number})
	g, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[mergeRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return g, fault.New(fault.Conflict, "ticket.unmerge_none")
	}
	return g, err
}

func unmerge(ctx context.Context, tx pgx.Tx, g mergeRow, from, into *change, along Along) error {
	args := pgx.NamedArgs{"merge": g.ID, "source": from.ID, "target": into.ID, "now": from.now, "by": from.by.PersonID}
	if _, err := tx.Exec(ctx, undoneSQL, args); err != nil {
		return err
	}
	if err := goAlong(ctx, tx, from, into, g.ID, along); err != nil {
		return err
	}
	if err := giveBack(ctx, tx, args); err != nil {
		return err
	}
	if err := into.restack(ctx, tx, 0); err != nil {
		return err
	}
	if err := from.restackGaps(ctx, tx); err != nil {
		return err
	}
	if err := returnLinks(ctx, tx, g.Links); err != nil {
		return err
	}
	if err := wordsAgain(ctx, tx, from.ID, into.ID); err != nil {
		return err
	}
	if err := into.closeAgain(ctx, tx, g, from.Number); err != nil {
		return err
	}
	if err := from.putBack(ctx, tx, g.Source); err != nil {
		return err
	}
	from.record(UnmergedFrom, strconv.FormatInt(into.Number, 10), "", "")
	into.record(Unmerged, "", strconv.FormatInt(from.Number, 10), "")
	if err := from.aside(ctx, tx); err != nil {
		return err
	}
	return into.aside(ctx, tx)
}

const writtenSinceSQL = `
SELECT EXISTS (SELECT FROM messages m WHERE m.ticket_id = @target AND m.seq > (
    SELECT max(e.seq) FROM events e WHERE e.ticket_id = @target AND e.kind = 'merged' AND e.new = @number))`

const lastWordSQL = `
UPDATE tickets AS t SET unread = k.unread, last_replier = k.last_replier, last_replier_id = k.last_replier_id
FROM jsonb_populate_record(NULL::tickets, @kept) k WHERE t.id = @id`

// closeAgain takes back what the words that came with the merge did to the
// ticket that stays: that it opened, and that the customer spoke last. Once
// somebody has written since, it stays as it is.
func (c *change) closeAgain(ctx context.Context, tx pgx.Tx, g mergeRow, number int64) error {
	var since bool
	args := pgx.NamedArgs{"target": c.ID, "number": strconv.FormatInt(number, 10), "id": c.ID, "kept": g.Kept}
	if err := tx.QueryRow(ctx, writtenSinceSQL, args).Scan(&since); err != nil || since {
		return err
	}
	if c.Status == Open && c.StatusSince.Equal(g.MergedAt) {
		return c.putBack(ctx, tx, g.Kept)
	}
	if !c.Unread || c.LastReplier != ByCustomer {
		return nil
	}
	_, err := tx.Exec(ctx, lastWordSQL, args)
	return err
}

const putBackSQL = `
UPDATE tickets AS t SET status = k.status, status_since = k.status_since, turn = k.turn, reopened = k.reopened, unread = k.unread,
    last_activity_at = k.last_activity_at, last_replier = k.last_replier, last_replier_id = k.last_replier_id, resolved_at = k.resolved_at,
    closed_at = k.closed_at, postponed_until = k.postponed_until, next_step = k.next_step, next_step_at = k.next_step_at, step_from = k.step_from,
    plan_by = k.plan_by, merged_into = NULL
FROM jsonb_populate_record(NULL::tickets, @kept) k
WHERE t.id = @id
RETURNING t.status, t.postponed_until, t.next_step, t.next_step_at`

// putBack puts c's row back to what it was, and says in its history what became
// of the status. What the robot would have done in the meantime it does not do
// at once: it counts from now.
func (c *change) putBack(ctx context.Context, tx pgx.Tx, kept []byte) error {
	was := c.Status
	err := tx.QueryRow(ctx, putBackSQL, pgx.NamedArgs{"id": c.ID, "kept": kept}).Scan(&c.Status, &c.PostponedUntil, &c.NextStep, &c.NextStepAt)
	if err != nil {
		return fmt.Errorf("put ticket %d back: %w", c.Number, err)
	}
	if c.Status != was {
		c.record(StatusChanged, string(was), statusValue(c.Status, c.PostponedUntil), "")
	}
	if c.NextStepAt == nil || c.NextStepAt.After(c.now) || *c.NextStep == Wake {
		return nil
	}
	p := c.policy()
	if err := c.schedule(p, p.first(c.Status), c.now); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, replanSQL, pgx.NamedArgs{
		"id": c.ID, "next_step": c.NextStep, "next_step_at": c.NextStepAt, "step_from": c.StepFrom, "plan_by": c.PlanBy,
	})
	return err
}

// giveBackSQL brings the entries of a merged ticket back to their places, and
// keeps where they stood meanwhile, for links. One that was split off since stays
// where it is.
const giveBackSQL = `
WITH back AS (
    DELETE FROM ticket_places WHERE merge_id = @merge AND ticket_id = @source RETURNING seq, kind, row_id
), kept AS (
    INSERT INTO ticket_places (ticket_id, seq, kind, row_id)
    SELECT @target, v.seq, b.kind, b.row_id FROM back b CROSS JOIN LATERAL (
        SELECT x.seq FROM messages x WHERE b.kind = 'message' AND x.id = b.row_id AND x.ticket_id = @target
        UNION ALL SELECT x.seq FROM notes x WHERE b.kind = 'note' AND x.id = b.row_id AND x.ticket_id = @target
        UNION ALL SELECT x.seq FROM events x WHERE b.kind = 'event' AND x.id = b.row_id AND x.ticket_id = @target) v
), m AS (
    UPDATE messages x SET ticket_id = @source, seq = b.seq, send_key = regexp_replace(x.send_key, '~twin [0-9]+$', '')
    FROM back b WHERE b.kind = 'message' AND x.id = b.row_id AND x.ticket_id = @target
), n AS (
    UPDATE notes x SET ticket_id = @source, seq = b.seq, send_key = regexp_replace(x.send_key, '~twin [0-9]+$', '')
    FROM back b WHERE b.kind = 'note' AND x.id = b.row_id AND x.ticket_id = @target
)
UPDATE events x SET ticket_id = @source, seq = b.seq, send_key = regexp_replace(x.send_key, '~twin [0-9]+$', '')
FROM back b WHERE b.kind = 'event' AND x.id = b.row_id AND x.ticket_id = @target`

const filesBackSQL = `
UPDATE attachments f SET ticket_id = @source
WHERE f.ticket_id = @target AND (f.message_id IN (SELECT m.id FROM messages m WHERE m.ticket_id = @source)
    OR f.note_id IN (SELECT n.id FROM notes n WHERE n.ticket_id = @source))`

const redactionsBackSQL = `
UPDATE redactions r SET ticket_id = @source
WHERE r.ticket_id = @target AND (r.message_id IN (SELECT m.id FROM messages m WHERE m.ticket_id = @source)
    OR r.note_id IN (SELECT n.id FROM notes n WHERE n.ticket_id = @source))`

const tagsBackSQL = `
DELETE FROM ticket_tags x USING ticket_merges g WHERE g.id = @merge AND x.ticket_id = @target AND x.tag_id = ANY (g.tags)`

const heldBackSQL = `
UPDATE held_replies h SET ticket_id = @source FROM ticket_merges g WHERE g.id = @merge AND h.id = ANY (g.held) AND h.ticket_id = @target`

const leaveAgainSQL = `DELETE FROM participants WHERE ticket_id = @target AND merge_id = @merge`

func giveBack(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	for _, sql := range []string{giveBackSQL, filesBackSQL, redactionsBackSQL, tagsBackSQL, heldBackSQL, leaveAgainSQL} {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("give a merged ticket its own back: %w", err)
		}
	}
	return nil
}

const entriesSQL = `
SELECT (SELECT count(*) FROM messages WHERE ticket_id = @ticket) + (SELECT count(*) FROM notes WHERE ticket_id = @ticket)
    + (SELECT count(*) FROM events WHERE ticket_id = @ticket),
    least((SELECT min(seq) FROM messages WHERE ticket_id = @ticket), (SELECT min(seq) FROM notes WHERE ticket_id = @ticket),
        (SELECT min(seq) FROM events WHERE ticket_id = @ticket))`

// restackGaps closes the gaps that entries left which did not come back.
func (c *change) restackGaps(ctx context.Context, tx pgx.Tx) error {
	var n int64
	var first *int64
	err := tx.QueryRow(ctx, entriesSQL, pgx.NamedArgs{"ticket": c.ID}).Scan(&n, &first)
	if err != nil || first == nil || c.TimelineSeq-*first+1 == n {
		return err
	}
	return c.restack(ctx, tx, 0)
}
