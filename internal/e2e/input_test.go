package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
)

// TestInput sends to a running desk what no page of ours would.
func TestInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	topic := w.topic(t, "billing")
	theirs := w.as(t, customer).submit(topic, "Invoice 1", "The sum is wrong.")
	number := w.newest(t)

	t.Run("a form of a ticket", func(t *testing.T) {
		t.Parallel()
		testTicketForm(t, w, topic)
	})
	t.Run("bodies that are no form", func(t *testing.T) {
		t.Parallel()
		testBodies(t, w, number)
	})
	t.Run("ids that lead nowhere", func(t *testing.T) {
		t.Parallel()
		testIDs(t, w)
	})
	t.Run("another customer's ticket does not exist, by any door", func(t *testing.T) {
		t.Parallel()
		testDoors(t, w, w.as(t, stranger), theirs, number, http.StatusNotFound)
	})
	t.Run("the same form twice at once makes one ticket", func(t *testing.T) {
		t.Parallel()
		testTwice(t, w, topic)
	})
	t.Run("a form from another site is refused", func(t *testing.T) {
		t.Parallel()
		testCrossSite(t, w, topic)
	})
	t.Run("files that are not taken", func(t *testing.T) {
		t.Parallel()
		testFiles(t, w, topic)
	})
	t.Run("guessing passwords is slowed down, in words", func(t *testing.T) {
		t.Parallel()
		testGuessing(t, w)
	})
}

func testTicketForm(t *testing.T, w world, topic string) {
	t.Helper()
	v := w.as(t, customer)
	blank := v.get(link.NewTicket).form(t, link.Tickets)
	form := func(subject, message string) url.Values {
		f := url.Values{"key": blank["key"], "topic": {topic}, "subject": {subject}, "message": {message}}
		return f
	}
	before := one[int](t, w.db, "SELECT count(*) FROM tickets WHERE subject <> 'Invoice 1'")
	v.post(link.Tickets, form("", "")).want(t, 422, "Give the ticket a subject", "Write a message first")
	v.post(link.Tickets, form("   \x00 ", "\n\t ")).want(t, 422, "Give the ticket a subject")
	v.post(link.Tickets, url.Values{}).want(t, 422, "Give the ticket a subject")
	v.post(link.Tickets, form(strings.Repeat("я", 5000), "kept all the same")).want(t, 422, "The subject is too long", "kept all the same")
	v.upload(link.Tickets, form("kept subject", strings.Repeat("я", 400_000))).want(t, 422, "Shorten it")
	v.upload(link.Tickets, form("kept subject", strings.Repeat("я", 2_000_000))).want(t, 413)
	if a := v.post(link.Tickets, form("x", strings.Repeat("x", 40<<20))); a.status != 413 {
		t.Errorf("40 MB of text answered %d: %.300s", a.status, a.text())
	}
	f := form("kept subject", "kept message")
	f.Set("topic", "999999")
	v.post(link.Tickets, f).want(t, 422, "Choose a help topic", "kept message")
	f.Set("topic", "-1")
	v.post(link.Tickets, f).want(t, 422, "Choose a help topic", "kept message")
	f = form("kept subject", "kept message")
	f.Set("topic", w.topic(t, "technical_support"))
	f.Set("field.type", "no such type")
	v.post(link.Tickets, f).want(t, 422, "kept message")
	f = form("kept subject", "kept message")
	f.Set("upload", "999999")
	v.post(link.Tickets, f).want(t, 422, "expired", "kept message")
	f = form("kept subject", "kept message")
	f.Set("follows", "999999")
	v.post(link.Tickets, f).want(t, 404)
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets WHERE subject LIKE 'kept%'"); n != 0 {
		t.Errorf("%d tickets were made of bad forms (%d before)", n, before)
	}
}

func testBodies(t *testing.T, w world, number int64) {
	t.Helper()
	v, paths := w.as(t, customer), []string{link.Tickets, link.Replies(number), link.Login}
	for _, path := range paths {
		for name, c := range map[string]struct{ kind, body string }{
			"JSON":                                 {"application/json", `{"subject":"x","message":"y"}`},
			"no content type":                      {"", "subject=x&message=y"},
			"a content type that cannot be parsed": {"multipart/form-data; boundary", "x"},
			"a boundary that is missing":           {"multipart/form-data", "x"},
			"a boundary that never comes":          {"multipart/form-data; boundary=abc", "--def\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nx\r\n--def--\r\n"},
			"a form that breaks off":               {"multipart/form-data; boundary=abc", "--abc\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nx"},
			"a form that is not encoded":           {"application/x-www-form-urlencoded", "subject=%zz&message=%"},
		} {
			header := http.Header{}
			if c.kind != "" {
				header.Set("Content-Type", c.kind)
			}
			a := v.send(v.request(http.MethodPost, path, header, strings.NewReader(c.body)))
			if a.status != 400 && a.status != 415 && a.status != 422 {
				t.Errorf("%s to %s answered %d: %.300s", name, path, a.status, a.text())
			}
		}
	}
	for _, c := range [][2]string{{http.MethodDelete, link.Tickets}, {http.MethodPut, link.Replies(number)}, {http.MethodPost, link.NewTicket}, {"BREW", "/"}} {
		if a := v.send(v.request(c[0], c[1], nil, nil)); a.status != 405 && a.status != 404 {
			t.Errorf("%s %s answered %d", c[0], c[1], a.status)
		}
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets WHERE subject = 'x'"); n != 0 {
		t.Errorf("%d tickets were made of what is no form", n)
	}
}

func testIDs(t *testing.T, w world) {
	t.Helper()
	c, a, boss := w.as(t, customer), w.as(t, agent), w.as(t, admin)
	for _, id := range []string{"0", "-1", "999999", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "1e3", "abc", "%00", "..", "100001%20"} {
		for _, path := range []string{"/tickets/" + id, "/attachments/" + id, "/kb/articles/no-" + id, "/kb/sections/no-" + id} {
			c.get(path).want(t, 404)
		}
		c.post("/tickets/"+id+"/replies", url.Values{"message": {"x"}}).want(t, 404)
		for _, path := range []string{"/agent/tickets/" + id, "/agent/tickets/" + id + "/preview", "/agent/companies/" + id} {
			a.get(path).want(t, 404)
		}
		for _, path := range []string{"/admin/users/" + id, "/admin/roles/" + id} {
			boss.get(path).want(t, 404)
		}
	}
	a.get("/agent/inbox?view=no-such-view").want(t, 200)
	a.get("/agent/inbox?view=new&page=rubbish&cursor=rubbish").want(t, 200)
	c.get("/tickets?tab=rubbish&cursor=%ff%00").want(t, 200)
	c.get("/kb/search?q=%00%ff"+strings.Repeat("%D1%8F", 2000)).want(t, 200)
	a.get("/agent/quick-answers?q=%00%ff"+strings.Repeat("x+", 3000)).want(t, 200)
}

// testDoors tries all that leads to a ticket in v's name.
func testDoors(t *testing.T, w world, v visitor, ticket string, number int64, status int) {
	t.Helper()
	file := w.attached(t, ticket)
	for _, path := range []string{ticket, ticket + "?all=1", file, link.FollowUp(number)} {
		v.get(path).want(t, status)
	}
	for path, form := range map[string]url.Values{
		link.Replies(number):       {"message": {"let me in"}},
		link.Resolve(number):       {},
		link.Reopen(number):        {},
		link.AgentReplies(number):  {"message": {"let me in"}, "status": {"open"}},
		link.AgentNotes(number):    {"message": {"let me in"}},
		link.AgentAssign(number):   {"assignee": {"1"}},
		link.AgentStatus(number):   {"status": {"closed"}},
		link.AgentPriority(number): {"priority": {"4"}},
		link.AgentPlan(number):     {"action": {"hold"}},
		link.AgentDraft(number):    {"message": {"x"}, "kind": {"reply"}},
	} {
		v.post(path, form).want(t, status)
	}
	for _, path := range []string{link.AgentTicket(number), link.AgentPreview(number), link.Agent, link.Inbox, link.Companies, link.Admin, link.Users} {
		v.get(path).want(t, status)
	}
	if a := v.get(link.Query(link.Tickets, "tab", "all", "q", strconv.FormatInt(number, 10))); strings.Contains(a.text(), "Invoice 1") {
		t.Error("the list shows it")
	}
	form := url.Values{"topic": {w.topic(t, "billing")}, "subject": {"mine"}, "message": {"mine"}, "follows": {strconv.FormatInt(number, 10)}}
	v.post(link.Tickets, form).want(t, status)
	if n := one[int](t, w.db, "SELECT count(*) FROM messages WHERE text = 'let me in'"); n != 0 {
		t.Error("a message got in")
	}
}

// attached adds a file to a ticket of the customer and returns its path.
func (w world) attached(t *testing.T, ticket string) string {
	t.Helper()
	v := w.as(t, customer)
	form := v.get(ticket).form(t, ticket+"/replies")
	form.Set("message", "Here is the log.")
	v.upload(ticket+"/replies", form, file{"switch.log", []byte("line one\nline two\n")}).want(t, 200, "switch.log")
	return fmt.Sprintf("%s%d", link.AttachmentPrefix, one[int64](t, w.db, "SELECT max(id) FROM attachments WHERE name = 'switch.log'"))
}

func testTwice(t *testing.T, w world, topic string) {
	t.Helper()
	v := w.as(t, customer)
	form := v.get(link.NewTicket).form(t, link.Tickets)
	form.Set("topic", topic)
	form.Set("subject", "Sent twice")
	form.Set("message", "Clicked twice.")
	var sent sync.WaitGroup
	ends := make(chan string, 6)
	for range cap(ends) {
		r := v.postRequest(link.Tickets, form)
		sent.Go(func() {
			a, err := v.try(r)
			ends <- fmt.Sprint(a.status, " ", a.at, err)
		})
	}
	sent.Wait()
	close(ends)
	different := map[string]bool{}
	for e := range ends {
		different[e] = true
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets WHERE subject = 'Sent twice'"); n != 1 || len(different) != 1 {
		t.Errorf("%d tickets; the requests ended at %v", n, different)
	}
}

func testCrossSite(t *testing.T, w world, topic string) {
	t.Helper()
	v := w.as(t, customer)
	form := url.Values{"topic": {topic}, "subject": {"From elsewhere"}, "message": {"x"}}
	for name, header := range map[string]http.Header{
		"by Sec-Fetch-Site":                     {"Sec-Fetch-Site": {"cross-site"}},
		"by a sibling site":                     {"Sec-Fetch-Site": {"same-site"}},
		"by Origin, of a browser without those": {"Origin": {"https://evil.test"}},
	} {
		r := v.postRequest(link.Tickets, form)
		for k := range header {
			r.Header[k] = header[k]
		}
		v.send(r).want(t, 403, "sent from another site")
		t.Log("refused", name)
	}
	if n := one[int](t, w.db, "SELECT count(*) FROM tickets WHERE subject = 'From elsewhere'"); n != 0 {
		t.Error("a ticket was made")
	}
}

func testFiles(t *testing.T, w world, topic string) {
	t.Helper()
	v := w.as(t, customer)
	fresh := func() url.Values {
		f := v.get(link.NewTicket).form(t, link.Tickets)
		f.Set("topic", topic)
		f.Set("subject", "With files")
		f.Set("anyway", "1")
		f.Set("message", "Every word of this is kept.")
		return f
	}
	refused := func(says string, files ...file) {
		t.Helper()
		a := v.upload(link.Tickets, fresh(), files...)
		a.want(t, 422, says, "Every word of this is kept.")
		if got := a.form(t, link.Tickets); got.Get("subject") != "With files" {
			t.Errorf("the subject became %q", got.Get("subject"))
		}
	}
	refused("“big.log” does not fit", file{"big.log", bytes.Repeat([]byte("0123456789abcdef\n"), 80_000_000/17)})
	refused("“page.png” is of a type", file{"page.png", []byte("<!doctype html><script>alert(1)</script>")})
	refused("“drawing.svg” is of a type", file{"drawing.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)})
	refused("“page.html” is of a type", file{"page.html", []byte("<html><body>x</body></html>")})
	refused("“page.txt” is of a type", file{"page.txt", []byte("<html><body>x</body></html>")})
	refused("“run.exe” is of a type", file{"run.exe", append([]byte("MZ\x90\x00"), make([]byte, 500)...)})
	refused("“empty.txt” is empty", file{"empty.txt", nil})

	// A text that claims to be a picture is a text, and served as one.
	form := fresh()
	v.upload(link.Tickets, form, file{`..\..\"holiday".png`, []byte("just a text\n")})
	kind := one[string](t, w.db, "SELECT coalesce((SELECT type FROM attachments WHERE name LIKE '%holiday%' LIMIT 1), 'refused')")
	if kind != "refused" && !strings.HasPrefix(kind, "text/plain") {
		t.Errorf("a text called .png was taken as %s", kind)
	}

	// What is good beside a bad file waits with the form, and goes along then.
	a := v.upload(link.Tickets, fresh(), file{"good.txt", []byte("good\n")}, file{"bad.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")})
	a.want(t, 422, "bad.svg", "good.txt")
	again := a.form(t, link.Tickets)
	again.Set("anyway", "1")
	if a = v.upload(link.Tickets, again); a.status != 200 || !strings.Contains(a.text(), "good.txt") {
		t.Errorf("sent again it ended at %s with %d: %.600s", a.at, a.status, a.text())
	}
	href := fmt.Sprintf("%s%d", link.AttachmentPrefix, one[int64](t, w.db, "SELECT max(id) FROM attachments WHERE name = 'good.txt' AND ticket_id IS NOT NULL"))
	got := v.get(href)
	for name, want := range map[string]string{
		"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": `attachment; filename="good.txt"; filename*=UTF-8''good.txt`,
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q", name, got.header.Get(name))
		}
	}
	if got.body != "good\n" {
		t.Errorf("the file came back as %q", got.body)
	}
}

func testGuessing(t *testing.T, w world) {
	t.Helper()
	v := w.visitor(t)
	wrong := url.Values{"email": {second.email}, "password": {"wrong"}}
	for range 8 {
		v.post(link.Login, wrong).want(t, 422)
	}
	v.post(link.Login, wrong).want(t, 429, "Too many attempts")
	v.post(link.Login, url.Values{"email": {strings.Repeat("a", 10_000)}, "password": {strings.Repeat("b", 100_000)}}).want(t, 422)
}
