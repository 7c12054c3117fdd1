package privacy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// eraseDays is how long an administrator has: the month that the law gives.
const eraseDays = 30

// Erasure is a person's open request to delete their account.
type Erasure struct {
	ID          int64     `json:"id"`
	RequestedAt time.Time `json:"requested_at"`
	DueAt       time.Time `json:"due_at"`
}

const insertErasureSQL = `
INSERT INTO erasures (person_id, requested_at, due_at) VALUES (@me, @now, @due)
ON CONFLICT (person_id) WHERE state = 'open' DO NOTHING`

// RequestErasure asks for by's account to be deleted. They have to know their
// password; place is their network address. Invalid names the field current;
// Conflict: by is staff, whose account an administrator ends, or asked already.
func (s *Service) RequestErasure(ctx context.Context, by auth.Actor, password, place string) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	if len(by.Permissions) > 0 {
		return fault.New(fault.Conflict, "privacy.staff_ask_admin")
	}
	if err := s.d.Accounts.Confirm(ctx, by, password, place); err != nil {
		return err
	}
	now := s.d.Now()
	due := now.AddDate(0, 0, eraseDays)
	err := pgx.BeginFunc(ctx, s.d.DB, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, insertErasureSQL, pgx.NamedArgs{"me": by.PersonID, "now": now, "due": due})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "privacy.erasure_open")
		}
		return s.write(ctx, tx, by, mail.ErasureRequested, map[string]string{"due": i18n.Date(ctx, due), "link": link.Profile + "#data"})
	})
	if err != nil {
		return fmt.Errorf("ask to be deleted: %w", err)
	}
	return nil
}

// write queues a letter to by about their own request.
func (s *Service) write(ctx context.Context, tx pgx.Tx, by auth.Actor, kind mail.Kind, data map[string]string) error {
	if by.Email == "" {
		return nil
	}
	return s.d.Outbox.Queue(ctx, tx, mail.Letter{Kind: kind, To: by.Email, PersonID: by.PersonID, Data: data})
}

const withdrawErasureSQL = `
UPDATE erasures SET state = 'withdrawn', ended_at = @now, ended_by = @me WHERE person_id = @me AND state = 'open'`

// WithdrawErasure takes by's own request back. Without an open one nothing
// happens: a button pressed twice is no mistake.
func (s *Service) WithdrawErasure(ctx context.Context, by auth.Actor) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	err := pgx.BeginFunc(ctx, s.d.DB, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, withdrawErasureSQL, pgx.NamedArgs{"me": by.PersonID, "now": s.d.Now()})
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return s.write(ctx, tx, by, mail.ErasureWithdrawn, map[string]string{"link": link.Profile})
	})
	if err != nil {
		return fmt.Errorf("take a request back: %w", err)
	}
	return nil
}

// ErasureRow is a request as administrators see it.
type ErasureRow struct {
	ID          int64
	PersonID    int64
	Name        string
	Email       string
	Companies   string
	RequestedAt time.Time
	DueAt       time.Time
	Tickets     int // of theirs
	Open        int // of them not resolved or closed
}

const erasuresSize = 50

const erasureColumns = `
SELECT e.id, e.person_id, p.name, e.requested_at, e.due_at,
    coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    coalesce((SELECT string_agg(c.name, ', ' ORDER BY c.name) FROM company_people cp JOIN companies c ON c.id = cp.company_id
        WHERE cp.person_id = p.id), '') AS companies,
    (SELECT count(*)::int FROM tickets t WHERE t.requester_id = p.id) AS tickets,
    (SELECT count(*)::int FROM tickets t WHERE t.requester_id = p.id AND t.status NOT IN ('resolved', 'closed')) AS open
FROM erasures e JOIN people p ON p.id = e.person_id`

const erasuresSQL = erasureColumns + `
WHERE e.state = 'open' AND (e.due_at, e.id) > (SELECT coalesce(max(x.due_at), '-infinity'), coalesce(max(x.id), 0) FROM erasures x WHERE x.id = @after)
ORDER BY e.due_at, e.id LIMIT @limit`

const erasureSQL = erasureColumns + `
WHERE e.id = @id AND e.state = 'open'`

// ErasurePage is one page of the open requests; Next is "" on the last.
type ErasurePage struct {
	Rows []ErasureRow
	Next string
}

// Erasures lists the open requests, the most urgent first. by needs ManageUsers.
func (s *Service) Erasures(ctx context.Context, by auth.Actor, after string) (ErasurePage, error) {
	if !by.May(auth.ManageUsers) {
		return ErasurePage{}, fault.New(fault.Forbidden, "error.forbidden")
	}
	list, err := s.erasures(ctx, erasuresSQL, pgx.NamedArgs{"after": pg.ReadPlace(after).ID, "limit": erasuresSize + 1})
	if err != nil {
		return ErasurePage{}, err
	}
	var p ErasurePage
	p.Rows, p.Next = pg.PageOf(list, erasuresSize, func(r ErasureRow) pg.Place { return pg.Place{ID: r.ID} })
	return p, nil
}

// Erasure returns an open request. by needs ManageUsers.
func (s *Service) Erasure(ctx context.Context, by auth.Actor, id int64) (ErasureRow, error) {
	if !by.May(auth.ManageUsers) {
		return ErasureRow{}, fault.New(fault.Forbidden, "error.forbidden")
	}
	list, err := s.erasures(ctx, erasureSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return ErasureRow{}, err
	}
	if len(list) == 0 {
		return ErasureRow{}, fault.New(fault.NotFound, "privacy.erasure_not_found")
	}
	return list[0], nil
}

func (s *Service) erasures(ctx context.Context, sql string, args pgx.NamedArgs) ([]ErasureRow, error) {
	rows, err := s.d.DB.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("read requests to be deleted: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[ErasureRow])
	if err != nil {
		return nil, fmt.Errorf("read requests to be deleted: %w", err)
	}
	return list, nil
}

const lockErasureSQL = `SELECT person_id FROM erasures WHERE id = @id AND state = 'open' FOR UPDATE`

const endErasureSQL = `UPDATE erasures SET state = 'done', ended_at = @now, ended_by = @by WHERE id = @id`

// Erase carries out a request: the person becomes anonymous in all tables at
// once, and is told by a last letter. by needs ManageUsers. NotFound: the
// request was withdrawn or done. It cannot be undone.
func (s *Service) Erase(ctx context.Context, by auth.Actor, id int64) error {
	if !by.May(auth.ManageUsers) {
		return fault.New(fault.Forbidden, "error.forbidden")
	}
	now := s.d.Now()
	err := pgx.BeginFunc(ctx, s.d.DB, func(tx pgx.Tx) error {
		var person int64
		err := tx.QueryRow(ctx, lockErasureSQL, pgx.NamedArgs{"id": id}).Scan(&person)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "privacy.erasure_not_found")
		}
		if err != nil {
			return err
		}
		g, err := s.d.Accounts.Anonymise(ctx, tx, by, person)
		if err != nil {
			return err
		}
		if err := s.forget(ctx, tx, g); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, endErasureSQL, pgx.NamedArgs{"id": id, "now": now, "by": by.PersonID}); err != nil {
			return err
		}
		return s.d.Audit(ctx, tx, by, "erasure.done", "person:"+strconv.FormatInt(person, 10), nil, map[string]any{"request": id})
	})
	if err != nil {
		return fmt.Errorf("carry out request %d: %w", id, err)
	}
	return nil
}

// endExportsSQL leaves the bytes to Sweep: they must not go before this commits.
// A copy in the making fails, and its job deletes what it made.
const endExportsSQL = `
UPDATE exports SET expires_at = @now, state = CASE state WHEN 'queued' THEN 'failed' ELSE state END, done_at = coalesce(done_at, @now)
WHERE person_id = @person AND state IN ('queued', 'ready')`

// forget has every feature forget the person, then queues the farewell. Copies
// end first: one that becomes ready at this moment has its letter in the outbox
// by then, or gets none.
func (s *Service) forget(ctx context.Context, tx pgx.Tx, g account.Gone) error {
	if _, err := tx.Exec(ctx, endExportsSQL, pgx.NamedArgs{"person": g.PersonID, "now": s.d.Now()}); err != nil {
		return err
	}
	if err := s.d.Tickets.ForgetPerson(ctx, tx, g.PersonID, g.Addresses, g.Word); err != nil {
		return err
	}
	if err := s.d.Companies.ForgetPerson(ctx, tx, g.PersonID); err != nil {
		return err
	}
	if s.d.Forget != nil {
		if err := s.d.Forget(ctx, tx, g.PersonID); err != nil {
			return err
		}
	}
	if err := s.d.Outbox.ForgetPerson(ctx, tx, g.PersonID, g.Addresses); err != nil {
		return err
	}
	if len(g.Addresses) == 0 {
		return nil
	}
	return s.d.Outbox.Queue(ctx, tx, mail.Letter{Kind: mail.Erased, To: g.Addresses[0], Lang: g.Lang})
}
