package company

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
)

// Agent is a member of staff to choose from.
type Agent struct {
	ID   int64
	Name string
}

// Card is a company's page without the open tab's list.
type Card struct {
	Facts
	Can Can
}

// Facts are what a company's page says about it.
type Facts struct {
	Company
	Privacy      Privacy
	Responsible  string   // "" when nobody
	WatcherNames []string // in the order of names
	Contacts     int
	Sites        int
	Tickets      int      // capped at 100
	Calls        int      // about them, capped at 100
	SeeAll       []string // names of contacts who see all of its tickets, at most 20
	Proposed     int      // unlinked contacts whose domain matches, capped at 100
}

// Can says what the reader may do with a company.
type Can struct {
	Edit bool
	Link bool
}

const cardSQL = `
SELECT c.id, c.name, c.other_names, c.site, c.email, c.phone, c.watchers, c.responsible_id, c.address, c.inn, c.kpp, c.vat, c.manager,
    c.comment, c.created_at, c.updated_at, c.privacy, coalesce(a.name, '') AS responsible,
    ARRAY(SELECT d.domain FROM company_domains d WHERE d.company_id = c.id ORDER BY d.domain) AS domains,
    ARRAY(SELECT w.name FROM people w WHERE w.id = ANY(c.watchers) ORDER BY lower(w.name)) AS watcher_names,
    (SELECT count(*) FROM company_people cp WHERE cp.company_id = c.id)::int AS contacts,
    (SELECT count(*) FROM sites si WHERE si.company_id = c.id)::int AS sites,
    (SELECT count(*) FROM (SELECT FROM tickets t WHERE t.company_id = c.id AND ` + worked + ` LIMIT 100) t)::int AS tickets,
    (SELECT count(*) FROM (SELECT FROM tickets t JOIN calls k ON k.ticket_id = t.id WHERE t.company_id = c.id AND ` + worked + ` LIMIT 100) k)::int AS calls,
    ARRAY(SELECT p.name FROM company_people cp JOIN people p ON p.id = cp.person_id
        WHERE cp.company_id = c.id AND cp.sees = 'company' ORDER BY lower(p.name) LIMIT 20) AS see_all,
    (SELECT count(*) FROM (
        SELECT FROM company_domains d
        JOIN identities i ON i.kind = 'email' AND split_part(i.value, '@', 2) = d.domain AND i.verified_at IS NOT NULL
        JOIN people p ON p.id = i.person_id AND p.disabled_at IS NULL
        WHERE d.company_id = c.id
          AND NOT EXISTS (SELECT FROM company_people cp WHERE cp.company_id = c.id AND cp.person_id = i.person_id)
          AND NOT EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = i.person_id)
        LIMIT 100) x)::int AS proposed
FROM companies c LEFT JOIN people a ON a.id = c.responsible_id
WHERE c.id = @id`

// Card returns a company's page, in one statement.
func (s *Service) Card(ctx context.Context, by auth.Actor, id int64) (Card, error) {
	if err := staff(by); err != nil {
		return Card{}, err
	}
	rows, err := s.db.Query(ctx, cardSQL, staffSight(by, pgx.NamedArgs{"id": id}))
	if err != nil {
		return Card{}, wrap("read a company", err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Facts])
	if err != nil {
		return Card{}, pg.NotFound(wrap("read a company", err), "company.not_found")
	}
	return Card{f, Can{Edit: by.May(auth.EditCompanies), Link: by.May(auth.LinkContacts)}}, nil
}

const agentsSQL = `
SELECT p.id, p.name FROM people p
WHERE p.disabled_at IS NULL AND EXISTS (SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id
    WHERE pr.person_id = p.id AND 'tickets.answer' = ANY(r.permissions))
ORDER BY lower(p.name), p.id LIMIT 500`

// Agents lists the staff that a card's form offers.
func (s *Service) Agents(ctx context.Context, by auth.Actor) ([]Agent, error) {
	if err := may(by, auth.EditCompanies); err != nil {
		return nil, err
	}
	rows, err := s.db.Query(ctx, agentsSQL)
	if err != nil {
		return nil, wrap("list agents", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Agent])
	return list, wrap("list agents", err)
}

// Ticket is one row of a company's or a contact's tickets.
type Ticket struct {
	Number         int64
	Subject        string
	Status         string
	Reopened       bool
	LastReplier    string
	PostponedUntil *time.Time
	Priority       int
	Contact        string
	Assignee       string // "" when nobody
	LastActivityAt time.Time
	ID             int64
}

// Tickets is one page of tickets, the last active first.
type Tickets struct {
	Rows []Ticket
	Next string
}

const ticketColumns = `t.id, t.number, t.subject, t.status, t.reopened, t.last_replier, t.postponed_until, t.priority::int AS priority,
    r.name AS contact, coalesce(a.name, '') AS assignee, t.last_activity_at`

const companyTicketsSQL = `
SELECT ` + ticketColumns + `
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN people a ON a.id = t.assignee_id
WHERE t.company_id = @id AND ` + worked + `
  AND (@after::bigint = 0 OR (t.last_activity_at, t.id) < (SELECT last_activity_at, id FROM tickets WHERE id = @after))
ORDER BY t.last_activity_at DESC, t.id DESC
LIMIT @limit`

const contactTicketsSQL = `
SELECT ` + ticketColumns + `
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN people a ON a.id = t.assignee_id
WHERE t.requester_id = @id AND ` + worked + `
  AND (@after::bigint = 0 OR (t.last_activity_at, t.id) < (SELECT last_activity_at, id FROM tickets WHERE id = @after))
ORDER BY t.last_activity_at DESC, t.id DESC
LIMIT @limit`

// CompanyTickets lists a company's tickets.
func (s *Service) CompanyTickets(ctx context.Context, by auth.Actor, id int64, after string) (Tickets, error) {
	return s.tickets(ctx, by, companyTicketsSQL, id, after)
}

// ContactTickets lists the tickets that a contact opened.
func (s *Service) ContactTickets(ctx context.Context, by auth.Actor, id int64, after string) (Tickets, error) {
	return s.tickets(ctx, by, contactTicketsSQL, id, after)
}

func (s *Service) tickets(ctx context.Context, by auth.Actor, statement string, id int64, after string) (Tickets, error) {
	if err := staff(by); err != nil {
		return Tickets{}, err
	}
	rows, err := s.db.Query(ctx, statement, staffSight(by, pgx.NamedArgs{"id": id, "after": pg.ReadPlace(after).ID, "limit": pageSize + 1}))
	if err != nil {
		return Tickets{}, wrap("list tickets", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Ticket])
	if err != nil {
		return Tickets{}, wrap("list tickets", err)
	}
	var t Tickets
	t.Rows, t.Next = pg.PageOf(list, pageSize, func(r Ticket) pg.Place { return pg.Place{ID: r.ID} })
	return t, nil
}
