package ticket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// purgeBatch is how many tickets one look-up for the trash finds.
const purgeBatch = 100

const overdueTrashSQL = `
SELECT t.number FROM tickets t
WHERE t.trashed_at < @before AND t.number <> ALL (@skip)
ORDER BY t.trashed_at, t.id
LIMIT @limit`

// EmptyTrash deletes for ever what has lain in the trash for the given time, each
// ticket in its own transaction, and returns how many. One that fails is
// reported after the rest is done and tried again next time.
func (s *Service) EmptyTrash(ctx context.Context, age time.Duration) (int, error) {
	n := 0
	before := s.now().Add(-age)
	skip := []int64{}
	var failed []error
	for {
		rows, _ := s.db.Query(ctx, overdueTrashSQL, pgx.NamedArgs{"before": before, "skip": skip, "limit": purgeBatch})
		numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return n, fmt.Errorf("look into the trash: %w", err)
		}
		for _, number := range numbers {
			if err := s.purge(ctx, auth.TheSystem(), number, before); err != nil {
				failed = append(failed, fmt.Errorf("ticket %d: %w", number, err))
				skip = append(skip, number)
				continue
			}
			n++
		}
		if len(numbers) < purgeBatch {
			return n, errors.Join(failed...)
		}
	}
}

// Purge deletes one ticket of the trash for ever, with its messages, notes,
// history and files. Only who runs the desk may; one that is not in the trash is
// fault.Conflict.
func (s *Service) Purge(ctx context.Context, by auth.Actor, number int64) error {
	if err := settingsOnly(by); err != nil {
		return err
	}
	return s.purge(ctx, by, number, s.now().Add(time.Second))
}

const (
	ticketKeysSQL = `
SELECT DISTINCT k.key FROM attachments a CROSS JOIN LATERAL (VALUES (a.key), (a.thumb)) AS k (key)
WHERE a.ticket_id = @id AND k.key <> ''
    AND NOT EXISTS (SELECT FROM attachments o WHERE o.key = a.key AND o.ticket_id IS DISTINCT FROM @id)`

	// What belongs to the ticket goes by the foreign keys' rules.
	purgeSQL = `DELETE FROM tickets WHERE id = @id`
)

// purge deletes a ticket that has been in the trash since before a time. The
// rows go first and together; bytes that no other ticket has go after, and are
// found by their names again should that be cut off.
func (s *Service) purge(ctx context.Context, by auth.Actor, number int64, before time.Time) error {
	var keys []string
	err := s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lockAny(ctx, tx, by, number)
		if err != nil {
			return err
		}
		if t.TrashedAt == nil || !t.TrashedAt.Before(before) {
			return fault.New(fault.Conflict, "ticket.not_in_trash")
		}
		rows, _ := tx.Query(ctx, ticketKeysSQL, pgx.NamedArgs{"id": t.ID})
		if keys, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			return err
		}
		if s.hooks.Purge != nil {
			if err := s.hooks.Purge(ctx, tx, t.ID, keys); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, purgeSQL, pgx.NamedArgs{"id": t.ID}); err != nil {
			return err
		}
		was := map[string]any{"subject": t.Subject, "requester": t.RequesterName, "spam": t.Spam}
		return s.audit(ctx, tx, by, "ticket.purged", "ticket:"+strconv.FormatInt(number, 10), was, nil)
	})
	if err != nil {
		return fmt.Errorf("delete a ticket for ever: %w", err)
	}
	for _, key := range keys {
		if err := s.forget(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
