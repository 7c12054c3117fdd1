package account

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
)

// How long a sign-in lasts: a day, or with "remember me" 30 days.
const (
	SignInLife     = 24 * time.Hour
	RememberedLife = 30 * 24 * time.Hour
)

// rotationGrace is how long the token before the newest is still good: a page's
// requests leave together, and only the first of them renews the token.
const rotationGrace = time.Minute

// Arrival is a person who has shown who they are, on a device.
type Arrival struct {
	PersonID int64
	Agent    string // User-Agent
	Place    string // network address
	Remember bool   // sign in again without a password for RememberedLife
	Former   int64  // the sign-in that this one replaces in the browser; 0: none
}

// Entry is a sign-in as the browser keeps it.
type Entry struct {
	PersonID int64
	Device   int64     // for the session
	Cookie   string    // "": not remembered
	Until    time.Time // when the cookie ends
}

const insertDeviceSQL = `
INSERT INTO devices (person_id, agent, place, started_at, seen_at, expires_at, series, token, rotated_at)
VALUES (@person, @agent, @place, @now, @now, @until, nullif(@series, ''), @token, @now)
RETURNING id`

const deleteDeviceSQL = `DELETE FROM devices WHERE id = @id`

// Begin makes a sign-in for a person and ends the one it replaces.
func (s *Service) Begin(ctx context.Context, in Arrival) (Entry, error) {
	now := s.now()
	e := Entry{PersonID: in.PersonID, Until: now.Add(SignInLife)}
	args := pgx.NamedArgs{"person": in.PersonID, "agent": clip(in.Agent, 300), "place": clip(in.Place, 64), "now": now, "series": "", "token": ""}
	if in.Remember {
		series, token := newToken(), newToken()
		e.Cookie, e.Until = series+"."+token, now.Add(RememberedLife)
		args["series"], args["token"] = digest(series), digest(token)
	}
	args["until"] = e.Until
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if in.Former != 0 {
			if _, err := tx.Exec(ctx, deleteDeviceSQL, pgx.NamedArgs{"id": in.Former}); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, insertDeviceSQL, args).Scan(&e.Device)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("begin a sign-in: %w", err)
	}
	return e, nil
}

// clip bounds what a browser says of itself.
func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

type rememberedRow struct {
	ID        int64
	PersonID  int64
	Token     string
	Former    string
	RotatedAt time.Time
	ExpiresAt time.Time
	Email     string
}

const lockRememberedSQL = `
SELECT d.id, d.person_id, d.token, d.former, d.rotated_at, d.expires_at,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email
FROM devices d JOIN people p ON p.id = d.person_id
WHERE d.series = @series AND d.expires_at > @now AND p.disabled_at IS NULL
FOR UPDATE OF d`

const (
	rotateSQL            = `UPDATE devices SET token = @token, former = @former, rotated_at = @now, seen_at = @now WHERE id = @id`
	endDeviceSessionsSQL = `DELETE FROM sessions WHERE device_id = @id`
)

// Recall signs a remembered device in again by its cookie and gives it the next
// one. NotFound: the cookie is worth nothing. Conflict: the cookie was used
// before, so somebody has a copy; the device is forgotten, its sessions end and
// the person is told by mail.
//
// The next token is made from the present one and the desk's secret. Requests
// that leave a page together all carry the same token, and all of them, on any
// replica, get the same next one.
func (s *Service) Recall(ctx context.Context, cookie string) (Entry, error) {
	series, token, ok := strings.Cut(cookie, ".")
	if !ok || len(cookie) > 200 {
		return Entry{}, fault.New(fault.NotFound, "account.not_found")
	}
	var e Entry
	stolen := false
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		now := s.now()
		rows, err := tx.Query(ctx, lockRememberedSQL, pgx.NamedArgs{"series": digest(series), "now": now})
		if err != nil {
			return err
		}
		d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[rememberedRow])
		if err != nil {
			return notFound(err)
		}
		next := base64.RawURLEncoding.EncodeToString(s.sign("remember", series, token))
		e = Entry{PersonID: d.PersonID, Device: d.ID, Cookie: series + "." + next, Until: d.ExpiresAt}
		switch {
		case same(d.Token, digest(token)):
			return s.rotate(ctx, tx, d, digest(next))
		case same(d.Former, digest(token)) && now.Before(d.RotatedAt.Add(rotationGrace)):
			return nil
		}
		stolen = true
		return s.revokeStolen(ctx, tx, d)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("recall a device: %w", err)
	}
	if stolen {
		return Entry{}, fault.New(fault.Conflict, "account.device_stolen")
	}
	arrived(ctx, e.Device)
	return e, nil
}

// rotate makes next the device's token. The sessions it had are lost: else the
// browser would not have sent the cookie.
func (s *Service) rotate(ctx context.Context, tx pgx.Tx, d rememberedRow, next string) error {
	args := pgx.NamedArgs{"id": d.ID, "token": next, "former": d.Token, "now": s.now()}
	if _, err := tx.Exec(ctx, rotateSQL, args); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, endDeviceSessionsSQL, args)
	return err
}

func (s *Service) revokeStolen(ctx context.Context, tx pgx.Tx, d rememberedRow) error {
	if _, err := tx.Exec(ctx, deleteDeviceSQL, pgx.NamedArgs{"id": d.ID}); err != nil {
		return err
	}
	if d.Email == "" {
		return nil
	}
	return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.SessionsRevoked, To: d.Email, PersonID: d.PersonID, Data: resetData()})
}

func same(a, b string) bool { return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Forget ends a sign-in: the person signs out. 0 is none.
func (s *Service) Forget(ctx context.Context, device int64) error {
	if _, err := s.db.Exec(ctx, deleteDeviceSQL, pgx.NamedArgs{"id": device}); err != nil {
		return fmt.Errorf("end a sign-in: %w", err)
	}
	return nil
}

// Device is one of a person's sign-ins.
type Device struct {
	ID         int64
	Agent      string // User-Agent; see Words
	Place      string // network address of the sign-in
	StartedAt  time.Time
	SeenAt     time.Time // to five minutes
	Remembered bool
	This       bool // sends the request
}

// A sign-in that is not remembered ends with its session.
const devicesSQL = `
SELECT d.id, d.agent, d.place, d.started_at, d.seen_at, d.series IS NOT NULL AS remembered, d.id = @this AS this
FROM devices d
WHERE d.person_id = @person AND d.expires_at > @now
  AND (d.series IS NOT NULL OR EXISTS (SELECT FROM sessions s WHERE s.device_id = d.id))
ORDER BY d.id = @this DESC, d.seen_at DESC, d.id DESC
LIMIT 100`

// Sessions lists by's own sign-ins, the present one first, then the last used.
func (s *Service) Sessions(ctx context.Context, by auth.Actor) ([]Device, error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, err := s.db.Query(ctx, devicesSQL, pgx.NamedArgs{"person": by.PersonID, "this": thisDevice(ctx), "now": s.now()})
	if err != nil {
		return nil, fmt.Errorf("list sign-ins: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Device])
	if err != nil {
		return nil, fmt.Errorf("list sign-ins: %w", err)
	}
	return list, nil
}

const revokeDeviceSQL = `DELETE FROM devices WHERE id = @id AND person_id = @person RETURNING id`

// RevokeSession ends one of by's own sign-ins at once, on every replica.
// NotFound: they have none of this id.
func (s *Service) RevokeSession(ctx context.Context, by auth.Actor, id int64) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	err := s.db.QueryRow(ctx, revokeDeviceSQL, pgx.NamedArgs{"id": id, "person": by.PersonID}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.NotFound, "account.device_not_found")
	}
	if err != nil {
		return fmt.Errorf("end a sign-in: %w", err)
	}
	return nil
}

const (
	revokeOthersSQL   = `DELETE FROM devices WHERE person_id = @person AND id <> @this`
	revokeSessionsSQL = `DELETE FROM sessions WHERE person_id = @person AND device_id IS DISTINCT FROM @this`
)

// RevokeOthers ends all of by's sign-ins but the one that sends the request.
func (s *Service) RevokeOthers(ctx context.Context, by auth.Actor) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error { return endSignIns(ctx, tx, by.PersonID, thisDevice(ctx)) })
}

// endSignIns ends a person's sign-ins but one; 0 spares none.
func endSignIns(ctx context.Context, tx pgx.Tx, person, but int64) error {
	args := pgx.NamedArgs{"person": person, "this": but}
	for _, q := range []string{revokeOthersSQL, revokeSessionsSQL} {
		if _, err := tx.Exec(ctx, q, args); err != nil {
			return fmt.Errorf("end sign-ins: %w", err)
		}
	}
	return nil
}
