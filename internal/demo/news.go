package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/notice"
)

// newsSQL are the latest things that happened to tickets in work.
const newsSQL = `
SELECT ticket_id, seq, at FROM (
    SELECT m.ticket_id, m.seq, m.created_at AS at FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.created_at > @since AND t.trashed_at IS NULL
    UNION ALL SELECT n.ticket_id, n.seq, n.created_at FROM notes n WHERE n.created_at > @since
    UNION ALL SELECT e.ticket_id, e.seq, e.at FROM events e WHERE e.at > @since AND e.kind IN ('assigned', 'promise_due')) news
ORDER BY at DESC, ticket_id, seq LIMIT 80`

// tellNews tells staff of the last days as it would have at the time; of what is
// older than the latest half they have read.
func (p *player) tellNews(ctx context.Context) error {
	now := p.clock.at
	rows, _ := p.db.Query(ctx, newsSQL, pgx.NamedArgs{"since": now.Add(-3 * day)})
	news, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Ticket, Seq int64
		At          time.Time
	}])
	if err != nil {
		return fmt.Errorf("read the news: %w", err)
	}
	for i := len(news) - 1; i >= 0; i-- {
		n := news[i]
		p.clock.at = n.At
		if err := p.desk.Notices.Tell(ctx, notice.Happened{TicketID: n.Ticket, After: n.Seq - 1, Upto: n.Seq}); err != nil {
			return err
		}
	}
	p.clock.at = now
	if len(news) == 0 {
		return nil
	}
	for _, s := range staff {
		if err := p.desk.Notices.MarkAll(ctx, p.actors[s.email], news[len(news)/2].At); err != nil {
			return err
		}
	}
	return nil
}
