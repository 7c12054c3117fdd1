package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// alive is the one condition "ticket t is not in the trash": sight asks it for
// every list, count, search and page but the trash's own.
const alive = `t.trashed_at IS NULL`

// bin does to a locked ticket what changes say about the trash.
func (c *change) bin(ctx context.Context, tx pgx.Tx, to Bin) error {
	switch {
	case (to == Trash || to == Spam) && c.TrashedAt == nil:
		return c.throwAway(ctx, tx, to, "")
	case to == Restore && c.TrashedAt != nil:
		return c.restore(ctx, tx, "")
	default:
		return nil
	}
}

const blockRequesterSQL = `
INSERT INTO blocked_senders (value, kind, ticket_id, blocked_by, blocked_at)
SELECT i.value, 'address', @ticket, @by, @now FROM identities i WHERE i.person_id = @requester AND i.kind = 'email' ORDER BY i.id
ON CONFLICT (value) DO NOTHING`

const unblockRequesterSQL = `
DELETE FROM blocked_senders b
WHERE b.ticket_id = @ticket OR b.value IN (SELECT i.value FROM identities i WHERE i.person_id = @requester AND i.kind = 'email')`

const requesterIsStaffSQL = `SELECT EXISTS (SELECT FROM person_roles WHERE person_id = @requester)`

// throwAway moves the ticket into the trash. Spam blocks its requester's
// addresses too, unless that is a colleague: fault.Conflict. The robot's plan
// stays as it is and rests meanwhile.
func (c *change) throwAway(ctx context.Context, tx pgx.Tx, as Bin, why Trigger) error {
	kind := ""
	if as == Spam {
		kind = string(Spam)
		args := pgx.NamedArgs{"ticket": c.ID, "requester": c.RequesterID, "by": c.actorID(), "now": c.now}
		var staff bool
		if err := tx.QueryRow(ctx, requesterIsStaffSQL, args).Scan(&staff); err != nil {
			return err
		}
		if staff {
			return fault.New(fault.Conflict, "ticket.spam_of_staff", "name", c.RequesterName)
		}
		if _, err := tx.Exec(ctx, blockRequesterSQL, args); err != nil {
			return err
		}
	}
	c.TrashedAt, c.Spam = &c.now, as == Spam
	c.record(Trashed, "", kind, why)
	return nil
}

// restore takes the ticket out of the trash; what was blocked for it may write
// again. A step of the robot that fell due meanwhile counts anew from now, so
// that nobody is moved on the spot; a promised date is kept.
func (c *change) restore(ctx context.Context, tx pgx.Tx, why Trigger) error {
	if c.Spam {
		args := pgx.NamedArgs{"ticket": c.ID, "requester": c.RequesterID}
		if _, err := tx.Exec(ctx, unblockRequesterSQL, args); err != nil {
			return err
		}
	}
	c.TrashedAt, c.Spam = nil, false
	c.record(Restored, "", "", why)
	if c.NextStep == nil || *c.NextStep == Wake || c.NextStepAt.After(c.now) {
		return nil
	}
	p := c.policy()
	return c.schedule(p, *c.NextStep, c.now)
}
