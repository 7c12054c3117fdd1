package demo

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/ticket"
)

// familySQL are open tickets of one help topic in one language, of different
// people: many reports of one fault.
const familySQL = `
SELECT t.number FROM tickets t JOIN people p ON p.id = t.requester_id
WHERE t.status IN ('open', 'waiting') AND p.lang = @lang AND t.topic_id = (
    SELECT o.topic_id FROM tickets o JOIN people q ON q.id = o.requester_id
    WHERE o.status IN ('open', 'waiting') AND q.lang = @lang GROUP BY o.topic_id ORDER BY count(*) DESC, o.topic_id LIMIT 1)
ORDER BY t.status DESC, t.number DESC LIMIT 4`

// link puts a few tickets under a parent and beside each other.
func (p *player) link(ctx context.Context) error {
	for _, lang := range []string{"en", "ru"} {
		rows, _ := p.db.Query(ctx, familySQL, pgx.NamedArgs{"lang": lang})
		numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("find tickets to link: %w", err)
		}
		for i, n := range numbers {
			relation := ticket.ChildOf
			switch i {
			case 0:
				continue
			case 3:
				relation = ticket.Related
			}
			if err := p.desk.Tickets.AddLink(ctx, p.actors[annaMail], n, numbers[0], relation); err != nil {
				return err
			}
		}
	}
	return nil
}
