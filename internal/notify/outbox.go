package notify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// pageSize is how many letters a page of the outbox shows.
const pageSize = 50

// OutboxFilter narrows the outbox.
type OutboxFilter struct {
	State  mail.State // "": all
	Before string     // the cursor of the page; "": the newest
}

// OutboxRow is a letter in the list.
type OutboxRow struct {
	ID        int64
	Kind      mail.Kind
	Recipient string
	Name      string // "": nobody we know
	Number    int64  // of its ticket; 0: about none
	Subject   string // of its ticket
	State     mail.State
	Tries     int
	Detail    string
	CreatedAt time.Time
}

// OutboxPage is a page of the outbox.
type OutboxPage struct {
	Rows []OutboxRow
	Next string // cursor of older letters; "": none
}

const outboxColumns = `d.id, d.kind, d.recipient, coalesce(p.name, '') AS name, coalesce(t.number, 0) AS number, coalesce(t.subject, '') AS subject,
    d.state, d.tries, d.detail, d.created_at
FROM deliveries d LEFT JOIN people p ON p.id = d.person_id LEFT JOIN tickets t ON t.id = d.ticket_id`

const outboxSQL = `SELECT ` + outboxColumns + ` WHERE d.id < @before ORDER BY d.id DESC LIMIT @limit`

const outboxStateSQL = `SELECT ` + outboxColumns + ` WHERE d.state = @state AND d.id < @before ORDER BY d.id DESC LIMIT @limit`

// List returns a page of the outbox and whether mail goes out, for an admin.
// Two statements, sent together.
func (s *Service) List(ctx context.Context, by auth.Actor, f OutboxFilter) (OutboxPage, Health, error) {
	if err := admins(by); err != nil {
		return OutboxPage{}, Health{}, err
	}
	sql := outboxSQL
	if f.State != "" {
		sql = outboxStateSQL
	}
	b := &pgx.Batch{}
	var p OutboxPage
	var h Health
	pg.QueueRows(b, &p.Rows, sql, pgx.NamedArgs{"state": f.State, "before": before(f.Before), "limit": pageSize + 1})
	pg.QueueRow(b, &h, healthSQL, nil)
	if err := s.DB.SendBatch(ctx, b).Close(); err != nil {
		return OutboxPage{}, Health{}, fmt.Errorf("read the outbox: %w", err)
	}
	if len(p.Rows) > pageSize {
		p.Rows = p.Rows[:pageSize]
		p.Next = strconv.FormatInt(p.Rows[pageSize-1].ID, 36)
	}
	return p, h, nil
}

// before reads a cursor; what is none is the beginning.
func before(cursor string) int64 {
	if n, err := strconv.ParseInt(cursor, 36, 64); err == nil && n > 0 {
		return n
	}
	return 1<<63 - 1
}

// Health says whether mail goes out.
type Health struct {
	Waiting   int        // letters that were tried and will be again, 100 at most
	Trouble   string     // what the mail server said last to one of them
	TroubleAt *time.Time // nil: no trouble
	LastSent  *time.Time // nil: none was sent yet
}

const healthSQL = `
SELECT (SELECT count(*) FROM (SELECT FROM deliveries WHERE state = 'queued' AND tries > 0 LIMIT 100) q) AS waiting,
    coalesce(w.detail, '') AS trouble, w.state_at AS trouble_at,
    (SELECT state_at FROM deliveries WHERE state = 'sent' ORDER BY id DESC LIMIT 1) AS last_sent
FROM (SELECT 1) one
LEFT JOIN LATERAL (SELECT detail, state_at FROM deliveries WHERE state = 'queued' AND tries > 0 ORDER BY id DESC LIMIT 1) w ON true`

// Letter is one letter of the outbox, put together as it went out or will.
type Letter struct {
	mail.Delivery
	Rendered
	Number  int64  // of its ticket; 0: about none
	Headers string // as sent, without the body
	Hidden  bool   // it held a secret that is gone
	Masked  bool   // it holds a code that is the reader's alone
}

const letterSQL = `SELECT ` + mail.DeliveryColumns + ` FROM deliveries d WHERE d.id = @id`

// Letter puts a letter together for an admin to read. The authorisation code of
// its reader is not in it.
func (s *Service) Letter(ctx context.Context, by auth.Actor, id int64) (Letter, error) {
	if err := admins(by); err != nil {
		return Letter{}, err
	}
	rows, _ := s.DB.Query(ctx, letterSQL, pgx.NamedArgs{"id": id}) // CollectExactlyOneRow returns its error
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[mail.Delivery])
	if err != nil {
		return Letter{}, pg.NotFound(err, "admin.outbox.not_found")
	}
	f, err := s.read(ctx, s.DB, d)
	if err != nil {
		return Letter{}, err
	}
	f.Masked = true
	m, err := s.message(ctx, f)
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Delivery: d, Rendered: Rendered{Subject: m.Subject, HTML: m.HTML, Text: m.Text}, Masked: f.Code != ""}
	l.Hidden = f.Spec.Secret && d.State == mail.Sent
	if f.Ticket != nil {
		l.Number = f.Ticket.Number
	}
	l.Headers = headers(m)
	return l, nil
}

// headers are the lines above a message's body.
func headers(m mail.Message) string {
	raw, err := m.Raw()
	if err != nil {
		return err.Error()
	}
	return mail.Head(raw)
}

// Again queues a letter that failed or was kept once more. It returns
// fault.Conflict when it is in no such state or nothing can be sent.
func (s *Service) Again(ctx context.Context, by auth.Actor, id int64) error {
	if !by.Staff() && !by.May(auth.ManageSettings) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	if s.Server == nil {
		return fault.New(fault.Conflict, "admin.outbox.retry_off")
	}
	return pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		ok, err := s.Outbox.Again(ctx, tx, id)
		if err == nil && !ok {
			return fault.New(fault.Conflict, "admin.outbox.retry_gone")
		}
		return err
	})
}

// Sweep lets no letter wait for ever: those whose job was lost get a new one.
func (s *Service) Sweep(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		_, err := s.Outbox.Requeue(ctx, tx)
		return err
	})
}

func admins(by auth.Actor) error {
	if !by.May(auth.ManageSettings) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	return nil
}

// KindWord names a kind of letter for a list.
func KindWord(ctx context.Context, k mail.Kind) string {
	key := "admin.outbox.kind." + string(k)
	if !i18n.Has(i18n.ReaderOf(ctx).Lang, key) {
		return string(k)
	}
	return i18n.T(ctx, key)
}
