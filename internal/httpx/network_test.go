package httpx_test

import (
	"testing"

	"github.com/deskbell/deskbell/internal/httpx"
)

func TestNetwork(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"192.0.2.7":              "192.0.2.7",
		"::ffff:192.0.2.7":       "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":   "2001:db8:1:2::/64",
		"2001:db8:1:2::99":       "2001:db8:1:2::/64",
		"2001:db8:1:3::99":       "2001:db8:1:3::/64",
		"fe80::1%eth0":           "fe80::/64",
		"@":                      "@",
		"":                       "",
		"2001:db8:1:2::/64":      "2001:db8:1:2::/64",
		"what is not an address": "what is not an address",
	} {
		if got := httpx.Network(ip); got != want {
			t.Errorf("%q counts as %q, want %q", ip, got, want)
		}
	}
}
