package ticket

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// maxMentions is how many agents one note may name.
const maxMentions = 20

const blindSQL = `
SELECT coalesce((SELECT n.name FROM people n WHERE n.id = m.id), '') FROM unnest(@people::bigint[]) AS m (id)
WHERE NOT EXISTS (SELECT FROM people p, tickets t WHERE p.id = m.id AND t.id = @ticket AND ` + ReadByStaff + `)
LIMIT 1`

const mentionSQL = `
INSERT INTO note_mentions (note_id, person_id) SELECT @note, m.id FROM unnest(@people::bigint[]) AS m (id) ON CONFLICT DO NOTHING`

// named are the agents that a note names, in its text or beside it.
func named(beside []int64, text body) []int64 {
	all := slices.Clone(beside)
	for _, id := range richtext.Mentions(text.Source, text.Kind) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// mention notes whom a note names. Somebody who may not read it is refused by
// name rather than left waiting for an answer that cannot come.
func mention(ctx context.Context, tx pgx.Tx, t Ticket, noteID int64, people []int64) error {
	if len(people) == 0 {
		return nil
	}
	var wrong fault.Field
	if len(people) > maxMentions {
		wrong.Add("mentions", "ticket.mentions_too_many", "limit", maxMentions)
		return wrong.Err()
	}
	args := pgx.NamedArgs{"note": noteID, "ticket": t.ID, "people": people}
	rows, _ := tx.Query(ctx, blindSQL, args)
	blind, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range blind {
		wrong.Add("mentions", "ticket.mention_blind", "name", name)
		return wrong.Err()
	}
	_, err = tx.Exec(ctx, mentionSQL, args)
	return err
}
