package account_test

import (
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
)

func TestAbsence(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, bob, admin, customer := d.add(t, "ann@desk.test", "agent"), d.add(t, "bob@desk.test", "agent"), d.add(t, "admin@desk.test", "admin"), d.add(t, "cid@acme.test", "customer")
	day := func(n int) time.Time { return d.now.AddDate(0, 0, n) }
	for name, tt := range map[string]struct {
		in   account.NewAbsence
		want fault.Kind // 0: it is saved
	}{
		"without a beginning":            {account.NewAbsence{UntilAt: day(2)}, fault.Invalid},
		"backwards":                      {account.NewAbsence{FromAt: day(3), UntilAt: day(2)}, fault.Invalid},
		"in the past":                    {account.NewAbsence{FromAt: day(-3), UntilAt: day(-2)}, fault.Invalid},
		"for years":                      {account.NewAbsence{FromAt: day(0), UntilAt: day(700)}, fault.Invalid},
		"with oneself as the deputy":     {account.NewAbsence{FromAt: day(11), UntilAt: day(12), DeputyID: ann.PersonID}, fault.Invalid},
		"with a customer as the deputy":  {account.NewAbsence{FromAt: day(11), UntilAt: day(12), DeputyID: customer.PersonID}, fault.Invalid},
		"with nobody we know as deputy":  {account.NewAbsence{FromAt: day(11), UntilAt: day(12), DeputyID: 999}, fault.Invalid},
		"of a day, and once more at end": {account.NewAbsence{FromAt: day(1), UntilAt: day(3), DeputyID: bob.PersonID}, 0},
	} {
		err := d.AddAbsence(t.Context(), ann, ann.PersonID, tt.in)
		if tt.want == 0 && err != nil || tt.want != 0 && !fault.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.AddAbsence(t.Context(), ann, ann.PersonID, account.NewAbsence{FromAt: day(2), UntilAt: day(4)}); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice away: %v", err)
	}
	if err := d.AddAbsence(t.Context(), bob, ann.PersonID, account.NewAbsence{FromAt: day(5), UntilAt: day(6)}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("of a colleague: %v", err)
	}
	if err := d.AddAbsence(t.Context(), admin, bob.PersonID, account.NewAbsence{FromAt: day(-1), UntilAt: day(6)}); err != nil {
		t.Errorf("by an administrator: %v", err)
	}
	list, deputies, err := d.Absences(t.Context(), ann, ann.PersonID)
	if err != nil || len(list) != 1 || list[0].DeputyID != bob.PersonID || len(deputies) != 2 {
		t.Fatalf("%+v, %+v, %v", list, deputies, err)
	}
	if err := d.EndAbsence(t.Context(), ann, ann.PersonID, list[0].ID); err != nil {
		t.Error(err)
	}
	if err := d.EndAbsence(t.Context(), ann, ann.PersonID, list[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("ended twice: %v", err)
	}
	away, _, err := d.Absences(t.Context(), admin, bob.PersonID)
	if err != nil || len(away) != 1 || !away[0].Now(d.now) {
		t.Fatalf("%+v, %v", away, err)
	}
	if err := d.EndAbsence(t.Context(), bob, bob.PersonID, away[0].ID); err != nil {
		t.Error(err)
	}
	var until time.Time
	if err := d.db.QueryRow(t.Context(), `SELECT until_at FROM absences WHERE person_id = $1`, bob.PersonID).Scan(&until); err != nil || !until.Equal(d.now) {
		t.Errorf("what has been of it is kept: %v, %v", until, err)
	}
}
