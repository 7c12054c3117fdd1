package account

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
)

// Wrong authorisation codes allowed in an hour. A code has eight digits and is
// asked for together with its owner's address: with these limits somebody who
// tries all day from everywhere has one chance in 20,000.
const (
	codeWindow  = time.Hour
	codeHere    = 5   // for one account from one address
	codePlace   = 15  // from one address
	codeAccount = 20  // for one account
	codeAll     = 200 // over the whole desk
)

// generationSQL reads which code a person has; the first time it makes one.
const generationSQL = `
WITH made AS (
    INSERT INTO auth_codes (person_id, made_at) SELECT p.id, @now FROM people p WHERE p.id = @id AND p.disabled_at IS NULL
    ON CONFLICT DO NOTHING RETURNING generation
)
SELECT generation FROM made
UNION ALL SELECT c.generation FROM auth_codes c JOIN people p ON p.id = c.person_id AND p.disabled_at IS NULL WHERE c.person_id = @id
LIMIT 1`

const nextCodeSQL = `UPDATE auth_codes SET generation = generation + 1, made_at = @now WHERE person_id = @id`

// AuthCodeOf returns a person's authorisation code, as 1307-3829 (P3): for
// letters to the requester alone. NotFound: there is no such person, or they are
// switched off.
func (s *Service) AuthCodeOf(ctx context.Context, personID int64) (string, error) {
	generation, err := s.generation(ctx, personID)
	if errors.Is(err, pgx.ErrNoRows) { // or another request made the first one meanwhile, which this statement could not see yet
		generation, err = s.generation(ctx, personID)
	}
	if err != nil {
		return "", notFound(fmt.Errorf("read a code: %w", err))
	}
	return s.authCode(personID, generation), nil
}

func (s *Service) generation(ctx context.Context, personID int64) (n int, err error) {
	err = s.db.QueryRow(ctx, generationSQL, pgx.NamedArgs{"id": personID, "now": s.now()}).Scan(&n)
	return n, err
}

func (s *Service) authCode(personID int64, generation int) string {
	sum := s.sign("code", strconv.FormatInt(personID, 10), strconv.Itoa(generation))
	n := binary.BigEndian.Uint64(sum) % 100_000_000
	return fmt.Sprintf("%04d-%04d", n/10_000, n%10_000)
}

// AuthCode returns by's own code, which signs in one device once.
func (s *Service) AuthCode(ctx context.Context, by auth.Actor) (string, error) {
	if !by.SignedIn() {
		return "", fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	return s.AuthCodeOf(ctx, by.PersonID)
}

// RenewAuthCode gives by another code; the former one is worth nothing.
func (s *Service) RenewAuthCode(ctx context.Context, by auth.Actor) (string, error) {
	if !by.SignedIn() {
		return "", fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	if _, err := s.db.Exec(ctx, nextCodeSQL, pgx.NamedArgs{"id": by.PersonID, "now": s.now()}); err != nil {
		return "", fmt.Errorf("renew a code: %w", err)
	}
	return s.AuthCodeOf(ctx, by.PersonID)
}

const codeHolderSQL = `
SELECT p.id, c.generation, p.disabled_at IS NOT NULL AS disabled
FROM identities i JOIN people p ON p.id = i.person_id JOIN auth_codes c ON c.person_id = p.id
WHERE i.kind = 'email' AND i.value = @email`

// spendCodeSQL lets one device in, however many ask at once.
const spendCodeSQL = `
UPDATE auth_codes SET generation = generation + 1, made_at = @now WHERE person_id = @id AND generation = @generation`

// SignInByCode returns the person whose address and authorisation code these
// are, and renews the code. A wrong code and an unknown address are the same
// Invalid fault; too many wrong ones are TooMany.
func (s *Service) SignInByCode(ctx context.Context, email, code, ip string) (int64, error) {
	normal, _ := address.Email(email) // a wrong one is nobody's
	now, from := s.now(), httpx.Network(ip)
	limits := []Limit{
		{"code:here:" + normal + ":" + from, codeHere, codeWindow},
		{"code:ip:" + from, codePlace, codeWindow},
		{"code:account:" + normal, codeAccount, codeWindow},
		{"code:all", codeAll, codeWindow},
	}
	if err := throttle(ctx, s.db, now, limits...); err != nil {
		return 0, err
	}
	rows, err := s.db.Query(ctx, codeHolderSQL, pgx.NamedArgs{"email": normal})
	if err != nil {
		return 0, fmt.Errorf("read a code: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		ID         int64
		Generation int
		Disabled   bool
	}])
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("read a code: %w", err)
	}
	want := digitsOf(s.authCode(c.ID, c.Generation))
	if subtle.ConstantTimeCompare([]byte(want), []byte(digitsOf(code))) != 1 || c.ID == 0 {
		return 0, fault.New(fault.Invalid, "account.auth_code_wrong")
	}
	if c.Disabled {
		return 0, fault.New(fault.Forbidden, "account.disabled")
	}
	tag, err := s.db.Exec(ctx, spendCodeSQL, pgx.NamedArgs{"id": c.ID, "generation": c.Generation, "now": now})
	if err != nil {
		return 0, fmt.Errorf("use a code: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return 0, fault.New(fault.Invalid, "account.auth_code_wrong")
	}
	return c.ID, uncount(ctx, s.db, now, limits...)
}
