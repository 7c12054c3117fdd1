package setting_test

import (
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/setting"
)

func TestAnOptionHoldsUntilSomebodyChangesIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := setting.Value[map[string]int]{Key: "limits", Preset: map[string]int{"files": 3}}
	if v, seen := setting.Get(t.Context(), d.Service, o); v["files"] != 3 || seen != 0 {
		t.Fatalf("got %v, version %d", v, seen)
	}
	if err := setting.Put(t.Context(), d.Service, admin, o, 0, map[string]int{"files": 5}); err != nil {
		t.Fatal(err)
	}
	v, seen := setting.Get(t.Context(), d.Service, o)
	if v["files"] != 5 || seen != 1 {
		t.Fatalf("got %v, version %d", v, seen)
	}
	wantKind(t, setting.Put(t.Context(), d.Service, admin, o, 0, v), fault.Conflict, "setting.changed")
	wantKind(t, setting.Put(t.Context(), d.Service, auth.Actor{Kind: auth.Person, PersonID: 1}, o, 1, v), fault.Forbidden, "error.forbidden")
}

func TestASavedOptionLeavesItsPresetAlone(t *testing.T) {
	t.Parallel()
	type limits struct {
		Types []string
		Words map[string]string
	}
	d := newDesk(t)
	o := setting.Value[limits]{Key: "limits", Preset: limits{Types: []string{"png", "pdf"}, Words: map[string]string{"en": "ours"}}}
	if err := setting.Put(t.Context(), d.Service, admin, o, 0, limits{Types: []string{"zip"}, Words: map[string]string{"en": "theirs"}}); err != nil {
		t.Fatal(err)
	}
	if v, _ := setting.Get(t.Context(), d.Service, o); v.Types[0] != "zip" || v.Words["en"] != "theirs" {
		t.Errorf("got %v", v)
	}
	if o.Preset.Types[0] != "png" || o.Preset.Words["en"] != "ours" {
		t.Errorf("the preset became %v", o.Preset)
	}
}

// twin is another process on d's database that holds its own memory.
func (d *desk) twin() *setting.Service {
	return setting.New(d.db, setting.Hooks{}, func() time.Time { return d.now })
}

func TestAnOptionIsSavedOverWhatTheDatabaseSays(t *testing.T) {
	t.Parallel()
	type files struct{ Files int }
	limits := setting.Value[files]{Key: "limits", Preset: files{3}}
	t.Run("who meets another process's change sees it and may save again", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		_, seen := setting.Get(t.Context(), d.Service, limits)
		if err := setting.Put(t.Context(), d.twin(), admin, limits, 0, files{5}); err != nil {
			t.Fatal(err)
		}
		wantKind(t, setting.Put(t.Context(), d.Service, admin, limits, seen, files{7}), fault.Conflict, "setting.changed")
		v, seen := setting.Get(t.Context(), d.Service, limits)
		if v.Files != 5 || seen != 1 {
			t.Errorf("after the conflict: %v, version %d", v, seen)
		}
		if err := setting.Put(t.Context(), d.Service, admin, limits, seen, files{7}); err != nil {
			t.Error(err)
		}
	})
	t.Run("the record says what stood there, not what this process remembers", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		setting.Get(t.Context(), d.Service, limits)
		if err := setting.Put(t.Context(), d.twin(), admin, limits, 0, files{5}); err != nil {
			t.Fatal(err)
		}
		if err := setting.Put(t.Context(), d.Service, admin, limits, 1, files{7}); err != nil {
			t.Fatal(err)
		}
		log, err := d.AuditLog(t.Context(), admin, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := string(log.Rows[0].Before); got != `{"Files": 5}` {
			t.Errorf("before = %s", got)
		}
	})
}
