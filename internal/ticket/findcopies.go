package ticket

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
)

// CopyOffer is somebody who could be put on copy.
type CopyOffer struct {
	Address string
	Name    string // "" for an address we know nobody by
	Company string // theirs; "" none
	Inside  bool   // of the ticket's company, or staff: nobody is asked whether they may read it
}

// CopyOffers are who can be put on copy of a ticket.
type CopyOffers struct {
	Company string // the ticket's; "" a private person's, or there is no ticket yet
	Ticket  bool   // there is one
	Offers  []CopyOffer
}

const copiesForSQL = `
SELECT t.id, coalesce(c.name, '') AS company FROM tickets t LEFT JOIN companies c ON c.id = t.company_id
WHERE t.id = ` + leadsTo + ` AND ` + staffSees

// FindCopies finds people whom a reply can be copied to as FindPeople does, and
// offers a whole address as it was typed. Who gets the reply anyway and the desk's
// own addresses are left out. Number 0 is a ticket that is not opened yet.
func (s *Service) FindCopies(ctx context.Context, by auth.Actor, number int64, query string) (CopyOffers, error) {
	found, err := s.FindPeople(ctx, by, query)
	if err != nil {
		return CopyOffers{}, err
	}
	var of CopyOffers
	ours := s.ourAddresses(ctx)
	for _, p := range found {
		if address := strings.ToLower(p.Email); address != "" && !slices.Contains(ours, address) {
			of.Offers = append(of.Offers, CopyOffer{Address: address, Name: p.Name, Company: p.Company, Inside: true})
		}
	}
	typed := typedAddress(query)
	known := slices.ContainsFunc(of.Offers, func(o CopyOffer) bool { return o.Address == typed })
	if typed != "" && !known && !slices.Contains(ours, typed) {
		of.Offers = append(of.Offers, CopyOffer{Address: typed, Inside: true})
	}
	if number == 0 {
		return of, nil
	}
	err = s.copiesOf(ctx, by, number, &of)
	return of, err
}

// typedAddress is an address that is whole; "" for the beginning of one.
func typedAddress(query string) string {
	a, err := mail.ParseAddress(richtext.Line(query))
	if err != nil || !strings.Contains(a.Address[strings.LastIndex(a.Address, "@"):], ".") {
		return ""
	}
	return strings.ToLower(a.Address)
}

// copiesOf says what the offers are to a ticket, and takes out who gets its
// replies anyway.
func (s *Service) copiesOf(ctx context.Context, by auth.Actor, number int64, of *CopyOffers) error {
	args := pgx.NamedArgs{"number": number}
	staffSight(by, args)
	var id int64
	if err := s.db.QueryRow(ctx, copiesForSQL, args).Scan(&id, &of.Company); err != nil {
		return pg.NotFound(err, "ticket.not_found")
	}
	of.Ticket = true
	addresses := make([]string, len(of.Offers))
	for i, o := range of.Offers {
		addresses[i] = o.Address
	}
	rows, _ := s.db.Query(ctx, checkCopiesSQL, pgx.NamedArgs{"ticket": id, "addresses": addresses})
	checks, err := pgx.CollectRows(rows, pgx.RowToStructByName[copyCheck])
	if err != nil {
		return err
	}
	for _, c := range checks {
		at := slices.IndexFunc(of.Offers, func(o CopyOffer) bool { return o.Address == c.Address })
		if c.There || c.Requester {
			of.Offers = slices.Delete(of.Offers, at, at+1)
		} else {
			of.Offers[at].Inside = c.Inside
		}
	}
	return nil
}
