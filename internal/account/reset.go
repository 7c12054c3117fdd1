package account

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
)

// ResetLife is how long a reset code and its link work.
const ResetLife = 15 * time.Minute

// Wrong codes: for one letter, and from one place in a quarter of an hour.
const (
	resetTries = 5
	resetFrom  = 30
)

const insertTokenSQL = `
INSERT INTO account_tokens (person_id, purpose, token, code, email, created_at, expires_at)
VALUES (@person, @purpose, @token, @code, @email, @now, @expires)`

const dropTokensSQL = `DELETE FROM account_tokens WHERE person_id = @person AND purpose = @purpose`

// RequestReset mails a code and a link for a new password. An unknown address
// gets nothing and the same answer; the page takes the same time for both. lang
// is the page's. TooMany: too many letters to this address or from this place.
func (s *Service) RequestReset(ctx context.Context, email, lang, place string) error {
	normal, err := address.Email(email)
	if err != nil {
		var bad fault.Field
		bad.Add("email", "account.email_bad")
		return bad.Err()
	}
	if err := s.mayWrite(ctx, normal, place); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		h, err := holderOf(ctx, tx, normal)
		if err != nil || h.ID == 0 || h.Disabled {
			return err
		}
		if h.Lang != "" {
			lang = h.Lang
		}
		now, token, code := s.now(), newToken(), newCode()
		args := pgx.NamedArgs{
			"person": h.ID, "purpose": "reset", "token": digest(token), "code": s.codeDigest(h.ID, code), "email": normal,
			"now": now, "expires": now.Add(ResetLife),
		}
		for _, q := range []string{dropTokensSQL, insertTokenSQL} {
			if _, err := tx.Exec(ctx, q, args); err != nil {
				return fmt.Errorf("keep a reset code: %w", err)
			}
		}
		return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.Reset, To: normal, PersonID: h.ID, Lang: lang, Data: map[string]string{
			"code": code, "link": link.Query(link.Reset, "token", token),
		}})
	})
}

// newCode returns six digits.
func newCode() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails
	return fmt.Sprintf("%06d", n.Int64())
}

// codeDigest is what the table holds of a code: a million are quickly tried, so
// it takes the desk's secret to make one.
func (s *Service) codeDigest(person int64, code string) string {
	return hex.EncodeToString(s.sign("reset", strconv.FormatInt(person, 10), code))
}

type resetRow struct {
	ID       int64
	PersonID int64
	Code     string
	Email    string
}

const resetByTokenSQL = `
SELECT t.id, t.person_id, t.code, t.email FROM account_tokens t JOIN people p ON p.id = t.person_id
WHERE t.token = @token AND t.purpose = 'reset' AND t.expires_at > @now AND p.disabled_at IS NULL`

// resetTrySQL counts a try before the code is looked at, so that several at once
// are no more than allowed.
const resetTrySQL = `
UPDATE account_tokens t SET tries = tries + 1
FROM people p, identities i
WHERE i.kind = 'email' AND i.value = @email AND t.person_id = i.person_id AND p.id = i.person_id AND p.disabled_at IS NULL
  AND t.purpose = 'reset' AND t.expires_at > @now AND t.tries < @tries
RETURNING t.id, t.person_id, t.code, t.email`

// ResetByLink returns the address that a reset link was mailed to and changes
// nothing. NotFound: the link was used, replaced by a newer one, or has run out.
func (s *Service) ResetByLink(ctx context.Context, token string) (string, error) {
	r, err := s.resetRow(ctx, resetByTokenSQL, pgx.NamedArgs{"token": digest(token), "now": s.now()})
	return r.Email, err
}

func (s *Service) resetRow(ctx context.Context, sql string, args pgx.NamedArgs) (resetRow, error) {
	rows, err := s.db.Query(ctx, sql, args)
	if err != nil {
		return resetRow{}, fmt.Errorf("read a reset code: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[resetRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return resetRow{}, fault.New(fault.NotFound, "account.link_gone")
	}
	if err != nil {
		return resetRow{}, fmt.Errorf("read a reset code: %w", err)
	}
	return r, nil
}

// NewPassword is a password that replaces a forgotten one.
type NewPassword struct {
	Token    string // of the link; "": Email and Code
	Email    string
	Code     string
	Password string
	Place    string
}

// Reset gives a person a new password by a mailed code or link, ends all of
// their sign-ins and returns them. The code and its link are then worth nothing.
// Invalid names the fields password or code; NotFound: the link is worth
// nothing; TooMany: too many wrong codes from this place.
func (s *Service) Reset(ctx context.Context, in NewPassword) (int64, error) {
	email, _ := address.Email(in.Email) // a wrong one is nobody's
	if in.Token != "" {
		var err error
		if email, err = s.ResetByLink(ctx, in.Token); err != nil {
			return 0, err
		}
	}
	var bad fault.Field
	checkPassword(&bad, in.Password, email)
	if err := bad.Err(); err != nil {
		return 0, err
	}
	r, err := s.redeem(ctx, in, email)
	if err != nil {
		return 0, err
	}
	hash, err := s.hash(ctx, in.Password)
	if err != nil {
		return 0, err
	}
	return r.PersonID, pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, useTokenSQL, pgx.NamedArgs{"id": r.ID})
		if err != nil {
			return fmt.Errorf("use a reset code: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.NotFound, "account.link_gone")
		}
		if _, err := tx.Exec(ctx, verifySQL, pgx.NamedArgs{"email": r.Email, "now": s.now()}); err != nil {
			return fmt.Errorf("confirm an address: %w", err)
		}
		by := auth.Actor{Kind: auth.Person, PersonID: r.PersonID}
		if err := s.audit(ctx, tx, by, "user.password_changed", subject(r.PersonID), nil, nil); err != nil {
			return err
		}
		return s.replacePassword(ctx, tx, r.PersonID, hash)
	})
}

const useTokenSQL = `DELETE FROM account_tokens WHERE id = @id`

// redeem finds what a link or a typed code belongs to.
func (s *Service) redeem(ctx context.Context, in NewPassword, email string) (resetRow, error) {
	now := s.now()
	if in.Token != "" {
		return s.resetRow(ctx, resetByTokenSQL, pgx.NamedArgs{"token": digest(in.Token), "now": now})
	}
	place := Limit{"reset:from:" + httpx.Network(in.Place), resetFrom, signInWindow}
	if err := throttle(ctx, s.db, now, place); err != nil {
		return resetRow{}, err
	}
	r, err := s.resetRow(ctx, resetTrySQL, pgx.NamedArgs{"email": email, "now": now, "tries": resetTries})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return resetRow{}, err
	}
	if err != nil || !same(r.Code, s.codeDigest(r.PersonID, digitsOf(in.Code))) {
		var bad fault.Field
		bad.Add("code", "account.code_wrong")
		return resetRow{}, bad.Err()
	}
	return r, uncount(ctx, s.db, now, place)
}

// digitsOf drops what people type between the digits of a code.
func digitsOf(code string) string {
	var b []byte
	for i := 0; i < len(code) && i < 40; i++ {
		if code[i] >= '0' && code[i] <= '9' {
			b = append(b, code[i])
		}
	}
	return string(b)
}

const firstEmailSQL = `
SELECT coalesce((SELECT value FROM identities WHERE person_id = @id AND kind = 'email' ORDER BY id LIMIT 1), '')`

// replacePassword sets a person's new password, ends their sign-ins, codes and
// links, and tells them. A change of address that waits ends too: who asked for
// it knew the former password.
func (s *Service) replacePassword(ctx context.Context, tx pgx.Tx, id int64, hash string) error {
	if err := s.setPassword(ctx, tx, id, hash); err != nil {
		return err
	}
	if err := endSignIns(ctx, tx, id, 0); err != nil {
		return err
	}
	if err := s.endLinks(ctx, tx, id); err != nil {
		return err
	}
	var email string
	if err := tx.QueryRow(ctx, firstEmailSQL, pgx.NamedArgs{"id": id}).Scan(&email); err != nil {
		return fmt.Errorf("read an address: %w", err)
	}
	if email == "" {
		return nil
	}
	return s.doors.Mail(ctx, tx, mail.Letter{Kind: mail.PasswordChanged, To: email, PersonID: id, Data: resetData()})
}

// endLinks makes all that was mailed to a person to come in with worth nothing:
// links, reset codes and the authorisation code.
func (s *Service) endLinks(ctx context.Context, tx pgx.Tx, id int64) error {
	for _, q := range []string{forgetTokensSQL, nextCodeSQL} {
		if _, err := tx.Exec(ctx, q, pgx.NamedArgs{"id": id, "now": s.now()}); err != nil {
			return fmt.Errorf("end links and codes: %w", err)
		}
	}
	return nil
}

// ChangePassword replaces by's own password, which they have to know, and ends
// all of their sign-ins: the page begins a new one. Invalid names the fields
// current or password; TooMany as in SignIn.
func (s *Service) ChangePassword(ctx context.Context, by auth.Actor, current, password, place string) error {
	if err := s.confirm(ctx, by, current, place); err != nil {
		return err
	}
	var bad fault.Field
	checkPassword(&bad, password, by.Email)
	if err := bad.Err(); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.audit(ctx, tx, by, "user.password_changed", subject(by.PersonID), nil, nil); err != nil {
			return err
		}
		return s.replacePassword(ctx, tx, by.PersonID, hash)
	})
}

// confirm asks for by's own password again. A wrong one is Invalid in the field
// current.
func (s *Service) confirm(ctx context.Context, by auth.Actor, password, place string) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	id, err := s.SignIn(ctx, by.Email, password, place)
	if fault.Is(err, fault.Invalid) || err == nil && id != by.PersonID {
		var bad fault.Field
		bad.Add("current", "account.current_wrong")
		return bad.Err()
	}
	return err
}
