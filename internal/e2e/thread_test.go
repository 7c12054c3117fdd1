package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// colleague is of the customer's company.
var colleague = person{"Cid Smith", "cid@acme.test", "customer"}

// company makes the customer and the colleague contacts of one company, whose
// tickets' serial numbers customers may change.
func (w world) company(t *testing.T) {
	t.Helper()
	w.Run(t, password+"\n", "user", "add", "--email", colleague.email, "--name", colleague.name, "--role", "customer", "--password-stdin")
	for _, sql := range []string{
		`WITH c AS (INSERT INTO companies (name, created_at, updated_at) VALUES ('Acme', now(), now()) RETURNING id)
INSERT INTO company_people (company_id, person_id, linked_at) SELECT c.id, i.person_id, now() FROM c, identities i WHERE i.value LIKE '%@acme.test'`,
		`INSERT INTO company_domains (domain, company_id) SELECT 'acme.test', id FROM companies`,
		`INSERT INTO field_rules (topic_id, field_key, audience, rule) SELECT id, 'serial_numbers', 'page', 'edit' FROM topics
ON CONFLICT (topic_id, field_key, audience) DO UPDATE SET rule = 'edit'`,
		`SELECT pg_notify('deskbell_options', '')`,
	} {
		if _, err := w.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// agentReplies lets an agent answer the ticket from elsewhere.
func (w world) agentReplies(t *testing.T, path, text, status string) {
	t.Helper()
	v := w.as(t, agent)
	form := url.Values{"message": {text}, "status": {status}, "key": {text}}
	v.post("/agent"+path+"/replies", form).want(t, http.StatusOK)
}

// TestTicketPage plays a customer's life on the page of their ticket: replies
// come while they look and write, what they write survives, they add people,
// change a property, rate and print.
func TestTicketPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.company(t)
	path := w.as(t, customer).submit(w.topic(t, "billing"), "Fan 2 failed", "It is loud.")
	path, _, _ = strings.Cut(path, "#")
	number, err := strconv.ParseInt(strings.TrimPrefix(path, "/tickets/"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser(t, customer, testkit.Desktop)
	b.Open(path)
	b.See("Fan 2 failed", "You opened the ticket")
	b.Axe()

	// A reply appears, and says so politely.
	w.agentReplies(t, path, "Which model is it?", "waiting")
	b.Await(".msg--agent")
	b.See("Which model is it?", "We are waiting for your reply", "What happens next")
	b.Await("#thread-notice a|1 new reply")
	b.Axe()

	// One that comes while the customer writes moves nothing and loses nothing.
	b.Hover("#reply")
	b.Await(".rich")
	b.Click(".rich")
	b.Type("It is an S2962")
	at := b.Each(".rich", "Math.round(e.getBoundingClientRect().top)")[0]
	w.agentReplies(t, path, "Please add a picture too.", "resolved")
	b.Await(".msg--agent ~ .msg--agent")
	b.Await("#reply-send|Reply and reopen")
	b.See("Replying reopens this ticket.")
	if now := b.Each(".rich", "Math.round(e.getBoundingClientRect().top)")[0]; now != at {
		t.Errorf("the editor moved from %s to %s", at, now)
	}
	if got := b.Text(".rich"); got != "It is an S2962" {
		t.Errorf("the editor holds %q", got)
	}
	if !strings.Contains(b.Focused(), "#message-rich") {
		t.Errorf("the focus went to %s", b.Focused())
	}

	// What was written is there again after a reload.
	b.Await("[data-saved]|:")
	b.Open(path)
	b.Await(".rich")
	if got := b.Text(".rich"); got != "It is an S2962" {
		t.Errorf("after a reload the editor holds %q", got)
	}
	b.See("Draft saved")

	// Rating: one tap, then a comment; changed until the ticket closes.
	b.Follow("#rating button|Good")
	b.See("Thank you for your rating", "Ann Smith rated our help: good")
	b.Fill("#rating [name=comment]", "Quick!")
	b.Follow("#rating button|Send rating")
	b.AwaitValue("#rating [name=comment]", "Quick!")
	b.Axe()

	// The reply reopens the ticket and ends the draft.
	b.Follow("#reply-send")
	b.See("Ann Smith reopened the ticket")
	b.SeeNot("Draft saved")

	// A colleague, and somebody outside the company, who is asked about first.
	b.Follow("#people a|Add")
	b.Axe()
	b.Click("label|Cid Smith")
	b.Fill("[name=copies]", "x@supplier.test")
	b.FollowStatus("main button|Add", 422)
	b.See("This address is outside your company", "x@supplier.test")
	b.Axe()
	b.Follow("main button|Yes, add them")
	b.See("Added by you on", "Cid Smith", "x@supplier.test")
	w.as(t, colleague).get(path).want(t, http.StatusOK, "Fan 2 failed", "Leave the ticket")
	b.Follow(`#people button[aria-label="Take x@supplier.test off the copies"]`)
	b.See("Ann Smith took x@supplier.test off the copies")

	// A property, in place.
	b.Click("#properties summary")
	b.Fill(`[name="field.serial_numbers"]`, "HS2024001;HS2024002")
	b.Axe()
	b.Follow("#properties button|Save")
	b.See("HS2024001", "HS2024002", "The properties are saved.")

	// A picture is drawn small; the print has everything.
	b.Hover("#reply")
	b.Await(".rich")
	b.Click(".rich")
	b.Type("Here it is.")
	b.Attach("[name=attachments]", screenshot(t))
	b.Await("#reply .file|Uploaded")
	b.Follow("#reply-send")
	b.Await(".file--picture img")
	b.Open(link.TicketPrint(number))
	b.See("Fan 2 failed", "It is loud.", "Please add a picture too.", "HS2024001", "console.png")
	if b.Count(".paper__files img") != 1 {
		t.Error("the print has no picture")
	}
	b.Axe()

	p := w.browser(t, customer, testkit.Phone)
	for _, at := range []string{path, link.Copies(number), link.TicketPrint(number)} {
		p.Open(at)
		p.Fits()
		p.Axe()
	}
	w.consistent(t)
}

// screenshot writes a small PNG and returns its path.
func screenshot(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "console.png")
	write(t, name, string(pngBytes(t)))
	return name
}

// TestTicketPageWithoutScripts does the same by links and forms alone.
func TestTicketPageWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.company(t)
	path := w.as(t, customer).submit(w.topic(t, "billing"), "Fan 2 failed", "It is loud.")
	path, _, _ = strings.Cut(path, "#")
	b := w.browser(t, customer, testkit.Look{Width: 390, Height: 844, NoScript: true})
	b.Open(path)
	b.Fits()
	w.agentReplies(t, path, "Which model is it?", "waiting")
	b.Follow("a|Check for new replies")
	b.See("1 new reply", "Which model is it?")
	b.Follow("a|Check for new replies")
	b.See("Nothing new since you last looked.")
	b.Fill("#reply [name=message]", "It is an S2962")
	b.Follow("#reply button|Save draft")
	b.See("Draft saved")
	b.AwaitValue("#reply [name=message]", "It is an S2962")
	w.agentReplies(t, path, "And the serial number?", "resolved")
	b.FollowStatus("#reply-send", 409)
	b.See("Somebody wrote while you were writing", "And the serial number?")
	b.AwaitValue("#reply [name=message]", "It is an S2962")
	b.Follow("#reply-send|Reply and reopen")
	b.See("Ann Smith reopened the ticket")
	b.Click("#properties summary")
	b.Fill(`[name="field.serial_numbers"]`, "HS2024001")
	b.Follow("#properties button|Save")
	b.See("HS2024001")
	b.Follow("#people a|Add")
	b.Click("label|Cid Smith")
	b.Follow("main button|Add")
	b.See("Added by you on")
	b.Axe()
	w.agentReplies(t, path, "A fan is on its way.", "resolved")
	b.Open(path)
	b.Follow("#rating button|Not good")
	b.See("Thank you for your rating", "What should we do better?")
	b.Axe()
}

func pngBytes(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 640, 400))
	for x := range 640 {
		m.SetGray(x, 200, color.Gray{Y: 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
