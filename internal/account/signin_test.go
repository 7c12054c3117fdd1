package account_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	t.Run("takes the address in any writing", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		ann := d.add(t, "Ann@A.test")
		id, err := d.SignIn(t.Context(), " ANN@a.TEST ", password, "192.0.2.1")
		if err != nil || id != ann.PersonID {
			t.Errorf("id = %d, err = %v", id, err)
		}
	})
	t.Run("a wrong password and an unknown address look the same", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.add(t, "ann@a.test")
		_, wrong := d.SignIn(t.Context(), "ann@a.test", "not it at all", "192.0.2.1")
		_, unknown := d.SignIn(t.Context(), "bob@a.test", "not it at all", "192.0.2.1")
		_, nothing := d.SignIn(t.Context(), "", "", "192.0.2.1")
		for _, err := range []error{wrong, unknown, nothing} {
			wantKind(t, err, fault.Invalid, "account.wrong_password")
		}
	})
	t.Run("a disabled person with the right password is told so", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin, ann := d.add(t, "admin@a.test", "admin"), d.add(t, "ann@a.test")
		if err := d.Disable(t.Context(), admin, ann.PersonID); err != nil {
			t.Fatal(err)
		}
		_, err := d.SignIn(t.Context(), "ann@a.test", password, "192.0.2.1")
		wantKind(t, err, fault.Forbidden, "account.disabled")
		_, err = d.SignIn(t.Context(), "ann@a.test", "not it at all", "192.0.2.1")
		wantKind(t, err, fault.Invalid, "account.wrong_password")
	})
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	t.Run("guessing from one place stops, the owner elsewhere comes in", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.add(t, "ann@a.test")
		for range 8 {
			_, err := d.SignIn(t.Context(), "ann@a.test", "guess guess", "192.0.2.1")
			wantKind(t, err, fault.Invalid, "account.wrong_password")
		}
		_, err := d.SignIn(t.Context(), "ann@a.test", password, "192.0.2.1")
		wantKind(t, err, fault.TooMany, "error.too_many")
		if _, err := d.SignIn(t.Context(), "ann@a.test", password, "192.0.2.2"); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
		d.now = d.now.Add(15 * time.Minute)
		if _, err := d.SignIn(t.Context(), "ann@a.test", password, "192.0.2.1"); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
	})
	t.Run("trying many accounts from one place stops", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		var err error
		for i := range 41 {
			_, err = d.SignIn(t.Context(), fmt.Sprintf("p%d@a.test", i), "guess guess", "192.0.2.1")
		}
		wantKind(t, err, fault.TooMany, "error.too_many")
	})
	t.Run("right passwords do not count", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.add(t, "ann@a.test")
		for range 10 {
			if _, err := d.SignIn(t.Context(), "ann@a.test", password, "192.0.2.1"); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("any key can be limited", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for i := range 3 {
			err := account.Throttle(t.Context(), d.db, "guest:192.0.2.1", 2, time.Hour, d.now)
			if fault.Is(err, fault.TooMany) != (i == 2) {
				t.Errorf("attempt %d: %v", i+1, err)
			}
		}
	})
}

func TestByID(t *testing.T) {
	t.Parallel()
	t.Run("tells permissions and companies", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		a := d.add(t, "ann@a.test", "agent", "editor")
		_, err := d.db.Exec(t.Context(), `
			INSERT INTO companies (name, created_at, updated_at) VALUES ('A', now(), now()), ('B', now(), now());
			INSERT INTO company_people (company_id, person_id, sees, linked_at) VALUES (1, 1, 'own', now()), (2, 1, 'company', now());
			INSERT INTO departments (key, name, closed) VALUES ('staff', '{"en": "Staff"}', true), ('money', '{"en": "Money"}', true), ('support', '{"en": "Support"}', false);
			INSERT INTO department_members (department_id, person_id) VALUES (1, 1)`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.ByID(t.Context(), a.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got.Permissions)
		want := auth.Actor{
			Kind: auth.Person, PersonID: 1, Name: "Ann Lee", Email: "ann@a.test",
			Permissions: []auth.Permission{auth.ShareCanned, auth.WorkQueues, auth.SuggestAnswers, auth.WriteArticles, auth.AnswerTickets},
			Companies:   []auth.Membership{{CompanyID: 1, Company: "A", Sees: auth.SeesOwn}, {CompanyID: 2, Company: "B", Sees: auth.SeesCompany}},
			Departments: []int64{1}, Hidden: []int64{2},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a disabled person is nobody at once", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin, ann := d.add(t, "admin@a.test", "admin"), d.add(t, "ann@a.test")
		if err := d.Disable(t.Context(), admin, ann.PersonID); err != nil {
			t.Fatal(err)
		}
		_, err := d.ByID(t.Context(), ann.PersonID)
		wantKind(t, err, fault.NotFound, "account.not_found")
		if err := d.Enable(t.Context(), admin, ann.PersonID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ByID(t.Context(), ann.PersonID); err != nil {
			t.Error(err)
		}
	})
	t.Run("a new password ends older sessions", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin, ann := d.add(t, "admin@a.test", "admin"), d.add(t, "ann@a.test")
		since := d.now
		d.now = d.now.Add(time.Minute)
		if _, err := d.Resume(t.Context(), ann.PersonID, since); err != nil {
			t.Fatal(err)
		}
		fresh, err := d.ResetPassword(t.Context(), admin, ann.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Resume(t.Context(), ann.PersonID, since)
		wantKind(t, err, fault.NotFound, "account.not_found")
		if _, err := d.Resume(t.Context(), ann.PersonID, d.now); err != nil {
			t.Error(err)
		}
		if _, err := d.SignIn(t.Context(), "ann@a.test", fresh, "192.0.2.1"); err != nil {
			t.Errorf("with %q: %v", fresh, err)
		}
	})
}
