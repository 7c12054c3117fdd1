package e2e

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/deskbell/deskbell/internal/link"
)

// visitor speaks plain HTTP with the cookies of one person.
type visitor struct {
	t    *testing.T
	url  string
	http *http.Client
}

// answer is what a visitor got.
type answer struct {
	status int
	at     string // path and query it ended at
	header http.Header
	body   string
}

// visitor returns somebody who has not signed in.
func (w world) visitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t: t, url: w.URL, http: &http.Client{Jar: jar, Transport: &http.Transport{MaxConnsPerHost: 8}}}
}

// as returns p, signed in.
func (w world) as(t *testing.T, p person) visitor {
	t.Helper()
	v := w.visitor(t)
	if a := v.post(link.Login, url.Values{"email": {p.email}, "password": {password}}); a.status != http.StatusOK {
		t.Fatalf("sign-in of %s: %d\n%s", p.email, a.status, a.text())
	}
	return v
}

func (v visitor) request(method, path string, header http.Header, body io.Reader) *http.Request {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	return r
}

// try sends a request and returns the answer, or why there is none.
func (v visitor) try(r *http.Request) (answer, error) {
	res, err := v.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, at: res.Request.URL.RequestURI(), header: res.Header, body: string(b)}, err
}

func (v visitor) send(r *http.Request) answer {
	v.t.Helper()
	a, err := v.try(r)
	if err != nil {
		v.t.Fatal(err)
	}
	return a
}

func (v visitor) get(path string) answer {
	v.t.Helper()
	return v.send(v.request(http.MethodGet, path, nil, nil))
}

func (v visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	return v.send(v.postRequest(path, form))
}

func (v visitor) postRequest(path string, form url.Values) *http.Request {
	v.t.Helper()
	return v.request(http.MethodPost, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, strings.NewReader(form.Encode()))
}

// file is one that is sent along.
type file struct {
	name string
	body []byte
}

func (v visitor) upload(path string, form url.Values, files ...file) answer {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		for _, value := range values {
			_ = m.WriteField(name, value) // to memory
		}
	}
	for _, f := range files {
		part, err := m.CreateFormFile("attachments", f.name)
		if err != nil {
			v.t.Fatal(err)
		}
		_, _ = part.Write(f.body)
	}
	_ = m.Close()
	return v.send(v.request(http.MethodPost, path, http.Header{"Content-Type": {m.FormDataContentType()}}, &b))
}

// submit makes a ticket and returns its path.
func (v visitor) submit(topic, subject, message string) string {
	v.t.Helper()
	form := v.get(link.NewTicket).form(v.t, link.Tickets)
	form.Set("topic", topic)
	form.Set("subject", subject)
	form.Set("message", message)
	form.Set("field.related_service", "")
	form.Del("warn") // of tickets that ask the same
	a := v.post(link.Tickets, form)
	if a.status != http.StatusOK || !strings.HasPrefix(a.at, "/tickets/") {
		v.t.Fatalf("submit ended at %s with %d:\n%s", a.at, a.status, a.text())
	}
	at, _, _ := strings.Cut(a.at, "?")
	return at
}

// form is what the form that posts to action holds, as a browser would send it.
func (a answer) form(t *testing.T, action string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	var found *html.Node
	for n := range root.Descendants() {
		if n.Data == "form" && attr(n, "method") == "post" && attr(n, "action") == action {
			found = n
		}
	}
	if found == nil {
		t.Fatalf("no form posts to %s:\n%s", action, a.text())
	}
	values := url.Values{}
	for n := range found.Descendants() {
		name := attr(n, "name")
		switch {
		case name == "" || n.Type != html.ElementNode:
		case n.Data == "input" && (attr(n, "type") == "checkbox" || attr(n, "type") == "radio"):
			if has(n, "checked") {
				values.Add(name, attr(n, "value"))
			}
		case n.Data == "input" && attr(n, "type") != "file":
			values.Add(name, attr(n, "value"))
		case n.Data == "textarea":
			values.Add(name, strings.TrimPrefix(words(n), "\n"))
		case n.Data == "select":
			values.Add(name, chosen(n))
		}
	}
	return values
}

func chosen(sel *html.Node) string {
	value, first := "", true
	for n := range sel.Descendants() {
		if n.Data == "option" && (first || has(n, "selected")) {
			value, first = attr(n, "value"), false
		}
	}
	return value
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

var spaces = regexp.MustCompile(`\s+`)

// text is what a reader sees of the answer's page.
func (a answer) text() string {
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		return a.body
	}
	for n := range root.Descendants() {
		if n.Data == "main" {
			return strings.TrimSpace(spaces.ReplaceAllString(words(n), " "))
		}
	}
	return strings.TrimSpace(spaces.ReplaceAllString(words(root), " "))
}

// want fails the test unless the answer has the status and says all the words.
func (a answer) want(t *testing.T, status int, says ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s answered %d, not %d: %.600s", a.at, a.status, status, a.text())
		return
	}
	for _, s := range says {
		if !strings.Contains(a.text(), s) {
			t.Errorf("%s does not say %q: %.1500s", a.at, s, a.text())
		}
	}
}
