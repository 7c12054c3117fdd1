package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestMassAssignment sends with every form of a customer what it has no field
// for.
func TestMassAssignment(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	who := w.reader("stranger")
	more := func(form url.Values) url.Values {
		for name, value := range map[string]string{
			"requester": w.ids["requester"], "requester_id": w.ids["requester"], "person": w.ids["requester"], "person_id": w.ids["requester"], "id": w.ids["victim"],
			"site": w.ids["site"], "site_id": w.ids["site"], "status": "closed", "assignee": str(w.reader("agent").id), "assignee_id": "1", "number": "7",
			"field.priority": "4", "priority": "4", "field.impact": "high", "field.product_family": "x", "field.nonsense": "x", "fields": `{"impact":"high"}`,
			"roles": "admin", "role": "1", "permissions": "users.manage", "email": "taken@door.test", "disabled_at": "", "password": "another password 26",
			"created_at": "2000-01-01", "kind": "note", "author_kind": "agent", "cc": "x@evil.test", "sees": "company", "private": "1",
		} {
			if !form.Has(name) {
				form.Set(name, value)
			}
		}
		return form
	}
	topic := w.row(t, `SELECT id::text FROM topics WHERE key = 'technical_support'`)
	form := more(url.Values{"topic": {topic}, "subject": {"Assigned"}, "message": {"M"}, "key": {"mass-assignment-key"}, "field.type": {"firmware"}})
	a := who.ask(t, http.MethodPost, link.Tickets, form)
	if a.status != http.StatusSeeOther {
		t.Fatalf("a ticket with more fields than the form has gives %d: %s", a.status, a.body)
	}
	const made = `SELECT requester_id || ' ' || status || ' ' || coalesce(site_id, 0) || ' ' || coalesce(assignee_id, 0) || ' ' || coalesce(fields->>'impact', '-') || coalesce(fields->>'nonsense', '-')
		FROM tickets WHERE subject = 'Assigned'`
	if got, want := w.row(t, made), str(who.id)+" new 0 0 --"; got != want {
		t.Errorf("the ticket is %q, want %q", got, want)
	}
	form = more(url.Values{"topic": {topic}, "subject": {"Of theirs"}, "message": {"M"}, "key": {"k2"}, "field.type": {"firmware"}, "company": {w.ids["company"]}})
	if a := who.ask(t, http.MethodPost, link.Tickets, form); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a ticket for another's company gives %d", a.status)
	}
	for _, private := range []string{w.ids["staged"], w.ids["file"], w.ids["note"]} {
		form = url.Values{"topic": {topic}, "subject": {"Stolen"}, "message": {"M"}, "key": {"k3" + private}, "field.type": {"firmware"}, "upload": {private}}
		if a := who.ask(t, http.MethodPost, link.Tickets, form); a.status != http.StatusUnprocessableEntity {
			t.Errorf("a ticket with another's file gives %d", a.status)
		}
		who.ask(t, http.MethodPost, link.NewTicketDraft, url.Values{"subject": {"Mine"}, "upload": {private}})
		who.ask(t, http.MethodGet, link.NewTicket, nil).secret(t, "stranger", "the draft with another's file")
	}
	before := w.row(t, `SELECT md5(p::text || coalesce((SELECT string_agg(value, ',') FROM identities WHERE person_id = p.id), '') || (SELECT count(*) FROM person_roles)) FROM people p WHERE id = $1`, who.id)
	who.ask(t, http.MethodPost, link.ProfileDetails, more(url.Values{}))
	who.ask(t, http.MethodPost, link.ProfileNotices, more(url.Values{}))
	if after := w.row(t, `SELECT md5(p::text || coalesce((SELECT string_agg(value, ',') FROM identities WHERE person_id = p.id), '') || (SELECT count(*) FROM person_roles)) FROM people p WHERE id = $1`, who.id); after != before {
		t.Error("a profile took what its form has no field for")
	}
	reply := more(url.Values{"message": {"As an agent"}, "key": {"k9"}})
	w.reader("requester").ask(t, http.MethodPost, link.Replies(w.number), reply)
	if got := w.row(t, `SELECT author_kind || author_id || cc::text FROM messages WHERE source = 'As an agent'`); got != "customer"+w.ids["requester"]+"{}" {
		t.Errorf("the reply is %q", got)
	}
}

// TestOutsidersStayUnnamed: whoever puts an address on copy does not learn whose
// it is, nor whether it has an account.
func TestOutsidersStayUnnamed(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	r := w.reader("requester")
	form := url.Values{"copies": {"stranger@door.test, nobody@elsewhere.test"}}
	ask := r.ask(t, http.MethodPost, link.Copies(w.number), form)
	form["confirmed"] = []string{"stranger@door.test", "nobody@elsewhere.test"}
	r.ask(t, http.MethodPost, link.Copies(w.number), form)
	for where, page := range map[string]string{
		"the question": ask.body, "the page": r.ask(t, http.MethodGet, link.Ticket(w.number), nil).body, "the print": r.ask(t, http.MethodGet, link.TicketPrint(w.number), nil).body,
		"the form": r.ask(t, http.MethodGet, link.Copies(w.number), nil).body,
	} {
		if strings.Contains(page, "Stranger Reader") {
			t.Errorf("%s names somebody by their address", where)
		}
	}
	if page := r.ask(t, http.MethodGet, link.Ticket(w.number), nil).body; !strings.Contains(page, "stranger@door.test") || !strings.Contains(page, "nobody@elsewhere.test") {
		t.Error("those on copy are not on the page")
	}
}

// TestRedirectsStayHere: no answer leads to another site, whatever is asked for.
func TestRedirectsStayHere(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	for _, next := range []string{
		"https://evil.test/", "//evil.test", "///evil.test", `/\evil.test`, `\/evil.test`, "/\t/evil.test", "\t//evil.test", "https:evil.test", "javascript:alert(1)", "/%2f/evil.test", "/..//evil.test", "//evil.test/%2f..",
		"/login?next=//evil.test", "http:///evil.test", "/\r\nLocation: https://evil.test", "/tickets\r\nSet-Cookie: a=b",
	} {
		v := visit(t, w.routes)
		for _, a := range []answer{
			v.ask(t, http.MethodPost, link.Preferences, url.Values{"theme": {"dark"}, "next": {next}}),
			v.ask(t, http.MethodGet, link.Query(link.Login, "next", next), nil),
			w.reader("stranger").ask(t, http.MethodGet, link.Query(link.Login, "next", next), nil),
			w.reader("stranger").ask(t, http.MethodPost, link.PickCompany, url.Values{"next": {next}}),
		} {
			if a.to != "" && !at(a.to) || a.header.Get("Set-Cookie") == "a=b" {
				t.Errorf("next=%q leads to %q", next, a.to)
			}
			if strings.Contains(a.body, `href="//evil`) || strings.Contains(a.body, `href="https://evil`) || strings.Contains(a.body, `href="javascript`) {
				t.Errorf("next=%q is a link of the page", next)
			}
		}
	}
}

// at reports whether a browser would stay on our site.
func at(to string) bool {
	base, _ := url.Parse("https://desk.test/x")
	u, err := base.Parse(strings.NewReplacer("\\", "/", "\t", "", "\r", "", "\n", "").Replace(to))
	return err == nil && u.Host == "desk.test" && u.Scheme == "https" && !strings.HasPrefix(u.EscapedPath(), "//")
}

// TestHostileFiles sends files that pretend, and looks at how each comes back.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	r := w.reader("requester")
	png := string(picture(t))
	zeros := &bytes.Buffer{}
	fmt.Fprint(zeros, "PK\x03\x04", strings.Repeat("\x00", 200))
	for name, content := range map[string]string{
		"gif.js":              "GIF89a=1;alert(1);//" + strings.Repeat(" ", 100),
		"page.gif":            "GIF89a\x01\x00\x01\x00\x00\xff\x00,<script>alert(1)</script>",
		"both.pdf":            "%PDF-1.4\n<html><script>alert(1)</script></html>",
		"both.png":            png + "<html><body onload=alert(1)></body></html>",
		"drawing.svg":         `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`,
		"drawing.png":         `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"page.png":            "<!doctype html><script>alert(1)</script>",
		"page.html":           "<html><body><script>alert(1)</script></body></html>",
		"page.xhtml":          `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>`,
		"mail.eml":            "From: a@b.test\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
		"bomb.zip":            zeros.String(),
		"huge.png":            "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\x00\x00\x00\x00\x00\x00\x00",
		"quote\";x=\"y.txt":   "text",
		"line\r\nX-Evil: 1.t": "text",
		"..\\..\\up.txt":      "text",
		"../../../etc/passwd": "text",
		"gnp\u202etxt.log":    "text",
		"run.exe.txt":         "MZ\x90\x00\x03\x00\x00\x00\x04",
	} {
		a := r.upload(t, link.Attachments, nil, sent{name, content})
		if a.status == http.StatusUnprocessableEntity {
			var said struct{ Message string }
			if err := json.Unmarshal([]byte(a.body), &said); err != nil || said.Message == "" {
				t.Errorf("%q is refused without a word: %s", name, a.body)
			}
			continue
		}
		var u ticket.Upload
		if err := json.Unmarshal([]byte(a.body), &u); err != nil || a.status != http.StatusCreated {
			t.Errorf("%q gives %d: %s", name, a.status, a.body)
			continue
		}
		if strings.ContainsAny(u.Name, "/\\\r\n\u202e") || strings.Contains(u.Name, "..") {
			t.Errorf("%q is kept as %q", name, u.Name)
		}
		back := r.ask(t, http.MethodGet, link.Attachment(u.ID), nil)
		kind, way := back.header.Get("Content-Type"), back.header.Get("Content-Disposition")
		for _, bad := range []string{"html", "xml", "svg", "script", "rfc822"} {
			if strings.Contains(kind, bad) {
				t.Errorf("%q comes as %s", name, kind)
			}
		}
		if strings.HasPrefix(way, "inline") && !strings.HasPrefix(kind, "image/") || back.header.Get("X-Evil") != "" {
			t.Errorf("%q comes as %q", name, way)
		}
		if back.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(back.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%q has %v", name, back.header)
		}
		if back.body != content {
			t.Errorf("%q came back as other bytes", name)
		}
		if thumb := r.ask(t, http.MethodGet, link.Thumbnail(u.ID), nil); thumb.status != http.StatusNotFound && (thumb.header.Get("Content-Type") != "image/jpeg" || strings.Contains(thumb.body, "alert")) {
			t.Errorf("%q is drawn as %s", name, thumb.header.Get("Content-Type"))
		}
	}
}

// TestLargeForms: what is far too much is refused in words, and nothing is kept
// of it.
func TestLargeForms(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	many := url.Values{}
	for i := range 2000 {
		many.Set("field.x"+str(int64(i)), "y")
	}
	long := url.Values{"subject": {"S"}, "message": {strings.Repeat("long ", 2_000_000)}, "name": {"x"}, "email": {"x"}, "comment": {"x"}, "rating": {"good"}}
	large := map[string]string{"2,000 fields": many.Encode(), "10 MB": long.Encode()}
	before := w.state(t)
	for _, d := range doors {
		method, path, _ := strings.Cut(d.route, " ")
		if d.path != "" {
			path = d.path
		}
		if method != http.MethodPost || strings.HasPrefix(path, link.Admin) || strings.HasPrefix(path, link.Agent) || d.want[6] != 'o' || formless[d.route] {
			continue
		}
		for what, form := range large {
			a := w.reader("requester").send(t, method, w.filled(path), "application/x-www-form-urlencoded", strings.NewReader(form))
			if reads := a.status == http.StatusRequestEntityTooLarge || a.status == http.StatusBadRequest; !reads {
				t.Errorf("%s with %s gives %d", d.route, what, a.status)
			}
		}
		w.exec(t, `DELETE FROM throttles`)
	}
	for table, was := range w.state(t) {
		if before[table] != was && !strings.HasPrefix(table, "auth_") {
			t.Errorf("%s changed", table)
		}
	}
}

// formless are the doors that read no form: what is sent is not looked at.
var formless = map[string]bool{
	"POST /tickets/filters/{id}/drop": true, "POST /attachments/{id}/drop": true, "POST /profile/code": true, "POST /profile/export": true,
	"POST /profile/erasure/withdraw": true, "POST /profile/devices/others": true, "POST /profile/devices/{id}": true,
	"POST /tickets/{number}/reopen": true, "POST /tickets/{number}/resolve": true, "POST /logout": true,
}

// TestSlowWords: what would keep a careless pattern busy for hours, longer than
// tests may run, is answered.
func TestSlowWords(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	for _, q := range []string{
		strings.Repeat("a", 8000) + "!", strings.Repeat("a ", 4000), strings.Repeat("(", 4000), strings.Repeat("<", 4000), strings.Repeat("%", 4000) + "_",
		strings.Repeat("a@", 4000), strings.Repeat("&|!", 2000), strings.Repeat("'\"\\", 2000), strings.Repeat("\u0301", 4000), strings.Repeat("[](", 3000), strings.Repeat("*_", 4000),
	} {
		for _, path := range []string{
			link.Query(link.KBSearch, "q", q), link.Query(link.KBSuggest, "subject", q), link.Query(link.Tickets, "tab", "all", "q", q),
			link.Query(link.TicketHelp, "subject", q), link.Query(link.NewTicket, "subject", q),
		} {
			if a := w.reader("requester").ask(t, http.MethodGet, path, nil); a.status >= http.StatusInternalServerError {
				t.Errorf("%.60q gives %d", path, a.status)
			}
		}
		for path, form := range map[string]url.Values{
			link.Register:              {"email": {q + "@x.test"}, "first_name": {q}, "last_name": {q}},
			link.LoginCode:             {"email": {q}, "code": {q}},
			link.TicketDraft(w.number): {"message": {q}, "message_kind": {"html"}},
		} {
			if a := w.reader("requester").ask(t, http.MethodPost, path, form); a.status >= http.StatusInternalServerError {
				t.Errorf("%s gives %d for %.20q", path, a.status, q)
			}
		}
	}
}

// TestLogTellsNoSecrets: neither a link's secret nor lines of its own come into
// the log from an address.
func TestLogTellsNoSecrets(t *testing.T) { //nolint:paralleltest // it changes the default log
	_, routes := open(t)
	var b bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	defer slog.SetDefault(old)
	for _, path := range []string{
		link.ConfirmTicket("SECRET-TOKEN"), link.Query(link.Reset, "token", "SECRET-TOKEN"), link.Query(link.Activate, "token", "SECRET-TOKEN"),
		"/nothing%0atime=2026 level=ERROR msg=forged", "/tickets/1/rating?s=SECRET-TOKEN",
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		req.URL = u
		routes.ServeHTTP(httptest.NewRecorder(), req)
	}
	if strings.Contains(b.String(), "SECRET-TOKEN") {
		t.Errorf("the log has a secret:\n%s", b.String())
	}
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "time=") || strings.HasPrefix(line, "time=2026 level=ERROR msg=forged") {
			t.Errorf("the log has a line of its own: %q", line)
		}
	}
}
