package ticket

import (
	"context"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// markRead stands before the statement that opens a ticket: the reader has read
// its timeline to the end. It writes nothing when they had already.
const markRead = `WITH mark AS (
    INSERT INTO ticket_reads (person_id, ticket_id, seq) SELECT @me, t.id, t.timeline_seq FROM tickets t
    WHERE t.number = @number AND ` + staffSees + `
        AND NOT EXISTS (SELECT FROM ticket_reads r WHERE r.person_id = @me AND r.ticket_id = t.id AND r.seq = t.timeline_seq)
    ON CONFLICT (person_id, ticket_id) DO UPDATE SET seq = excluded.seq)
`

// unreadMark is the place of whoever marked a ticket as unread.
const unreadMark = -1

const markUnreadSQL = `
INSERT INTO ticket_reads (person_id, ticket_id, seq) SELECT @me, t.id, @seq FROM tickets t WHERE t.number = @number AND ` + staffSees + `
ON CONFLICT (person_id, ticket_id) DO UPDATE SET seq = excluded.seq`

// MarkUnread lets a ticket stand out in by's lists until they open it again.
func (s *Service) MarkUnread(ctx context.Context, by auth.Actor, number int64) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	args := s.viewArgs(by)
	args["number"], args["seq"] = number, unreadMark
	tag, err := s.db.Exec(ctx, markUnreadSQL, args)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.NotFound, "ticket.not_found")
	}
	return err
}
