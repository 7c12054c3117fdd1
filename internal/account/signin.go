package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/address"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
)

// Wrong passwords allowed in a quarter of an hour. Nobody can lock an account
// from one place: a right password from elsewhere still works. The last limit
// stops guessing that is spread over many places.
const (
	signInWindow  = 15 * time.Minute
	signInHere    = 8   // for one account from one address
	signInPlace   = 40  // from one address, for all accounts: an office shares one
	signInAccount = 200 // for one account from anywhere
)

const credentialSQL = `
SELECT p.id, c.password, p.disabled_at
FROM identities i
JOIN people p ON p.id = i.person_id
JOIN credentials c ON c.person_id = p.id
WHERE i.kind = 'email' AND i.value = @email`

// SignIn returns the person whose e-mail address and password these are. A
// wrong password and an unknown address are the same Invalid fault and take the
// same time. More wrong ones from ip than the limits above are TooMany. A
// disabled person who knows the password is told so (Forbidden).
func (s *Service) SignIn(ctx context.Context, email, password, ip string) (int64, error) {
	normal, err := address.Email(email)
	if err != nil {
		normal = "" // checked like any unknown address
	}
	now, from := s.now(), httpx.Network(ip)
	limits := []Limit{
		{"login:here:" + normal + ":" + from, signInHere, signInWindow},
		{"login:ip:" + from, signInPlace, signInWindow},
		{"login:account:" + normal, signInAccount, signInWindow},
	}
	if err := throttle(ctx, s.db, now, limits...); err != nil {
		return 0, err
	}
	var c struct {
		ID         int64
		Password   string
		DisabledAt *time.Time
	}
	rows, err := s.db.Query(ctx, credentialSQL, pgx.NamedArgs{"email": normal})
	if err != nil {
		return 0, fmt.Errorf("read a password: %w", err)
	}
	c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		ID         int64
		Password   string
		DisabledAt *time.Time
	}])
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		c.Password = nobodysPassword
	case err != nil:
		return 0, fmt.Errorf("read a password: %w", err)
	}
	ok, err := s.matches(ctx, cut(password), c.Password)
	if err != nil {
		return 0, err
	}
	if !ok || c.ID == 0 {
		return 0, fault.New(fault.Invalid, "account.wrong_password")
	}
	if err := uncount(ctx, s.db, now, limits...); err != nil {
		return 0, err
	}
	if c.DisabledAt != nil {
		return 0, fault.New(fault.Forbidden, "account.disabled")
	}
	return c.ID, nil
}

// cut bounds what is hashed; no password is longer.
func cut(password string) string {
	if len(password) > 4*maxPassword+1 {
		return password[:4*maxPassword+1]
	}
	return password
}
