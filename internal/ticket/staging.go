package ticket

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// How much one person, or one visitor's form, may have staged at a time: several
// forms in several windows, and no free store for everybody.
const (
	stagedMessages = 4 // messages full to their limit
	stagedFiles    = 200
)

const pendingSQL = `
SELECT count(*), coalesce(sum(size), 0)::bigint FROM attachments
WHERE ticket_id IS NULL AND (owner_id = @owner OR guest_key = @guest)`

// StageAhead is Stage for a file that a script sends while its form is still
// being written. It bounds what by has staged in all forms together; beyond
// that it is fault.Invalid as with Stage.
func (s *Service) StageAhead(ctx context.Context, by auth.Actor, name string, r io.Reader) (Upload, error) {
	if !by.SignedIn() {
		return Upload{}, fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	return s.stageAhead(ctx, holderOf(by), name, r)
}

func (s *Service) stageAhead(ctx context.Context, who holder, name string, r io.Reader) (Upload, error) {
	rules := s.Limits(ctx)
	var n int
	var size int64
	err := s.db.QueryRow(ctx, pendingSQL, pgx.NamedArgs{"owner": who.person, "guest": who.guest}).Scan(&n, &size)
	if err != nil {
		return Upload{}, fmt.Errorf("count staged files: %w", err)
	}
	left := stagedMessages*rules.MaxTotal - size
	if n >= stagedFiles || left <= 0 {
		return Upload{}, rules.refuse("ticket.files_waiting", cleanName(name))
	}
	return s.stage(ctx, who, name, r, min(rules.MaxTotal, left))
}

const unstageSQL = `
DELETE FROM attachments WHERE id = @id AND ticket_id IS NULL AND (owner_id = @owner OR guest_key = @guest)
    AND NOT EXISTS (SELECT FROM held_replies h WHERE h.uploads <> '{}' AND h.uploads @> ARRAY[@id::bigint])
    AND NOT EXISTS (SELECT FROM draft_versions v WHERE v.uploads <> '{}' AND v.uploads @> ARRAY[@id::bigint])
RETURNING key`

// Unstage forgets a staged file of by's. One that is gone, sent or somebody
// else's is left as it is, without an error.
func (s *Service) Unstage(ctx context.Context, by auth.Actor, id int64) error {
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	return s.unstage(ctx, holderOf(by), id)
}

func (s *Service) unstage(ctx context.Context, who holder, id int64) error {
	var key string
	err := s.db.QueryRow(ctx, unstageSQL, pgx.NamedArgs{"id": id, "owner": who.person, "guest": who.guest}).Scan(&key)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget staged file %d: %w", id, err)
	}
	return s.forget(ctx, key)
}
