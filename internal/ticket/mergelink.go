package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// movedLinks are the links that a merge took from the ticket that came, and
// those it gave to the one that stayed in their place.
type movedLinks struct {
	Taken []linkRow `json:"taken,omitempty"`
	Given []linkRow `json:"given,omitempty"`
}

const takeLinksSQL = `
DELETE FROM ticket_links WHERE ticket_id = @source OR other_id = @source
RETURNING ticket_id, other_id, kind, added_by, added_at`

const saveLinksSQL = `UPDATE ticket_merges SET links = @links WHERE id = @merge`

// moveLinks gives the links of a merged ticket to the one it is part of. One
// that would lead to itself, or to a second parent, goes.
func moveLinks(ctx context.Context, tx pgx.Tx, merge, source, target int64) error {
	var moved movedLinks
	rows, _ := tx.Query(ctx, takeLinksSQL, pgx.NamedArgs{"source": source})
	var err error
	if moved.Taken, err = pgx.CollectRows(rows, pgx.RowToStructByName[linkRow]); err != nil || len(moved.Taken) == 0 {
		return err
	}
	for _, l := range moved.Taken {
		l, ok := l.redirect(source, target)
		if !ok {
			continue
		}
		fresh, err := putLink(ctx, tx, l)
		if err != nil {
			return fmt.Errorf("move a link: %w", err)
		}
		if fresh {
			moved.Given = append(moved.Given, l)
		}
	}
	_, err = tx.Exec(ctx, saveLinksSQL, pgx.NamedArgs{"merge": merge, "links": moved})
	return err
}

// redirect is a link with another ticket in the place of one; ok is false when
// it would lead to itself.
func (l linkRow) redirect(from, to int64) (linkRow, bool) {
	if l.TicketID == from {
		l.TicketID = to
	}
	if l.OtherID == from {
		l.OtherID = to
	}
	if (l.Kind == "related" || l.Kind == "distinct") && l.TicketID > l.OtherID {
		l.TicketID, l.OtherID = l.OtherID, l.TicketID
	}
	return l, l.TicketID != l.OtherID
}

// putLink writes a link unless something stands against it.
func putLink(ctx context.Context, tx pgx.Tx, l linkRow) (bool, error) {
	if l.Kind == "parent" {
		var circle bool
		var other *int64
		err := tx.QueryRow(ctx, ancestorsSQL, pgx.NamedArgs{"parent": l.OtherID, "child": l.TicketID}).Scan(&circle, &other)
		if err != nil || circle || other != nil {
			return false, err
		}
	}
	return insertLink(ctx, tx, l)
}

// returnLinks undoes moveLinks, as far as nobody linked otherwise since.
func returnLinks(ctx context.Context, tx pgx.Tx, moved movedLinks) error {
	for _, l := range moved.Given {
		if _, err := tx.Exec(ctx, dropLinkSQL, pgx.NamedArgs{"ticket": l.TicketID, "other": l.OtherID, "kind": l.Kind}); err != nil {
			return fmt.Errorf("return a link: %w", err)
		}
	}
	for _, l := range moved.Taken {
		if _, err := putLink(ctx, tx, l); err != nil {
			return fmt.Errorf("return a link: %w", err)
		}
	}
	return nil
}
