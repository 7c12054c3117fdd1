// Package company keeps customer organisations: their cards, and which contacts
// belong to them and see how much.
package company

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Hooks are what companies ask of other features, handed over by package app:
// features never import each other.
type Hooks struct {
	// Audit records an administrator's act.
	Audit func(ctx context.Context, tx pgx.Tx, by auth.Actor, action, subject string, before, after any) error
	// AddContact adds a person without a password.
	AddContact func(ctx context.Context, tx pgx.Tx, by auth.Actor, email, name string) (int64, error)
	// AdoptTickets gives a contact's tickets without a company to a company and
	// returns how many. nil does nothing.
	AdoptTickets func(ctx context.Context, tx pgx.Tx, by auth.Actor, personID, companyID int64) (int, error)
	// MoveSite gives the tickets of a site that is removed to the one above it,
	// nil for none. nil does nothing.
	MoveSite func(ctx context.Context, tx pgx.Tx, site int64, parent *int64) error
	// LinkAtOnce says whether new contacts of a company's domain are linked to it
	// without an administrator. nil: they are not.
	LinkAtOnce func(ctx context.Context) bool
}

// Service runs the use cases. Its fields are set once, by New.
type Service struct {
	db    pg.DB
	hooks Hooks
	now   func() time.Time
}

// New returns a Service on db that takes the time from now.
func New(db pg.DB, hooks Hooks, now func() time.Time) *Service {
	return &Service{db: db, hooks: hooks, now: now}
}

// Company is a company's card (C1).
type Company struct {
	ID            int64
	Name          string
	OtherNames    string // how else people call it, comma-separated
	Site          string
	Email         string
	Phone         string
	Watchers      []int64 // agents told of every ticket of the company
	ResponsibleID *int64  // the agent in charge
	Address       string
	INN           string // Russian taxpayer number
	KPP           string // Russian registration reason code
	VAT           string // VAT number elsewhere
	Manager       string // who looks after them on our side of business, as text
	Comment       string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Domains       []string // e-mail domains, in punycode
}

// may is nil when by's staff rights include p; for a customer there is no such
// page.
func may(by auth.Actor, p auth.Permission) error {
	switch {
	case by.May(p):
		return nil
	case by.Staff():
		return fault.New(fault.Forbidden, "error.forbidden")
	default:
		return fault.New(fault.NotFound, "company.not_found")
	}
}

// staff is nil for those who may look at companies: all who work tickets.
func staff(by auth.Actor) error { return may(by, auth.AnswerTickets) }

func subject(id int64) string { return "company:" + strconv.FormatInt(id, 10) }

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
