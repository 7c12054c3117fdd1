package company_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/company"
)

func TestJoined(t *testing.T) {
	t.Parallel()
	join := func(t *testing.T, d *desk, person int64) []company.Member {
		t.Helper()
		c := d.add(t)
		err := pgx.BeginFunc(t.Context(), d.db, func(tx pgx.Tx) error { return d.Joined(t.Context(), tx, person) })
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.Members(t.Context(), admin, c.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		return m.Rows
	}
	t.Run("a new contact is only proposed", func(t *testing.T) {
		t.Parallel()
		if m := join(t, newDesk(t), 3); len(m) != 0 {
			t.Errorf("members = %+v", m)
		}
	})
	t.Run("or linked at once, when the setting says so", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.atOnce = true
		m := join(t, d, 3)
		if len(m) != 1 || m[0].Sees != "own" || len(d.adopted) != 1 {
			t.Errorf("members = %+v, adopted %v", m, d.adopted)
		}
	})
	t.Run("not with an address that nobody has shown to be theirs, of another domain, or of staff", func(t *testing.T) {
		t.Parallel()
		for _, person := range []int64{3, 5, 2} {
			d := newDesk(t)
			d.atOnce = true
			d.exec(t, `UPDATE identities SET verified_at = NULL WHERE person_id = 3; UPDATE identities SET value = 'al@uralsvyaz.example' WHERE person_id = 2`)
			if m := join(t, d, person); len(m) != 0 {
				t.Errorf("%d: members = %+v", person, m)
			}
		}
	})
}

func TestLinkingAnUnverifiedAddress(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.add(t)
	d.exec(t, `UPDATE identities SET verified_at = NULL WHERE person_id = 3`)
	if got := d.card(t, c.ID).Proposed; got != 0 {
		t.Errorf("proposed = %d", got)
	}
	_, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: "own"})
	wantField(t, err, "reason", "company.reason_unverified")
}
