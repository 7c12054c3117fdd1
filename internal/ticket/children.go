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
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Family is a parent ticket with its children: many tickets, one fault (T6).
type Family struct {
	Parent   Pick
	Children []Child
	Updates  []SentUpdate // the latest first
}

// Open counts the children that are neither resolved nor closed.
func (f Family) Open() int {
	n := 0
	for _, c := range f.Children {
		if !c.Done() {
			n++
		}
	}
	return n
}

// Child is one of a parent's tickets.
type Child struct {
	Number         int64
	Subject        string
	Status         Status
	Reopened       bool
	PostponedUntil *time.Time
	Requester      string
	Company        string  // "" a private person
	Assignee       *string // nil: nobody yet
	LastActivityAt time.Time
}

// Done reports whether the child is resolved or closed.
func (c Child) Done() bool { return c.Status == Resolved || c.Status == Closed }

// SentUpdate is one update of all children and how far it is.
type SentUpdate struct {
	Text    string
	By      string
	At      time.Time
	Waiting int // jobs that are not done
	Sent    int
	Refused []int64 // numbers of the tickets that could not take it and that the reader sees
}

const childrenSQL = `
SELECT t.number, t.subject, t.status, t.reopened, t.postponed_until, r.name AS requester, coalesce(c.name, '') AS company,
    a.name AS assignee, t.last_activity_at
FROM tickets p JOIN ticket_links l ON l.other_id = p.id AND l.kind = 'parent' JOIN tickets t ON t.id = l.ticket_id
JOIN people r ON r.id = t.requester_id LEFT JOIN companies c ON c.id = t.company_id LEFT JOIN people a ON a.id = t.assignee_id
WHERE p.number = @number AND ` + worked + `
ORDER BY t.status IN ('resolved', 'closed'), t.last_activity_at DESC, t.id DESC
LIMIT 500`

const updatesSQL = `
SELECT left(u.source, 300) AS text, p.name AS by, u.sent_at AS at,
    count(*) FILTER (WHERE c.state = 'queued') AS waiting, count(*) FILTER (WHERE c.state = 'sent') AS sent,
    coalesce(array_agg(t.number ORDER BY t.number) FILTER (WHERE c.state = 'refused' AND ` + staffSees + `), '{}') AS refused
FROM tickets o JOIN ticket_updates u ON u.parent_id = o.id JOIN people p ON p.id = u.sent_by
JOIN ticket_update_children c ON c.update_id = u.id JOIN tickets t ON t.id = c.ticket_id
WHERE o.number = @number
GROUP BY u.id, p.name
ORDER BY u.id DESC
LIMIT 5`

// Children returns a ticket with its children and what they were told. Three
// statements, sent together.
func (s *Service) Children(ctx context.Context, by auth.Actor, number int64) (Family, error) {
	if err := staffOnly(by); err != nil {
		return Family{}, err
	}
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	var f Family
	b := &pgx.Batch{}
	pg.QueueRow(b, &f.Parent, pickSQL, args)
	pg.QueueRows(b, &f.Children, childrenSQL, args)
	pg.QueueRows(b, &f.Updates, updatesSQL, args)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return Family{}, pg.NotFound(err, "ticket.not_found")
	}
	return f, nil
}

const openChildrenSQL = `
SELECT EXISTS (SELECT FROM tickets p JOIN ticket_links l ON l.other_id = p.id AND l.kind = 'parent' JOIN tickets t ON t.id = l.ticket_id
    WHERE p.number = @number AND t.status NOT IN ('resolved', 'closed') AND ` + worked + `)`

// HasOpenChildren reports whether a ticket has children that by sees and that
// are neither resolved nor closed.
func (s *Service) HasOpenChildren(ctx context.Context, by auth.Actor, number int64) (yes bool, err error) {
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	err = s.db.QueryRow(ctx, openChildrenSQL, args).Scan(&yes)
	return yes, err
}

// ChildUpdate is one public update for all open children of a ticket.
type ChildUpdate struct {
	Message     string // with placeholders, filled in for each
	MessageKind richtext.Kind
	Status      Status // that they get; "": each keeps its own
	Own         bool   // the parent's requester gets it too
	Key         string // the form's idempotency key
}

const insertUpdateSQL = `
INSERT INTO ticket_updates (parent_id, source, source_kind, status, send_key, sent_by, sent_at)
VALUES (@parent, @source, @kind, @status, @key, @by, @now)
ON CONFLICT (send_key) DO NOTHING
RETURNING id`

const insertUpdateChildrenSQL = `
INSERT INTO ticket_update_children (update_id, ticket_id)
SELECT @update, t.id FROM tickets t
WHERE (@own AND t.id = @parent OR t.id IN (SELECT l.ticket_id FROM ticket_links l WHERE l.other_id = @parent AND l.kind = 'parent'))
    AND t.status <> 'closed' AND (t.id = @parent OR t.status <> 'resolved') AND ` + worked + `
RETURNING ticket_id`

// UpdateChildren sends one update to every open child of a ticket: a job for
// each, in the transaction that writes the update. The same Key a second time
// changes nothing.
//
// It returns fault.Invalid with fields message and status, and fault.Conflict
// when there is nobody to send it to.
func (s *Service) UpdateChildren(ctx context.Context, by auth.Actor, number int64, in ChildUpdate) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var wrong fault.Field
	text := newBody(&wrong, in.Message, in.MessageKind)
	if in.Status != "" && in.Status != Open && in.Status != Waiting && in.Status != Resolved && in.Status != Closed {
		wrong.Add("status", "ticket.status_unknown")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	err := s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		args := pgx.NamedArgs{
			"parent": t.ID, "source": text.Source, "kind": text.Kind, "status": in.Status, "key": in.Key, "by": by.PersonID, "now": s.now(), "own": in.Own,
		}
		staffSight(by, args)
		var id int64
		err = tx.QueryRow(ctx, insertUpdateSQL, args).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // the form came twice
		}
		if err != nil {
			return err
		}
		args["update"] = id
		rows, _ := tx.Query(ctx, insertUpdateChildrenSQL, args)
		children, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		switch {
		case err != nil:
			return err
		case len(children) == 0:
			return fault.New(fault.Conflict, "ticket.update_nobody")
		case s.hooks.SendUpdates == nil:
			return nil
		default:
			return s.hooks.SendUpdates(ctx, tx, by, id, children)
		}
	})
	if err != nil {
		return fmt.Errorf("update the children of ticket %d: %w", number, err)
	}
	return nil
}

const updateSQL = `
SELECT l.number, l.status AS is, l.postponed_until, u.source, u.source_kind, u.status
FROM ticket_update_children c JOIN ticket_updates u ON u.id = c.update_id JOIN tickets t ON t.id = c.ticket_id
JOIN tickets l ON l.merged_into IS NULL AND l.id IN ` + wayOf + `
WHERE c.update_id = @update AND c.ticket_id = @ticket AND c.state = 'queued'`

type updateRow struct {
	Number         int64
	Is             Status
	PostponedUntil *time.Time
	Source         string
	SourceKind     richtext.Kind
	Status         Status
}

const updateDoneSQL = `UPDATE ticket_update_children SET state = @state, reason = @reason WHERE update_id = @update AND ticket_id = @ticket`

// SendUpdate posts an update in one child, under the name of who sent it. Run
// again it posts nothing more: the message's key says which update it is. What
// the child does not take is kept as refused.
func (s *Service) SendUpdate(ctx context.Context, by auth.Actor, update, child int64) error {
	args := pgx.NamedArgs{"update": update, "ticket": child, "state": "sent", "reason": ""}
	rows, _ := s.db.Query(ctx, updateSQL, args)
	todo, err := pgx.CollectRows(rows, pgx.RowToStructByName[updateRow])
	if err != nil || len(todo) == 0 {
		return err
	}
	u := todo[0]
	in := AgentReply{Message: u.Source, MessageKind: u.SourceKind, Status: u.Status, PostponedUntil: u.PostponedUntil, Personal: true, Key: "update-" + strconv.FormatInt(update, 10)}
	if in.Status == "" {
		if in.Status = u.Is; in.Status == New {
			in.Status = Open
		}
	}
	_, err = s.Answer(ctx, by, u.Number, in)
	switch f := fault.Of(err); {
	case err == nil:
	case f.Kind == fault.Internal || f.Kind == fault.Unavailable:
		return fmt.Errorf("send update %d to ticket %d: %w", update, u.Number, err)
	default:
		args["state"], args["reason"] = "refused", f.Key
	}
	_, err = s.db.Exec(ctx, updateDoneSQL, args)
	return err
}
