package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/mail"
)

// hearingSQL are the people who see a ticket because of its company or site
// and asked for letters about such tickets (account.NoticeCompany). Who gets the
// reply anyway is left out: one letter to each reader.
const hearingSQL = `
SELECT cp.person_id FROM tickets t
JOIN companies c ON c.id = t.company_id
JOIN company_people cp ON cp.company_id = c.id
JOIN people p ON p.id = cp.person_id AND p.disabled_at IS NULL
JOIN notification_choices n ON n.person_id = cp.person_id AND n.kind = 'company' AND n.wanted
WHERE t.id = @ticket AND cp.person_id <> t.requester_id AND cp.person_id <> @author AND ` + readByCompany + `
    AND NOT EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND pt.person_id = cp.person_id)
ORDER BY cp.person_id`

// toColleagues are the letters about an agent's reply to those colleagues.
func (c *change) toColleagues(ctx context.Context, tx pgx.Tx) ([]mail.Letter, error) {
	if c.posted == 0 || c.CompanyID == nil || kindOf(c.by) != ByAgent {
		return nil, nil
	}
	rows, err := tx.Query(ctx, hearingSQL, pgx.NamedArgs{"ticket": c.ID, "author": c.by.PersonID})
	if err != nil {
		return nil, fmt.Errorf("find colleagues who want letters: %w", err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("find colleagues who want letters: %w", err)
	}
	letters := make([]mail.Letter, len(people))
	for i, id := range people {
		letters[i] = c.letter(mail.Reply, id)
		letters[i].Data["why"] = mail.WhyCompany
	}
	return letters, nil
}

// Stake is why somebody hears of a ticket.
type Stake string

// The stakes.
const (
	Asked  Stake = "asked"  // they opened it
	Copy   Stake = "copy"   // they get copies
	Reads  Stake = "reads"  // they see it, as a colleague or as staff
	NoSuch Stake = "nobody" // they may not know of it, or there is no such ticket
)

const stakeSQL = `
SELECT CASE WHEN t.requester_id = @person THEN 'asked'
    WHEN EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND (pt.person_id = @person OR pt.address = @address)) THEN 'copy'
    WHEN EXISTS (SELECT FROM person_roles pr JOIN roles o ON o.id = pr.role_id
        WHERE pr.person_id = @person AND 'tickets.answer' = ANY (o.permissions)) AND (t.assignee_id = @person OR NOT EXISTS (
            SELECT FROM departments d WHERE d.id = t.department_id AND d.closed
                AND NOT EXISTS (SELECT FROM department_members m WHERE m.department_id = d.id AND m.person_id = @person))) THEN 'reads'
    WHEN EXISTS (SELECT FROM company_people cp JOIN companies c ON c.id = cp.company_id
        WHERE cp.person_id = @person AND cp.company_id = t.company_id AND ` + readByCompany + `) THEN 'reads'
    ELSE 'nobody' END
FROM tickets t
WHERE t.id = @ticket AND NOT EXISTS (SELECT FROM people p WHERE p.id = @person AND p.disabled_at IS NOT NULL)`

// StakeOf returns why somebody hears of a ticket now: a person, or with 0
// whoever has the address. It is asked when a letter leaves, which may be long
// after it was queued; for NoSuch nothing of the ticket may leave.
func (s *Service) StakeOf(ctx context.Context, ticketID, personID int64, address string) (Stake, error) {
	rows, err := s.db.Query(ctx, stakeSQL, pgx.NamedArgs{"ticket": ticketID, "person": personID, "address": address})
	if err != nil {
		return NoSuch, fmt.Errorf("read why somebody hears of a ticket: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[Stake])
	if err != nil || len(found) == 0 {
		return NoSuch, err
	}
	return found[0], nil
}
