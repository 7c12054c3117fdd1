package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/pg"
)

// Sessions stores scs's sessions in Postgres. Unlike scs's own store it obeys
// the request's ctx, so that a database that hangs does not hold requests that
// nobody waits for any more.
type Sessions struct {
	db    pg.DB
	owner func(data []byte) (person, device int64)
}

// NewSessions returns the store on db. owner reads who is signed in, and by
// which sign-in, out of a session's data; 0 is nobody.
func NewSessions(db pg.DB, owner func(data []byte) (person, device int64)) *Sessions {
	return &Sessions{db, owner}
}

const findSessionSQL = `
SELECT s.data, coalesce(s.device_id, 0), coalesce(d.seen_at < current_timestamp - interval '5 minutes', false), p.*
FROM sessions s LEFT JOIN devices d ON d.id = s.device_id LEFT JOIN LATERAL (
    SELECT ` + actorColumns + `
    FROM people p LEFT JOIN credentials c ON c.person_id = p.id
    WHERE p.id = s.person_id AND p.disabled_at IS NULL) p ON true
WHERE s.token = @token AND s.expiry > current_timestamp`

// FindCtx returns a session's data; found is false when there is none or it has
// expired. Within Visit it remembers the person whose session it is. When the
// device was seen is written every five minutes at most: pages only read.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var id *int64 // nil: nobody is signed in, or they were disabled
	var name, lang, zone, theme, email *string
	var noKeys, atOnce *bool
	var unread *int
	var r actorRow
	var device int64
	var unseen bool
	err = s.db.QueryRow(ctx, findSessionSQL, pgx.NamedArgs{"token": token}).Scan(
		&data, &device, &unseen, &id, &name, &lang, &zone, &theme, &noKeys, &atOnce, &r.ChangedAt, &unread, &email, &r.Permissions, &r.Departments, &r.Hidden, &r.Companies)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	if id != nil {
		r.ID, r.Name, r.Lang, r.Zone, r.Theme, r.NoKeys, r.Email = *id, *name, *lang, *zone, *theme, *noKeys, *email
		r.SendAtOnce, r.Unread = *atOnce, *unread
		remember(ctx, r, device)
	}
	if unseen {
		if _, err := s.db.Exec(ctx, seenSQL, pgx.NamedArgs{"id": device}); err != nil {
			return nil, false, fmt.Errorf("note that a device was seen: %w", err)
		}
	}
	return data, true, nil
}

const seenSQL = `UPDATE devices SET seen_at = current_timestamp WHERE id = @id`

const saveSessionSQL = `
INSERT INTO sessions (token, data, person_id, device_id, expiry)
VALUES (@token, @data, nullif(@person::bigint, 0), nullif(@device::bigint, 0), @expiry)
ON CONFLICT (token) DO UPDATE SET data = EXCLUDED.data, person_id = EXCLUDED.person_id, device_id = EXCLUDED.device_id, expiry = EXCLUDED.expiry`

// CommitCtx saves a session. One whose sign-in was ended meanwhile stays ended.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	person, device := s.owner(data)
	args := pgx.NamedArgs{"token": token, "data": data, "person": person, "device": device, "expiry": expiry}
	_, err := s.db.Exec(ctx, saveSessionSQL, args)
	if err != nil && !pg.Broken(err, "sessions_device_id_fkey") {
		return fmt.Errorf("save a session: %w", err)
	}
	return nil
}

const deleteSessionSQL = `DELETE FROM sessions WHERE token = @token`

// DeleteCtx ends a session.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	if _, err := s.db.Exec(ctx, deleteSessionSQL, pgx.NamedArgs{"token": token}); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// Find, Commit and Delete complete scs.Store; scs calls the ones with ctx.

// Find is FindCtx without a ctx.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a ctx.
func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a ctx.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

const (
	sweepSessionsSQL      = `DELETE FROM sessions WHERE expiry < @now`
	sweepThrottlesSQL     = `DELETE FROM throttles WHERE window_end < @now`
	sweepDevicesSQL       = `DELETE FROM devices WHERE expires_at < @now`
	sweepTokensSQL        = `DELETE FROM account_tokens WHERE expires_at < @now`
	sweepRegistrationsSQL = `DELETE FROM registrations WHERE expires_at < @now`
)

// Sweep deletes sessions, sign-ins, links and counted attempts that have run
// out; a periodic job calls it.
func (s *Service) Sweep(ctx context.Context) error {
	for _, q := range []string{sweepSessionsSQL, sweepThrottlesSQL, sweepDevicesSQL, sweepTokensSQL, sweepRegistrationsSQL} {
		if _, err := s.db.Exec(ctx, q, pgx.NamedArgs{"now": s.now()}); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
	}
	return nil
}
