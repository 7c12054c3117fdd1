package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/mail"
)

// Mode is who may make an account for themselves.
type Mode string

// The modes of registration.
const (
	Open     Mode = "open"   // everybody
	ByDomain Mode = "domain" // who has an address of one of certain domains
	Closed   Mode = "closed" // nobody: administrators make the accounts
)

// Rules are what the desk asks of people who register.
type Rules struct {
	Mode           Mode
	Domains        []string // of mode ByDomain, beside those of companies
	ConsentVersion int
	Consent        func(lang string) string // the text people agree to
	Help           func(lang string) string // what to do while nobody may register
}

// Doors is what the ways into the desk need of its other parts. Package app
// hands it over once, before anybody comes in.
type Doors struct {
	Secret []byte                                                             // signs challenges and codes
	Mail   func(ctx context.Context, tx pgx.Tx, letters ...mail.Letter) error // queues letters
	Rules  func(ctx context.Context) Rules
	// Joined tells that a person showed that their address is theirs.
	Joined func(ctx context.Context, tx pgx.Tx, personID int64) error
}

// noDoors are what holds without Use: anybody may register, nobody hears of it.
func noDoors() Doors {
	return Doors{
		Secret: []byte(newToken()),
		Mail:   func(context.Context, pgx.Tx, ...mail.Letter) error { return nil },
		Rules: func(context.Context) Rules {
			none := func(string) string { return "" }
			return Rules{Mode: Open, ConsentVersion: 1, Consent: none, Help: none}
		},
		Joined: func(context.Context, pgx.Tx, int64) error { return nil },
	}
}

// Use hands over what the ways in need.
func (s *Service) Use(d Doors) { s.doors = d }

// Rules are what the desk asks of people who register now.
func (s *Service) Rules(ctx context.Context) Rules { return s.doors.Rules(ctx) }

// newToken returns 256 random bits for a link or a cookie.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digest is what the tables hold of a token: who reads them cannot use it.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// sign returns what only this desk can make of the parts.
func (s *Service) sign(parts ...string) []byte {
	m := hmac.New(sha256.New, s.doors.Secret)
	for _, p := range parts {
		m.Write([]byte(p))
		m.Write([]byte{0})
	}
	return m.Sum(nil)
}
