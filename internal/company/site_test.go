package company_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
)

func TestSites(t *testing.T) {
	t.Parallel()
	site := func(t *testing.T, d *desk, id int64, name string, parent int64) int64 {
		t.Helper()
		s, err := d.AddSite(t.Context(), admin, id, company.SiteInput{Name: name, ParentID: parent})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Run("stand in a tree, each before those under it", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		north := site(t, d, c.ID, "North", 0)
		site(t, d, c.ID, "East", 0)
		site(t, d, c.ID, "Lab", north)
		list, err := d.Sites(t.Context(), agent, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, 0, len(list))
		for _, s := range list {
			got = append(got, s.Indented())
		}
		if diff := cmp.Diff([]string{"East", "North", "— Lab"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("keep their tree free of circles, doubles and strangers", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		other, err := d.Add(t.Context(), admin, company.Input{Name: "Other"})
		if err != nil {
			t.Fatal(err)
		}
		foreign := site(t, d, other, "Theirs", 0)
		north := site(t, d, c.ID, "North", 0)
		lab := site(t, d, c.ID, "Lab", north)
		save := func(id int64, in company.SiteInput) error { return d.SaveSite(t.Context(), admin, c.ID, id, in) }
		wantField(t, save(north, company.SiteInput{Name: "North", ParentID: lab}), "parent", "company.site_parent_bad")
		wantField(t, save(north, company.SiteInput{Name: "North", ParentID: north}), "parent", "company.site_parent_bad")
		wantField(t, save(north, company.SiteInput{Name: "North", ParentID: foreign}), "parent", "company.site_parent_bad")
		wantField(t, save(north, company.SiteInput{Name: " "}), "name", "company.site_name_missing")
		wantKind(t, save(foreign, company.SiteInput{Name: "Mine now"}), fault.NotFound, "company.site_not_found")
		_, err = d.AddSite(t.Context(), admin, c.ID, company.SiteInput{Name: "NORTH"})
		wantField(t, err, "name", "company.site_name_taken")
		at := lab
		for range 4 {
			at = site(t, d, c.ID, "Deeper", at)
		}
		_, err = d.AddSite(t.Context(), admin, c.ID, company.SiteInput{Name: "Deepest", ParentID: at})
		wantField(t, err, "parent", "company.site_deep")
	})
	t.Run("go only when nothing depends on them", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		north := site(t, d, c.ID, "North", 0)
		lab := site(t, d, c.ID, "Lab", north)
		if _, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: auth.SeesSite, SiteID: lab}); err != nil {
			t.Fatal(err)
		}
		_, err := d.RemoveSite(t.Context(), admin, c.ID, north)
		wantKind(t, err, fault.Conflict, "company.site_has_sites")
		_, err = d.RemoveSite(t.Context(), admin, c.ID, lab)
		wantKind(t, err, fault.Conflict, "company.site_has_contacts")
		if err := d.SetShare(t.Context(), admin, c.ID, 3, company.Share{Sees: auth.SeesOwn}); err != nil {
			t.Fatal(err)
		}
		if name, err := d.RemoveSite(t.Context(), admin, c.ID, lab); err != nil || name != "Lab" {
			t.Errorf("name = %q, err = %v", name, err)
		}
		if last := d.audit[len(d.audit)-1]; last != "company.site_removed company:1 map[address: name:Lab parent:1 site:2] <nil>" {
			t.Errorf("audit = %q", last)
		}
	})
	t.Run("are changed by editors of companies alone", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		_, err := d.AddSite(t.Context(), agent, c.ID, company.SiteInput{Name: "North"})
		wantKind(t, err, fault.Forbidden, "error.forbidden")
		_, err = d.Sites(t.Context(), customer, c.ID)
		wantKind(t, err, fault.NotFound, "company.not_found")
		_, err = d.RemoveSite(t.Context(), customer, c.ID, 1)
		wantKind(t, err, fault.NotFound, "company.not_found")
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.add(t)
	if _, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: auth.SeesOwn}); err != nil {
		t.Fatal(err)
	}
	share := func(sh company.Share) error { return d.SetShare(t.Context(), admin, c.ID, 3, sh) }
	wantField(t, share(company.Share{Sees: auth.SeesSite}), "site", "company.sees_no_site")
	wantField(t, share(company.Share{Sees: auth.SeesSite, SiteID: 99}), "site", "company.site_unknown")
	wantField(t, share(company.Share{Sees: "all"}), "sees", "company.sees_unknown")
	bad := d.SetPrivacy(t.Context(), admin, c.ID, "public")
	wantField(t, bad, "privacy", "company.privacy_unknown")
	wantKind(t, d.SetPrivacy(t.Context(), agent, c.ID, company.Everyone), fault.Forbidden, "error.forbidden")
	wantKind(t, d.SetPrivacy(t.Context(), customer, c.ID, company.Everyone), fault.NotFound, "company.not_found")
	wantKind(t, d.SetPrivacy(t.Context(), admin, 99, company.Everyone), fault.NotFound, "company.not_found")
	if err := d.SetPrivacy(t.Context(), admin, c.ID, company.Everyone); err != nil {
		t.Fatal(err)
	}
	if got := d.card(t, c.ID); got.Privacy != company.Everyone {
		t.Errorf("privacy = %q", got.Privacy)
	}
	if last := d.audit[len(d.audit)-1]; last != "company.privacy_set company:1 map[privacy:named] map[privacy:everyone]" {
		t.Errorf("audit = %q", last)
	}
}
