// Package notify says what happened to who should know: it puts the letters of
// the outbox together and hands them to the mail server.
//
// A letter is written when it leaves, in its reader's language: facts.go reads
// what it is about, letter.go decides what it says, letter.templ and plain.go
// write it, worker.go sends it.
package notify

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/worktime"
)

// Brand is how the desk presents itself in letters.
type Brand struct {
	Name   string
	Logo   string // path of a picture; "": none
	Accent string // colour of buttons and links, "#rrggbb", with white on it
}

// preset is the brand until somebody chooses another one.
var preset = Brand{Name: "Deskbell", Accent: "#026263"}

// Deps is what letters are made from. A nil hook is left out.
type Deps struct {
	DB      pg.DB
	Outbox  *mail.Outbox
	Server  *mail.Server // nil: letters are kept for reading
	Address string       // how people reach the desk, without a slash at the end

	Brand    func(ctx context.Context) Brand
	Sender   func(ctx context.Context) mail.Address               // in From
	Zone     func(ctx context.Context) *time.Location             // the desk's, for readers who chose none
	Calendar func(ctx context.Context) (worktime.Calendar, error) // the desk's working hours

	// Texts are the desk's own words for a part of a letter: subject, title,
	// text or button.
	Texts func(ctx context.Context, kind, lang, part string) (string, bool)
	// AuthCode is a person's authorisation code; "": they have none.
	AuthCode func(ctx context.Context, personID int64) (string, error)
	// Wants reports whether a letter of an optional kind may leave: its reader
	// wants it and may still know what it is about.
	Wants func(ctx context.Context, d mail.Delivery) (bool, error)
	// Undelivered tells the ticket that a letter could not be delivered.
	Undelivered func(ctx context.Context, tx pgx.Tx, ticketID int64, recipient, reason string) error

	Now func() time.Time
}

// Service writes letters.
type Service struct{ Deps }

// New returns a Service. Its Deps are not changed any more.
func New(d Deps) *Service { return &Service{d} }

// Sends reports whether letters leave the desk.
func (s *Service) Sends() bool { return s.Server != nil }

func (s *Service) brand(ctx context.Context) Brand {
	if s.Brand == nil {
		return preset
	}
	b := s.Brand(ctx)
	if b.Name == "" {
		b.Name = preset.Name
	}
	if !colour.MatchString(b.Accent) {
		b.Accent = preset.Accent
	}
	return b
}

func (s *Service) sender(ctx context.Context) mail.Address {
	a := mail.Address{Address: "support@" + s.Outbox.Domain()}
	if s.Sender != nil {
		a = s.Sender(ctx)
	}
	if a.Name == "" {
		a.Name = s.brand(ctx).Name
	}
	return a
}

func (s *Service) zone(ctx context.Context) *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone(ctx)
}
