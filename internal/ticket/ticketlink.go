package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// Relation is what a ticket is to another (T6).
type Relation string

// The relations.
const (
	Related      Relation = "related"
	DuplicateOf  Relation = "duplicate_of"  // the other is the one worked on
	DuplicatedBy Relation = "duplicated_by" // this is the one worked on
	ParentOf     Relation = "parent_of"
	ChildOf      Relation = "child_of"
	DistinctFrom Relation = "distinct_from" // they look the same and are not; never shown
)

// Relations lists those that a form offers.
var Relations = []Relation{Related, DuplicateOf, DuplicatedBy, ParentOf, ChildOf}

// opposite is the same relation seen from the other ticket.
func (r Relation) opposite() Relation {
	switch r {
	case DuplicateOf:
		return DuplicatedBy
	case DuplicatedBy:
		return DuplicateOf
	case ParentOf:
		return ChildOf
	case ChildOf:
		return ParentOf
	case Related, DistinctFrom:
		return r
	default:
		return ""
	}
}

// linkRow is one row of ticket_links.
type linkRow struct {
	TicketID int64     `json:"ticket_id"`
	OtherID  int64     `json:"other_id"`
	Kind     string    `json:"kind"`
	AddedBy  *int64    `json:"added_by"`
	AddedAt  time.Time `json:"added_at"`
}

// rowOf is how the relation of a ticket to another is kept.
func rowOf(r Relation, ticket, other int64) (row linkRow, ok bool) {
	switch r {
	case Related:
		return linkRow{TicketID: min(ticket, other), OtherID: max(ticket, other), Kind: "related"}, true
	case DistinctFrom:
		return linkRow{TicketID: min(ticket, other), OtherID: max(ticket, other), Kind: "distinct"}, true
	case DuplicateOf:
		return linkRow{TicketID: ticket, OtherID: other, Kind: "duplicate"}, true
	case DuplicatedBy:
		return linkRow{TicketID: other, OtherID: ticket, Kind: "duplicate"}, true
	case ChildOf:
		return linkRow{TicketID: ticket, OtherID: other, Kind: "parent"}, true
	case ParentOf:
		return linkRow{TicketID: other, OtherID: ticket, Kind: "parent"}, true
	default:
		return linkRow{}, false
	}
}

const lockParentsSQL = `SELECT pg_advisory_xact_lock(hashtext('ticket parents'))`

// lockParents lets one transaction at a time make a ticket the parent of
// another: two at once could each be fine and make a circle together.
func lockParents(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, lockParentsSQL)
	return err
}

// AddLink links a ticket to another. Linking twice the same way changes nothing.
//
// It returns fault.Conflict when they are the same ticket, when the child has a
// parent already, or would be its own ancestor.
func (s *Service) AddLink(ctx context.Context, by auth.Actor, number, other int64, r Relation) error {
	return s.relink(ctx, by, number, other, func(tx pgx.Tx, a, b *change) error {
		row, ok := rowOf(r, a.ID, b.ID)
		if !ok {
			return fault.New(fault.Invalid, "error.bad_request")
		}
		row.AddedBy, row.AddedAt = &by.PersonID, a.now
		if row.Kind == "parent" {
			if err := mayParent(ctx, tx, row); err != nil {
				return err
			}
		}
		fresh, err := insertLink(ctx, tx, row)
		if err != nil || !fresh || r == DistinctFrom {
			return err
		}
		a.record(LinkSet, "", linkValue(r, b.Number), "")
		b.record(LinkSet, "", linkValue(r.opposite(), a.Number), "")
		return nil
	})
}

const dropLinkSQL = `DELETE FROM ticket_links WHERE ticket_id = @ticket AND other_id = @other AND kind = @kind`

// RemoveLink takes a link away; one that is not there changes nothing.
func (s *Service) RemoveLink(ctx context.Context, by auth.Actor, number, other int64, r Relation) error {
	return s.relink(ctx, by, number, other, func(tx pgx.Tx, a, b *change) error {
		row, ok := rowOf(r, a.ID, b.ID)
		if !ok {
			return fault.New(fault.Invalid, "error.bad_request")
		}
		tag, err := tx.Exec(ctx, dropLinkSQL, pgx.NamedArgs{"ticket": row.TicketID, "other": row.OtherID, "kind": row.Kind})
		if err != nil || tag.RowsAffected() == 0 || r == DistinctFrom {
			return err
		}
		a.record(LinkTaken, linkValue(r, b.Number), "", "")
		b.record(LinkTaken, linkValue(r.opposite(), a.Number), "", "")
		return nil
	})
}

// relink changes a link between two tickets, with what both remember of it.
func (s *Service) relink(ctx context.Context, by auth.Actor, number, other int64, do func(tx pgx.Tx, a, b *change) error) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	err := s.transact(ctx, func(tx pgx.Tx) error {
		if err := lockParents(ctx, tx); err != nil {
			return err
		}
		from, to, err := lockLed(ctx, tx, by, number, other)
		if err != nil {
			return err
		}
		if from.ID == to.ID {
			return fault.New(fault.Conflict, "ticket.link_itself")
		}
		now := s.now()
		a, b := begin(from, by, now), begin(to, by, now)
		if err := do(tx, a, b); err != nil || len(a.events) == 0 {
			return err
		}
		if err := a.aside(ctx, tx); err != nil {
			return err
		}
		return b.aside(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("link tickets %d and %d: %w", number, other, err)
	}
	return nil
}

const ledPairSQL = `SELECT t.number FROM tickets t WHERE t.id = ` + leadsTo

// lockLed is lockPair for the tickets that two numbers lead to.
func lockLed(ctx context.Context, tx pgx.Tx, by auth.Actor, a, b int64) (first, second locked, err error) {
	for _, n := range []*int64{&a, &b} {
		if err := tx.QueryRow(ctx, ledPairSQL, pgx.NamedArgs{"number": *n}).Scan(n); err != nil {
			return first, second, pg.NotFound(err, "ticket.not_found")
		}
	}
	first, second, err = lockPair(ctx, tx, by, a, b)
	if err == nil && (first.MergedInto != nil || second.MergedInto != nil) {
		err = errLed
	}
	return first, second, err
}

const insertLinkSQL = `
INSERT INTO ticket_links (ticket_id, other_id, kind, added_by, added_at) VALUES (@ticket, @other, @kind, @by, @at)
ON CONFLICT DO NOTHING`

// insertLink writes a link and reports whether it is new.
func insertLink(ctx context.Context, tx pgx.Tx, row linkRow) (bool, error) {
	tag, err := tx.Exec(ctx, insertLinkSQL, pgx.NamedArgs{
		"ticket": row.TicketID, "other": row.OtherID, "kind": row.Kind, "by": row.AddedBy, "at": row.AddedAt,
	})
	return tag.RowsAffected() > 0, err
}

const ancestorsSQL = `
WITH RECURSIVE up AS (
    SELECT @parent::bigint AS id
    UNION SELECT l.other_id FROM up JOIN ticket_links l ON l.ticket_id = up.id AND l.kind = 'parent')
SELECT EXISTS (SELECT FROM up WHERE id = @child) AS circle,
    (SELECT t.number FROM ticket_links l JOIN tickets t ON t.id = l.other_id
        WHERE l.ticket_id = @child AND l.kind = 'parent' AND l.other_id <> @parent) AS other`

// mayParent says why a ticket cannot be the child of another; nil: it can.
func mayParent(ctx context.Context, tx pgx.Tx, row linkRow) error {
	var circle bool
	var other *int64
	err := tx.QueryRow(ctx, ancestorsSQL, pgx.NamedArgs{"parent": row.OtherID, "child": row.TicketID}).Scan(&circle, &other)
	switch {
	case err != nil:
		return err
	case circle:
		return fault.New(fault.Conflict, "ticket.link_circle")
	case other != nil:
		return fault.New(fault.Conflict, "ticket.link_has_parent", "number", *other)
	default:
		return nil
	}
}

// linkValue is how an event keeps a link.
func linkValue(r Relation, number int64) string {
	return string(r) + " " + strconv.FormatInt(number, 10)
}

// linkOf reads what linkValue wrote.
func linkOf(ctx context.Context, value string) (relation, number string) {
	r, number, _ := strings.Cut(value, " ")
	return RelationName(ctx, Relation(r)), number
}

// RelationName is what a ticket is to another, in the reader's language.
func RelationName(ctx context.Context, r Relation) string {
	return i18n.T(ctx, "ticket.relation."+string(r))
}
