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
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// Letter is one letter to one recipient, as its cause writes it.
type Letter struct {
	Kind      Kind
	To        string            // normalised address; "": PersonID's own
	PersonID  int64             // who reads it; 0: whoever has the address, or nobody we know
	Lang      string            // the reader's language; "": the person's own, else the desk's
	TicketID  int64             // what it is about; 0: nothing
	MessageID int64             // the message it carries; 0: none. One letter a message and recipient, however often it is queued
	Data      map[string]string // values of its placeholders, see Kinds
}

// WhyCompany is the value of "why" in a letter's Data that says that its reader
// gets it because they see their company's tickets.
const WhyCompany = "company"

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

// Domain is what stands behind the @ of Message-IDs.
func (o *Outbox) Domain() string { return o.domain }

// Send is the job that sends one letter.
type Send struct {
	DeliveryID int64 `json:"delivery_id"`
}

// Kind names the job in the queue.
func (Send) Kind() string { return "mail_send" }

// JobQueue is the queue of letters, apart from the others: a mail server that
// is slow or gone keeps nothing else waiting.
const JobQueue = "mail"

// waits are the pauses between the tries of one letter, about a day in all.
var waits = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
}

// Wait is the pause after the n-th try, counted from 1.
func Wait(n int) time.Duration { return waits[min(max(n, 1), len(waits))-1] }

// Tries is how often a letter is handed over before it counts as failed.
func Tries() int { return len(waits) + 1 }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (Send) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: JobQueue, MaxAttempts: Tries()}
}

// queueSQL takes in all letters of a transaction. Nobody writes to people who
// are shut out.
const queueSQL = `
INSERT INTO deliveries (kind, recipient, person_id, lang, ticket_id, message_id, data, rfc_id, created_at, state_at)
SELECT w.kind, w.recipient, w.person_id, w.lang, nullif(w.ticket, 0), nullif(w.message, 0), w.data::jsonb, w.rfc_id, @now, @now
FROM (
    SELECT l.*,
        coalesce(nullif(l.address, ''), (SELECT i.value FROM identities i WHERE i.kind = 'email' AND i.person_id = l.person ORDER BY i.id LIMIT 1)) AS recipient,
        coalesce(nullif(l.person, 0), (SELECT i.person_id FROM identities i WHERE i.kind = 'email' AND i.value = l.address)) AS person_id
    FROM unnest(@kinds::text[], @addresses::text[], @people::bigint[], @langs::text[], @tickets::bigint[], @messages::bigint[],
        @data::text[], @rfc_ids::text[]) AS l (kind, address, person, lang, ticket, message, data, rfc_id)) w
LEFT JOIN people p ON p.id = w.person_id
WHERE w.recipient IS NOT NULL AND p.disabled_at IS NULL
ON CONFLICT (message_id, recipient, channel) WHERE message_id IS NOT NULL DO NOTHING
RETURNING id`

// Queue takes letters in, as part of tx: they leave when it commits and are
// never spoken of when it does not. An Outbox that is nil forgets them: what a
// demo tells of the past is nobody's post.
func (o *Outbox) Queue(ctx context.Context, tx pgx.Tx, letters ...Letter) error {
	if len(letters) == 0 || o == nil {
		return nil
	}
	args, err := o.columns(letters)
	if err != nil {
		return err
	}
	rows, _ := tx.Query(ctx, queueSQL, args) // CollectRows returns its error
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("queue letters: %w", err)
	}
	return o.enqueue(ctx, tx, ids)
}

// columns are the arguments of queueSQL: the letters by column.
func (o *Outbox) columns(letters []Letter) (pgx.NamedArgs, error) {
	n := len(letters)
	kinds, addresses, langs, data, ids := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	people, tickets, messages := make([]int64, n), make([]int64, n), make([]int64, n)
	for i, l := range letters {
		if l.Data == nil {
			l.Data = map[string]string{}
		}
		b, err := json.Marshal(l.Data)
		if err != nil {
			return nil, fmt.Errorf("queue a letter: %w", err)
		}
		kinds[i], addresses[i], langs[i], data[i], ids[i] = string(l.Kind), l.To, l.Lang, string(b), o.newID()
		people[i], tickets[i], messages[i] = l.PersonID, l.TicketID, l.MessageID
	}
	return pgx.NamedArgs{
		"kinds": kinds, "addresses": addresses, "people": people, "langs": langs, "tickets": tickets, "messages": messages,
		"data": data, "rfc_ids": ids, "now": o.now(),
	}, nil
}

// enqueue adds a job for each delivery.
func (o *Outbox) enqueue(ctx context.Context, tx pgx.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	jobs := make([]river.InsertManyParams, len(ids))
	for i, id := range ids {
		jobs[i].Args = Send{DeliveryID: id}
	}
	if _, err := o.jobs.InsertManyTx(ctx, tx, jobs); err != nil {
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
