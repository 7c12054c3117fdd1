package ticket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// UndoTime is how long a reply can be taken back after "Send" (F10).
const UndoTime = 10 * time.Second

// HoldKind is why a finished reply is not sent yet.
type HoldKind string

// The reasons.
const (
	ForUndo  HoldKind = "undo"  // its author may still take it back
	ForLater HoldKind = "later" // its author chose a time
)

// Hold says how a reply waits before it is sent.
type Hold struct {
	Why         HoldKind
	At          time.Time           // for ForLater; ForUndo is UndoTime from now
	UnlessReply bool                // ForLater: a customer's reply takes it back
	Form        map[string][]string // the form's other fields, to come back to the editor
}

// HeldReply is a reply that waits to be sent.
type HeldReply struct {
	ID          int64         `json:"id"`
	AuthorID    int64         `json:"author_id"`
	AuthorName  string        `json:"author_name"`
	Why         HoldKind      `json:"why"`
	DueAt       time.Time     `json:"due_at"`
	UnlessReply bool          `json:"unless_reply"`
	Message     string        `json:"message"` // as it will be sent
	MessageKind richtext.Kind `json:"message_kind"`
	Uploads     []Upload      `json:"uploads"`
	CreatedAt   time.Time     `json:"created_at"`
}

const insertHeldSQL = `
INSERT INTO held_replies (ticket_id, author_id, why, due_at, unless_reply, reply, body, body_kind, form, uploads, send_key, created_at)
SELECT @ticket, @me, @why, @due, @unless, @reply, @body, @body_kind, @form, @uploads, @key, @now
WHERE NOT EXISTS (SELECT FROM messages m WHERE m.ticket_id = @ticket AND m.send_key = @key)
ON CONFLICT (ticket_id, send_key) DO NOTHING
RETURNING id`

const heldByKeySQL = `SELECT id, due_at FROM held_replies WHERE ticket_id = @ticket AND author_id = @me AND send_key = @key`

// Hold takes an agent's reply as Answer does, and lets it wait. Once it returns,
// the reply is sent at its time, or becomes a draft again and its author is
// told: nothing is lost. The same Key a second time is the same reply.
//
// It returns what Answer does, and fault.Invalid with field send_at for a time
// that has passed or lies more than a year ahead.
func (s *Service) Hold(ctx context.Context, by auth.Actor, number int64, in AgentReply, h Hold) (HeldReply, error) {
	if err := staffOnly(by); err != nil {
		return HeldReply{}, err
	}
	if err := h.time(s.now()); err != nil {
		return HeldReply{}, err
	}
	typed := in.Message
	var err error
	if in.Message, err = s.fillIn(ctx, by, number, typed, in.MessageKind); err != nil {
		return HeldReply{}, err
	}
	r, err := checkReply(in, h.At)
	if err != nil {
		return HeldReply{}, err
	}
	if r.Key == "" {
		r.Key = rand.Text()
	}
	out := HeldReply{AuthorID: by.PersonID, AuthorName: by.Name, Why: h.Why, DueAt: h.At, UnlessReply: h.UnlessReply, Message: in.Message, MessageKind: in.MessageKind}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		c := begin(t, by, s.now())
		args := pgx.NamedArgs{"ticket": t.ID, "me": by.PersonID, "key": r.Key}
		if err := tx.QueryRow(ctx, heldByKeySQL, args).Scan(&out.ID, &out.DueAt); !errors.Is(err, pgx.ErrNoRows) {
			return err // it is held already, or Postgres failed
		}
		return s.hold(ctx, tx, c, heldReply{r, h, typed}, &out)
	})
	if err != nil {
		return HeldReply{}, fmt.Errorf("hold a reply to ticket %d: %w", number, err)
	}
	return out, nil
}

// time sets when the reply is sent, and refuses what is no time to come.
func (h *Hold) time(now time.Time) error {
	if h.Why == ForUndo {
		h.At, h.UnlessReply = now.Add(UndoTime), false
		return nil
	}
	var wrong fault.Field
	switch {
	case !h.At.After(now):
		wrong.Add("send_at", "ticket.send_at_past")
	case h.At.After(now.AddDate(1, 0, 0)):
		wrong.Add("send_at", "ticket.send_at_far")
	}
	return wrong.Err()
}

// heldReply is a reply on its way to those that wait, with the text as it was
// typed: so it comes back to the editor.
type heldReply struct {
	checkedReply
	Hold
	typed string
}

// hold checks r as if it were sent now, and writes it down.
func (s *Service) hold(ctx context.Context, tx pgx.Tx, c *change, r heldReply, out *HeldReply) error {
	if _, err := c.Status.Next(r.trigger); err != nil {
		return err
	}
	if err := overtaken(ctx, tx, c, r.Seen); err != nil {
		return err
	}
	if err := s.checkCC(ctx, tx, c, r.cc, r.To.Confirmed); err != nil {
		return err
	}
	if err := stagedFor(ctx, tx, c.by.PersonID, r.Uploads, s.Limits(ctx)); err != nil {
		return err
	}
	if r.Uploads == nil {
		r.Uploads = []int64{}
	}
	err := tx.QueryRow(ctx, insertHeldSQL, pgx.NamedArgs{
		"ticket": c.ID, "me": c.by.PersonID, "why": r.Why, "due": r.At, "unless": r.UnlessReply, "reply": r.AgentReply, "body": richtext.Clean(r.typed),
		"body_kind": typedKind(r.MessageKind), "form": keptForm(r.Form), "uploads": r.Uploads, "key": r.Key, "now": c.now,
	}).Scan(&out.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // sent already: the form arrived once more
	}
	if err != nil {
		return err
	}
	if err := deleteDraft(ctx, tx, c.by.PersonID, c.AskedID, ReplyDraft, sentForm{Key: r.Key, Version: r.DraftVersion}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, holdVersionsSQL, pgx.NamedArgs{"me": c.by.PersonID, "ticket": c.AskedID, "key": r.Key}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, notifySQL, pgx.NamedArgs{"payload": livePayload(c.Number)}); err != nil || s.hooks.Later == nil {
		return err
	}
	return s.hooks.Later(ctx, tx, out.ID, r.At)
}

// typedKind is a kind of text that a draft may have.
func typedKind(k richtext.Kind) richtext.Kind {
	if k == richtext.KindHTML {
		return k
	}
	return richtext.KindMarkdown
}

const stagedForSQL = `
SELECT count(*), coalesce(sum(size), 0)::bigint FROM attachments WHERE id = ANY (@ids) AND owner_id = @owner AND ticket_id IS NULL`

// stagedFor refuses files that a message could not claim.
func stagedFor(ctx context.Context, tx pgx.Tx, owner int64, ids []int64, rules UploadRules) error {
	if len(ids) == 0 {
		return nil
	}
	var n int
	var size int64
	if err := tx.QueryRow(ctx, stagedForSQL, pgx.NamedArgs{"ids": ids, "owner": owner}).Scan(&n, &size); err != nil {
		return err
	}
	return rules.fits(n, len(ids), size)
}

const heldTicketSQL = `
SELECT t.number FROM held_replies h JOIN tickets t ON t.id = h.ticket_id WHERE h.id = @id AND h.author_id = @me`

// TakeBack makes a reply that waits its author's draft again, with all that
// belongs to it, and returns the ticket's number. What they have begun since
// stays beside it. It returns fault.Conflict when the reply was sent already or
// is not by's.
func (s *Service) TakeBack(ctx context.Context, by auth.Actor, id int64) (int64, error) {
	var number int64
	gone := fault.New(fault.Conflict, "ticket.held_gone")
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	err := s.db.QueryRow(ctx, heldTicketSQL, pgx.NamedArgs{"id": id, "me": by.PersonID}).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, gone
	}
	if err != nil {
		return 0, err
	}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		h, err := takeHeld(ctx, tx, id)
		if err != nil {
			return pg.NotFound(err, "ticket.held_gone")
		}
		if err := s.restore(ctx, tx, h); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, notifySQL, pgx.NamedArgs{"payload": livePayload(t.Number)})
		return err
	})
	if fault.Of(err).Key == "ticket.held_gone" {
		return number, gone
	}
	return number, err
}

const draftAsideSQL = `
WITH former AS (
    DELETE FROM drafts WHERE person_id = @person AND ticket_id = @ticket AND kind = @kind RETURNING *
)
INSERT INTO spare_drafts (person_id, ticket_id, kind, writer, writer_n, body, body_kind, form, uploads, returned, updated_at)
SELECT person_id, ticket_id, kind, 'former-' || gen_random_uuid(), 0, body, body_kind, form, uploads, returned, updated_at FROM former`

// layTries bounds how often another page's first save may come in between.
const layTries = 5

// layDraft makes a text the draft; another draft moves beside it, also one whose
// first save came while we looked.
func layDraft(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	for range layTries {
		if _, err := tx.Exec(ctx, draftAsideSQL, args); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, layDraftSQL, args)
		if err != nil || tag.RowsAffected() > 0 {
			return err
		}
	}
	_, err := tx.Exec(ctx, laySpareSQL, args)
	return err
}

// restore makes a held reply the draft; another draft moves beside it.
func (s *Service) restore(ctx context.Context, tx pgx.Tx, h heldRow) error {
	if err := layDraft(ctx, tx, h.draftArgs("", s.now())); err != nil {
		return err
	}
	return freeVersions(ctx, tx, h)
}
