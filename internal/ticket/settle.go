package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Return is why a reply that was to be sent became a draft again.
type Return string

// The reasons.
const (
	Crossed   Return = "crossed"   // somebody wrote to the ticket before it was sent
	TooLate   Return = "closed"    // the ticket was closed or thrown away
	NoAuthor  Return = "no_author" // its author may answer tickets no more
	Unfitting Return = "unfitting" // a file or a date in it is no longer right
)

// Returns lists all of them.
var Returns = []Return{Crossed, TooLate, NoAuthor, Unfitting}

// heldRow is a held reply with all that it needs to be sent or to come back.
type heldRow struct {
	ID         int64
	TicketID   int64
	AuthorID   int64
	AuthorName string
	DueAt      time.Time
	Reply      AgentReply
	Body       string
	BodyKind   richtext.Kind
	Form       map[string][]string
	Uploads    []int64
	SendKey    string
}

const heldColumns = `h.id, h.ticket_id, h.author_id, p.name AS author_name, h.due_at, h.reply, h.body, h.body_kind, h.form, h.uploads, h.send_key`

const takeHeldSQL = `
WITH h AS (DELETE FROM held_replies WHERE id = @id RETURNING *)
SELECT ` + heldColumns + ` FROM h JOIN people p ON p.id = h.author_id`

// takeHeld takes a reply out of those that wait, under its ticket's lock.
// pgx.ErrNoRows: it was sent or came back.
func takeHeld(ctx context.Context, tx pgx.Tx, id int64) (heldRow, error) {
	rows, _ := tx.Query(ctx, takeHeldSQL, pgx.NamedArgs{"id": id}) // CollectExactlyOneRow returns its error
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[heldRow])
}

// draftArgs are the reply as a draft.
func (h heldRow) draftArgs(why Return, now time.Time) pgx.NamedArgs {
	return pgx.NamedArgs{
		"person": h.AuthorID, "ticket": h.TicketID, "kind": ReplyDraft, "body": h.Body, "body_kind": h.BodyKind, "status": h.Reply.Status,
		"cc": h.Reply.CC, "form": h.Form, "uploads": h.Uploads, "base": h.Reply.Seen, "writer": fmt.Sprint("held-", h.ID), "returned": why, "now": now,
	}
}

const laySpareSQL = `
INSERT INTO spare_drafts (person_id, ticket_id, kind, writer, body, body_kind, form, uploads, returned, updated_at)
VALUES (@person, @ticket, @kind, @writer, @body, @body_kind, @form, @uploads, @returned, @now)`

// giveBack makes a reply that cannot be sent a draft again: the draft when its
// author has none, else a text beside it.
func (c *change) giveBack(ctx context.Context, tx pgx.Tx, h heldRow, why Return) error {
	args := h.draftArgs(why, c.now)
	tag, err := tx.Exec(ctx, layDraftSQL, args)
	if err == nil && tag.RowsAffected() == 0 {
		_, err = tx.Exec(ctx, laySpareSQL, args)
	}
	if err != nil {
		return err
	}
	if err := freeVersions(ctx, tx, h); err != nil {
		return err
	}
	c.record(ReplyReturned, h.AuthorName, string(why), "")
	return nil
}

const bringBackSQL = `
WITH h AS (
    DELETE FROM held_replies WHERE ticket_id = @ticket
        AND (@closed OR author_id <> @me AND (why = 'undo' OR unless_reply AND @customer)) RETURNING *
)
SELECT ` + heldColumns + ` FROM h JOIN people p ON p.id = h.author_id ORDER BY h.id`

// bringBack returns the replies that must not be sent any more after this
// change: those that somebody's message overtook in their ten seconds, those
// that were to go only without a customer's reply, and all of a closed ticket.
func (c *change) bringBack(ctx context.Context, tx pgx.Tx) error {
	wrote := c.posted != 0 && c.by.Kind == auth.Person
	done := c.Status == Closed || c.TrashedAt != nil
	if !wrote && !done {
		return nil
	}
	rows, _ := tx.Query(ctx, bringBackSQL, pgx.NamedArgs{
		"ticket": c.ID, "closed": done, "me": c.by.PersonID, "customer": wrote && kindOf(c.by) == ByCustomer,
	})
	held, err := pgx.CollectRows(rows, pgx.RowToStructByName[heldRow])
	if err != nil {
		return err
	}
	why := Crossed
	if !wrote {
		why = TooLate
	}
	for _, h := range held {
		if err := c.giveBack(ctx, tx, h, why); err != nil {
			return err
		}
	}
	return nil
}

const dueHeldSQL = `
SELECT h.id, h.author_id, t.number FROM held_replies h JOIN tickets t ON t.id = h.ticket_id WHERE h.id = @id AND h.due_at <= @now`

// SendHeld sends a reply whose time has come. One that its ticket cannot take
// any more becomes a draft again. It does nothing when the reply is not due, was
// sent or taken back; any number of calls at once send it once.
func (s *Service) SendHeld(ctx context.Context, id int64) error {
	var author, number int64
	err := s.db.QueryRow(ctx, dueHeldSQL, pgx.NamedArgs{"id": id, "now": s.now()}).Scan(&id, &author, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find held reply %d: %w", id, err)
	}
	by, err := s.authorOf(ctx, author)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		t, err := lockAny(ctx, tx, auth.TheSystem(), number)
		if err != nil {
			return err
		}
		h, err := takeHeld(ctx, tx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		why, err := s.sendLocked(ctx, tx, t, by, h)
		if err != nil || why == "" {
			return err
		}
		c := begin(t, auth.TheSystem(), s.now())
		if err := c.giveBack(ctx, tx, h, why); err != nil {
			return err
		}
		if err := c.aside(ctx, tx); err != nil {
			return err
		}
		return s.happened(ctx, tx, c.ID, c.since, c.TimelineSeq)
	})
	if err != nil {
		return fmt.Errorf("send held reply %d to ticket %d: %w", id, number, err)
	}
	return nil
}

// authorOf is a held reply's author with what they may do now; nobody when they
// are gone.
func (s *Service) authorOf(ctx context.Context, id int64) (auth.Actor, error) {
	if s.hooks.Person == nil {
		return auth.Actor{}, nil
	}
	by, err := s.hooks.Person(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return auth.Actor{}, nil
	}
	return by, err
}

// sendLocked posts h to its locked ticket, or says why it cannot and leaves no
// trace.
func (s *Service) sendLocked(ctx context.Context, tx pgx.Tx, t locked, by auth.Actor, h heldRow) (Return, error) {
	if !by.Staff() || !maySee(by, t.Ticket, t.TakesPart) {
		return NoAuthor, nil
	}
	r, err := checkReply(h.Reply, s.now())
	if err != nil {
		return Unfitting, nil //nolint:nilerr // its author hears of it
	}
	if _, err := t.Status.Next(r.trigger); err != nil || t.TrashedAt != nil {
		return TooLate, nil //nolint:nilerr // its author hears of it
	}
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		c := begin(t, by, s.now())
		if err := s.answer(ctx, tx, c, r); err != nil {
			return err
		}
		if err := c.save(ctx, tx); err != nil {
			return err
		}
		return s.tell(ctx, tx, c)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows): // its form was sent another way
		return "", nil
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict):
		return Unfitting, nil
	default:
		return "", err
	}
}

const dueHeldsSQL = `SELECT id FROM held_replies WHERE due_at <= @now AND id <> ALL (@skip) ORDER BY due_at, id LIMIT @limit`

// SendDue sends every reply whose time has come and whose job was lost, and
// returns how many it looked at. One that fails is reported after the rest.
func (s *Service) SendDue(ctx context.Context) (int, error) {
	var failed []error
	skip, done := []int64{}, 0
	for {
		rows, _ := s.db.Query(ctx, dueHeldsSQL, pgx.NamedArgs{"now": s.now(), "skip": skip, "limit": sweepBatch})
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return done, fmt.Errorf("find replies that are due: %w", err)
		}
		for _, id := range ids {
			if err := s.SendHeld(ctx, id); err != nil {
				failed = append(failed, err)
			}
			skip = append(skip, id)
			done++
		}
		if len(ids) < sweepBatch {
			return done, errors.Join(failed...)
		}
	}
}

const hurrySQL = `
UPDATE held_replies h SET due_at = @now FROM tickets t
WHERE h.id = @id AND h.author_id = @me AND t.id = h.ticket_id RETURNING t.number`

// SendNow sends by's own held reply at once and returns the ticket's number. It
// returns fault.Conflict when the reply was sent already or is not by's.
func (s *Service) SendNow(ctx context.Context, by auth.Actor, id int64) (number int64, err error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	err = s.db.QueryRow(ctx, hurrySQL, pgx.NamedArgs{"id": id, "me": by.PersonID, "now": s.now()}).Scan(&number)
	if fault.Is(pg.NotFound(err, "ticket.held_gone"), fault.NotFound) {
		return 0, fault.New(fault.Conflict, "ticket.held_gone")
	}
	if err != nil {
		return 0, err
	}
	return number, s.SendHeld(ctx, id)
}
