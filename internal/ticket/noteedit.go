package ticket

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// NoteHistory is an internal note with all that it ever said.
type NoteHistory struct {
	Number     int64 // of its ticket
	Subject    string
	ID, Seq    int64
	AuthorID   int64
	AuthorName string
	Source     string
	SourceKind richtext.Kind
	Version    int // of the text that stands
	CreatedAt  time.Time
	EditedAt   *time.Time
	PinnedAt   *time.Time
	Before     []NoteVersion // the former texts, the newest first
	CanEdit    bool
}

// NoteVersion is what a note said until it was edited.
type NoteVersion struct {
	Version    int           `json:"version"`
	Source     string        `json:"source"`
	SourceKind richtext.Kind `json:"source_kind"`
	WrittenAt  time.Time     `json:"written_at"`
}

const noteHistorySQL = `
SELECT t.number, t.subject, n.id, n.seq, n.author_id, p.name AS author_name, n.source, n.source_kind, n.version, n.created_at, n.edited_at, n.pinned_at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('version', v.version, 'source', v.source, 'source_kind', v.source_kind, 'written_at', v.written_at)
        ORDER BY v.version DESC) FROM note_versions v WHERE v.note_id = n.id), '[]') AS before
FROM notes n JOIN tickets t ON t.id = n.ticket_id JOIN people p ON p.id = n.author_id
WHERE n.id = @note AND t.number = @number AND ` + staffSees

type noteRow struct {
	Number     int64
	Subject    string
	ID, Seq    int64
	AuthorID   int64
	AuthorName string
	Source     string
	SourceKind richtext.Kind
	Version    int
	CreatedAt  time.Time
	EditedAt   *time.Time
	PinnedAt   *time.Time
	Before     []NoteVersion
}

// Note returns a note of a ticket with its history, or fault.NotFound.
func (s *Service) Note(ctx context.Context, by auth.Actor, number, id int64) (NoteHistory, error) {
	if err := staffOnly(by); err != nil {
		return NoteHistory{}, err
	}
	args := pgx.NamedArgs{"note": id, "number": number}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, noteHistorySQL, args)
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[noteRow])
	if err != nil {
		return NoteHistory{}, pg.NotFound(err, "ticket.note_not_found")
	}
	return NoteHistory{
		Number: r.Number, Subject: r.Subject, ID: r.ID, Seq: r.Seq, AuthorID: r.AuthorID, AuthorName: r.AuthorName,
		Source: r.Source, SourceKind: r.SourceKind, Version: r.Version, CreatedAt: r.CreatedAt, EditedAt: r.EditedAt, PinnedAt: r.PinnedAt,
		Before: r.Before, CanEdit: r.AuthorID == by.PersonID,
	}, nil
}

// EditedNote is what a note is to say from now on.
type EditedNote struct {
	Message     string
	MessageKind richtext.Kind
	Mentions    []int64
	Seen        int // the version that its writer changed
}

const (
	lockNoteSQL = `SELECT author_id, seq, source, source_kind, version FROM notes WHERE id = @note AND ticket_id = @ticket FOR UPDATE`

	keepVersionSQL = `
INSERT INTO note_versions (note_id, version, source, source_kind, written_at)
SELECT id, version, source, source_kind, coalesce(edited_at, created_at) FROM notes WHERE id = @note`

	editNoteSQL = `
UPDATE notes SET source = @source, source_kind = @kind, text = @text, version = version + 1, edited_at = @at WHERE id = @note`
)

// EditNote gives a note of by's another text; what it said stays in its history.
// Agents whom it names newly hear of it. The same text again changes nothing.
//
// It returns fault.NotFound for a note that is not on the ticket,
// fault.Forbidden for somebody else's, fault.Conflict as "ticket.note_changed"
// when it was edited since Seen, and fault.Invalid with the fields message and
// mentions.
func (s *Service) EditNote(ctx context.Context, by auth.Actor, number, id int64, in EditedNote) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var wrong fault.Field
	text := newBody(&wrong, in.Message, in.MessageKind)
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		args := pgx.NamedArgs{"note": id, "ticket": t.ID, "source": text.Source, "kind": text.Kind, "text": text.Text, "at": s.now()}
		var author, seq int64
		var source string
		var kind richtext.Kind
		var version int
		if err := tx.QueryRow(ctx, lockNoteSQL, args).Scan(&author, &seq, &source, &kind, &version); err != nil {
			return pg.NotFound(err, "ticket.note_not_found")
		}
		switch {
		case author != by.PersonID:
			return fault.New(fault.Forbidden, "ticket.note_not_yours")
		case source == text.Source && kind == text.Kind:
			return nil
		case version != in.Seen:
			return fault.New(fault.Conflict, "ticket.note_changed")
		}
		for _, sql := range []string{keepVersionSQL, editNoteSQL} {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		if err := mention(ctx, tx, t.Ticket, id, named(in.Mentions, text)); err != nil {
			return err
		}
		if len(in.Mentions) > 0 {
			if err := s.happened(ctx, tx, t.ID, seq-1, seq); err != nil { // who was named now hears of it
				return err
			}
		}
		return advance(ctx, tx, t.Ticket, t.TimelineSeq) // its place stays; open pages show the new text
	})
}

const (
	unpinNotesSQL = `UPDATE notes SET pinned_at = NULL, pinned_by = NULL WHERE ticket_id = @ticket AND pinned_at IS NOT NULL`
	pinNoteSQL    = `UPDATE notes SET pinned_at = @at, pinned_by = @by WHERE id = @note AND ticket_id = @ticket`
)

// PinNote puts a note above the ticket's conversation, in the place of the one
// that was there.
func (s *Service) PinNote(ctx context.Context, by auth.Actor, number, id int64) error {
	return s.pin(ctx, by, number, id, NotePinned)
}

// UnpinNote takes the ticket's pinned note down again; a note that is not pinned
// changes nothing.
func (s *Service) UnpinNote(ctx context.Context, by auth.Actor, number, id int64) error {
	return s.pin(ctx, by, number, id, NoteUnpinned)
}

const pinnedSQL = `SELECT seq, pinned_at IS NOT NULL FROM notes WHERE id = @note AND ticket_id = @ticket`

func (s *Service) pin(ctx context.Context, by auth.Actor, number, id int64, to EventKind) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	return s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		args := pgx.NamedArgs{"note": id, "ticket": t.ID, "at": s.now(), "by": by.PersonID}
		var seq int64
		var pinned bool
		if err := tx.QueryRow(ctx, pinnedSQL, args).Scan(&seq, &pinned); err != nil {
			return pg.NotFound(err, "ticket.note_not_found")
		}
		if pinned == (to == NotePinned) {
			return nil
		}
		c := begin(t, by, s.now())
		c.record(to, "", strconv.FormatInt(seq, 10), "")
		if _, err := tx.Exec(ctx, unpinNotesSQL, args); err != nil {
			return err
		}
		if to == NotePinned {
			if _, err := tx.Exec(ctx, pinNoteSQL, args); err != nil {
				return err
			}
		}
		return c.aside(ctx, tx)
	})
}
