package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
)

// visibleTo is the one condition "the actor may see ticket t" for people who
// are not staff (decision 6): its requester, a participant, or a contact who
// sees all of the ticket's company or site, unless the ticket is private. It is
// for tickets that were found by something else, such as their number or their
// words; seen is for lists. maySee says the same of a loaded row; a matrix test
// holds the three together.
const visibleTo = `(` + alive + ` AND (t.requester_id = @sight_me
    OR NOT t.private AND (t.company_id = ANY (@sight_companies) OR t.site_id = ANY (@sight_sites))
    OR EXISTS (SELECT FROM participants s WHERE s.ticket_id = t.id AND s.person_id = @sight_me)))`

// ownTo is visibleTo without the colleagues' tickets.
const ownTo = `(` + alive + ` AND (t.requester_id = @sight_me
    OR EXISTS (SELECT FROM participants s WHERE s.ticket_id = t.id AND s.person_id = @sight_me)))`

// Whose is whose tickets a list has.
type Whose string

// The values of Whose.
const (
	WhoseAll Whose = "all"  // all that the actor sees
	WhoseOwn Whose = "mine" // those that they opened or take part in
)

// sorted are the columns that lists are ordered by.
const sorted = "t.id, t.last_activity_at, t.created_at, t.priority, t.status"

// seen is the first n tickets, in the given order, of those that the actor sees
// and that meet where: a subquery with their ids. Each way of seeing a ticket
// goes along its own index in that order and stops after n, so a list costs the
// same however many tickets there are.
func seen(whose Whose, where, orderBy string, n int) string {
	first := orderBy + " LIMIT " + strconv.Itoa(n)
	rest := " AND " + alive + " AND " + where + first + ")"
	shared := ""
	if whose != WhoseOwn {
		shared = `
    UNION (SELECT l.* FROM unnest(@sight_companies::bigint[]) AS c (id) CROSS JOIN LATERAL (
        SELECT ` + sorted + ` FROM tickets t WHERE t.company_id = c.id AND NOT t.private` + rest + ` AS l)
    UNION (SELECT l.* FROM unnest(@sight_sites::bigint[]) AS c (id) CROSS JOIN LATERAL (
        SELECT ` + sorted + ` FROM tickets t WHERE t.site_id = c.id AND NOT t.private` + rest + ` AS l)`
	}
	return `(SELECT t.id FROM (
    (SELECT ` + sorted + ` FROM tickets t WHERE t.requester_id = @sight_me` + rest + shared + `
    UNION (SELECT ` + sorted + ` FROM participants s JOIN tickets t ON t.id = s.ticket_id WHERE s.person_id = @sight_me` + rest + `
    ) t` + first + `)`
}

// staffSees is the one condition "the actor, who is staff, may work on ticket
// t": everything but the tickets of closed departments that they are no member
// of, of which they see those that they were given or are on copy of. Who merely
// asked reads the customer's page. Its arguments are set by sight; package
// company has the same words.
const staffSees = `(@sight_all OR t.department_id IS NULL OR t.department_id <> ALL (@sight_hidden::bigint[]) OR t.assignee_id = @sight_me
    OR EXISTS (SELECT FROM participants s WHERE s.ticket_id = t.id AND s.person_id = @sight_me))`

// StaffSees is staffSees for the statements of packages that keep things of
// tickets; StaffSight sets its arguments.
const StaffSees = staffSees

// StaffSight sets the arguments of StaffSees for by, who is staff.
func StaffSight(by auth.Actor, args pgx.NamedArgs) { staffSight(by, args) }

// worked is staffSees of a ticket that stands on lists: one outside the trash.
const worked = alive + ` AND ` + staffSees

// seenByStaff is worked for a list; the trash alone when nothing is hidden from
// the actor.
func seenByStaff(by auth.Actor) string {
	if len(by.Hidden) == 0 {
		return alive
	}
	return worked
}

// seenBy is a statement without staffSees when nothing is hidden from the actor:
// counts and the sidebar's lists then read nothing but their indexes.
func seenBy(by auth.Actor, sql string) string {
	if len(by.Hidden) > 0 {
		return sql
	}
	return strings.ReplaceAll(sql, " AND "+staffSees, "")
}

const staffSeesSQL = `SELECT t.number FROM tickets t WHERE t.number = ANY (@numbers) AND ` + staffSees + ` ORDER BY t.number`

// Seen returns those of the tickets that by, who is staff, works on: what open
// pages are told of. It asks nothing when nothing is hidden from them.
func (s *Service) Seen(ctx context.Context, by auth.Actor, numbers []int64) ([]int64, error) {
	if len(by.Hidden) == 0 || len(numbers) == 0 {
		return numbers, staffOnly(by)
	}
	args := pgx.NamedArgs{"numbers": numbers}
	staffSight(by, args)
	rows, _ := s.db.Query(ctx, staffSeesSQL, args)
	seen, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("look which tickets are seen: %w", err)
	}
	return seen, staffOnly(by)
}

// ReadByStaff is staffSees from the other side, for those who are not here to be
// asked: the one condition "person p is on staff and may work on ticket t".
const ReadByStaff = `p.disabled_at IS NULL
    AND p.id IN (SELECT pr.person_id FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE 'tickets.answer' = ANY (r.permissions))
    AND (NOT EXISTS (SELECT FROM departments dp WHERE dp.id = t.department_id AND dp.closed)
        OR p.id = t.assignee_id
        OR EXISTS (SELECT FROM department_members dm WHERE dm.department_id = t.department_id AND dm.person_id = p.id)
        OR EXISTS (SELECT FROM participants pt WHERE pt.ticket_id = t.id AND pt.person_id = p.id)
        OR EXISTS (SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id
            WHERE pr.person_id = p.id AND 'departments.all' = ANY (r.permissions)))`

// colleague is the one condition "the actor may know the name and address of
// company_people cp": they are of the same company. Staff know everybody.
const colleague = `(@everything OR cp.company_id = ANY (@sight_member_of))`

// readByCompany is the one condition "company_people cp of company c sees ticket
// t because of its company or site", for those who are not here to be asked: it
// is visibleTo's second way, from the other side.
const readByCompany = `NOT t.private AND ` + alive + ` AND (c.privacy = 'everyone' OR c.privacy = 'named' AND (cp.sees = 'company' OR cp.sees = 'site' AND t.site_id IN (
    WITH RECURSIVE tree AS (SELECT cp.site_id AS id UNION SELECT si.id FROM tree JOIN sites si ON si.parent_id = tree.id)
    SELECT tree.id FROM tree)))`

// sight sets the arguments of visibleTo, staffSees, seen and colleague.
func sight(by auth.Actor, args pgx.NamedArgs) {
	staffSight(by, args)
	args["sight_me"], args["sight_companies"], args["sight_sites"] = by.PersonID, by.SharedCompanies(), by.SharedSites()
	memberOf := make([]int64, len(by.Companies))
	for i, m := range by.Companies {
		memberOf[i] = m.CompanyID
	}
	args["sight_member_of"] = memberOf
}

// staffSight sets the arguments of staffSees.
func staffSight(by auth.Actor, args pgx.NamedArgs) {
	args["sight_me"], args["sight_all"], args["sight_hidden"] = by.PersonID, len(by.Hidden) == 0, append([]int64{}, by.Hidden...)
}

// maySee is visibleTo and staffSees in Go. participant says whether by is one of
// t's.
func maySee(by auth.Actor, t Ticket, participant Participation) bool {
	switch {
	case by.Kind == auth.Robot || by.Kind == auth.System:
		return true
	case by.Staff():
		return !by.HiddenFrom(t.DepartmentID) || sameID(t.AssigneeID, by.PersonID) || participant == TakesPart
	case !by.SignedIn(), t.TrashedAt != nil:
		return false
	case t.RequesterID == by.PersonID, participant == TakesPart:
		return true
	case t.Private:
		return false
	default:
		return t.CompanyID != nil && slices.Contains(by.SharedCompanies(), *t.CompanyID) ||
			t.SiteID != nil && slices.Contains(by.SharedSites(), *t.SiteID)
	}
}

// Participation is whether somebody is a participant of a ticket.
type Participation bool

// The values of Participation.
const (
	TakesPart Participation = true
	NoPart    Participation = false
)
