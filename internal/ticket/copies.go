package ticket

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/pg"
)

// maxCopies is how many people one ticket may have on copy.
const maxCopies = 50

// Participant is somebody who gets copies of a ticket's public replies (T7).
type Participant struct {
	Address  string     `json:"address"`
	Name     string     `json:"name"` // "" for an address we know nobody by
	PersonID *int64     `json:"person_id"`
	AddedBy  string     `json:"added_by"` // "": they were in Cc of a mail
	AdderID  *int64     `json:"adder_id"`
	Side     AuthorKind `json:"side"` // on whose side AddedBy was
	AddedAt  time.Time  `json:"added_at"`
	Known    bool       `json:"known"` // of the ticket's company, or they wrote on it: customers may read their name
}

const participantsColumn = `coalesce((SELECT jsonb_agg(jsonb_build_object('address', pt.address, 'name', coalesce(pp.name, ''),
        'person_id', pt.person_id, 'added_by', coalesce(pa.name, ''), 'adder_id', pt.added_by, 'side', pt.side, 'added_at', pt.added_at,
        'known', EXISTS (SELECT FROM company_people pc WHERE pc.company_id = t.company_id AND pc.person_id = pt.person_id)
            OR EXISTS (SELECT FROM messages pm WHERE pm.ticket_id = t.id AND pm.author_id = pt.person_id)) ORDER BY pt.added_at, pt.address)
        FROM participants pt LEFT JOIN people pp ON pp.id = pt.person_id LEFT JOIN people pa ON pa.id = pt.added_by
        WHERE pt.ticket_id = t.id), '[]') AS participants`

// namedFor leaves out of people whose names by may not know: whoever puts an
// address on copy does not learn whose it is, nor whether it has an account.
func namedFor(by auth.Actor, people []Participant) []Participant {
	if by.Staff() {
		return people
	}
	out := slices.Clone(people)
	for i, p := range out {
		if me := p.PersonID != nil && *p.PersonID == by.PersonID; !p.Known && !me {
			out[i].Name = ""
		}
	}
	return out
}

// Removable reports whether by may take p off the ticket's copies.
func (t Thread) Removable(by auth.Actor, p Participant) bool { return mayTakeAway(by, t.Ticket, p) }

// Colleague is a contact of the ticket's company whom the reader may know.
type Colleague struct {
	ID    int64
	Name  string
	Email string
}

const colleaguesSQL = `
SELECT p.id, p.name, i.value AS email
FROM tickets t
JOIN company_people cp ON cp.company_id = t.company_id
JOIN people p ON p.id = cp.person_id AND p.disabled_at IS NULL AND p.id <> t.requester_id
JOIN LATERAL (SELECT value FROM identities WHERE person_id = p.id AND kind = 'email' ORDER BY id LIMIT 1) i ON true
WHERE t.number = @number AND ` + mayRead + ` AND ` + colleague + `
    AND NOT EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND (pt.person_id = p.id OR pt.address = i.value))
ORDER BY lower(p.name), p.id
LIMIT 200`

// Colleagues returns whom by can choose to put on copy: contacts of the ticket's
// company, if by is of that company, who are not on it yet.
func (s *Service) Colleagues(ctx context.Context, by auth.Actor, number int64) ([]Colleague, error) {
	rows, _ := s.db.Query(ctx, colleaguesSQL, customerArgs(by, number))
	return pgx.CollectRows(rows, pgx.RowToStructByName[Colleague])
}

// NewCopies is whom somebody puts on copy.
type NewCopies struct {
	Typed     string   // addresses, separated by commas or semicolons
	People    []int64  // colleagues chosen from the list
	Confirmed []string // addresses outside the company that may read the ticket
}

const checkCopiesSQL = `
SELECT a.address, i.person_id, coalesce(p.name, '') AS name, coalesce(p.lang, '') AS lang,
    coalesce(i.person_id = t.requester_id, false) AS requester,
    EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND (pt.address = a.address OR pt.person_id = i.person_id)) AS there,
    EXISTS (SELECT FROM company_domains d WHERE d.company_id = t.company_id AND d.domain = split_part(a.address, '@', 2))
        OR EXISTS (SELECT FROM company_people cp WHERE cp.company_id = t.company_id AND cp.person_id = i.person_id)
        OR EXISTS (SELECT FROM person_roles pr WHERE pr.person_id = i.person_id) AS inside
FROM tickets t
CROSS JOIN unnest(@addresses::text[]) AS a (address)
LEFT JOIN identities i ON i.kind = 'email' AND i.value = a.address
LEFT JOIN people p ON p.id = i.person_id
WHERE t.id = @ticket
ORDER BY a.address`

type copyCheck struct {
	Address   string
	PersonID  *int64
	Name      string
	Lang      string
	Requester bool
	There     bool
	Inside    bool // of the ticket's company
}

// AddCopies puts people on copy (T7): from now on they get the public replies
// and see the ticket. Who is there already stays as they are. When addresses
// outside the ticket's company are among them and not confirmed, it changes
// nothing and returns them: somebody must say yes first (T8a).
//
// It returns fault.Invalid with field copies, fault.Forbidden when by is neither
// the requester nor an agent, and fault.Conflict on a closed ticket.
func (s *Service) AddCopies(ctx context.Context, by auth.Actor, number int64, in NewCopies) (outside []string, err error) {
	var wrong fault.Field
	all := addresses(&wrong, "copies", in.Typed)
	chosen, err := s.chosen(ctx, by, number, in.People)
	if err != nil {
		return nil, err
	}
	all = slices.Concat(all, chosen)
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		wrong.Add("copies", "ticket.copies_nobody")
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	err = s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		if !mayCopy(by, t.Ticket) {
			if t.Status == Closed {
				return fault.New(fault.Conflict, "ticket.copies_closed")
			}
			return fault.New(fault.Forbidden, "ticket.copies_not_yours")
		}
		rows, _ := tx.Query(ctx, checkCopiesSQL, pgx.NamedArgs{"ticket": t.ID, "addresses": all})
		checks, err := pgx.CollectRows(rows, pgx.RowToStructByName[copyCheck])
		if err != nil {
			return err
		}
		if outside = strangers(checks, in.Confirmed); len(outside) > 0 {
			return nil
		}
		return s.copyTo(ctx, tx, begin(t, by, s.now()), checks)
	})
	return outside, err
}

// strangers are the addresses outside the company that nobody confirmed.
func strangers(checks []copyCheck, confirmed []string) []string {
	var out []string
	for _, c := range checks {
		if !c.Inside && !c.There && !c.Requester && !slices.Contains(confirmed, c.Address) {
			out = append(out, c.Address)
		}
	}
	return out
}

// chosen are the addresses of those colleagues by picked; others than by may
// know are left out as if they did not exist.
func (s *Service) chosen(ctx context.Context, by auth.Actor, number int64, people []int64) ([]string, error) {
	if len(people) == 0 {
		return nil, nil
	}
	all, err := s.Colleagues(ctx, by, number)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range all {
		if slices.Contains(people, c.ID) {
			out = append(out, c.Email)
		}
	}
	return out, nil
}

const addCopiesSQL = `
WITH fresh AS (
    INSERT INTO participants (ticket_id, address, person_id, why, added_by, side, added_at)
    SELECT @ticket, a.address, i.person_id, 'cc', @by, @side, @at
    FROM unnest(@addresses::text[]) AS a (address) LEFT JOIN identities i ON i.kind = 'email' AND i.value = a.address
    WHERE i.person_id IS DISTINCT FROM @requester
        AND NOT EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = @ticket AND pt.person_id = i.person_id)
    ON CONFLICT DO NOTHING
    RETURNING address, person_id)
SELECT address, person_id, (SELECT count(*) FROM participants WHERE ticket_id = @ticket) AS before FROM fresh ORDER BY address`

type freshCopy struct {
	Address  string
	PersonID *int64
	Before   int // how many were on copy already
}

// addCopies makes people participants: they get copies and may see the ticket.
// The requester, who gets everything anyway, and who is there already are left
// out. More than a ticket may have is fault.Invalid with the given field.
func (c *change) addCopies(ctx context.Context, tx pgx.Tx, field string, cc []string) error {
	if len(cc) == 0 {
		return nil
	}
	rows, _ := tx.Query(ctx, addCopiesSQL, pgx.NamedArgs{
		"ticket": c.ID, "requester": c.RequesterID, "addresses": cc, "by": c.by.PersonID, "side": kindOf(c.by), "at": c.now,
	})
	fresh, err := pgx.CollectRows(rows, pgx.RowToStructByName[freshCopy])
	if err != nil {
		return err
	}
	for _, f := range fresh {
		if f.Before+len(fresh) > maxCopies {
			var wrong fault.Field
			wrong.Add(field, "ticket.copies_too_many", "limit", maxCopies)
			return wrong.Err()
		}
		c.record(CopiesSet, "", f.Address, "")
		c.Copies = append(c.Copies, copyTo{Address: f.Address, PersonID: f.PersonID})
	}
	return nil
}

// copiedData is all that the letter to somebody new on copy says of the ticket.
func copiedData(c *change) map[string]string {
	return map[string]string{"number": strconv.FormatInt(c.Number, 10), "subject": c.Subject, "who": c.by.Name, "link": link.Ticket(c.Number)}
}

// copyTo writes the new participants with their events and tells each that they
// were added, and nothing of what the ticket says.
func (s *Service) copyTo(ctx context.Context, tx pgx.Tx, c *change, checks []copyCheck) error {
	var fresh []string
	var letters []mail.Letter
	for _, k := range checks {
		if k.There || k.Requester {
			continue
		}
		fresh = append(fresh, k.Address)
		l := mail.Letter{Kind: mail.Copied, To: k.Address, Lang: k.Lang, TicketID: c.ID, Data: copiedData(c)}
		if k.PersonID != nil {
			l.PersonID = *k.PersonID
		}
		letters = append(letters, l)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := c.addCopies(ctx, tx, "copies", fresh); err != nil {
		return err
	}
	if s.hooks.Mail != nil {
		if err := s.hooks.Mail(ctx, tx, letters...); err != nil {
			return err
		}
	}
	return c.aside(ctx, tx)
}

const takeCopySQL = `
DELETE FROM participants WHERE ticket_id = @ticket AND address = @address`

const copySQL = `
SELECT pt.address, coalesce(p.name, '') AS name, pt.person_id, '' AS added_by, pt.added_by AS adder_id, pt.side, pt.added_at, false AS known
FROM participants pt LEFT JOIN people p ON p.id = pt.person_id
WHERE pt.ticket_id = @ticket AND pt.address = @address`

// TakeCopy takes an address off the ticket's copies: its owner gets no more
// replies and, unless they see the ticket for another reason, sees it no more.
// Agents may take off everybody, the requester whom customers added, a
// participant themselves; else it is fault.Forbidden.
func (s *Service) TakeCopy(ctx context.Context, by auth.Actor, number int64, address string) error {
	return s.transact(ctx, func(tx pgx.Tx) error {
		t, err := lock(ctx, tx, by, number)
		if err != nil {
			return err
		}
		args := pgx.NamedArgs{"ticket": t.ID, "address": strings.ToLower(strings.TrimSpace(address))}
		rows, _ := tx.Query(ctx, copySQL, args)
		p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Participant])
		if err != nil {
			return pg.NotFound(err, "ticket.copy_not_found")
		}
		if !mayTakeAway(by, t.Ticket, p) {
			return fault.New(fault.Forbidden, "ticket.copy_not_yours")
		}
		if _, err := tx.Exec(ctx, takeCopySQL, args); err != nil {
			return err
		}
		c := begin(t, by, s.now())
		c.record(CopiesTaken, p.Address, "", "")
		return c.aside(ctx, tx)
	})
}

const adoptCopiesSQL = `
UPDATE participants SET person_id = @person
WHERE person_id IS NULL AND address IN (
    SELECT value FROM identities WHERE person_id = @person AND kind = 'email' AND verified_at IS NOT NULL)`

// AdoptCopies gives somebody who proved that an address is theirs the tickets on
// which it is on copy.
func (s *Service) AdoptCopies(ctx context.Context, tx pgx.Tx, personID int64) error {
	_, err := tx.Exec(ctx, adoptCopiesSQL, pgx.NamedArgs{"person": personID})
	return err
}
