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
