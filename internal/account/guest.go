package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// Guest is somebody who has shown that an address is theirs, without an account.
type Guest struct {
	First, Last string
	Email       string // normalised
	Lang        string
	Consent     int // version of the text they agreed to
	ConsentText string
	Place       string    // network address
	At          time.Time // when they agreed
}

const guestSQL = `SELECT person_id FROM identities WHERE kind = 'email' AND value = @email`

const verifyGuestSQL = `
UPDATE identities SET verified_at = coalesce(verified_at, @now) WHERE kind = 'email' AND value = @email`

// Known makes the owner of a confirmed address a person we know, in tx, and
// returns them: the one who has the address, else a new contact without a
// password.
func (s *Service) Known(ctx context.Context, tx pgx.Tx, g Guest) (auth.Actor, error) {
	var id int64
	err := tx.QueryRow(ctx, guestSQL, pgx.NamedArgs{"email": g.Email}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		id, err = s.insertPerson(ctx, tx, NewUser{Name: Name{First: g.First, Last: g.Last}, Lang: g.Lang}, g.Email)
	}
	if err != nil {
		return auth.Actor{}, fmt.Errorf("find a visitor: %w", err)
	}
	if _, err := tx.Exec(ctx, verifyGuestSQL, pgx.NamedArgs{"email": g.Email, "now": s.now()}); err != nil {
		return auth.Actor{}, fmt.Errorf("verify a visitor's address: %w", err)
	}
	_, err = tx.Exec(ctx, insertConsentSQL, pgx.NamedArgs{
		"id": id, "version": g.Consent, "lang": g.Lang, "text": g.ConsentText, "place": g.Place, "at": g.At,
	})
	if err != nil {
		return auth.Actor{}, fmt.Errorf("record a consent: %w", err)
	}
	if err := s.doors.Joined(ctx, tx, id); err != nil {
		return auth.Actor{}, err
	}
	rows, err := tx.Query(ctx, actorSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return auth.Actor{}, fmt.Errorf("read a visitor: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[actorRow])
	if err != nil {
		return auth.Actor{}, notFound(fmt.Errorf("read a visitor: %w", err))
	}
	return r.actor(), nil
}
