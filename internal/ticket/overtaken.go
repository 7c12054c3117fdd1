package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// Overtaking are the entries after seen that the agent me has not read before
// they began to send: what others wrote, noted or did to the status.
func Overtaking(all []Entry, seen, me int64) []Entry {
	var news []Entry
	for _, e := range all {
		if e.Seq <= seen || e.AuthorID != nil && *e.AuthorID == me {
			continue
		}
		if e.Kind != EventEntry || e.Event == StatusChanged {
			news = append(news, e)
		}
	}
	return news
}

const overtakenSQL = `
SELECT EXISTS (SELECT FROM messages WHERE ticket_id = @ticket AND seq > @seen AND author_id IS DISTINCT FROM @me)
    OR EXISTS (SELECT FROM notes WHERE ticket_id = @ticket AND seq > @seen AND author_id <> @me)
    OR EXISTS (SELECT FROM events WHERE ticket_id = @ticket AND seq > @seen AND kind = 'status_changed' AND actor_id IS DISTINCT FROM @me)`

// overtaken refuses an agent's reply while there is something on the ticket that
// its writer has not seen (A4). It says the same of a ticket as Overtaking of its
// timeline. They read it and may then send the same.
func overtaken(ctx context.Context, tx pgx.Tx, c *change, seen int64) error {
	if seen <= 0 || seen >= c.TimelineSeq {
		return nil
	}
	var yes bool
	if err := tx.QueryRow(ctx, overtakenSQL, pgx.NamedArgs{"ticket": c.ID, "seen": seen, "me": c.by.PersonID}).Scan(&yes); err != nil {
		return err
	}
	if yes {
		return fault.New(fault.Conflict, "ticket.answer_crossed")
	}
	return nil
}
