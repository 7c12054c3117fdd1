package account_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/testkit"
)

const password = "a long enough word"

// desk is a service on its own database, with a clock that tests turn and the
// audit's actions in order.
type desk struct {
	*account.Service
	db    *pgxpool.Pool
	now   time.Time
	audit []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{db: testkit.DB(t), now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	note := func(_ context.Context, _ pgx.Tx, _ auth.Actor, action, _ string, _, _ any) error {
		d.audit = append(d.audit, action)
		return nil
	}
	d.Service = account.New(d.db, note, func() time.Time { return d.now })
	return d
}

// add adds a person with the test's password.
func (d *desk) add(t *testing.T, email string, roles ...string) auth.Actor {
	t.Helper()
	id, err := d.AddUser(t.Context(), auth.TheSystem(), account.NewUser{
		Email: email, Name: account.ParseName("Ann Lee"), Roles: roles, Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := d.ByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func wantKind(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != kind || f.Key != key {
		t.Errorf("err = %v, want %q", err, key)
	}
}

func wantField(t *testing.T, err error, field, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Fields[field].Key != key {
		t.Errorf("err = %v (fields %v), want %s: %s", err, f.Fields, field, key)
	}
}

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}
