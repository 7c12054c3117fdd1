package privacy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// KeepExport is how long a copy can be fetched.
const KeepExport = 7 * 24 * time.Hour

// exportsADay is how many copies a person may ask for in a day.
const exportsADay = 3

// ExportState is where a copy stands.
type ExportState string

// The states of a copy.
const (
	Queued  ExportState = "queued" // a job makes it
	Ready   ExportState = "ready"
	Failed  ExportState = "failed" // the job gave up
	Expired ExportState = "gone"   // its week is over
)

// Export is one copy of a person's data.
type Export struct {
	ID          int64       `json:"id"`
	State       ExportState `json:"state"`
	Size        int64       `json:"size"` // bytes
	Tickets     int         `json:"tickets"`
	Files       int         `json:"files"`
	RequestedAt time.Time   `json:"requested_at"`
	DoneAt      *time.Time  `json:"done_at"`
	ExpiresAt   *time.Time  `json:"expires_at"`
}

const insertExportSQL = `INSERT INTO exports (person_id, requested_at) VALUES (@me, @now) RETURNING id`

// RequestExport has a copy of by's own data made. Conflict: one is being made;
// TooMany: they asked for enough today.
func (s *Service) RequestExport(ctx context.Context, by auth.Actor) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	now := s.d.Now()
	if err := account.Throttle(ctx, s.d.DB, fmt.Sprintf("export:%d", by.PersonID), exportsADay, 24*time.Hour, now); err != nil {
		if fault.Is(err, fault.TooMany) {
			return fault.New(fault.TooMany, "privacy.export_enough", "count", exportsADay)
		}
		return err
	}
	err := pgx.BeginFunc(ctx, s.d.DB, func(tx pgx.Tx) error {
		var id int64
		if err := tx.QueryRow(ctx, insertExportSQL, pgx.NamedArgs{"me": by.PersonID, "now": now}).Scan(&id); err != nil {
			return err
		}
		return s.d.Enqueue(ctx, tx, id)
	})
	if pg.UniqueViolation(err, "exports_one") {
		return fault.New(fault.Conflict, "privacy.export_running")
	}
	if err != nil {
		return fmt.Errorf("ask for a copy: %w", err)
	}
	return nil
}

// Archive is a copy's file; the caller closes Body.
type Archive struct {
	Name   string
	DoneAt time.Time
	Body   io.ReadSeekCloser
}

const openExportSQL = `
SELECT key, done_at FROM exports WHERE id = @id AND person_id = @me AND state = 'ready' AND expires_at > @now`

// OpenExport opens a copy for the person it is of, and for nobody else whatever
// their role. NotFound also when its week is over.
func (s *Service) OpenExport(ctx context.Context, by auth.Actor, id int64) (Archive, error) {
	if !by.SignedIn() {
		return Archive{}, fault.New(fault.NotFound, "privacy.export_not_found")
	}
	var key string
	var a Archive
	err := s.d.DB.QueryRow(ctx, openExportSQL, pgx.NamedArgs{"id": id, "me": by.PersonID, "now": s.d.Now()}).Scan(&key, &a.DoneAt)
	if err != nil {
		return Archive{}, pg.NotFound(err, "privacy.export_not_found")
	}
	a.Body, err = s.d.Files.Open(key)
	if errors.Is(err, blob.ErrNotFound) {
		return Archive{}, fault.New(fault.NotFound, "privacy.export_not_found")
	}
	if err != nil {
		return Archive{}, fmt.Errorf("open a copy: %w", err)
	}
	a.Name = "my-data-" + a.DoneAt.UTC().Format(time.DateOnly) + ".zip"
	return a, nil
}
