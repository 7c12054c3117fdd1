package ticket

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// Recipients is to whom of the people on copy a reply is mailed, and whom its
// writer puts on copy with it (T8a). Who is on copy sees the ticket in any case:
// leaving somebody out spares them a letter, it hides nothing.
type Recipients struct {
	Shown     []string // addresses on copy that the writer saw; who came since gets the reply
	To        []string // those of Shown that it is mailed to
	Confirmed []string // addresses outside the ticket's company that may read it
}

// skipped are the addresses that the writer left out, of those that are on copy.
func (r Recipients) skipped(copies []copyTo) []string {
	out := []string{}
	for _, c := range copies {
		if slices.Contains(r.Shown, c.Address) && !slices.Contains(r.To, c.Address) {
			out = append(out, c.Address)
		}
	}
	return out
}

// checkCC refuses to put addresses on copy that are the desk's own, or that lie
// outside the ticket's company and nobody confirmed.
func (s *Service) checkCC(ctx context.Context, tx pgx.Tx, c *change, r checkedReply) error {
	if len(r.cc) == 0 {
		return nil
	}
	var wrong fault.Field
	if s.hooks.OwnAddresses != nil {
		for _, own := range s.hooks.OwnAddresses(ctx) {
			if slices.Contains(r.cc, strings.ToLower(own)) {
				wrong.Add("cc", "ticket.cc_ours", "address", own)
				return wrong.Err()
			}
		}
	}
	rows, _ := tx.Query(ctx, checkCopiesSQL, pgx.NamedArgs{"ticket": c.ID, "addresses": r.cc})
	checks, err := pgx.CollectRows(rows, pgx.RowToStructByName[copyCheck])
	if err != nil {
		return err
	}
	if outside := strangers(checks, r.To.Confirmed); len(outside) > 0 {
		wrong.Add("cc", "ticket.cc_outside", "addresses", strings.Join(outside, ", "))
	}
	return wrong.Err()
}

// skippedColumn is whom the last agent's reply was not mailed to: the choice is
// remembered for the next one.
const skippedColumn = `
    coalesce((SELECT m.skipped FROM messages m WHERE m.ticket_id = t.id AND m.author_kind = 'agent' ORDER BY m.seq DESC LIMIT 1), '{}') AS skipped`
