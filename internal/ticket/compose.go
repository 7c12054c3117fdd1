package ticket

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Limits on what people type, in characters; the words of the refusals name them.
const (
	MaxSubject = 200
	MaxMessage = 64_000
)

// body is a message or note on its way into the timeline.
type body struct {
	Source string
	Kind   richtext.Kind
	Text   string
}

// newBody cleans what was typed and notes under message what is wrong with it.
func newBody(wrong *fault.Field, source string, kind richtext.Kind) body {
	switch kind {
	case richtext.KindHTML, richtext.KindMarkdown, richtext.KindText:
	default:
		kind = richtext.KindMarkdown
	}
	b := body{Source: strings.TrimSpace(richtext.Clean(source)), Kind: kind}
	if utf8.RuneCountInString(b.Source) > MaxMessage {
		wrong.Add("message", "ticket.message_too_long", "limit", MaxMessage)
		return b
	}
	b.Text = strings.TrimSpace(richtext.Text(b.Source, b.Kind))
	if b.Text == "" {
		wrong.Add("message", "ticket.message_empty")
	}
	return b
}

// message is one row of messages.
type message struct {
	body
	TicketID  int64
	Seq       int64
	AuthorID  *int64
	Author    AuthorKind
	CC        []string
	Skipped   []string // on copy and not mailed to
	Mode      ReplyMode
	Signature string // what it is sent with, in Markdown
	Personal  bool
	Key       string
	At        time.Time
	Rules     UploadRules // for its files
}

const insertMessageSQL = `
INSERT INTO messages (ticket_id, seq, author_id, author_kind, source, source_kind, text, signature, cc, skipped, reply_mode, personal, send_key, created_at)
VALUES (@ticket_id, @seq, @author_id, @author_kind, @source, @source_kind, @text, @signature, @cc, @skipped, @mode, @personal, nullif(@send_key, ''), @at)
ON CONFLICT (ticket_id, send_key) WHERE send_key IS NOT NULL DO NOTHING
RETURNING id`

// insertMessage writes m and takes the author's staged uploads into it. It
// returns pgx.ErrNoRows when a message with m's key is there already.
func insertMessage(ctx context.Context, tx pgx.Tx, m message, uploads []int64) (id int64, err error) {
	if m.CC == nil {
		m.CC = []string{}
	}
	if m.Skipped == nil {
		m.Skipped = []string{}
	}
	err = tx.QueryRow(ctx, insertMessageSQL, pgx.NamedArgs{
		"ticket_id": m.TicketID, "seq": m.Seq, "author_id": m.AuthorID, "author_kind": m.Author, "source": m.Source,
		"source_kind": m.Kind, "text": m.Text, "signature": m.Signature, "cc": m.CC, "skipped": m.Skipped, "mode": m.Mode, "personal": m.Personal, "send_key": m.Key, "at": m.At,
	}).Scan(&id)
	if err != nil {
		return 0, err
	}
	if err := addWords(ctx, tx, m.TicketID, m.Text); err != nil || len(uploads) == 0 {
		return id, err
	}
	return id, claim(ctx, tx, claimant{TicketID: m.TicketID, MessageID: &id, OwnerID: m.AuthorID, Rules: m.Rules}, uploads)
}

const sentSQL = `
SELECT m.seq FROM messages m
WHERE m.ticket_id = ` + leadsTo + ` AND m.send_key = @key AND m.author_id = @me
UNION ALL
SELECT n.seq FROM notes n
WHERE n.ticket_id = ` + leadsTo + ` AND n.send_key = @key AND n.author_id = @me`

// sent returns the place in the timeline of what by sent with this form before:
// a form that arrives twice is one message. ok is false when there is none.
func (s *Service) sent(ctx context.Context, by auth.Actor, number int64, key string) (seq int64, ok bool, err error) {
	rows, _ := s.db.Query(ctx, sentSQL, pgx.NamedArgs{"number": number, "key": key, "me": by.PersonID})
	seqs, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(seqs) == 0 {
		return 0, false, err
	}
	return seqs[0], true, nil
}
