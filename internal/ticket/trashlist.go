package ticket

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// TrashRow is one ticket of the trash.
type TrashRow struct {
	ID            int64
	Number        int64
	Subject       string
	RequesterName string
	CompanyName   string // "" for a private person
	Spam          bool
	TrashedAt     time.Time
	TrashedBy     string // "" for the system
}

// TrashPage is one page of the trash, the last thrown away first.
type TrashPage struct {
	Rows   []TrashRow
	Next   string // "" at the end
	Beside Sidebar
}

const trashSQL = `
SELECT t.id, t.number, t.subject, r.name AS requester_name, coalesce(c.name, '') AS company_name, t.spam, t.trashed_at, coalesce(b.name, '') AS trashed_by
FROM tickets t
JOIN people r ON r.id = t.requester_id
LEFT JOIN companies c ON c.id = t.company_id
LEFT JOIN people b ON b.id = t.trashed_by
WHERE t.trashed_at IS NOT NULL AND ` + staffSees + `
    AND (@after::bigint = 0 OR (t.trashed_at, t.id) < (SELECT a.trashed_at, a.id FROM tickets a WHERE a.id = @after))
ORDER BY t.trashed_at DESC, t.id DESC
LIMIT @limit`

// TrashList returns one page of the trash; after is the Next of the page before.
// Two statements, sent together.
func (s *Service) TrashList(ctx context.Context, by auth.Actor, after int64) (TrashPage, error) {
	if err := staffOnly(by); err != nil {
		return TrashPage{}, err
	}
	args := s.viewArgs(by)
	args["after"], args["limit"] = after, inboxSize+1
	b := &pgx.Batch{}
	var p TrashPage
	pg.QueueRows(b, &p.Rows, trashSQL, args)
	s.queueSide(b, by, &p.Beside)
	if err := s.db.SendBatch(ctx, b).Close(); err != nil {
		return TrashPage{}, fmt.Errorf("list the trash: %w", err)
	}
	if len(p.Rows) > inboxSize {
		p.Rows = p.Rows[:inboxSize]
		p.Next = strconv.FormatInt(p.Rows[inboxSize-1].ID, 10)
	}
	return p, nil
}
