package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/deskbell/deskbell/internal/fault"
)

// Parameters of argon2id (OWASP password storage cheat sheet, first choice for
// m=19 MiB).
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// Bounds of a password. The upper one keeps a megabyte from being hashed.
const (
	MinPassword = 10
	maxPassword = 200
)

// nobodysPassword is a hash that no password matches. An unknown address is
// checked against it, so that it takes as long as a known one.
const nobodysPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// checkPassword notes what is wrong with a new password for email.
func checkPassword(f *fault.Field, password, email string) {
	local, _, _ := strings.Cut(email, "@")
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		f.Add("password", "account.password_short", "min", MinPassword)
	case n > maxPassword:
		f.Add("password", "account.password_long", "max", maxPassword)
	case strings.EqualFold(password, email) || strings.EqualFold(password, local):
		f.Add("password", "account.password_is_email")
	case strings.Count(password, password[:1]) == len(password):
		f.Add("password", "account.password_one_letter")
	}
}

// hash returns password's argon2id hash in PHC form.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	release, err := s.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	key := argon2.IDKey(normal(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// matches reports whether password gives phc.
func (s *Service) matches(ctx context.Context, password, phc string) (bool, error) {
	var version, memory, time, lanes int
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("stored password: unknown form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	release, err := s.slot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	//nolint:gosec // the numbers are our own, from the database
	got := argon2.IDKey(normal(password), salt, uint32(time), uint32(memory), uint8(lanes), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// slot waits for one of the places for hashing: each takes 19 MiB and a
// processor, and a crowd at the door must not take all of both.
func (s *Service) slot(ctx context.Context) (release func(), err error) {
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn to check a password: %w", ctx.Err())
	}
}

// normal makes the same letters typed on different systems the same bytes.
func normal(password string) []byte { return norm.NFKC.Bytes([]byte(password)) }

// generated returns a password that is easy to read out: 80 bits in four groups.
func generated() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789X" // 32 of them; none that look alike
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	var s strings.Builder
	for i, c := range b {
		if i > 0 && i%4 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(letters[c%32])
	}
	return s.String()
}
