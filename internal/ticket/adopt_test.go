package ticket_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestAdoptTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.submit(t, w.bob), w.submit(t, w.bob)
	err := pgx.BeginFunc(t.Context(), w.db, func(tx pgx.Tx) error {
		n, err := w.svc.AdoptTickets(t.Context(), tx, auth.TheSystem(), w.bob.PersonID, w.company)
		if n != 2 {
			t.Errorf("%d tickets came along", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.svc.Mine(t.Context(), w.abe, ticket.MineFilter{Tab: ticket.TabAll, Query: "silent"})
	if err != nil || len(found.Rows) != 2 || found.Rows[0].Number+found.Rows[1].Number != first+second {
		t.Errorf("who sees the company finds %+v, %v", found.Rows, err)
	}
}
