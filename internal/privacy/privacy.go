// Package privacy gives people their own data and forgets them (S3): copies as
// a ZIP file, made by a job, and requests to delete an account, which an
// administrator carries out.
//
// It stands above the features: each of them reads and forgets its own tables,
// this package puts them together.
package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/blob"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Fact is a field of a ticket in words.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Deps is what the service is built from.
type Deps struct {
	DB        pg.DB
	Files     *blob.Store
	Accounts  *account.Service
	Tickets   *ticket.Service
	Companies *company.Service
	KB        *kb.Service
	Outbox    *mail.Outbox
	Audit     account.Audit
	// Facts says a ticket's fields as its customer may see them.
	Facts func(ctx context.Context, topicID int64, fields map[string]any) ([]Fact, error)
	// Enqueue puts in the job that makes a copy; see Make.
	Enqueue func(ctx context.Context, tx pgx.Tx, exportID int64) error
	// Forget has the features of this floor forget a person; nil: there are none.
	Forget func(ctx context.Context, tx pgx.Tx, person int64) error
	// Own reads what the features of this floor and the tickets keep of a person;
	// nil: nothing.
	Own func(ctx context.Context, by auth.Actor) (Own, error)
	// Desk is what the desk calls itself.
	Desk func(ctx context.Context) string
	Now  func() time.Time
}

// Service runs the use cases.
type Service struct{ d Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

// State is what a person's page says about their data.
type State struct {
	Export  *Export  // the last one asked for; nil: none
	Erasure *Erasure // the open request; nil: none
}

const stateSQL = `
SELECT coalesce(to_jsonb(e), 'null') AS export, coalesce(to_jsonb(r), 'null') AS erasure
FROM (SELECT 1) one
LEFT JOIN LATERAL (SELECT id, state, size, tickets, files, requested_at, done_at, expires_at FROM exports WHERE person_id = @me ORDER BY id DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT id, requested_at, due_at FROM erasures WHERE person_id = @me AND state = 'open') r ON true`

// State returns what by asked for. One statement.
func (s *Service) State(ctx context.Context, by auth.Actor) (State, error) {
	if !by.SignedIn() {
		return State{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	rows, err := s.d.DB.Query(ctx, stateSQL, pgx.NamedArgs{"me": by.PersonID})
	if err != nil {
		return State{}, fmt.Errorf("read what somebody asked of their data: %w", err)
	}
	st, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[State])
	if err != nil {
		return State{}, fmt.Errorf("read what somebody asked of their data: %w", err)
	}
	if st.Export != nil && st.Export.State == Ready && !s.d.Now().Before(*st.Export.ExpiresAt) {
		st.Export.State = Expired
	}
	return st, nil
}
