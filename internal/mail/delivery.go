package mail

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// State is where a letter stands (T8b).
type State string

// The states.
const (
	Queued   State = "queued"   // waits for its first or next try
	Sent     State = "sent"     // the mail server took it
	Kept     State = "kept"     // no mail server is set up: it can be read in the outbox
	Failed   State = "failed"   // refused for good, or tried for a day
	Unwanted State = "unwanted" // the person chose not to get such letters, or may not read the ticket any more
)

// States lists all of them, as the outbox filters by.
var States = []State{Queued, Sent, Kept, Failed, Unwanted}

// Delivery is a letter in the outbox.
type Delivery struct {
	ID        int64
	Kind      Kind
	Recipient string
	PersonID  *int64 // nil: an address of nobody we know
	Lang      string // "": the person's own, else the desk's
	TicketID  *int64
	MessageID *int64
	Data      map[string]string // empty when it held a secret and was sent
	RFCID     string            // its Message-ID without brackets
	State     State
	Tries     int
	Detail    string // what the mail server said last
	CreatedAt time.Time
	StateAt   time.Time
}

// DeliveryColumns are the columns of Delivery, of a table aliased d.
const DeliveryColumns = `d.id, d.kind, d.recipient, d.person_id, d.lang, d.ticket_id, d.message_id, d.data, d.rfc_id AS rfcid, d.state, d.tries,
    d.detail, d.created_at, d.state_at`

const lockSQL = `SELECT ` + DeliveryColumns + ` FROM deliveries d WHERE d.id = @id FOR UPDATE`

// Lock reads a letter and holds its row until tx ends, so that two jobs never
// hand over the same one at once. pgx.ErrNoRows: there is none.
func Lock(ctx context.Context, tx pgx.Tx, id int64) (Delivery, error) {
	rows, _ := tx.Query(ctx, lockSQL, pgx.NamedArgs{"id": id}) // CollectExactlyOneRow returns its error
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Delivery])
	if err != nil {
		return Delivery{}, fmt.Errorf("lock letter %d: %w", id, err)
	}
	return d, nil
}

// maxDetail bounds what is kept of a server's words, in bytes.
const maxDetail = 1000

const settleSQL = `
UPDATE deliveries SET state = @state, detail = @detail, tries = tries + 1, state_at = @now, data = CASE WHEN @forget THEN '{}' ELSE data END
WHERE id = @id`

// Settle writes what became of a try: the state and what the mail server said.
// A letter with a secret forgets it once it is sent.
func (o *Outbox) Settle(ctx context.Context, tx pgx.Tx, d Delivery, state State, detail string) error {
	spec, _ := SpecOf(d.Kind)
	if len(detail) > maxDetail {
		detail = detail[:maxDetail]
		for !utf8.ValidString(detail) {
			detail = detail[:len(detail)-1]
		}
	}
	_, err := tx.Exec(ctx, settleSQL, pgx.NamedArgs{
		"id": d.ID, "state": state, "detail": detail, "now": o.now(), "forget": spec.Secret && state == Sent,
	})
	if err != nil {
		return fmt.Errorf("settle letter %d: %w", d.ID, err)
	}
	return nil
}

const againSQL = `UPDATE deliveries SET state = 'queued', tries = 0, state_at = @now WHERE id = @id AND state IN ('failed', 'kept')`

// Again queues a letter that failed or was kept once more. ok is false when it
// is in no such state any more.
func (o *Outbox) Again(ctx context.Context, tx pgx.Tx, id int64) (ok bool, err error) {
	tag, err := tx.Exec(ctx, againSQL, pgx.NamedArgs{"id": id, "now": o.now()})
	if err != nil {
		return false, fmt.Errorf("send letter %d again: %w", id, err)
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	return true, o.enqueue(ctx, tx, []int64{id})
}

// stuckAfter is how long a letter may wait without a try before its job counts
// as lost: much longer than the longest pause, so that a busy queue is none.
const stuckAfter = 36 * time.Hour

const stuckSQL = `
UPDATE deliveries SET tries = 0, state_at = @now
WHERE id IN (SELECT id FROM deliveries WHERE state = 'queued' AND state_at < @before ORDER BY id LIMIT 1000)
RETURNING id`

// Requeue gives a new job to letters that wait without one, and returns how
// many: a process that is killed in a letter's last try takes the job with it.
func (o *Outbox) Requeue(ctx context.Context, tx pgx.Tx) (int, error) {
	now := o.now()
	rows, _ := tx.Query(ctx, stuckSQL, pgx.NamedArgs{"now": now, "before": now.Add(-stuckAfter)}) // CollectRows returns its error
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("find letters that are stuck: %w", err)
	}
	return len(ids), o.enqueue(ctx, tx, ids)
}
