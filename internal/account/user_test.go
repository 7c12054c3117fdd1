package account_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

func TestAddUser(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		in         account.NewUser
		field, key string
	}{
		{"a bad address", account.NewUser{Email: "ann"}, "email", "account.email_bad"},
		{"no name", account.NewUser{Email: "b@a.test"}, "first_name", "account.name_missing"},
		{"an address that is taken, in other writing", account.NewUser{Email: "ANN@a.test"}, "email", "account.email_taken"},
		{"an unknown role", account.NewUser{Email: "b@a.test", Roles: []string{"boss"}}, "roles", "account.role_unknown"},
		{"a short password", account.NewUser{Email: "b@a.test", Password: "123456789"}, "password", "account.password_short"},
		{"the address as password", account.NewUser{Email: "bob.brown@a.test", Password: "Bob.Brown@a.test"}, "password", "account.password_is_email"},
		{"one letter as password", account.NewUser{Email: "b@a.test", Password: "aaaaaaaaaaaa"}, "password", "account.password_one_letter"},
	}
	d := newDesk(t)
	d.add(t, "ann@a.test")
	for _, tt := range tests {
		t.Run("refuses "+tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.key != "account.name_missing" {
				tt.in.Name = account.ParseName("Bob Brown")
			}
			_, err := d.AddUser(t.Context(), auth.TheSystem(), tt.in)
			wantField(t, err, tt.field, tt.key)
		})
	}
	t.Run("an agent adds nobody", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		_, err := d.AddUser(t.Context(), d.add(t, "agent@a.test", "agent"), account.NewUser{Email: "b@a.test", Name: account.ParseName("B")})
		wantKind(t, err, fault.Forbidden, "error.forbidden")
	})
	t.Run("the role customer is no role", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		if a := d.add(t, "c@a.test", account.CustomerRole); a.Staff() || len(a.Permissions) > 0 {
			t.Errorf("permissions = %v", a.Permissions)
		}
	})
	t.Run("a contact has no password and can be made by who links", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin := d.add(t, "admin@a.test", "admin")
		var id int64
		err := pgx.BeginFunc(t.Context(), d.db, func(tx pgx.Tx) (err error) {
			id, err = d.AddContact(t.Context(), tx, admin, "new@a.test", "New One")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		u, err := d.User(t.Context(), admin, id)
		if err != nil || u.HasPassword || u.Name != "New One" {
			t.Errorf("user = %+v, err = %v", u, err)
		}
	})
}

// edit is u's present state as an edit.
func edit(u account.UserView) account.UserEdit {
	return account.UserEdit{Name: account.Name{First: u.FirstName, Last: u.LastName}, Roles: u.Roles}
}

func TestEditUser(t *testing.T) {
	t.Parallel()
	t.Run("changes names and roles and is recorded", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin, ann := d.add(t, "admin@a.test", "admin"), d.add(t, "ann@a.test")
		u, err := d.User(t.Context(), admin, ann.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		in := edit(u)
		in.Name.Last, in.Roles = "Low", []int64{1}
		if err := d.EditUser(t.Context(), admin, ann.PersonID, in); err != nil {
			t.Fatal(err)
		}
		got, err := d.ByID(t.Context(), ann.PersonID)
		if err != nil || got.Name != "Ann Low" || !got.Staff() {
			t.Errorf("got %+v, %v", got, err)
		}
		if !slices.Contains(d.audit, "user.edited") {
			t.Errorf("audit = %v", d.audit)
		}
	})
	t.Run("the last administrator keeps the role and stays", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin, other := d.add(t, "admin@a.test", "admin"), d.add(t, "other@a.test", "admin")
		if err := d.Disable(t.Context(), admin, admin.PersonID); !fault.Is(err, fault.Conflict) {
			t.Errorf("disabled themselves: %v", err)
		}
		if err := d.Disable(t.Context(), admin, other.PersonID); err != nil {
			t.Fatal(err)
		}
		u, err := d.User(t.Context(), admin, admin.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		in := edit(u)
		in.Roles = nil
		wantKind(t, d.EditUser(t.Context(), admin, admin.PersonID, in), fault.Conflict, "account.last_admin")
		if a, err := d.ByID(t.Context(), admin.PersonID); err != nil || !a.May(auth.ManageUsers) {
			t.Errorf("after the refusal: %+v, %v", a, err)
		}
	})
	t.Run("two administrators who disable each other leave one", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		a, b := d.add(t, "a@a.test", "admin"), d.add(t, "b@a.test", "admin")
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, pair := range [][2]auth.Actor{{a, b}, {b, a}} {
			wg.Go(func() { errs[i] = d.Disable(t.Context(), pair[0], pair[1].PersonID) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("errs = %v, want exactly one refusal", errs)
		}
	})
	t.Run("nobody gives more than they have", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin := d.add(t, "admin@a.test", "admin")
		if _, err := d.SaveRole(t.Context(), admin, account.Role{Name: "hr", Permissions: []auth.Permission{auth.AnswerTickets, auth.ManageUsers}}); err != nil {
			t.Fatal(err)
		}
		hr, ann := d.add(t, "hr@a.test", "hr"), d.add(t, "ann@a.test")
		u, err := d.User(t.Context(), hr, ann.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		in := edit(u)
		in.Roles = []int64{4} // admin
		wantKind(t, d.EditUser(t.Context(), hr, ann.PersonID, in), fault.Forbidden, "account.beyond_yours")
		_, err = d.ResetPassword(t.Context(), hr, admin.PersonID)
		wantKind(t, err, fault.Forbidden, "account.beyond_yours")
		wantKind(t, d.Disable(t.Context(), hr, admin.PersonID), fault.Forbidden, "account.beyond_yours")
	})
	t.Run("an agent manages nobody", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		agent, ann := d.add(t, "agent@a.test", "agent"), d.add(t, "ann@a.test")
		wantKind(t, d.Disable(t.Context(), agent, ann.PersonID), fault.Forbidden, "error.forbidden")
		_, err := d.Users(t.Context(), agent, account.UserFilter{})
		wantKind(t, err, fault.Forbidden, "error.forbidden")
		_, err = d.Roles(t.Context(), agent)
		wantKind(t, err, fault.Forbidden, "error.forbidden")
	})
}

func TestSaveRole(t *testing.T) {
	t.Parallel()
	t.Run("adds and changes, once for each version", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin := d.add(t, "admin@a.test", "admin")
		id, err := d.SaveRole(t.Context(), admin, account.Role{Name: "Night shift", Permissions: []auth.Permission{auth.AnswerTickets}})
		if err != nil {
			t.Fatal(err)
		}
		in := account.Role{ID: id, Name: "Night", Permissions: []auth.Permission{auth.AnswerTickets, auth.SeeUpdates}, Version: 1}
		if _, err := d.SaveRole(t.Context(), admin, in); err != nil {
			t.Fatal(err)
		}
		_, err = d.SaveRole(t.Context(), admin, in)
		wantKind(t, err, fault.Conflict, "account.role_changed")
	})
	t.Run("admin keeps managing users and settings", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin := d.add(t, "admin@a.test", "admin")
		_, err := d.SaveRole(t.Context(), admin, account.Role{ID: 4, Version: 1, Permissions: []auth.Permission{auth.ManageUsers}})
		wantField(t, err, "permissions", "account.admin_keeps")
	})
	t.Run("names are not doubled", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		admin := d.add(t, "admin@a.test", "admin")
		for _, name := range []string{"agent", "customer"} {
			_, err := d.SaveRole(t.Context(), admin, account.Role{Name: name})
			wantField(t, err, "name", "account.role_name_taken")
		}
		_, err := d.SaveRole(t.Context(), admin, account.Role{Name: " "})
		wantField(t, err, "name", "account.role_name_missing")
	})
}

func TestUsers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	admin := d.add(t, "admin@a.test", "admin")
	_, err := d.db.Exec(t.Context(), `
		INSERT INTO people (first_name, created_at) SELECT 'P' || lpad(n::text, 3, '0'), now() FROM generate_series(1, 120) n`)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for f := (account.UserFilter{}); ; {
		p, err := d.Users(t.Context(), admin, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rows {
			seen = append(seen, r.Name)
		}
		if f.After = p.Next; f.After == "" {
			break
		}
	}
	if len(seen) != 121 || !slices.IsSortedFunc(seen, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		t.Errorf("saw %d people: %v", len(seen), seen)
	}
	for kind, want := range map[account.UserKind]int{account.StaffOnly: 1, account.Customers: 50, account.Disabled: 0} {
		p, err := d.Users(t.Context(), admin, account.UserFilter{Kind: kind})
		if err != nil || len(p.Rows) != want {
			t.Errorf("%s: %d rows, %v", kind, len(p.Rows), err)
		}
	}
	for q, want := range map[string]int{"ADMIN@": 1, "p11": 10, "%": 0, "nobody": 0} {
		p, err := d.Users(t.Context(), admin, account.UserFilter{Query: q})
		if err != nil || len(p.Rows) != want {
			t.Errorf("query %q: %d rows, %v", q, len(p.Rows), err)
		}
	}
}

func TestSetPreferences(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann := d.add(t, "ann@a.test")
	ru, zone, dark := "ru", "Asia/Yekaterinburg", "dark"
	if err := d.SetPreferences(t.Context(), ann, account.Preferences{Lang: &ru, Zone: &zone}); err != nil {
		t.Fatal(err)
	}
	if err := d.SetPreferences(t.Context(), ann, account.Preferences{Theme: &dark}); err != nil {
		t.Fatal(err)
	}
	got, err := d.ByID(t.Context(), ann.PersonID)
	if err != nil || fmt.Sprint(got.Lang, got.Zone, got.Theme) != "ruAsia/Yekaterinburgdark" {
		t.Errorf("got %+v, %v", got, err)
	}
	none := "xx"
	wantField(t, d.SetPreferences(t.Context(), ann, account.Preferences{Lang: &none}), "lang", "account.lang_unknown")
	wantField(t, d.SetPreferences(t.Context(), ann, account.Preferences{Zone: &none}), "zone", "account.zone_unknown")
	wantField(t, d.SetPreferences(t.Context(), ann, account.Preferences{Theme: &none}), "theme", "account.theme_unknown")
	wantKind(t, d.SetPreferences(t.Context(), auth.Actor{}, account.Preferences{}), fault.Unauthorized, "error.sign_in_first")
}

func TestSessionStore(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := account.NewSessions(d.db, func([]byte) (int64, int64) { return 0, 0 })
	later := d.now.AddDate(100, 0, 0)
	if err := s.Commit("t", []byte("one"), later); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit("t", []byte("two"), later); err != nil {
		t.Fatal(err)
	}
	if b, ok, err := s.Find("t"); err != nil || !ok || string(b) != "two" {
		t.Errorf("found %q, %t, %v", b, ok, err)
	}
	if err := s.Delete("t"); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Find("t"); err != nil || ok {
		t.Errorf("after Delete: %t, %v", ok, err)
	}
	if err := s.Commit("old", nil, d.now.AddDate(-1, 0, 0)); err == nil {
		if _, ok, _ := s.Find("old"); ok {
			t.Error("an expired session was found")
		}
	}
	if err := d.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestVisit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann := d.add(t, "ann@a.test", "agent")
	s := account.NewSessions(d.db, func([]byte) (int64, int64) { return ann.PersonID, 0 })
	if err := s.Commit("t", []byte("data"), d.now.AddDate(100, 0, 0)); err != nil {
		t.Fatal(err)
	}
	visit := func() (auth.Actor, error) {
		ctx := account.Visit(t.Context())
		if _, ok, err := s.FindCtx(ctx, "t"); err != nil || !ok {
			t.Fatalf("found: %t, %v", ok, err)
		}
		return d.Resume(ctx, ann.PersonID, d.now.AddDate(0, 0, 1))
	}
	t.Run("the person comes with the session, as they would alone", func(t *testing.T) {
		alone, err := d.ByID(t.Context(), ann.PersonID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := visit()
		if diff := cmp.Diff(alone, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	})
	t.Run("another's session is not theirs", func(t *testing.T) {
		ctx := account.Visit(t.Context())
		if _, _, err := s.FindCtx(ctx, "t"); err != nil {
			t.Fatal(err)
		}
		_, err := d.Resume(ctx, ann.PersonID+1000, d.now)
		wantKind(t, err, fault.NotFound, "account.not_found")
	})
	t.Run("a password changed since ends it", func(t *testing.T) {
		if _, err := d.db.Exec(t.Context(), `UPDATE credentials SET changed_at = $1`, d.now.AddDate(0, 0, 2)); err != nil {
			t.Fatal(err)
		}
		_, err := visit()
		wantKind(t, err, fault.NotFound, "account.not_found")
	})
	t.Run("so does being disabled", func(t *testing.T) {
		if _, err := d.db.Exec(t.Context(), `UPDATE credentials SET changed_at = $1`, d.now); err != nil {
			t.Fatal(err)
		}
		if _, err := d.db.Exec(t.Context(), `UPDATE people SET disabled_at = $1`, d.now); err != nil {
			t.Fatal(err)
		}
		_, err := visit()
		wantKind(t, err, fault.NotFound, "account.not_found")
	})
}
