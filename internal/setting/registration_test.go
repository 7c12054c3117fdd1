package setting_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/setting"
)

func TestRegistrationRules(t *testing.T) {
	t.Parallel()
	t.Run("other words to agree to are a new version", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		r, seen := setting.Get(t.Context(), d.Service, setting.Registration)
		if r.Mode != "open" || r.ConsentVersion != 1 || r.LinkAtOnce {
			t.Fatalf("preset = %+v", r)
		}
		r.Mode = "domain"
		if err := d.SaveRegistration(t.Context(), admin, seen, r); err != nil {
			t.Fatal(err)
		}
		r, seen = setting.Get(t.Context(), d.Service, setting.Registration)
		if r.ConsentVersion != 1 {
			t.Errorf("version = %d though the words stayed", r.ConsentVersion)
		}
		r.Consent = setting.Words{"ru": "Согласен"}
		if err := d.SaveRegistration(t.Context(), admin, seen, r); err != nil {
			t.Fatal(err)
		}
		r, _ = setting.Get(t.Context(), d.Service, setting.Registration)
		if r.ConsentVersion != 2 || r.ConsentIn("ru") != "Согласен" || !strings.Contains(r.ConsentIn("en"), "personal data") {
			t.Errorf("version %d, %q, %q", r.ConsentVersion, r.ConsentIn("ru"), r.ConsentIn("en"))
		}
	})
	t.Run("two texts never share a version, whichever process saves them", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		r, seen := setting.Get(t.Context(), d.Service, setting.Registration)
		r.Consent = setting.Words{"en": "Agreed"}
		if err := d.twin().SaveRegistration(t.Context(), admin, seen, r); err != nil {
			t.Fatal(err)
		}
		r.Consent = setting.Words{"en": "Agreed too"}
		if err := d.SaveRegistration(t.Context(), admin, 1, r); err != nil {
			t.Fatal(err)
		}
		if r, _ = setting.Get(t.Context(), d.Service, setting.Registration); r.ConsentVersion != 3 {
			t.Errorf("the third text has version %d", r.ConsentVersion)
		}
	})
	t.Run("what cannot be is refused", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		err := d.SaveRegistration(t.Context(), admin, 0, setting.RegistrationRules{Mode: "maybe", Help: setting.Words{"en": strings.Repeat("x", 2000)}})
		for field, key := range map[string]string{"mode": "setting.registration.mode_unknown", "help.en": "setting.field_too_long"} {
			if got := fault.Of(err).Fields[field].Key; got != key {
				t.Errorf("%s: %q, want %q", field, got, key)
			}
		}
	})
}
