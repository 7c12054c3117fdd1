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
	db     pg.DB
	person func(data []byte) int64
}

// NewSessions returns the store on db. person reads who is signed in out of a
// session's data; 0 is nobody.
func NewSessions(db pg.DB, person func(data []byte) int64) *Sessions { return &Sessions{db, person} }

const findSessionSQL = `
SELECT s.data, p.*
FROM sessions s LEFT JOIN LATERAL (
    SELECT ` + actorColumns + `
    FROM people p LEFT JOIN credentials c ON c.person_id = p.id
    WHERE p.id = s.person_id AND p.disabled_at IS NULL) p ON true
WHERE s.token = @token AND s.expiry > current_timestamp`

// FindCtx returns a session's data; found is false when there is none or it has
// expired. Within Visit it remembers the person whose session it is.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var id *int64 // nil: nobody is signed in, or they were disabled
	var name, lang, zone, theme, email *string
	var r actorRow
	err = s.db.QueryRow(ctx, findSessionSQL, pgx.NamedArgs{"token": token}).Scan(
		&data, &id, &name, &lang, &zone, &theme, &r.ChangedAt, &email, &r.Permissions, &r.Companies)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a session: %w", err)
	}
	if id != nil {
		r.ID, r.Name, r.Lang, r.Zone, r.Theme, r.Email = *id, *name, *lang, *zone, *theme, *email
		remember(ctx, r)
	}
	return data, true, nil
}

const saveSessionSQL = `
INSERT INTO sessions (token, data, person_id, expiry) VALUES (@token, @data, nullif(@person::bigint, 0), @expiry)
ON CONFLICT (token) DO UPDATE SET data = EXCLUDED.data, person_id = EXCLUDED.person_id, expiry = EXCLUDED.expiry`

// CommitCtx saves a session.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	args := pgx.NamedArgs{"token": token, "data": data, "person": s.person(data), "expiry": expiry}
	if _, err := s.db.Exec(ctx, saveSessionSQL, args); err != nil {
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
	sweepSessionsSQL  = `DELETE FROM sessions WHERE expiry < @now`
	sweepThrottlesSQL = `DELETE FROM throttles WHERE window_end < @now`
)

// Sweep deletes sessions and counted attempts that have run out; a periodic job
// calls it.
func (s *Service) Sweep(ctx context.Context) error {
	for _, q := range []string{sweepSessionsSQL, sweepThrottlesSQL} {
		if _, err := s.db.Exec(ctx, q, pgx.NamedArgs{"now": s.now()}); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
	}
	return nil
}
