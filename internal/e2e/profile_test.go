package e2e

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// noScript is a phone whose browser runs no scripts.
var noScript = testkit.Look{Width: 390, Height: 844, NoScript: true}

// TestProfile: everybody's own page, with scripts and without.
func TestProfile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("details, code, devices and language with scripts", func(t *testing.T) {
		t.Parallel()
		b, other := w.browser(t, customer, testkit.Desktop), w.browser(t, customer, testkit.Phone)
		b.Click("header [popovertarget=m-user]")
		b.Follow("#m-user a|Profile")
		b.Axe()
		b.Fill("[name=job_title]", "Network engineer")
		b.Follow("#details button|Save")
		b.See("Your details are saved.")
		b.AwaitValue("[name=job_title]", "Network engineer")

		code := b.Text("#auth-code")
		b.Each("body", "navigator.clipboard.writeText = t => { document.title = t; return Promise.resolve(); }")
		b.Click("#code button|Copy")
		b.See("The code is copied.")
		if got := b.Each("title", "e.textContent"); len(got) != 1 || got[0] != code {
			t.Errorf("copied %q, not %q", got, code)
		}
		b.Follow("#code button|Make a new code")
		if now := b.Text("#auth-code"); now == code || len(now) != 9 {
			t.Errorf("the new code is %q, the former %q", now, code)
		}

		other.Open(link.Tickets)
		b.Follow("#devices button|Sign out")
		b.See("The device is signed out.")
		other.Open(link.Tickets)
		if at := other.Path(); !strings.HasPrefix(at, link.Login) {
			t.Errorf("the device that was signed out is at %s", at)
		}

		b.Select("#look [name=lang]", "de")
		b.Fill("[name=zone]", "berlin")
		b.Click("[name=shortcuts]")
		b.Follow("#look .btn--primary")
		b.See("Wissensdatenbank")
		if b.Attr("html", "lang") != "de" || b.Value("[name=zone]") != "Europe/Berlin" || b.Attr("html", "data-shortcuts") != "off" {
			t.Errorf("lang %q, zone %q, shortcuts %q", b.Attr("html", "lang"), b.Value("[name=zone]"), b.Attr("html", "data-shortcuts"))
		}
		b.Quiet()
	})
	t.Run("password, copy and deletion without scripts", func(t *testing.T) {
		t.Parallel()
		v := w.as(t, stranger)
		v.submit(w.topic(t, "billing"), "The invoice is wrong", "It names two switches.")
		b := w.browser(t, stranger, noScript)
		b.Open(link.Profile)
		b.Fits()
		b.Axe()
		if len(b.Text("#auth-code")) != 9 || b.Has("#code [data-js]") {
			t.Error("the code is not there to be selected, or a button is that does nothing")
		}
		b.Fill("#password [name=current]", "not the password")
		b.Fill("#password [name=password]", "another good word")
		b.Fill("#password [name=again]", "another good word")
		b.FollowStatus("#password button|Change password", 422)
		b.See("This is not your present password.")
		b.Fill("#password [name=current]", password)
		b.Fill("#password [name=password]", "another good word")
		b.Fill("#password [name=again]", "another good word")
		b.Follow("#password button|Change password")
		b.See("Your password is changed.")
		if a := v.get(link.Profile); !strings.HasPrefix(a.at, link.Login) {
			t.Errorf("the other sign-in still works: %s", a.at)
		}
		if w.letters(t, "password_changed", stranger.email) != 1 {
			t.Error("nobody is told of the new password")
		}
		b.Follow("#data button|Make a copy")
		b.See("We are making your copy")
		testkit.Await(t, time.Minute, "the copy is made", func() bool { return w.letters(t, "export_ready", stranger.email) == 1 })
		b.Open(link.Profile)
		b.See("Download the copy")
		w.fetchesCopy(t, b.Attr("#data a[download]", "href"))
		b.Click("#data summary")
		b.Fill("#data [name=current]", "another good word")
		b.Follow("#data button|Ask to delete")
		b.See("You asked for your account to be deleted")
		w.eraseStranger(t)
		b.Open(link.Profile)
		if at := b.Path(); !strings.HasPrefix(at, link.Login) {
			t.Errorf("who was deleted is still at %s", at)
		}
		b.Quiet()
	})
	t.Run("details that an administrator locked", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		a := w.browser(t, admin, testkit.Desktop)
		a.Open(link.ProfileFields)
		a.Axe()
		a.Select("[name=last_name]", "ask")
		a.Select("[name=phone]", "locked")
		a.Select("[name=email]", "locked")
		a.Follow("main form .btn--primary")
		a.See("The rules are saved.")
		b := w.browser(t, customer, testkit.Phone)
		b.Open(link.Profile)
		b.Fits()
		b.Axe()
		b.See("Set by the administrator", "Ask for a change")
		if b.Has("[name=last_name]") || b.Has("[name=phone]") || !b.Has("[name=first_name]") {
			t.Error("what may not be typed has an input, or the other way round")
		}
		b.Follow("#details a|Ask for a change")
		b.AwaitValue("[name=subject]", "Last name")
		w.refusesForgedForms(t)
		b.Quiet()
	})
}

// fetchesCopy fetches a copy as somebody else, who gets nothing, and looks into
// it as its person, whose browser is signed in by the new password.
func (w world) fetchesCopy(t *testing.T, path string) {
	t.Helper()
	w.as(t, admin).get(path).want(t, http.StatusNotFound)
	v := w.visitor(t)
	v.post(link.Login, url.Values{"email": {stranger.email}, "password": {"another good word"}})
	a := v.get(path)
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || a.header.Get("Content-Type") != "application/zip" {
		t.Fatalf("%d %v", a.status, a.header)
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"The invoice is wrong", "It names two switches.", stranger.email, "deskbell.personal-data"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the copy lacks %q", want)
		}
	}
}

// eraseStranger has the administrator carry the request out.
func (w world) eraseStranger(t *testing.T) {
	t.Helper()
	a := w.browser(t, admin, testkit.Desktop)
	a.Open(link.Privacy)
	a.Axe()
	a.Follow("main table a|Bob Stone")
	a.Axe()
	a.FollowStatus("main button|Delete the account", 422)
	a.Click("[name=sure]")
	a.Follow("main button|Delete the account")
	a.See("The account is deleted.", "Nobody is waiting")
	if n := one[int64](t, w.db, "SELECT count(*) FROM people WHERE name ~ 'Stone'"); n != 0 {
		t.Error("the name is still there")
	}
	a.Quiet()
}

// refusesForgedForms sends what the page has no inputs for.
func (w world) refusesForgedForms(t *testing.T) {
	t.Helper()
	v := w.as(t, customer)
	v.post(link.ProfileDetails, url.Values{"last_name": {"Forged"}, "phone": {"+1 999"}, "email": {"forged@acme.test"}, "first_name": {"Forged"}}).
		want(t, http.StatusUnprocessableEntity, "Only an administrator can change this.")
	v.post(link.ProfileEmail, url.Values{"email": {"forged@acme.test"}, "current": {password}}).
		want(t, http.StatusForbidden, "Only an administrator can change this.")
	if n := one[int64](t, w.db, "SELECT count(*) FROM people p JOIN identities i ON i.person_id = p.id WHERE p.name || p.phone || i.value ~* 'forged|999'"); n != 0 {
		t.Error("a forged form changed something")
	}
	device := one[int64](t, w.db, "SELECT d.id FROM devices d JOIN identities i ON i.person_id = d.person_id WHERE i.value = $1 LIMIT 1", admin.email)
	v.post(link.ProfileDevice(device), nil).want(t, http.StatusNotFound)
	if one[int64](t, w.db, "SELECT count(*) FROM devices WHERE id = $1", device) != 1 {
		t.Error("somebody else's sign-in was ended")
	}
	for _, path := range []string{link.ProfileFields, link.Privacy, link.Erasure(1)} {
		v.get(path).want(t, http.StatusNotFound)
	}
}
