package inbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

type world struct {
	svc                *inbox.Service
	eve, max, ada, ann auth.Actor // eve and ada are agents, max an administrator, ann a customer
	north              int64      // a department, eve's and ada's
	at                 time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := testkit.DB(t)
	w := &world{at: time.Date(2026, 10, 15, 10, 20, 0, 0, time.UTC)}
	w.svc = inbox.NewService(db, nil, func() time.Time { return w.at })
	if err := db.QueryRow(t.Context(), `INSERT INTO departments (key, name) VALUES ('north_test', '{"en": "North"}') RETURNING id`).Scan(&w.north); err != nil {
		t.Fatal(err)
	}
	w.eve = person(t, db, "Eve", auth.AnswerTickets)
	w.ada = person(t, db, "Ada", auth.AnswerTickets)
	w.max = person(t, db, "Max", auth.AnswerTickets, auth.ManageSettings)
	w.ann = person(t, db, "Ann")
	w.eve.Departments, w.ada.Departments = []int64{w.north}, []int64{w.north}
	return w
}

func person(t *testing.T, db *pgxpool.Pool, name string, may ...auth.Permission) auth.Actor {
	t.Helper()
	a := auth.Actor{Kind: auth.Person, Name: name, Permissions: may}
	if err := db.QueryRow(t.Context(), `INSERT INTO people (first_name, created_at) VALUES ($1, now()) RETURNING id`, name).Scan(&a.PersonID); err != nil {
		t.Fatal(err)
	}
	return a
}

// save makes or changes a view.
func (w *world) save(t *testing.T, by auth.Actor, v inbox.View) int64 {
	t.Helper()
	id, err := w.svc.Save(t.Context(), by, v)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// names are the views of by in their order.
func (w *world) names(t *testing.T, by auth.Actor) string {
	t.Helper()
	views, err := w.svc.Views(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, v := range views {
		list = append(list, v.Name)
	}
	return strings.Join(list, " ")
}

func TestSave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.save(t, w.eve, inbox.View{Name: " own ", Query: "status:open  prio:high", Sort: "nonsense", Colour: "nonsense", Columns: []string{"due", "nonsense", "number"}})
	shared := w.save(t, w.eve, inbox.View{Name: "north", Query: "is:unread", Scope: inbox.Department, DepartmentID: &w.north})
	all := w.save(t, w.max, inbox.View{Name: "all", Query: "has:attachment", Scope: inbox.Everybody, Colour: "red"})
	for by, want := range map[string]string{"Eve": "own north all", "Ada": "north all", "Max": "all"} {
		actor := map[string]auth.Actor{"Eve": w.eve, "Ada": w.ada, "Max": w.max}[by]
		if got := w.names(t, actor); got != want {
			t.Errorf("%s has %q, want %q", by, got, want)
		}
	}
	views, _ := w.svc.Views(t.Context(), w.eve)
	if v := views[0]; v.Query != "status:open priority:high" || v.Sort != ticket.SortNewest || v.Colour != "neutral" || strings.Join(v.Columns, " ") != "number due" {
		t.Errorf("saved as %+v", v)
	}
	t.Run("only the owner, or who may change settings, changes a shared one", func(t *testing.T) {
		v, err := w.svc.View(t.Context(), w.ada, shared)
		if err != nil {
			t.Fatal(err)
		}
		v.Name = "taken"
		if _, err := w.svc.Save(t.Context(), w.ada, v); !fault.Is(err, fault.Forbidden) {
			t.Errorf("Ada changed Eve's view: %v", err)
		}
		if _, err := w.svc.Delete(t.Context(), w.ada, all); !fault.Is(err, fault.Forbidden) {
			t.Errorf("Ada deleted Max's view: %v", err)
		}
		if _, err := w.svc.View(t.Context(), w.max, shared); !fault.Is(err, fault.NotFound) {
			t.Errorf("Max knows of a view of a department that is not his: %v", err)
		}
	})
	t.Run("two who change it at once do not overwrite each other unawares", func(t *testing.T) {
		v, _ := w.svc.View(t.Context(), w.eve, shared)
		v.Query = "is:unread has:draft"
		w.save(t, w.eve, v)
		if _, err := w.svc.Save(t.Context(), w.eve, v); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version was saved: %v", err)
		}
	})
	t.Run("what cannot be is refused by its field", func(t *testing.T) {
		other := w.north + 1000
		for field, v := range map[string]inbox.View{
			"name": {Query: "is:unread"}, "q": {Name: "x", Query: "colour:red"}, "department": {Name: "x", Scope: inbox.Department, DepartmentID: &other},
		} {
			if _, err := w.svc.Save(t.Context(), w.eve, v); fault.Of(err).Fields[field].Key == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.svc.Save(t.Context(), w.ann, inbox.View{Name: "x"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a customer saves views: %v", err)
		}
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.save(t, w.eve, inbox.View{Name: "one", Query: "is:unread", Scope: inbox.Everybody})
	if name, err := w.svc.Delete(t.Context(), w.eve, id); err != nil || name != "one" || w.names(t, w.ada) != "" {
		t.Errorf("deleted %q, Ada has %q (%v)", name, w.names(t, w.ada), err)
	}
	if err := w.svc.Restore(t.Context(), w.ada, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("Ada brought Eve's view back: %v", err)
	}
	if err := w.svc.Restore(t.Context(), w.eve, id); err != nil || w.names(t, w.ada) != "one" {
		t.Errorf("after undo Ada has %q (%v)", w.names(t, w.ada), err)
	}
	if _, err := w.svc.Delete(t.Context(), w.eve, id); err != nil {
		t.Fatal(err)
	}
	w.at = w.at.Add(25 * time.Hour)
	other := w.save(t, w.eve, inbox.View{Name: "two", Query: "is:unread"})
	if _, err := w.svc.Delete(t.Context(), w.eve, other); err != nil {
		t.Fatal(err)
	}
	if err := w.svc.Restore(t.Context(), w.eve, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("a view came back after more than a day: %v", err)
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []int64
	for _, name := range []string{"a", "b", "c"} {
		ids = append(ids, w.save(t, w.eve, inbox.View{Name: name, Query: "is:unread", Scope: inbox.Everybody}))
	}
	for _, step := range []struct {
		id   int64
		step inbox.Step
		want string
	}{{ids[2], inbox.Up, "a c b"}, {ids[2], inbox.Up, "c a b"}, {ids[2], inbox.Up, "c a b"}, {ids[0], inbox.Down, "c b a"}} {
		if err := w.svc.Move(t.Context(), w.eve, step.id, step.step); err != nil || w.names(t, w.eve) != step.want {
			t.Errorf("order %q, want %q (%v)", w.names(t, w.eve), step.want, err)
		}
	}
	if got := w.names(t, w.ada); got != "a b c" {
		t.Errorf("Ada's order became %q", got)
	}
}

func TestSaveChoices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := ticket.ListChoices{Form: "table", Density: "compact", Columns: []string{"due", "number"}}
	for range 2 {
		if err := w.svc.SaveChoices(t.Context(), w.eve, c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.svc.SaveChoices(t.Context(), w.ann, c); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer has list settings: %v", err)
	}
}
