package ticket

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Somebody is a person whom a ticket can be opened for.
type Somebody struct {
	ID      int64
	Name    string
	Email   string
	Phone   string
	Company string // "" for a private person
	Lang    string // "" when never chosen
}

// foundPeople is how many people a search for a requester offers.
const foundPeople = 8

// findPeopleSQL finds people by the beginning of a name or an address, or by the
// digits of a number; each way goes along an index of its own.
const findPeopleSQL = `
SELECT p.id, p.name, p.phone, p.lang, coalesce(e.value, '') AS email, coalesce(c.name, '') AS company
FROM people p
LEFT JOIN LATERAL (SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT co.name FROM company_people cp JOIN companies co ON co.id = cp.company_id WHERE cp.person_id = p.id ORDER BY lower(co.name) LIMIT 1) c ON true
WHERE p.disabled_at IS NULL AND p.id IN (
    (SELECT i.person_id FROM identities i WHERE i.kind = 'email' AND i.value ~>=~ @query AND i.value ~<~ (@query || U&'\+10FFFF') LIMIT @limit)
    UNION (SELECT n.id FROM people n WHERE lower(n.name) ~>=~ @query AND lower(n.name) ~<~ (@query || U&'\+10FFFF') LIMIT @limit)
    UNION (SELECT n.id FROM people n WHERE lower(n.last_name) ~>=~ @query AND lower(n.last_name) ~<~ (@query || U&'\+10FFFF') LIMIT @limit))
ORDER BY lower(p.name), p.id
LIMIT @limit`

// FindPeople finds people whom a ticket can be for, by the beginning of their
// name, last name or address. Only staff may.
func (s *Service) FindPeople(ctx context.Context, by auth.Actor, query string) ([]Somebody, error) {
	if err := staffOnly(by); err != nil {
		return nil, err
	}
	query = strings.ToLower(richtext.Line(query))
	if len([]rune(query)) < 2 {
		return nil, nil
	}
	rows, _ := s.db.Query(ctx, findPeopleSQL, pgx.NamedArgs{"query": query, "limit": foundPeople})
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Somebody])
	if err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return found, nil
}

const somebodySQL = `
SELECT p.id, p.name, p.phone, p.lang, coalesce((SELECT i.value FROM identities i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), '') AS email,
    coalesce((SELECT co.name FROM company_people cp JOIN companies co ON co.id = cp.company_id WHERE cp.person_id = p.id ORDER BY lower(co.name) LIMIT 1), '') AS company
FROM people p WHERE p.id = @id AND p.disabled_at IS NULL`

// Somebody returns one person whom a ticket can be for.
func (s *Service) Somebody(ctx context.Context, by auth.Actor, id int64) (Somebody, error) {
	if err := staffOnly(by); err != nil {
		return Somebody{}, err
	}
	rows, _ := s.db.Query(ctx, somebodySQL, pgx.NamedArgs{"id": id})
	one, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Somebody])
	return one, pg.NotFound(err, "ticket.requester_unknown")
}

const requesterSQL = `
SELECT p.name, coalesce((SELECT jsonb_agg(jsonb_build_object('CompanyID', co.id, 'Company', co.name, 'SiteID', coalesce(cp.site_id, 0)) ORDER BY co.id)
    FROM company_people cp JOIN companies co ON co.id = cp.company_id WHERE cp.person_id = p.id), '[]')
FROM people p WHERE p.id = @id AND p.disabled_at IS NULL`

// person reads somebody whom a ticket is for, with their companies. Who does not
// exist is fault.Invalid with field requester.
func person(ctx context.Context, db pg.DB, id int64) (auth.Actor, error) {
	a := auth.Actor{Kind: auth.Person, PersonID: id}
	err := db.QueryRow(ctx, requesterSQL, pgx.NamedArgs{"id": id}).Scan(&a.Name, &a.Companies)
	if err = pg.NotFound(err, "ticket.requester_unknown"); fault.Is(err, fault.NotFound) {
		var wrong fault.Field
		wrong.Add("requester", "ticket.requester_unknown")
		return auth.Actor{}, wrong.Err()
	}
	return a, err
}

// requester is who the ticket is for; somebody new is made a contact.
func (s *Service) requester(ctx context.Context, tx pgx.Tx, by auth.Actor, in OnBehalf) (auth.Actor, error) {
	id := in.RequesterID
	if id == 0 && s.hooks.Contact != nil {
		var err error
		if id, err = s.hooks.Contact(ctx, tx, by, in.Contact); err != nil {
			return auth.Actor{}, err
		}
	}
	return person(ctx, tx, id)
}

// Effect is what another requester means for a ticket.
type Effect struct {
	ID         int64
	Name       string // who would be the requester
	Company    string // whose ticket it would be; "" nobody's
	WasName    string
	WasCompany string
}

// Moves reports whether the ticket would belong to another company.
func (e Effect) Moves() bool { return e.Company != e.WasCompany }

const wasRequesterSQL = `
SELECT t.id, t.number, r.name AS was_name, coalesce(c.name, '') AS was_company, t.requester_id AS was_id
FROM tickets t JOIN people r ON r.id = t.requester_id LEFT JOIN companies c ON c.id = t.company_id
WHERE t.number = @number AND ` + staffSees

// RequesterEffect says what would change if a ticket were somebody else's; it
// changes nothing.
func (s *Service) RequesterEffect(ctx context.Context, by auth.Actor, number, personID int64) (Effect, error) {
	if err := staffOnly(by); err != nil {
		return Effect{}, err
	}
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	var was struct {
		ID, Number, WasID   int64
		WasName, WasCompany string
	}
	if err := s.db.QueryRow(ctx, wasRequesterSQL, args).Scan(&was.ID, &was.Number, &was.WasName, &was.WasCompany, &was.WasID); err != nil {
		return Effect{}, pg.NotFound(err, "ticket.not_found")
	}
	who, err := person(ctx, s.db, personID)
	if err != nil {
		return Effect{}, err
	}
	e := Effect{ID: personID, Name: who.Name, WasName: was.WasName, WasCompany: was.WasCompany}
	if len(who.Companies) == 1 {
		e.Company = who.Companies[0].Company
	}
	return e, nil
}

// NewRequester is whose ticket it is from now on.
type NewRequester struct {
	PersonID int64
	Notify   bool // tell them that the ticket is theirs
	KeepCopy bool // the former requester stays on copy
}

const keepRequesterSQL = `
INSERT INTO participants (ticket_id, address, person_id, why, added_by, side, added_at)
SELECT @id, i.value, i.person_id, 'cc', @me, 'agent', @now FROM identities i
WHERE i.person_id = @was AND i.kind = 'email' ORDER BY i.id LIMIT 1
ON CONFLICT DO NOTHING`

// SetRequester gives a ticket to another requester. Company and site are theirs
// from now on, and with them who sees it. Nobody is told unless in.Notify says
// so. It returns fault.Invalid with field requester.
func (s *Service) SetRequester(ctx context.Context, by auth.Actor, number int64, in NewRequester) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(tx pgx.Tx, c *change) error {
		if in.PersonID == c.RequesterID {
			return nil
		}
		was := c.RequesterID
		if _, err := c.setOwner(ctx, tx, in.PersonID, 0); err != nil {
			return err
		}
		if in.KeepCopy {
			if _, err := tx.Exec(ctx, keepRequesterSQL, pgx.NamedArgs{"id": c.ID, "was": was, "me": by.PersonID, "now": c.now}); err != nil {
				return err
			}
		}
		if !in.Notify || s.hooks.Mail == nil {
			return nil
		}
		return s.hooks.Mail(ctx, tx, mail.Letter{Kind: mail.Created, PersonID: c.RequesterID, TicketID: c.ID})
	})
}

const setOwnerSQL = `UPDATE tickets SET company_id = @company, site_id = @site WHERE id = @id`

// saveOwner writes the company at once, so that whose lists the ticket is on can
// be worked out of its row.
func (c *change) saveOwner(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) error {
	args["company"], args["site"] = c.CompanyID, c.SiteID
	b := &pgx.Batch{}
	b.Queue(setOwnerSQL, args)
	b.Queue(ownWordsSQL, args)
	return tx.SendBatch(ctx, b).Close()
}
