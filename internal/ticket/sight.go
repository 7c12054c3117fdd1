package ticket

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// visibleTo is the one condition "the actor may see ticket t" for people who
// are not staff (decision 6): its requester, a participant, or a contact who
// sees all of the ticket's company, unless the ticket is private. Each arm is
// an index look-up. maySee says the same of a loaded row; a matrix test holds
// them together.
const visibleTo = `t.id IN (
    SELECT s.id FROM tickets s WHERE s.requester_id = @sight_me
    UNION ALL SELECT s.id FROM tickets s WHERE s.company_id = ANY (@sight_companies) AND NOT s.private
    UNION ALL SELECT s.ticket_id FROM participants s WHERE s.person_id = @sight_me)`

// sight returns the condition for by and adds its arguments to args. Staff see
// every ticket, people who are not signed in none.
func sight(by auth.Actor, args pgx.NamedArgs) string {
	switch {
	case by.Staff() || by.Kind == auth.Robot || by.Kind == auth.System:
		return "true"
	case by.SignedIn():
		args["sight_me"], args["sight_companies"] = by.PersonID, by.SharedCompanies()
		return visibleTo
	default:
		return "false"
	}
}

// maySee is visibleTo in Go. participant says whether by is one of t's.
func maySee(by auth.Actor, t Ticket, participant Participation) bool {
	switch {
	case by.Staff() || by.Kind == auth.Robot || by.Kind == auth.System:
		return true
	case !by.SignedIn():
		return false
	case t.RequesterID == by.PersonID, participant == TakesPart:
		return true
	default:
		return t.CompanyID != nil && !t.Private && slices.Contains(by.SharedCompanies(), *t.CompanyID)
	}
}

// Participation is whether somebody is a participant of a ticket.
type Participation bool

// The values of Participation.
const (
	TakesPart Participation = true
	NoPart    Participation = false
)
