package notice

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
)

// BulkEnded is the end of a bulk action, told in the centre to who asked for it
// and did not wait. It is no event of the matrix: it answers what they did.
const BulkEnded Event = "bulk_ended"

// Own is the scope of what answers its reader's own act.
const Own Scope = "own"

// Bulk is how a bulk action ended.
type Bulk struct {
	Run      int64
	PersonID int64 // who asked for it
	Undone   bool  // it was taken back
	Done     int   // tickets that were changed, or taken back
	Refused  int   // tickets that were not
}

// detail keeps it in a line.
func (b Bulk) detail() string {
	how := "done"
	if b.Undone {
		how = "undone"
	}
	return fmt.Sprint(how, " ", b.Done, " ", b.Refused)
}

// bulkLineSQL writes the line under the lock of its person's row, once.
const bulkLineSQL = `
WITH who AS (SELECT id FROM people WHERE id = @person FOR NO KEY UPDATE),
made AS (
    INSERT INTO notices (person_id, event, reason, seq, detail, causes, in_app, at)
    SELECT who.id, @event, @reason, @run, @detail, ARRAY[@run::bigint], true, @now FROM who
    WHERE NOT EXISTS (SELECT FROM notices WHERE person_id = @person AND in_app AND event = @event AND seq = @run AND detail = @detail)
    RETURNING id)
SELECT pg_notify('deskbell_notices', @person::text)::text FROM made`

// TellBulk tells somebody how their bulk action ended, once however often it is
// called.
func (s *Service) TellBulk(ctx context.Context, b Bulk) error {
	_, err := s.DB.Exec(ctx, bulkLineSQL, pgx.NamedArgs{
		"person": b.PersonID, "event": BulkEnded, "reason": Own, "run": b.Run, "detail": b.detail(), "now": s.Now(),
	})
	if err != nil {
		return fmt.Errorf("tell of the end of bulk action %d: %w", b.Run, err)
	}
	return nil
}

// bulkSentence says how a bulk action ended.
func bulkSentence(ctx context.Context, detail string) string {
	how, numbers, _ := strings.Cut(detail, " ")
	d, f, _ := strings.Cut(numbers, " ")
	done, _ := strconv.Atoi(d)
	refused, _ := strconv.Atoi(f)
	said := i18n.T(ctx, "notice.event.bulk_ended", "count", done)
	if how == "undone" {
		said = i18n.T(ctx, "notice.event.bulk_undone", "count", done)
	}
	if refused > 0 {
		said += " " + i18n.T(ctx, "notice.event.bulk_refused", "count", refused)
	}
	return said
}

// Href is where a line leads; "" when there is nothing to see.
func (r Row) Href() string {
	switch {
	case r.Event == BulkEnded:
		return link.BulkRun(r.Seq)
	case r.Number != 0:
		return link.AgentMessage(r.Number, r.Seq)
	default:
		return ""
	}
}
