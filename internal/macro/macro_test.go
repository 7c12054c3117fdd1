package macro_test

import (
	"slices"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

func TestScope(t *testing.T) {
	t.Parallel()
	db, ctx := testkit.DB(t), t.Context()
	now := func() time.Time { return time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC) }
	s := macro.New(db, ticket.NewService(db, nil, ticket.Hooks{}, now), nil, now)
	row := func(sql string, args ...any) (id int64) {
		t.Helper()
		if err := db.QueryRow(ctx, sql, args...).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	department := func(key string) int64 {
		return row(`INSERT INTO departments (key, name) VALUES ($1, jsonb_build_object('en', $1::text)) RETURNING id`, key)
	}
	person := func(name string, departments []int64, perms ...auth.Permission) auth.Actor {
		id := row(`INSERT INTO people (first_name, created_at) VALUES ($1, now()) RETURNING id`, name)
		return auth.Actor{Kind: auth.Person, PersonID: id, Name: name, Departments: departments, Permissions: append(perms, auth.AnswerTickets)}
	}
	repairs, sales := department("repairs"), department("sales")
	eve := person("eve, a member", []int64{repairs})
	mona := person("mona, a member who shares", []int64{repairs}, auth.ShareCanned)
	rita := person("rita, who shares elsewhere", []int64{sales}, auth.ShareCanned)
	boss := person("boss, of all departments", nil, auth.ShareCanned, auth.AllDepartments)
	build := func(by auth.Actor, scope macro.Scope, department int64) (macro.Macro, error) {
		m := macro.Macro{Name: string(scope), Scope: scope, Department: department, Act: ticket.Act{Note: "Seen."}}
		id, err := s.Save(ctx, by, m)
		if err != nil {
			return m, err
		}
		return s.Macro(ctx, by, id)
	}
	own, err := build(mona, macro.Mine, 0)
	if err != nil {
		t.Fatal(err)
	}
	team, err := build(mona, macro.Department, repairs)
	if err != nil {
		t.Fatal(err)
	}
	all, err := build(mona, macro.Everybody, 0)
	if err != nil {
		t.Fatal(err)
	}

	for _, who := range []struct {
		by        auth.Actor
		sees, may []int64
	}{
		{eve, []int64{team.ID, all.ID}, nil},
		{mona, []int64{own.ID, team.ID, all.ID}, []int64{own.ID, team.ID, all.ID}},
		{rita, []int64{all.ID}, []int64{all.ID}},
		{boss, []int64{team.ID, all.ID}, []int64{team.ID, all.ID}},
	} {
		t.Run(who.by.Name, func(t *testing.T) {
			list, err := s.List(ctx, who.by)
			if err != nil || len(list) != len(who.sees) {
				t.Errorf("lists %d of %d, %v", len(list), len(who.sees), err)
			}
			for _, m := range []macro.Macro{own, team, all} {
				sees, may := slices.Contains(who.sees, m.ID), slices.Contains(who.may, m.ID)
				now, err := s.Macro(ctx, who.by, m.ID)
				if (err == nil) != sees || !sees && !fault.Is(err, fault.NotFound) {
					t.Errorf("reads %s: %v", m.Name, err)
				}
				if m.MayEdit(who.by) != may {
					t.Errorf("may edit %s: %v", m.Name, !may)
				}
				if sees {
					m = now
				}
				if _, err := s.Save(ctx, who.by, m); (err == nil) != may {
					t.Errorf("changes %s: %v", m.Name, err)
				}
				if !may {
					if err := s.Delete(ctx, who.by, m.ID); fault.Of(err).Kind != fault.NotFound && fault.Of(err).Kind != fault.Forbidden {
						t.Errorf("deletes %s: %v", m.Name, err)
					}
				}
			}
		})
	}

	t.Run("it is shared with departments of one's own, and such as there are", func(t *testing.T) {
		for name, try := range map[string]struct {
			by auth.Actor
			id int64
		}{"another's": {mona, sales}, "without permission": {eve, repairs}, "none": {boss, 0}, "unknown": {boss, 1 << 40}} {
			if _, err := build(try.by, macro.Department, try.id); fault.Of(err).Fields["scope"].Key == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		offered := func(id int64) bool { return macro.Macro{Scope: macro.Department, Department: id}.MayShare(mona) }
		if !offered(repairs) || offered(sales) {
			t.Error("mona is offered a department of others, or her own not")
		}
	})
	t.Run("whoever makes a shared one their own has it", func(t *testing.T) {
		m, err := s.Macro(ctx, boss, team.ID)
		if err != nil {
			t.Fatal(err)
		}
		m.Scope = macro.Mine
		if _, err := s.Save(ctx, boss, m); err != nil {
			t.Fatal(err)
		}
		if m, err = s.Macro(ctx, boss, team.ID); err != nil || m.OwnerID != boss.PersonID {
			t.Errorf("%+v, %v", m, err)
		}
	})
}
