package privacy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
)

// maxArchive bounds a copy, so that nobody's fills the disk.
const maxArchive = 20 << 30 // bytes

const dueExportSQL = `SELECT person_id FROM exports WHERE id = @id AND state = 'queued'`

const exportReadySQL = `
UPDATE exports SET state = 'ready', key = @key, size = @size, tickets = @tickets, files = @files, done_at = @now, expires_at = @until
WHERE id = @id AND state = 'queued'`

// Make makes the copy that was asked for and tells the person: the work of the
// job. It streams, so that it takes the same memory for a thousand tickets as
// for one. A copy that is made, or not wanted any more, is left alone.
func (s *Service) Make(ctx context.Context, id int64) error {
	var person int64
	err := s.d.DB.QueryRow(ctx, dueExportSQL, pgx.NamedArgs{"id": id}).Scan(&person)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what copy to make: %w", err)
	}
	by, err := s.d.Accounts.ByID(ctx, person)
	if fault.Is(err, fault.NotFound) { // switched off meanwhile
		return s.GiveUp(ctx, id)
	}
	if err != nil {
		return err
	}
	ctx = i18n.With(ctx, i18n.Reader{Lang: by.Lang, Zone: i18n.Zone(by.Zone)})
	a := &archive{s: s, by: by, now: s.d.Now()}
	from, to := io.Pipe()
	go func() { _ = to.CloseWithError(a.survive(ctx, to)) }()
	kept, err := s.d.Files.Put(ctx, from, maxArchive)
	_ = from.CloseWithError(err) // the writer must not wait for a reader that left
	if err != nil {
		return fmt.Errorf("make a copy: %w", err)
	}
	taken, err := s.ready(ctx, by, id, pgx.NamedArgs{"id": id, "key": kept.Key, "size": kept.Size, "tickets": len(a.tickets), "files": a.files})
	if err != nil || !taken {
		err = errors.Join(err, s.drop(context.WithoutCancel(ctx), kept.Key))
	}
	return err
}

// survive is write, whose panic would end the whole process: it runs in a
// goroutine of its own, below no recover of the queue's.
func (a *archive) survive(ctx context.Context, to io.Writer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("write a copy: %v\n%s", p, debug.Stack())
		}
	}()
	return a.write(ctx, to)
}

const namedSQL = `SELECT EXISTS (SELECT FROM attachments WHERE key = @key) OR EXISTS (SELECT FROM exports WHERE key = @key)`

// drop deletes the bytes of a copy that nobody can fetch, unless they are named
// elsewhere.
func (s *Service) drop(ctx context.Context, key string) error {
	var named bool
	if err := s.d.DB.QueryRow(ctx, namedSQL, pgx.NamedArgs{"key": key}).Scan(&named); err != nil {
		return fmt.Errorf("look who names a copy's bytes: %w", err)
	}
	if named {
		return nil
	}
	if err := s.d.Files.Delete(key); err != nil {
		return fmt.Errorf("delete a copy that is not wanted: %w", err)
	}
	return nil
}

// ready makes the copy one that can be fetched. taken is false when it is not
// wanted any more.
func (s *Service) ready(ctx context.Context, by auth.Actor, id int64, args pgx.NamedArgs) (taken bool, err error) {
	now := s.d.Now()
	args["now"], args["until"] = now, now.Add(KeepExport)
	err = pgx.BeginFunc(ctx, s.d.DB, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, exportReadySQL, args)
		taken = tag.RowsAffected() == 1
		if err != nil || !taken || by.Email == "" {
			return err
		}
		return s.d.Outbox.Queue(ctx, tx, mail.Letter{Kind: mail.ExportReady, To: by.Email, PersonID: by.PersonID, Data: map[string]string{
			"until": i18n.Date(ctx, now.Add(KeepExport)), "link": link.Profile + "#data",
		}})
	})
	if err != nil {
		return false, fmt.Errorf("finish copy %d: %w", id, err)
	}
	return taken, nil
}

const giveUpSQL = `UPDATE exports SET state = 'failed', done_at = @now WHERE id = @id AND state = 'queued'`

// GiveUp says that a copy could not be made: the person may ask again.
func (s *Service) GiveUp(ctx context.Context, id int64) error {
	if _, err := s.d.DB.Exec(ctx, giveUpSQL, pgx.NamedArgs{"id": id, "now": s.d.Now()}); err != nil {
		return fmt.Errorf("give a copy up: %w", err)
	}
	return nil
}

// MakeTimeout is how long a copy may take to be made.
const MakeTimeout = 2 * time.Hour
