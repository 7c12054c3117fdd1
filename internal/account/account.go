// Package account keeps people: who they are, how they sign in, what their
// roles allow, their sessions and preferences.
package account

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Audit records an administrator's act in the transaction of the change.
// Package app hands over package setting's.
type Audit func(ctx context.Context, tx pgx.Tx, by auth.Actor, action, subject string, before, after any) error

// Service runs the use cases. Its fields are set once, by New.
type Service struct {
	db    pg.DB
	audit Audit
	now   func() time.Time
	slots chan struct{} // one for each password that may be hashed at the same time
	doors Doors         // set once more, by Use

	mayEdit func(ctx context.Context, field string) bool // set once more, by Govern
}

// New returns a Service on db that reports to audit and takes the time from now.
func New(db pg.DB, audit Audit, now func() time.Time) *Service {
	return &Service{db: db, audit: audit, now: now, slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), doors: noDoors()}
}

// Name is a person's name in its parts.
type Name struct{ First, Middle, Last string }

// ParseName reads "First Last" or "First Middle Last".
func ParseName(s string) Name {
	w := strings.Fields(s)
	switch len(w) {
	case 0:
		return Name{}
	case 1:
		return Name{First: w[0]}
	default:
		return Name{First: w[0], Middle: strings.Join(w[1:len(w)-1], " "), Last: w[len(w)-1]}
	}
}

// Full is the whole name, as on a letter.
func (n Name) Full() string { return squeeze(n.First + " " + n.Middle + " " + n.Last) }

// clean trims the parts; longer ones than a page could show are refused.
func (n Name) clean(f *fault.Field) Name {
	n = Name{squeeze(n.First), squeeze(n.Middle), squeeze(n.Last)}
	if n.First == "" && n.Last == "" {
		f.Add("first_name", "account.name_missing")
	}
	for field, v := range map[string]string{"first_name": n.First, "middle_name": n.Middle, "last_name": n.Last} {
		if len([]rune(v)) > maxName {
			f.Add(field, "account.too_long", "max", maxName)
		}
	}
	return n
}

// squeeze makes s one clean line.
func squeeze(s string) string { return richtext.Line(s) }

const maxName = 100 // runes

// notFound is the fault for a person who is not there.
func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return pg.NotFound(err, "account.not_found")
	}
	return err
}
