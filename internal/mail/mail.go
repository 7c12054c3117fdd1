// Package mail keeps the outbox: every letter that the desk sends, from the
// transaction that causes it until the mail server has taken it.
//
// A use case queues letters in its own transaction; a job each renders and
// sends them. What a letter says is decided by its Kind: the words stand in the
// catalogue under mail.<kind>, package notify puts them together.
package mail

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// Letter is one letter to one recipient, as its cause writes it.
type Letter struct {
	Kind      Kind
	To        string            // normalised address
	PersonID  int64             // who reads it; 0: nobody we know
	Lang      string            // the reader's language; "": the person's own, else the desk's
	TicketID  int64             // what it is about; 0: nothing
	MessageID int64             // the reply it carries; 0: none. One letter a reply and recipient, however often it is queued
	Data      map[string]string // values of its placeholders, see Kinds
}

// Outbox takes letters in.
type Outbox struct {
	jobs   *river.Client[pgx.Tx]
	domain string // of Message-IDs
	now    func() time.Time
}

// NewOutbox returns an outbox that puts its jobs into jobs and names domain in
// Message-IDs.
func NewOutbox(jobs *river.Client[pgx.Tx], domain string, now func() time.Time) *Outbox {
	return &Outbox{jobs: jobs, domain: domain, now: now}
}

// Send is the job that sends one letter.
type Send struct {
	DeliveryID int64 `json:"delivery_id"`
}

// Kind names the job in the queue.
func (Send) Kind() string { return "mail_send" }

const queueSQL = `
INSERT INTO deliveries (kind, recipient, person_id, lang, ticket_id, message_id, data, rfc_id, created_at, state_at)
SELECT @kind, @to, nullif(@person, 0), @lang, nullif(@ticket, 0), nullif(@message, 0), @data, @rfc_id, @now, @now
ON CONFLICT (message_id, recipient, channel) WHERE message_id IS NOT NULL DO NOTHING
RETURNING id`

// Queue takes letters in, as part of tx: they leave when it commits and are
// never spoken of when it does not.
func (o *Outbox) Queue(ctx context.Context, tx pgx.Tx, letters ...Letter) error {
	if len(letters) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	var jobs []river.InsertManyParams
	for _, l := range letters {
		if l.Data == nil {
			l.Data = map[string]string{}
		}
		q := b.Queue(queueSQL, pgx.NamedArgs{
			"kind": l.Kind, "to": l.To, "person": l.PersonID, "lang": l.Lang, "ticket": l.TicketID, "message": l.MessageID,
			"data": l.Data, "rfc_id": o.newID(), "now": o.now(),
		})
		q.Query(func(rows pgx.Rows) error {
			ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			for _, id := range ids {
				jobs = append(jobs, river.InsertManyParams{Args: Send{DeliveryID: id}})
			}
			return err
		})
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("queue letters: %w", err)
	}
	if len(jobs) == 0 {
		return nil
	}
	if _, err := o.jobs.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("queue letters: %w", err)
	}
	return nil
}

// newID is a letter's Message-ID without its brackets. It is made once, so that
// a letter sent twice by accident is one letter to the mail program.
func (o *Outbox) newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:]) + "@" + o.domain
}
