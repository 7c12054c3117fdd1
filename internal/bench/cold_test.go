package bench

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/demo"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// What a browser may load for a page it has never seen, in requests and bytes
// over the wire, headers included.
const (
	maxRequests = 8
	maxBytes    = 150_000
	maxScripts  = 60_000 // on the portal
)

// TestColdPages opens pages in browsers that have nothing in their caches.
func TestColdPages(t *testing.T) {
	t.Parallel()
	program := testkit.NewProgram(t, testkit.DSN(t))
	program.Run(t, "", "demo", "--tickets", "60")
	server := program.Serve(t)
	customer := signIn(t, server, "e.orlova@uralsvyaz.example")
	agent := signIn(t, server, "marco@halden.example")
	for _, page := range []struct {
		name, path string
		by         *http.Cookie
	}{
		{"sign-in", link.Login, nil},
		{"knowledge base", link.KB, nil},
		{"portal home", link.Home, customer},
		{"new ticket", link.NewTicket, customer},
		{"my tickets", link.Tickets, customer},
		{"customer's ticket", first(t, server, customer, link.Tickets, `/tickets/\d+`), customer},
		{"inbox", link.InboxView("open"), agent},
		{"agent's ticket", first(t, server, agent, link.InboxView("open"), `/agent/tickets/\d+`), agent},
	} {
		t.Run(page.name, func(t *testing.T) {
			b := testkit.NewBrowser(t, server.URL, testkit.Desktop)
			if page.by != nil {
				b.SetCookie(page.by.Name, page.by.Value)
			}
			b.Open(page.path)
			requests, bytes, scripts := loaded(t, b)
			t.Logf("%d requests, %d bytes, %d of them scripts", requests, bytes, scripts)
			if requests > maxRequests || bytes > maxBytes || page.by != agent && scripts > maxScripts {
				t.Errorf("%d requests, %d bytes, %d of them scripts", requests, bytes, scripts)
			}
		})
	}
}

// loaded counts what came over the wire for the page that is open.
func loaded(t *testing.T, b *testkit.Browser) (requests, bytes, scripts int) {
	t.Helper()
	const entries = `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
		.filter(r => r.transferSize > 0).map(r => r.initiatorType + ' ' + r.transferSize + ' ' + r.name).join('\n')`
	for line := range strings.Lines(b.Each("html", entries)[0]) {
		t.Log(strings.TrimSpace(line))
		f := strings.Fields(line)
		n, err := strconv.Atoi(f[1])
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		requests, bytes = requests+1, bytes+n
		if f[0] == "script" || strings.Contains(f[2], ".js") {
			scripts += n
		}
	}
	if requests == 0 {
		t.Fatal("nothing was loaded")
	}
	return requests, bytes, scripts
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// signIn returns the cookie of a new session.
func signIn(t *testing.T, server *testkit.Server, email string) *http.Cookie {
	t.Helper()
	form := url.Values{"email": {email}, "password": {demo.Password}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+link.Login, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	for _, c := range res.Cookies() {
		if strings.HasSuffix(c.Name, "session") {
			return c
		}
	}
	t.Fatalf("%s cannot sign in: %s", email, res.Status)
	return nil
}

// first is the first path on a page that matches pattern.
func first(t *testing.T, server *testkit.Server, by *http.Cookie, page, pattern string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+page, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(by)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(pattern).Find(text)
	if found == nil {
		t.Fatalf("no %s on %s: %s", pattern, page, res.Status)
	}
	return string(found)
}
