package httpx_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/deskbell/deskbell/internal/httpx"
)

func TestClientIP(t *testing.T) {
	t.Parallel()
	proxies, err := httpx.ReadProxies("10.0.0.7, 192.0.2.0/24 fd00::/8")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		peer string
		via  []string
		want string
	}{
		"nobody in between":               {"198.51.100.1:1", nil, "198.51.100.1"},
		"a stranger's word is not heard":  {"198.51.100.1:1", []string{"203.0.113.5"}, "198.51.100.1"},
		"a proxy here":                    {"127.0.0.1:1", []string{"203.0.113.5"}, "203.0.113.5"},
		"a proxy elsewhere":               {"10.0.0.7:1", []string{"203.0.113.5"}, "203.0.113.5"},
		"its neighbour is none":           {"10.0.0.8:1", []string{"203.0.113.5"}, "10.0.0.8"},
		"two proxies":                     {"10.0.0.7:1", []string{"203.0.113.5, 192.0.2.8"}, "203.0.113.5"},
		"what the visitor wrote himself":  {"10.0.0.7:1", []string{"1.2.3.4", "203.0.113.5"}, "203.0.113.5"},
		"rubbish ends the walk":           {"10.0.0.7:1", []string{"203.0.113.5, rubbish"}, "10.0.0.7"},
		"IPv4 written as IPv6":            {"[::ffff:10.0.0.7]:1", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		"IPv6 proxy":                      {"[fd00::1]:1", []string{"2001:db8::5"}, "2001:db8::5"},
		"a socket without an address":     {"@", []string{"203.0.113.5"}, "@"},
		"a proxy here that says nothing":  {"127.0.0.1:1", nil, "127.0.0.1"},
		"only proxies in the whole chain": {"127.0.0.1:1", []string{"192.0.2.9"}, "192.0.2.9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			r.RemoteAddr = c.peer
			r.Header["X-Forwarded-For"] = c.via
			got := ""
			httpx.Behind(proxies)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = httpx.ClientIP(r) })).ServeHTTP(httptest.NewRecorder(), r)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if _, err := httpx.ReadProxies("10.0.0.7, here"); err == nil {
		t.Error("a word was taken for an address")
	}
}
