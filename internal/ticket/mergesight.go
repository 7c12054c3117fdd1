package ticket

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// SightChange is who would see more or less of two tickets once one is part of
// the other. Staff are not named one by one.
type SightChange struct {
	Staff      StaffChange
	ReadSource []Viewer // see the conversation that comes, and did not before
	ReadTarget []Viewer // see the conversation that stays, and did not before
	Lose       []Viewer // saw the ticket that closes and see nothing of it any more
}

// StaffChange is what moving into the queue of another department does to the
// sight of staff.
type StaffChange string

// The changes.
const (
	StaffSame    StaffChange = ""
	StaffFewer   StaffChange = "fewer"   // only members of a closed department see what everybody saw
	StaffMore    StaffChange = "more"    // everybody sees what only members of a closed department saw
	StaffBetween StaffChange = "between" // from one closed department into another
)

// Viewer is somebody whose sight of a ticket changes.
type Viewer struct {
	ID        int64 // 0: an address of nobody we know
	Name      string
	Companies string // names; "" a private person
}

// Any reports whether anybody's sight changes.
func (c SightChange) Any() bool {
	return c.Staff != StaffSame || len(c.ReadSource)+len(c.ReadTarget)+len(c.Lose) > 0
}

// Mark is a short word for exactly this change, "" when there is none: an agent
// agrees to what they were shown, and to nothing else.
func (c SightChange) Mark() string {
	if !c.Any() {
		return ""
	}
	h := fnv.New64a()
	for _, list := range [][]Viewer{c.ReadSource, c.ReadTarget, c.Lose} {
		for _, v := range list {
			_, _ = fmt.Fprintf(h, "%d %s,", v.ID, v.Name) // a hash takes everything
		}
		_, _ = h.Write([]byte{';'})
	}
	_, _ = h.Write([]byte(c.Staff))
	return strconv.FormatUint(h.Sum64(), 36)
}

// viewers lists the customers who see tickets, each with whether they take
// part in it themselves: visibleTo, asked of everybody.
const viewers = `
SELECT t.id AS ticket, v.person_id AS id, coalesce(p.name, v.address) AS name, v.own,
    coalesce((SELECT string_agg(o.name, ', ' ORDER BY lower(o.name)) FROM company_people m JOIN companies o ON o.id = m.company_id
        WHERE m.person_id = v.person_id), '') AS companies
FROM tickets t
CROSS JOIN LATERAL (
    SELECT x.person_id, min(x.address) AS address, bool_or(x.own) AS own FROM (
        SELECT t.requester_id AS person_id, '' AS address, true AS own
        UNION ALL SELECT coalesce(pt.person_id, 0), CASE WHEN pt.person_id IS NULL THEN pt.address ELSE '' END, true FROM participants pt WHERE pt.ticket_id = t.id
        UNION ALL SELECT cp.person_id, '', false FROM company_people cp JOIN companies c ON c.id = cp.company_id
            WHERE cp.company_id = t.company_id AND ` + readByCompany + `) x
    GROUP BY x.person_id, x.address) v
LEFT JOIN people p ON p.id = v.person_id
WHERE p.disabled_at IS NULL AND NOT EXISTS (
    SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = v.person_id AND 'tickets.answer' = ANY (r.permissions))
    AND t.`

const viewersOrder = `
ORDER BY lower(coalesce(p.name, v.address)), v.person_id`

const (
	viewersSQL         = viewers + `id = ANY (@tickets::bigint[])` + viewersOrder
	numberedViewersSQL = viewers + `number = ANY (@numbers::bigint[])` + viewersOrder
)

type viewerRow struct {
	Ticket    int64
	ID        int64
	Name      string
	Own       bool
	Companies string
}

func (v viewerRow) viewer() Viewer { return Viewer{ID: v.ID, Name: v.Name, Companies: v.Companies} }

// sightChange is what merging from into another ticket would do to the sight of
// customers.
func sightChange(ctx context.Context, tx pgx.Tx, from, into Ticket) (SightChange, error) {
	rows, _ := tx.Query(ctx, viewersSQL, pgx.NamedArgs{"tickets": []int64{from.ID, into.ID}})
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[viewerRow])
	if err != nil {
		return SightChange{}, fmt.Errorf("look who sees two tickets: %w", err)
	}
	rows, _ = tx.Query(ctx, queuesSQL, pgx.NamedArgs{"numbers": []int64{from.Number, into.Number}})
	queues, err := pgx.CollectRows(rows, pgx.RowToStructByName[queueRow])
	if err != nil {
		return SightChange{}, fmt.Errorf("look whose queues two tickets are in: %w", err)
	}
	change := changeOf(all, from.ID, into.ID)
	change.Staff = staffChange(queues, from.ID, into.ID)
	return change, nil
}

const queuesSQL = `
SELECT t.id AS ticket, CASE WHEN d.closed THEN d.id ELSE 0::bigint END AS closed
FROM tickets t LEFT JOIN departments d ON d.id = t.department_id
WHERE t.number = ANY (@numbers::bigint[])`

type queueRow struct {
	Ticket int64
	Closed int64 // the closed department that it is in; 0: none
}

// staffChange compares the queues of two tickets. What comes is worked where
// the other one is.
func staffChange(queues []queueRow, from, into int64) StaffChange {
	var was, is int64
	for _, q := range queues {
		switch q.Ticket {
		case from:
			was = q.Closed
		case into:
			is = q.Closed
		}
	}
	switch {
	case was == is:
		return StaffSame
	case was == 0:
		return StaffFewer
	case is == 0:
		return StaffMore
	default:
		return StaffBetween
	}
}

// changeOf compares who sees two tickets. Whoever takes part in the one that
// comes takes part in the other afterwards; whoever sees it because of their
// company alone does not.
func changeOf(rows []viewerRow, from, into int64) SightChange {
	of := func(ticket int64, own bool) []viewerRow {
		return slices.DeleteFunc(slices.Clone(rows), func(v viewerRow) bool { return v.Ticket != ticket || own && !v.Own })
	}
	source, target, part := of(from, false), of(into, false), of(from, true)
	return SightChange{
		ReadSource: without(target, source),
		ReadTarget: without(part, target),
		Lose:       without(source, append(slices.Clone(target), part...)),
	}
}

// without are those of all who are not among others.
func without(all, others []viewerRow) []Viewer {
	var left []Viewer
	for _, v := range all {
		if !slices.ContainsFunc(others, func(o viewerRow) bool { return o.ID == v.ID && (o.ID != 0 || strings.EqualFold(o.Name, v.Name)) }) {
			left = append(left, v.viewer())
		}
	}
	return left
}
