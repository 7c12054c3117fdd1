package app

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/setting"
)

// hostile is what an attacker writes: it tries to leave an attribute, a text, a
// title, a text area, a comment, a script and a template.
const hostile = `mark"'><xss-mark onxss=xss()><script>xss()</script><img src=//evil.test/x onerror=xss()><svg onload=xss()>` +
	`</svg></textarea></title></option>--><iframe src=javascript:xss()><a href=javascript:xss()>{{xss}}${xss}</a><b style=position:fixed>`

// hostileColumns are all columns that hold what somebody typed, written past
// every check: the pages must not trust what they read.
var hostileColumns = []string{
	`people SET first_name = $1, middle_name = $1, last_name = $1, job_title = $1, phone = $1`,
	`companies SET other_names = $1, site = 'javascript://' || $1, email = $1, phone = $1, address = $1, inn = $1, kpp = $1, vat = $1, name = $1 || id`,
	`sites SET name = $1 || id, address = $1`,
	`topics SET name = jsonb_build_object('en', $1::text), subject_hint = jsonb_build_object('en', $1::text), message_label = jsonb_build_object('en', $1::text), message_hint = jsonb_build_object('en', $1::text)`,
	`field_definitions SET label = jsonb_build_object('en', $1::text), hint = jsonb_build_object('en', $1::text)`,
	`field_definitions SET options = jsonb_build_array(jsonb_build_object('value', $1::text, 'label', jsonb_build_object('en', $1::text))) WHERE kind IN ('select', 'multi_select')`,
	`tickets SET subject = $1, fields = (SELECT jsonb_object_agg(key, $1::text) FROM field_definitions)`,
	`messages SET source = $1, text = $1`,
	`notes SET source = $1, text = $1`,
	`events SET old = $1, new = $1 WHERE kind NOT LIKE 'status%' AND kind NOT LIKE '%priority%'`,
	`attachments SET name = $1`,
	`participants SET address = address || $1`,
	`saved_filters SET name = $1, query = 'tab=all&q=' || $1`,
	`unsent_tickets SET subject = $1, message = $1, fields = (SELECT jsonb_object_agg(key, $1::text) FROM field_definitions)`,
	`drafts SET body = $1`,
	`roles SET name = $1 || id WHERE NOT builtin`,
	`kb_votes SET comment = $1`,
	`devices SET agent = $1, place = $1`,
	`audit SET before = jsonb_build_object('name', $1::text), after = jsonb_build_object('name', $1::text)`,
	`deliveries SET detail = $1`,
}

// TestHostileWords loads every page, for everybody, with hostile words in every
// field: none of them is more than words.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	w.exec(t, `UPDATE tickets SET status = 'waiting'`)
	w.poison(t)
	seen := map[string]int{} // pages that show the words, by reader
	for _, d := range doors {
		method, path, _ := strings.Cut(d.route, " ")
		if d.path != "" {
			path = d.path
		}
		if method != http.MethodGet || strings.Contains(path, "/export/") || strings.HasPrefix(path, "/attachments/") {
			continue
		}
		w.read(t, seen, w.filled(path), d.want)
	}
	for _, path := range []string{
		"/tickets?tab=all&q=" + escaped, "/tickets/new?subject=" + escaped + "&message=" + escaped, "/tickets/new/help?subject=" + escaped, "/kb/search?q=" + escaped,
		"/login?next=" + escaped, "/reset?token=" + escaped, "/register?email=" + escaped, "/tickets/{number}?at=1&note=" + escaped,
	} {
		w.read(t, seen, w.filled(path), everybody)
	}
	for _, path := range []string{"/agent/inbox?view=waiting&q=mark", "/agent/tickets/{number}?tab=write", "/agent/tickets/{number}?tab=note", "/agent/companies/{company}?tab=contacts", "/agent/companies/{company}?tab=sites"} {
		w.read(t, seen, w.filled(path), staff)
	}
	for name, least := range map[string]int{"requester": 9, "agent": 10, "admin": 25} {
		if seen[name] < least {
			t.Errorf("only %d pages show %s the hostile words: is the test still reading what it poisons?", seen[name], name)
		}
	}
}

var escaped = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", " ", "%20", "'", "%27", "&", "%26", "{", "%7B", "}", "%7D", "$", "%24").Replace(hostile)

// poison writes hostile words wherever words are kept.
func (w *doorWorld) poison(t *testing.T) {
	t.Helper()
	for _, column := range hostileColumns {
		w.exec(t, `UPDATE `+column, hostile)
	}
	w.exec(t, `INSERT INTO ratings (ticket_id, cycle, good, comment, person_id, rated_at) SELECT id, reopen_count, true, $1, requester_id, now() FROM tickets LIMIT 1`, hostile)
	w.exec(t, `UPDATE messages SET source_kind = (ARRAY['html', 'markdown', 'text'])[1 + id % 3]`)
	look := setting.Look{Name: `<xss-mark onxss=x>"'{{x}}`, Welcome: map[string]setting.Welcome{"en": {Title: `mark"><xss-mark onxss=xss()>`, Text: hostile[:len(hostile)-1]}}}
	if err := setting.Put(t.Context(), w.Settings, auth.TheSystem(), setting.Brand, 0, look); err != nil {
		t.Fatal(err)
	}
	rules, version := setting.Get(t.Context(), w.Settings, setting.Registration)
	rules.Consent, rules.Help = map[string]string{"en": hostile}, map[string]string{"en": hostile}
	if err := setting.Put(t.Context(), w.Settings, auth.TheSystem(), setting.Registration, version, rules); err != nil {
		t.Fatal(err)
	}
}

// read has everybody who may load a page.
func (w *doorWorld) read(t *testing.T, seen map[string]int, path, want string) {
	t.Helper()
	for i, r := range w.readers {
		if want[i] != 'o' || r.name == "stranger" || r.name == "site" || r.name == "participant" {
			continue
		}
		a := r.ask(t, http.MethodGet, path, nil)
		if a.status >= http.StatusInternalServerError {
			t.Errorf("%s: %s gives %d", r.name, path, a.status)
		}
		if strings.HasSuffix(path, "/page") || strings.HasSuffix(path, "/sample") { // a letter in its frame, where styles are allowed
			tame(t, path, a.body, true)
			continue
		}
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			continue
		}
		tame(t, r.name+": "+path, a.body, false)
		if strings.Contains(a.body, "&lt;xss-mark") || strings.Contains(a.body, "&lt;script&gt;xss()") {
			seen[r.name]++
		}
		if p := a.header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s has the policy %q", path, p)
		}
	}
}

// tame fails the test when a page has a script, a handler, a style, or an address
// that is not ours.
func tame(t *testing.T, where, page string, styled bool) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				t.Errorf("%s: %v", where, z.Err())
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			at := map[string]string{}
			for _, a := range tok.Attr {
				at[a.Key] = a.Val
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" && !styled || a.Key == "srcdoc" {
					t.Errorf("%s: <%s> has the attribute %s=%q", where, tok.Data, a.Key, a.Val)
				}
				if v := strings.ToLower(strings.TrimSpace(a.Val)); badScheme.MatchString(v) && addresses[a.Key] {
					t.Errorf("%s: <%s %s=%q>", where, tok.Data, a.Key, a.Val)
				}
			}
			switch tok.Data {
			case "xss-mark", "iframe", "object", "embed", "base", "applet", "math":
				if tok.Data == "iframe" && strings.HasPrefix(at["src"], "/admin/") || tok.Data == "base" && styled && at["href"] == "" {
					continue
				}
				t.Errorf("%s: there is a <%s %v>", where, tok.Data, tok.Attr)
			case "script":
				if !strings.HasPrefix(at["src"], "/static/") {
					t.Errorf("%s: a script that is not ours: %v", where, tok.Attr)
				}
			case "style":
				if !styled {
					t.Errorf("%s: a style", where)
				}
			case "img":
				if s := at["src"]; !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "http://127.0.0.1") || strings.HasPrefix(s, "//") {
					t.Errorf("%s: a picture from %q", where, s)
				}
			}
		default:
		}
	}
}

var (
	badScheme = regexp.MustCompile(`^(javascript|vbscript|data|file):|^//`)
	addresses = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "poster": true, "xlink:href": true, "cite": true, "background": true, "srcset": true}
)

// TestHostileLetters puts every kind of letter together out of hostile words.
func TestHostileLetters(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	w.exec(t, `DELETE FROM deliveries`)
	for _, spec := range mail.Kinds {
		w.exec(t, `INSERT INTO deliveries (kind, recipient, person_id, ticket_id, message_id, data, rfc_id, created_at, state_at)
			SELECT $1::text, $1::text || '@door.test', $2, ticket_id, id, $3, $1::text || '@x', now(), now() FROM messages ORDER BY id DESC LIMIT 1`,
			string(spec.Kind), w.reader("requester").id, data(spec.Placeholders))
	}
	w.poison(t)
	admin := w.actor(t, "admin")
	var last int64
	if err := w.Pool.QueryRow(t.Context(), `SELECT max(id) FROM deliveries`).Scan(&last); err != nil {
		t.Fatal(err)
	}
	shown := 0
	for id := last - int64(len(mail.Kinds)) + 1; id <= last; id++ {
		l, err := w.Letters.Letter(t.Context(), admin, id)
		if err != nil {
			t.Errorf("letter %d: %v", id, err)
			continue
		}
		where := "the letter " + string(l.Kind)
		tame(t, where, l.HTML, true)
		if strings.Contains(l.Headers, "\nBcc:") || strings.Contains(l.Headers, "\rBcc:") {
			t.Errorf("%s has lines of its own in its head:\n%s", where, l.Headers)
		}
		if strings.Contains(l.HTML, "&lt;xss-mark") {
			shown++
		}
		if !strings.Contains(l.Text, "mark") {
			t.Logf("%s says nothing of what was written", where)
		}
	}
	if shown < len(mail.Kinds)/2 {
		t.Errorf("only %d of %d letters show the hostile words", shown, len(mail.Kinds))
	}
}

// data fills a kind's placeholders with hostile words; links are ours.
func data(placeholders []string) map[string]string {
	d := map[string]string{"link": "/tickets/1"}
	for _, p := range placeholders {
		if p != "link" {
			d[p] = "x\r\nBcc: all@evil.test\r\n\r\n" + hostile
		}
	}
	return d
}

// TestHostileCopy unpacks the copy of somebody's data whose words are all hostile.
func TestHostileCopy(t *testing.T) {
	t.Parallel()
	w := newDoorWorld(t)
	w.exec(t, `DELETE FROM exports`)
	w.poison(t)
	requester := w.actor(t, "requester")
	if err := w.Privacy.RequestExport(t.Context(), requester); err != nil {
		t.Fatal(err)
	}
	id, err := strconv.ParseInt(w.row(t, `SELECT max(id)::text FROM exports`), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Privacy.Make(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	a, err := w.Privacy.OpenExport(t.Context(), requester, id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	for _, f := range z.File {
		if strings.ContainsAny(f.Name, "\\:<>|\"*?\r\n") || strings.Contains(f.Name, "..") || strings.HasPrefix(f.Name, "/") {
			t.Errorf("a file of the copy is named %q", f.Name)
		}
		if !strings.HasSuffix(f.Name, ".html") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		tameFile(t, f.Name, string(b))
		pages++
	}
	if pages < 2 {
		t.Errorf("the copy has %d pages", pages)
	}
}

// tameFile is tame for a page that lies on a disk: it has a style of its own, and
// a policy that runs nothing.
func tameFile(t *testing.T, where, page string) {
	t.Helper()
	tame(t, where, page, true)
	if !strings.Contains(page, "Content-Security-Policy") || !strings.Contains(page, "&lt;xss-mark") {
		t.Errorf("%s has no policy, or not what was written", where)
	}
}
