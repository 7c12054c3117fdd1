package account_test

import (
	"context"
	"testing"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

func TestEditProfile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, boss := d.add(t, "ann@a.test"), d.add(t, "boss@a.test", "admin")
	d.Govern(func(_ context.Context, field string) bool { return field == "phone" || field == "first_name" })
	d.audit = nil

	t.Run("changes what may be changed and records the fields alone", func(t *testing.T) {
		err := d.EditProfile(t.Context(), ann, account.ProfileEdit{"phone": " +1  202 555 ", "last_name": "Lee"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Profile(t.Context(), ann)
		if err != nil || p.Phone != "+1 202 555" || p.Email != "ann@a.test" || p.PasswordSince == nil {
			t.Errorf("profile = %+v, %v", p, err)
		}
		if len(d.audit) != 1 || d.audit[0] != "profile.edited" {
			t.Errorf("audit = %v", d.audit)
		}
	})
	t.Run("refuses what is locked, and then changes nothing", func(t *testing.T) {
		err := d.EditProfile(t.Context(), ann, account.ProfileEdit{"phone": "1", "last_name": "Other", "job_title": "Boss"})
		wantField(t, err, "last_name", "account.detail_locked")
		wantField(t, err, "job_title", "account.detail_locked")
		if p, _ := d.Profile(t.Context(), ann); p.Phone != "+1 202 555" {
			t.Errorf("phone = %q", p.Phone)
		}
	})
	t.Run("refuses what is no detail", func(t *testing.T) {
		for _, field := range []string{"email", "id", "disabled_at", "erased_at", "roles"} {
			wantField(t, d.EditProfile(t.Context(), ann, account.ProfileEdit{field: "1"}), field, "account.detail_locked")
		}
	})
	t.Run("keeps a name", func(t *testing.T) {
		err := d.EditProfile(t.Context(), boss, account.ProfileEdit{"first_name": " ", "last_name": ""})
		wantField(t, err, "first_name", "account.name_missing")
	})
	t.Run("lets who manages users change all of their own", func(t *testing.T) {
		if err := d.EditProfile(t.Context(), boss, account.ProfileEdit{"job_title": "Head of support"}); err != nil {
			t.Error(err)
		}
	})
	t.Run("a locked address is not changed by a letter either", func(t *testing.T) {
		err := d.RequestEmailChange(t.Context(), ann, "new@a.test", password, "192.0.2.7")
		wantKind(t, err, fault.Forbidden, "account.detail_locked")
	})
	t.Run("is nobody's without a sign-in", func(t *testing.T) {
		_, err := d.Profile(t.Context(), auth.Actor{})
		wantKind(t, err, fault.Unauthorized, "error.sign_in_first")
		wantKind(t, d.EditProfile(t.Context(), auth.Actor{}, nil), fault.Unauthorized, "error.sign_in_first")
	})
}

func TestNotices(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, al := d.add(t, "ann@a.test"), d.add(t, "al@desk.test", "agent")
	wants := func(by auth.Actor, n account.Notice) bool {
		t.Helper()
		yes, err := d.Wants(t.Context(), by.PersonID, n)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	if !wants(ann, account.NoticeReplies) || wants(ann, account.NoticeCompany) || !wants(ann, "password_changed") {
		t.Error("what holds without a choice is not as preset")
	}
	choices := map[account.Notice]bool{account.NoticeRobot: false, account.NoticeCompany: true, "password_changed": false}
	if err := d.Choose(t.Context(), ann, choices); err != nil {
		t.Fatal(err)
	}
	if wants(ann, account.NoticeRobot) || !wants(al, account.NoticeRobot) {
		t.Error("the choice is not hers alone")
	}
	if wants(ann, account.NoticeCompany) || !wants(ann, "password_changed") {
		t.Error("she chose what is not hers to choose: she sees no colleague's ticket")
	}
	for by, want := range map[*auth.Actor]int{&ann: 4, &al: 4, {Kind: auth.Person, Companies: []auth.Membership{{CompanyID: 1, Sees: auth.SeesCompany}}}: 5} {
		if got := len(account.NoticesFor(*by)); got != want {
			t.Errorf("%d notices, want %d", got, want)
		}
	}
	wantKind(t, d.Choose(t.Context(), auth.Actor{}, choices), fault.Unauthorized, "error.sign_in_first")
}

func TestKeysAreTurnedOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ann, off := d.add(t, "ann@a.test"), false
	if err := d.SetPreferences(t.Context(), ann, account.Preferences{Keys: &off}); err != nil {
		t.Fatal(err)
	}
	if a, err := d.ByID(t.Context(), ann.PersonID); err != nil || !a.NoKeys || ann.NoKeys {
		t.Errorf("the actor's keys are off: %v, before: %v, %v", a.NoKeys, ann.NoKeys, err)
	}
}
