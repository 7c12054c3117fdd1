package address_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/address"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"\tAnn.Lee@A.Test\t": "ann.lee@a.test",
		"петр@почта.рф":      "петр@xn--80a1acny.xn--p1ai",
		"a+b@sub.example.eu": "a+b@sub.example.eu",
	}
	for in, want := range good {
		if got, err := address.Email(in); err != nil || got != want {
			t.Errorf("Email(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "ann", "@a.test", "ann@", "ann@localhost", "a b@a.test", "a..b@a.test", ".a@a.test", "a@b@c.test", "a@[1.2.3.4]", "a@1.2.3.4", "a\x00@a.test", "a@a..test", "a<b@a.test"} {
		if got, err := address.Email(in); err == nil {
			t.Errorf("Email(%q) = %q, want an error", in, got)
		}
	}
}

func TestDomain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"@A.test": "a.test", "https://www.a.test/": "a.test", "почта.рф": "xn--80a1acny.xn--p1ai"} {
		if got, err := address.Domain(in); err != nil || got != want {
			t.Errorf("Domain(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	if got := address.Readable("a@xn--80a1acny.xn--p1ai"); got != "a@почта.рф" {
		t.Errorf("Readable = %q", got)
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]bool{"gmail.com": true, "mail.ru": true, "x.yahoo.co.uk": true, "uralsvyaz.example": false, "notgmail.com": false} {
		if got := address.Public(domain); got != want {
			t.Errorf("Public(%q) = %t", domain, got)
		}
	}
}
