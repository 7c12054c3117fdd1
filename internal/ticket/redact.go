package ticket

import (
	"context"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Bounds of a redaction.
const (
	maxSecrets = 20
	minSecret  = 3   // characters: what is shorter stands in half of all words
	maxSecret  = 500 // characters
	maxReason  = 300 // characters
)

// Redaction is what is to be taken out of something that was sent: a password
// that a customer wrote, a file with somebody's data.
type Redaction struct {
	MessageID  int64    // one of the two; what people pointed at
	NoteID     int64    //
	Secrets    []string // as they are shown
	Files      []int64  // attachments of that message or note
	Everywhere bool     // out of all of the ticket's messages, notes and former notes
	Reason     string
}

// Redacted is what a redaction found.
type Redacted struct {
	Places  int // of text
	Files   int
	Entries int // messages and notes that were changed
}

func (in *Redaction) check() error {
	var wrong fault.Field
	var secrets []string
	for _, s := range in.Secrets {
		s = richtext.Line(s)
		switch n := utf8.RuneCountInString(s); {
		case n == 0:
			continue
		case n < minSecret:
			wrong.Add("secrets", "ticket.redact_short", "limit", minSecret)
		case n > maxSecret:
			wrong.Add("secrets", "ticket.redact_long", "limit", maxSecret)
		}
		secrets = append(secrets, s)
	}
	if in.Secrets = secrets; len(secrets) > maxSecrets {
		wrong.Add("secrets", "ticket.redact_many", "limit", maxSecrets)
	}
	if len(secrets) == 0 && len(in.Files) == 0 {
		wrong.Add("secrets", "ticket.redact_what")
	}
	if in.Reason = richtext.Line(in.Reason); in.Reason == "" {
		wrong.Add("reason", "ticket.redact_why")
	} else if utf8.RuneCountInString(in.Reason) > maxReason {
		wrong.Add("reason", "ticket.redact_reason_long", "limit", maxReason)
	}
	return wrong.Err()
}

// The tables that a conversation's texts stand in; id is their row's.
const (
	redactTargetSQL = `
SELECT m.author_id, m.author_kind FROM messages m WHERE m.ticket_id = @ticket AND m.id = @message
UNION ALL SELECT n.author_id, 'agent' FROM notes n WHERE n.ticket_id = @ticket AND n.id = @note`

	redactTextsSQL = `
SELECT 'message' AS place, m.id, 0 AS version, m.source, m.source_kind FROM messages m
WHERE m.ticket_id = @ticket AND (@everywhere OR m.id = @message)
UNION ALL SELECT 'note', n.id, 0, n.source, n.source_kind FROM notes n WHERE n.ticket_id = @ticket AND (@everywhere OR n.id = @note)
UNION ALL SELECT 'version', v.note_id, v.version, v.source, v.source_kind FROM note_versions v JOIN notes n ON n.id = v.note_id
WHERE n.ticket_id = @ticket AND (@everywhere OR n.id = @note)
UNION ALL SELECT 'update', u.id, 0, u.source, u.source_kind FROM ticket_updates u
WHERE @everywhere AND u.parent_id = @ticket OR u.id IN (
    SELECT substring(m.send_key FROM '^update-([0-9]{1,18})')::bigint FROM messages m WHERE m.ticket_id = @ticket AND (@everywhere OR m.id = @message))
ORDER BY place, id, version`

	redactMessageSQL = `UPDATE messages SET source = @source, source_kind = @kind, text = @text, redacted = true WHERE id = @id`
	redactNoteSQL    = `UPDATE notes SET source = @source, source_kind = @kind, text = @text, redacted = true WHERE id = @id`
	redactVersionSQL = `UPDATE note_versions SET source = @source, source_kind = @kind WHERE note_id = @id AND version = @version`
	redactUpdateSQL  = `UPDATE ticket_updates SET source = @source, source_kind = @kind WHERE id = @id`
	redactSubjectSQL = `UPDATE tickets SET subject = @subject WHERE id = @ticket`

	redactFilesSQL = `
DELETE FROM attachments WHERE id = ANY (@files) AND ticket_id = @ticket AND (message_id = nullif(@message, 0) OR note_id = nullif(@note, 0))`

	redactionSQL = `
WITH message AS (UPDATE messages SET redacted = true WHERE id = @message), note AS (UPDATE notes SET redacted = true WHERE id = @note)
INSERT INTO redactions (ticket_id, message_id, note_id, by_id, at, reason, places, files)
VALUES (@ticket, nullif(@message, 0), nullif(@note, 0), @by, @at, @reason, @places, @files)`
)

// redactText is one text of a conversation.
type redactText struct {
	Place      string
	ID         int64
	Version    int
	Source     string
	SourceKind richtext.Kind
}

// redactSQL is how each place of a text is written.
var redactSQL = map[string]string{"message": redactMessageSQL, "note": redactNoteSQL, "version": redactVersionSQL, "update": redactUpdateSQL}

// Redact takes secrets and files out of what was sent, for ever: out of the text
// as it came, what is shown, what is searched and what was suggested of it. What
// stays is a mark in its place and who did it, when and why. Letters that have
// left cannot be called back. Drafts are their writers' alone and stay.
//
// It returns fault.Invalid with the fields secrets (nothing given, too short,
// or found nowhere) and reason, fault.NotFound for a message or note that is not
// the ticket's, and fault.Forbidden: agents redact what they wrote themselves,
// anything else takes auth.RedactMessages.
func (s *Service) Redact(ctx context.Context, by auth.Actor, number int64, in Redaction) (Redacted, error) {
	if err := staffOnly(by); err != nil {
		return Redacted{}, err
	}
	if err := in.check(); err != nil {
		return Redacted{}, err
	}
	var done Redacted
	err := s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		c := begin(t, by, s.now())
		args := pgx.NamedArgs{"ticket": t.ID, "message": in.MessageID, "note": in.NoteID, "everywhere": in.Everywhere, "files": in.Files}
		if err := mayRedactThis(ctx, tx, by, in, args); err != nil {
			return err
		}
		if done, err = s.redactTexts(ctx, tx, c, in, args); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, redactFilesSQL, args)
		if err != nil {
			return err
		}
		if done.Files = int(tag.RowsAffected()); done.Places+done.Files == 0 {
			var wrong fault.Field
			wrong.Add("secrets", "ticket.redact_nowhere")
			return wrong.Err()
		}
		_, err = tx.Exec(ctx, redactionSQL, pgx.NamedArgs{
			"ticket": t.ID, "message": in.MessageID, "note": in.NoteID, "by": by.PersonID, "at": c.now, "reason": in.Reason,
			"places": done.Places, "files": done.Files,
		})
		if err != nil {
			return err
		}
		c.record(WordsRedacted, "", in.Reason, "")
		if s.hooks.Reindex != nil {
			if err := s.hooks.Reindex(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		return c.aside(ctx, tx)
	})
	return done, err
}

// MayRedact reports whether by may take words out of what an author wrote: out of
// their own, and with the permission out of all.
func MayRedact(by auth.Actor, authorID *int64) bool {
	return by.May(auth.RedactMessages) || authorID != nil && *authorID == by.PersonID
}

// mayRedactThis asks whose words they are. Everywhere is more than one's own.
func mayRedactThis(ctx context.Context, tx pgx.Tx, by auth.Actor, in Redaction, args pgx.NamedArgs) error {
	if (in.MessageID > 0) == (in.NoteID > 0) {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	var author *int64
	var kind AuthorKind
	if err := tx.QueryRow(ctx, redactTargetSQL, args).Scan(&author, &kind); err != nil {
		return pg.NotFound(err, "ticket.message_not_found")
	}
	if !MayRedact(by, author) || in.Everywhere && !by.May(auth.RedactMessages) {
		return fault.New(fault.Forbidden, "ticket.redact_forbidden")
	}
	return nil
}

// redactTexts cleans every text that has a secret, and what was made of it.
func (s *Service) redactTexts(ctx context.Context, tx pgx.Tx, c *change, in Redaction, args pgx.NamedArgs) (Redacted, error) {
	var done Redacted
	if len(in.Secrets) == 0 {
		return done, nil
	}
	rows, _ := tx.Query(ctx, redactTextsSQL, args)
	texts, err := pgx.CollectRows(rows, pgx.RowToStructByName[redactText])
	if err != nil {
		return done, err
	}
	for _, x := range texts {
		source, kind, places := richtext.Redact(x.Source, x.SourceKind, in.Secrets)
		if places == 0 {
			continue
		}
		if x.Place != "update" { // what a message was made from: nobody counts it apart
			done.Places += places
		}
		if x.Place == "message" || x.Place == "note" {
			done.Entries++
		}
		_, err := tx.Exec(ctx, redactSQL[x.Place], pgx.NamedArgs{
			"id": x.ID, "version": x.Version, "source": source, "kind": kind, "text": richtext.Text(source, kind),
		})
		if err != nil {
			return done, err
		}
		if x.Place == "message" && s.hooks.Redacted != nil {
			if err := s.hooks.Redacted(ctx, tx, x.ID, in.Secrets); err != nil {
				return done, err
			}
		}
	}
	if subject, _, places := richtext.Redact(c.Subject, richtext.KindText, in.Secrets); in.Everywhere && places > 0 {
		done.Places += places
		if _, err := tx.Exec(ctx, redactSubjectSQL, pgx.NamedArgs{"ticket": c.ID, "subject": subject}); err != nil {
			return done, err
		}
	}
	return done, reword(ctx, tx, c.ID)
}

const (
	forgetWordsSQL = `DELETE FROM ticket_words WHERE ticket_id = @ticket`
	publicTextsSQL = `SELECT text FROM messages WHERE ticket_id = @ticket ORDER BY seq`
)

// reword builds anew what customers find a ticket by.
func reword(ctx context.Context, tx pgx.Tx, ticketID int64) error {
	args := pgx.NamedArgs{"ticket": ticketID}
	if _, err := tx.Exec(ctx, forgetWordsSQL, args); err != nil {
		return err
	}
	rows, _ := tx.Query(ctx, publicTextsSQL, args)
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, text := range texts {
		if err := addWords(ctx, tx, ticketID, text); err != nil {
			return err
		}
	}
	return rewordAnswers(ctx, tx, ticketID)
}
