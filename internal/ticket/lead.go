package ticket

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// leadsTo is the id of the ticket that the number asked for leads to: its own,
// or that of the one that it was merged into, and so on.
const leadsTo = `(WITH RECURSIVE way AS (
    SELECT w.id, w.merged_into FROM tickets w WHERE w.number = @number
    UNION SELECT n.id, n.merged_into FROM way JOIN tickets n ON n.id = way.merged_into)
    SELECT way.id FROM way WHERE way.merged_into IS NULL)`

// leadsFrom are the tickets that t was merged into, the last of them the one it
// leads to; none when it was not merged.
const leadsFrom = `WITH RECURSIVE way AS (
    SELECT w.id, w.merged_into FROM tickets w WHERE w.id = t.merged_into
    UNION SELECT n.id, n.merged_into FROM way JOIN tickets n ON n.id = way.merged_into)
    SELECT way.id FROM way`

// wayOf are t and the tickets that it was merged into.
const wayOf = `(SELECT t.id UNION ALL (` + leadsFrom + `))`

// leadsColumn is the number that a merged ticket t leads to, if its reader sees
// that one, and staffLeadsColumn the same for staff. The inner t is the one led to.
const (
	leadsColumn      = leadsHead + ` AND ` + mayRead + `) AS leads_to`
	staffLeadsColumn = leadsHead + ` AND ` + staffSees + `) AS leads_to`
	leadsHead        = `(SELECT t.number FROM (` + leadsFrom + `) l JOIN tickets t ON t.id = l.id WHERE t.merged_into IS NULL`
)

// WithMerged are the ids of ticket t and of those that were merged into it, at
// whatever remove. What stands beside a timeline (calls, times, who watches)
// stays with the ticket that it was written for and is read by this: an undone
// merge has nothing to give back.
const WithMerged = `ARRAY(WITH RECURSIVE own AS (
    SELECT t.id UNION SELECT n.id FROM own JOIN tickets n ON n.merged_into = own.id) SELECT own.id FROM own)`

// errLed says that a ticket was merged while somebody waited for it. It is a
// fault of its own for callers in a transaction that is not ours to begin again.
var errLed = fault.New(fault.Conflict, "ticket.merged_just_now")

// ledTries is how often a use case follows a ticket that is merged under its
// hands.
const ledTries = 10

// transact runs do in a transaction. When the ticket that it waited for was
// merged meanwhile, it runs again, with the ticket that it leads to now: what
// was sent to a number is never lost.
func (s *Service) transact(ctx context.Context, do func(pgx.Tx) error) error {
	for try := 1; ; try++ {
		err := pgx.BeginFunc(ctx, s.db, do)
		if !errors.Is(err, errLed) || try == ledTries {
			return err
		}
	}
}
