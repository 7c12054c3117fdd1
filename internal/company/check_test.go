package company_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/company"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	good := company.Input{
		Name: "  Uralsvyaz   Telecom ", Site: "uralsvyaz.example", Email: "Office@Uralsvyaz.example",
		Domains: "@Uralsvyaz.example, почта.рф;uralsvyaz.example", INN: "7707 083 893", KPP: "7736-50-001",
	}
	c, bad := good.Check()
	if len(bad) != 0 {
		t.Fatal(bad)
	}
	got := []any{c.Name, c.Email, c.Domains, c.INN, c.KPP}
	want := []any{"Uralsvyaz Telecom", "office@uralsvyaz.example", []string{"uralsvyaz.example", "xn--80a1acny.xn--p1ai"}, "7707083893", "773650001"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	tests := []struct {
		name       string
		in         company.Input
		field, key string
	}{
		{"no name", company.Input{Name: " "}, "name", "company.name_missing"},
		{"a mail provider's domain", company.Input{Name: "A", Domains: "a.example gmail.com"}, "domains", "company.domain_public"},
		{"a provider's domain below", company.Input{Name: "A", Domains: "x.mail.ru"}, "domains", "company.domain_public"},
		{"no domain", company.Input{Name: "A", Domains: "localhost"}, "domains", "company.domain_bad"},
		{"an address instead of a domain", company.Input{Name: "A", Domains: "ann@a.example"}, "domains", "company.domain_bad"},
		{"a wrong check digit", company.Input{Name: "A", INN: "7707083894"}, "inn", "company.inn_bad"},
		{"eleven digits", company.Input{Name: "A", INN: "77070838930"}, "inn", "company.inn_bad"},
		{"letters in a number", company.Input{Name: "A", INN: "77O7083893"}, "inn", "company.inn_bad"},
		{"a wrong check digit of twelve", company.Input{Name: "A", INN: "500100732258"}, "inn", "company.inn_bad"},
		{"eight places", company.Input{Name: "A", KPP: "77365000"}, "kpp", "company.kpp_bad"},
		{"a bad address", company.Input{Name: "A", Email: "office"}, "email", "company.email_bad"},
		{"a script for a site", company.Input{Name: "A", Site: "javascript://a.b"}, "site", "company.site_bad"},
	}
	for _, tt := range tests {
		t.Run("refuses "+tt.name, func(t *testing.T) {
			t.Parallel()
			if _, bad := tt.in.Check(); bad[tt.field].Key != tt.key {
				t.Errorf("bad = %v, want %s: %s", bad, tt.field, tt.key)
			}
		})
	}
	t.Run("takes a person's number of twelve digits", func(t *testing.T) {
		t.Parallel()
		if _, bad := (company.Input{Name: "A", INN: "500100732259"}).Check(); len(bad) != 0 {
			t.Error(bad)
		}
	})
}
