package canned_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/testkit"
)

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

var monday = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

type world struct {
	t             *testing.T
	db            *pgxpool.Pool
	s             *canned.Service
	eve, max, ann auth.Actor // eve is an agent, max may share, ann a customer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t)}
	w.s = canned.New(w.db, canned.Hooks{
		TakeFiles: func(_ context.Context, _ pgx.Tx, _ auth.Actor, ids []int64) ([]canned.File, error) {
			var files []canned.File
			for range ids {
				files = append(files, canned.File{Key: "k", Name: "guide.pdf", Type: "application/pdf", Size: 7})
			}
			return files, nil
		},
	}, func() time.Time { return monday })
	w.eve = w.person("Eve", auth.AnswerTickets)
	w.max = w.person("Max", auth.AnswerTickets, auth.ShareCanned)
	w.ann = w.person("Ann")
	return w
}

func (w *world) person(name string, perms ...auth.Permission) auth.Actor {
	w.t.Helper()
	a := auth.Actor{Kind: auth.Person, Name: name, Permissions: perms}
	if err := w.db.QueryRow(w.t.Context(), `INSERT INTO people (first_name, created_at) VALUES ($1, now()) RETURNING id`, name).Scan(&a.PersonID); err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) save(by auth.Actor, e canned.Edit) int64 {
	w.t.Helper()
	if e.Lang == "" {
		e.Lang = "en"
	}
	if e.Scope == "" {
		e.Scope = canned.Me
	}
	id, err := w.s.Save(w.t.Context(), by, e)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) names(by auth.Actor, query string) []string {
	w.t.Helper()
	hits, err := w.s.Search(w.t.Context(), by, canned.Query{Text: query, Lang: "en"})
	if err != nil {
		w.t.Fatal(err)
	}
	names := []string{}
	for _, h := range hits {
		names = append(names, h.Name)
	}
	return names
}

func TestScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := w.save(w.eve, canned.Edit{Name: "My greeting", Source: "Good day from the firmware team"})
	shared := w.save(w.max, canned.Edit{Name: "Firmware images", Source: "The firmware images are in the portal.", Scope: canned.All})

	t.Run("everybody finds shared ones, and only their owner own ones", func(t *testing.T) {
		if got := w.names(w.eve, "firmware"); len(got) != 2 {
			t.Errorf("eve finds %v", got)
		}
		if got := w.names(w.max, "firmware"); len(got) != 1 || got[0] != "Firmware images" {
			t.Errorf("max finds %v", got)
		}
		if _, err := w.s.Reply(t.Context(), w.max, own); !fault.Is(err, fault.NotFound) {
			t.Errorf("max reads eve's own: %v", err)
		}
		if all, err := w.s.List(t.Context(), w.max); err != nil || len(all) != 1 {
			t.Errorf("max lists %v, %v", all, err)
		}
	})
	t.Run("shared ones are changed by permission", func(t *testing.T) {
		edit := canned.Edit{ID: shared, Name: "Mine now", Source: "x", Lang: "en", Scope: canned.Me}
		if _, err := w.s.Save(t.Context(), w.eve, edit); !fault.Is(err, fault.Forbidden) {
			t.Errorf("eve changes it: %v", err)
		}
		if err := w.s.Delete(t.Context(), w.eve, shared); !fault.Is(err, fault.Forbidden) {
			t.Errorf("eve deletes it: %v", err)
		}
		edit = canned.Edit{Name: "For all", Source: "x", Lang: "en", Scope: canned.All}
		if _, err := w.s.Save(t.Context(), w.eve, edit); fault.Of(err).Fields["scope"].Key == "" {
			t.Errorf("eve shares: %v", err)
		}
	})
	t.Run("somebody else's own one does not exist", func(t *testing.T) {
		edit := canned.Edit{ID: own, Name: "Taken", Source: "x", Lang: "en", Scope: canned.Me}
		if _, err := w.s.Save(t.Context(), w.max, edit); !fault.Is(err, fault.NotFound) {
			t.Errorf("max changes it: %v", err)
		}
		if err := w.s.Delete(t.Context(), w.max, own); !fault.Is(err, fault.NotFound) {
			t.Errorf("max deletes it: %v", err)
		}
	})
	t.Run("customers have no door", func(t *testing.T) {
		_, search := w.s.Search(t.Context(), w.ann, canned.Query{Text: "firmware"})
		_, list := w.s.List(t.Context(), w.ann)
		_, one := w.s.Reply(t.Context(), w.ann, shared)
		_, save := w.s.Save(t.Context(), w.ann, canned.Edit{Name: "x", Source: "x", Lang: "en", Scope: canned.Me})
		for _, err := range []error{search, list, one, save, w.s.Delete(t.Context(), w.ann, shared), w.s.RenameFolder(t.Context(), w.ann, 1, "x")} {
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("err = %v", err)
			}
		}
	})
}

// department makes one.
func (w *world) department(key string) int64 {
	w.t.Helper()
	var id int64
	if err := w.db.QueryRow(w.t.Context(), `INSERT INTO departments (key, name) VALUES ($1, jsonb_build_object('en', $1::text)) RETURNING id`, key).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func TestDepartmentScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	repairs, sales := w.department("repairs"), w.department("sales")
	w.eve.Departments, w.max.Departments = []int64{repairs}, []int64{repairs}
	rita := w.person("Rita", auth.AnswerTickets, auth.ShareCanned) // of sales: she may share, but not see what repairs has
	rita.Departments = []int64{sales}
	boss := w.person("Boss", auth.AnswerTickets, auth.ShareCanned, auth.AllDepartments)
	edit := canned.Edit{Name: "Send the unit in", Folder: "Parcels", Source: "Pack the unit well.", Lang: "en", Scope: canned.Department, DepartmentID: repairs}
	id := w.save(w.max, edit)
	one, err := w.s.Reply(ctx, w.max, id)
	if err != nil || one.DepartmentID == nil || *one.DepartmentID != repairs {
		t.Fatalf("%+v, %v", one, err)
	}

	for _, who := range []struct {
		by        auth.Actor
		sees, may bool
	}{{w.eve, true, false}, {w.max, true, true}, {boss, true, true}, {rita, false, false}} {
		t.Run(who.by.Name, func(t *testing.T) {
			want := 0
			if who.sees {
				want = 1
			}
			if got := w.names(who.by, "pack the unit"); len(got) != want {
				t.Errorf("finds %v", got)
			}
			if all, err := w.s.List(ctx, who.by); err != nil || len(all) != want {
				t.Errorf("lists %d, %v", len(all), err)
			}
			if _, err := w.s.Reply(ctx, who.by, id); (err == nil) != who.sees || !who.sees && !fault.Is(err, fault.NotFound) {
				t.Errorf("reads it: %v", err)
			}
			refused := fault.NotFound
			if who.sees {
				refused = fault.Forbidden
			}
			change := edit
			change.ID = id
			if !canned.MayShare(who.by, repairs) { // refused for its scope before anything else
				change.Scope = canned.Me
			}
			if _, err := w.s.Save(ctx, who.by, change); who.may != (err == nil) || !who.may && !fault.Is(err, refused) {
				t.Errorf("changes it: %v", err)
			}
			if one.MayEdit(who.by) != who.may {
				t.Errorf("MayEdit is %v", !who.may)
			}
			err := w.s.RenameFolder(ctx, who.by, *one.FolderID, "Parcels")
			if who.may != (err == nil) || !who.may && !fault.Is(err, fault.NotFound) {
				t.Errorf("renames its folder: %v", err)
			}
			if !who.may {
				if err := w.s.Delete(ctx, who.by, id); !fault.Is(err, refused) {
					t.Errorf("deletes it: %v", err)
				}
			}
		})
	}

	t.Run("it is shared with departments of one's own, and such as there are", func(t *testing.T) {
		for name, try := range map[string]struct {
			by auth.Actor
			id int64
		}{"another's": {w.max, sales}, "without permission": {w.eve, repairs}, "none": {boss, 0}, "unknown": {boss, 1 << 40}} {
			e := edit
			e.DepartmentID = try.id
			if _, err := w.s.Save(ctx, try.by, e); fault.Of(err).Fields["scope"].Key == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("departments have folders of the same name apart", func(t *testing.T) {
		e := edit
		e.DepartmentID = sales
		other, err := w.s.Reply(ctx, rita, w.save(rita, e))
		if err != nil || *other.FolderID == *one.FolderID || other.Folder != "Parcels" {
			t.Errorf("%+v, %v", other, err)
		}
	})
	t.Run("whoever leaves the department loses it, what is made for everybody stays", func(t *testing.T) {
		e := edit
		e.ID, e.Scope = id, canned.All
		w.save(boss, e)
		w.max.Departments = nil
		got, err := w.s.Reply(ctx, w.max, id)
		if err != nil || got.DepartmentID != nil || *got.FolderID == *one.FolderID {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestSave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	id := w.save(w.max, canned.Edit{Name: " Return  of goods ", Folder: "Sales", Source: "Send it back.", Scope: canned.All, Uploads: []int64{1}})

	t.Run("languages are kept apart and chosen with a way out", func(t *testing.T) {
		w.save(w.max, canned.Edit{ID: id, Name: "Return of goods", Folder: "Sales", Scope: canned.All, Lang: "ru", Source: "<p>Верните товар.</p>", Kind: richtext.KindHTML})
		r, err := w.s.Reply(ctx, w.eve, id)
		if err != nil || len(r.Texts) != 2 || r.Folder != "Sales" || r.Name != "Return of goods" {
			t.Fatalf("%+v, %v", r, err)
		}
		for lang, want := range map[string]string{"ru": "<p>Верните товар.</p>", "en": "Send it back.", "de": "Send it back."} {
			if got, ok := r.In(lang, ""); got.Source != want || ok != (lang != "de") {
				t.Errorf("in %s: %q, %v", lang, got.Source, ok)
			}
		}
		if got, _ := r.In("de", "ru"); got.Lang != "ru" {
			t.Errorf("the fallback is %s", got.Lang)
		}
		if hits, _ := w.s.Search(ctx, w.eve, canned.Query{Text: "return goods", Lang: "ru"}); len(hits) != 1 || hits[0].Text.Lang != "ru" {
			t.Errorf("the search finds %+v", hits)
		}
	})
	t.Run("files stay until they are taken away", func(t *testing.T) {
		r, _ := w.s.Reply(ctx, w.max, id)
		if len(r.Files) != 1 || r.Files[0].Name != "guide.pdf" {
			t.Fatalf("files %+v", r.Files)
		}
		if files, err := w.s.Files(ctx, w.eve, []int64{r.Files[0].ID}); err != nil || len(files) != 1 {
			t.Errorf("eve gets %v, %v", files, err)
		}
		w.save(w.max, canned.Edit{ID: id, Name: "Return of goods", Scope: canned.All, Source: "Send it.", Drop: []int64{r.Files[0].ID}})
		if r, _ := w.s.Reply(ctx, w.max, id); len(r.Files) != 0 {
			t.Errorf("files %+v", r.Files)
		}
	})
	t.Run("what somebody else changed meanwhile is not overwritten unseen", func(t *testing.T) {
		r, _ := w.s.Reply(ctx, w.max, id)
		edit := canned.Edit{ID: id, Version: r.Version - 1, Name: "Old", Source: "old", Lang: "en", Scope: canned.All}
		if _, err := w.s.Save(ctx, w.max, edit); !fault.Is(err, fault.Conflict) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("what is wrong is said by field", func(t *testing.T) {
		_, err := w.s.Save(ctx, w.max, canned.Edit{Source: "<p> </p>", Kind: richtext.KindHTML, Lang: "xx", Scope: "world"})
		for _, field := range []string{"name", "message", "lang", "scope"} {
			if fault.Of(err).Fields[field].Key == "" {
				t.Errorf("%s is not refused: %v", field, err)
			}
		}
	})
	t.Run("the last language stays", func(t *testing.T) {
		if err := w.s.DropText(ctx, w.max, id, "ru"); err != nil {
			t.Fatal(err)
		}
		if err := w.s.DropText(ctx, w.max, id, "en"); !fault.Is(err, fault.Conflict) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("empty folders go, others get new names", func(t *testing.T) {
		w.save(w.eve, canned.Edit{Name: "A", Folder: "sales", Source: "x"})
		own, _ := w.s.List(ctx, w.eve)
		folder := int64(0)
		for _, r := range own {
			if r.Name == "A" {
				folder = *r.FolderID
			}
		}
		if err := w.s.RenameFolder(ctx, w.max, folder, "Mine"); !fault.Is(err, fault.NotFound) {
			t.Errorf("max renames eve's: %v", err)
		}
		if err := w.s.RenameFolder(ctx, w.eve, folder, "Orders"); err != nil {
			t.Fatal(err)
		}
		w.save(w.eve, canned.Edit{Name: "B", Folder: "Leads", Source: "x"})
		if err := w.s.RenameFolder(ctx, w.eve, folder, "leads"); fault.Of(err).Fields["name"].Key == "" {
			t.Errorf("a taken name: %v", err)
		}
		var n int
		if err := w.db.QueryRow(ctx, `SELECT count(*) FROM canned_folders`).Scan(&n); err != nil || n != 2 {
			t.Errorf("%d folders, %v", n, err) // Sales went with its last reply's folder
		}
	})
	t.Run("use is counted and lifts a reply", func(t *testing.T) {
		a := w.save(w.eve, canned.Edit{Name: "Licence", Source: "The licence key is in the mail."})
		b := w.save(w.eve, canned.Edit{Name: "Licence", Source: "The licence key is in the mail."})
		for range 20 {
			if err := pgx.BeginFunc(ctx, w.db, func(tx pgx.Tx) error { return w.s.CountUse(ctx, tx, b) }); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.s.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		hits, err := w.s.Search(ctx, w.eve, canned.Query{Text: "licence key"})
		if err != nil || len(hits) < 2 || hits[0].ID != b || hits[0].Used != 20 || hits[1].ID != a {
			t.Errorf("%+v, %v", hits, err)
		}
	})
}
