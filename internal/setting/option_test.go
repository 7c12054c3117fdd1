package setting_test

import (
	"testing"

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
