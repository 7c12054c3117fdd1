package ticket

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// NewNote is what an agent writes for agents alone (A5).
type NewNote struct {
	Message     string
	MessageKind richtext.Kind
	Mentions    []int64 // agents who are named and shall hear of it
	Uploads     []int64 // staged
	Key         string  // the form's idempotency key

	DraftVersion int64 // of the draft that the form began with; 0: none
}

const insertNoteSQL = `
INSERT INTO notes (ticket_id, seq, author_id, source, source_kind, text, send_key, created_at)
VALUES (@ticket_id, @seq, @author_id, @source, @source_kind, @text, nullif(@send_key, ''), @at)
ON CONFLICT (ticket_id, send_key) WHERE send_key IS NOT NULL DO NOTHING
RETURNING id`

// AddNote writes an internal note, on closed tickets too, and returns its place
// in the timeline. It moves nothing and tells the customer nothing; the
// ticket's last activity stays where it was. It returns fault.Invalid with the
// fields message, mentions (somebody who may not see the ticket) and attachments.
func (s *Service) AddNote(ctx context.Context, by auth.Actor, number int64, in NewNote) (int64, error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	var wrong fault.Field
	text := newBody(&wrong, in.Message, in.MessageKind)
	if err := wrong.Err(); err != nil {
		return 0, err
	}
	var seq int64
	err := s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		seq = t.TimelineSeq + 1
		var id int64
		err = tx.QueryRow(ctx, insertNoteSQL, pgx.NamedArgs{
			"ticket_id": t.ID, "seq": seq, "author_id": by.PersonID, "source": text.Source, "source_kind": text.Kind,
			"text": text.Text, "send_key": in.Key, "at": s.now(),
		}).Scan(&id)
		if err != nil {
			return err
		}
		if err := mention(ctx, tx, t.Ticket, id, named(in.Mentions, text)); err != nil {
			return err
		}
		if len(in.Uploads) > 0 {
			if err := claim(ctx, tx, claimant{TicketID: t.ID, NoteID: &id, OwnerID: &by.PersonID, Rules: s.Limits(ctx)}, in.Uploads); err != nil {
				return err
			}
		}
		form := sentForm{Key: in.Key, Version: in.DraftVersion}
		if err := deleteDraft(ctx, tx, by.PersonID, t.AskedID, NoteDraft, form); err != nil {
			return err
		}
		if err := dropVersions(ctx, tx, by.PersonID, t.AskedID, NoteDraft, form); err != nil {
			return err
		}
		if err := advance(ctx, tx, t.Ticket, seq); err != nil {
			return err
		}
		return s.happened(ctx, tx, t.ID, seq-1, seq)
	})
	if key := in.Key; key != "" && (errors.Is(err, pgx.ErrNoRows) || fault.Is(err, fault.Invalid)) {
		if before, ok, lookErr := s.sent(ctx, by, number, key); lookErr == nil && ok {
			return before, nil
		}
	}
	return seq, err
}

const advanceSQL = `UPDATE tickets SET timeline_seq = @seq WHERE id = @id`

// advance moves the end of the timeline without touching anything that lists
// show, and tells open pages.
func advance(ctx context.Context, tx pgx.Tx, t Ticket, seq int64) error {
	b := &pgx.Batch{}
	b.Queue(advanceSQL, pgx.NamedArgs{"id": t.ID, "seq": seq})
	b.Queue(notifySQL, pgx.NamedArgs{"payload": livePayload(t.Number)})
	return tx.SendBatch(ctx, b).Close()
}
