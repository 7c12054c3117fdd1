package portal

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// send posts a form as a script does.
func (w *world) send(t *testing.T, by auth.Actor, path string, form url.Values) reply {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("HX-Request", "true")
	return w.do(t, by, req)
}

// part asks for a part of a page as a script does.
func (w *world) part(t *testing.T, by auth.Actor, path string) reply {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	req.Header.Set("HX-Request", "true")
	return w.do(t, by, req)
}

// stage sends a file ahead and returns it.
func (w *world) stage(t *testing.T, by auth.Actor, f file) ticket.Upload {
	t.Helper()
	p := w.post(t, by, link.Attachments, nil, f)
	p.is(http.StatusCreated)
	var u ticket.Upload
	if err := json.Unmarshal(p.Body.Bytes(), &u); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.stage(t, w.elena, file{"boot.log", "tftp: timeout"})
	if u.Name != "boot.log" || u.Size != 13 || u.Type != "text/plain" {
		t.Errorf("staged %+v", u)
	}
	p := w.post(t, w.elena, link.Attachments, nil, file{"<img src=x onerror=alert(1)>.exe", "MZ\x90\x00\x03\x00\x00\x00"})
	p.is(http.StatusUnprocessableEntity)
	p.shows("is of a type that we do not take")
	if ct := p.Header().Get("Content-Type"); ct != "application/json; charset=utf-8" {
		t.Errorf("a file's name comes back as %s", ct)
	}
	w.post(t, w.elena, link.Attachments, nil).is(http.StatusUnprocessableEntity)
	w.post(t, auth.Actor{}, link.Attachments, nil, file{"a.txt", "x"}).is(http.StatusUnauthorized)
	w.send(t, w.pavel, link.AttachmentDrop(u.ID), nil).is(http.StatusNoContent)
	form := w.submission("billing", "upload", num(u.ID))
	w.post(t, w.elena, link.Tickets, form).leads(link.CreatedTicket(100001))
	w.send(t, w.elena, link.AttachmentDrop(u.ID), nil).is(http.StatusNoContent)
	if files := w.thread(t, 100001).Entries[1].Files; len(files) != 1 {
		t.Errorf("a sent file was taken back: %+v", files)
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.stage(t, w.elena, file{"boot.log", "tftp: timeout"})
	form := w.submission("technical_support", "message", "<div>It <strong>stops</strong></div>", "message_kind", "html",
		"field.order_year", "2025", "upload", num(u.ID), "key", "a-key-of-some-length")
	w.send(t, w.elena, link.NewTicketDraft, form).is(http.StatusNoContent)
	p := w.get(t, w.elena, link.Query(link.NewTicket, "subject", "Another"))
	p.shows("We kept what you had typed", `value="Transfer stops at 83 %"`, "&lt;strong&gt;stops", `name="message_kind" value="html"`,
		`value="2025"`, "boot.log", `value="a-key-of-some-length"`, "Discard draft")
	w.get(t, w.pavel, link.NewTicket).lacks("We kept", "Transfer stops")
	w.send(t, auth.Actor{}, link.NewTicketDraft, form).is(http.StatusUnauthorized)
	w.post(t, w.elena, link.DropDraft, url.Values{"follows": {"0"}}).leads(link.NewTicket)
	w.get(t, w.elena, link.NewTicket).lacks("We kept", "Transfer stops")

	form.Set("subject", "")
	w.post(t, w.elena, link.Tickets, form).is(http.StatusUnprocessableEntity)
	w.get(t, w.elena, link.NewTicket).shows("We kept what you had typed", "boot.log")
}

func TestDraftsOfTicketsAndRepliesAreCountedApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Open)
	w.pass(4 * time.Minute) // the windows of both end together
	w.send(t, w.elena, link.NewTicketDraft, w.submission("billing")).is(http.StatusNoContent)
	w.send(t, w.elena, link.TicketDraft(n), url.Values{"message": {"x"}}).is(http.StatusNoContent)
	var most int
	if err := w.db.QueryRow(t.Context(), `SELECT max(count) FROM throttles`).Scan(&most); err != nil || most != 1 {
		t.Errorf("the most that was counted is %d, %v", most, err)
	}
}

// TestSolvedFollowUp ends the draft of the form that it was said on, and no
// other.
func TestSolvedFollowUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Closed)
	_, err := w.kb.Import(t.Context(), auth.TheSystem(), fstest.MapFS{
		"switches/lacp.md": {Data: []byte("---\ntitle: LACP does not come up\nlang: en\n---\nCheck both sides.\n")},
	}, kb.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	help := w.part(t, w.elena, link.Query(link.TicketHelp, "subject", "LACP does not come up", "follows", num(n), "key", "k9"))
	help.shows(`name="follows" value="`+num(n)+`"`, link.TicketSolved)
	w.send(t, w.elena, link.NewTicketDraft, w.submission("billing", "key", "key-of-the-new-ticket")).is(http.StatusNoContent)
	w.post(t, w.elena, link.TicketSolved, url.Values{"key": {"k9"}, "follows": {help.value("follows")}}).leads(link.Home)
	w.get(t, w.elena, link.NewTicket).shows("We kept what you had typed")
}

func TestThousandFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.submission("billing")
	for i := range 1000 {
		form.Set("field.x"+num(int64(i)), "y")
	}
	w.send(t, w.elena, link.NewTicketDraft, form).is(http.StatusRequestEntityTooLarge)
	w.post(t, w.elena, link.Tickets, form).is(http.StatusRequestEntityTooLarge)
}

func TestSimilarIsWarnedOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.New)
	form := w.submission("billing", "subject", "firmware update fails on S2962-24T", "warn", "1")
	p := w.post(t, w.elena, link.Tickets, form)
	p.is(http.StatusConflict)
	p.shows("You or a colleague already asked this", `href="`+link.Ticket(n)+`"`, `name="anyway"`, "It stops every time.")
	if w.count(t) != 1 {
		t.Fatal("a second ticket was created")
	}
	form.Set("message", "")
	p = w.post(t, w.elena, link.Tickets, form)
	p.is(http.StatusUnprocessableEntity)
	p.shows("Write a message first.", "You or a colleague already asked this", `name="anyway" value="1">`) // both at once
	form.Set("anyway", "1")
	for _, path := range []string{"refresh", "field.x"} { // the answer is kept with the rest
		form.Set(path, "1")
		p = w.post(t, w.elena, link.Tickets, form)
		p.shows(`name="anyway" value="1" checked>`, link.Ticket(n))
		form.Del(path)
	}
	form.Del("anyway")
	form.Set("message", "It stops every time.")
	stranger := w.post(t, w.oleg, link.Tickets, form)
	stranger.leads(link.CreatedTicket(n + 1))
	form.Set("anyway", "1")
	form.Set("key", "k2")
	w.post(t, w.elena, link.Tickets, form).leads(link.CreatedTicket(n + 2))
	form.Del("warn") // scripts that know the form by its fields alone
	form.Set("key", "k3")
	w.post(t, w.elena, link.Tickets, form).leads(link.CreatedTicket(n + 3))

	help := w.part(t, w.pavel, link.Query(link.TicketHelp, "subject", "Firmware update fails on S2962-24T"))
	help.shows(`id="kb-suggest"`, `id="similar"`, link.Ticket(n), "Elena Orlova", `name="anyway" value="1">`)
	w.part(t, w.pavel, link.Query(link.TicketHelp, "subject", "Firmware update fails on S2962-24T", "anyway", "1")).shows(`name="anyway" value="1" checked>`)
	follow := w.part(t, w.pavel, link.Query(link.TicketHelp, "subject", "Firmware update fails on S2962-24T", "follows", num(n), "key", "k9"))
	follow.lacks(link.Ticket(n)) // it is what the follow-up is of
	other := w.part(t, w.oleg, link.Query(link.TicketHelp, "subject", "Quite another matter of theirs", "topic", num(w.topics["technical_support"]), "field.serial_numbers", "OE4423DS23"))
	other.lacks(link.Ticket(n), "Elena")
	mine := w.part(t, w.elena, link.Query(link.TicketHelp, "subject", "Quite another matter", "topic", num(w.topics["technical_support"]), "field.serial_numbers", "oe4423ds23"))
	mine.shows(link.Ticket(n), "Same serial number OE4423DS23")
}

func TestCreatedPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.New)
	p := w.get(t, w.elena, link.CreatedTicket(n))
	p.is(http.StatusOK)
	p.shows("Ticket "+num(n)+" created", "First reply by Thursday 19 November, 12:20", "answered Monday–Friday", link.NewTicket, `data-copy="`+link.Ticket(n)+`"`, "<strong>83 %</strong>")
	w.get(t, w.oleg, link.CreatedTicket(n)).is(http.StatusNotFound)
}

func TestCompanyIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.get(t, w.elena, link.NewTicket).lacks(`name="company"`)
	two := w.elena
	two.Companies = append([]auth.Membership{{CompanyID: 999, Company: "Second & Sons", Sees: auth.SeesOwn}}, two.Companies...)
	w.get(t, two, link.NewTicket).shows(`name="company"`, "Second &amp; Sons")
	w.post(t, w.elena, link.Tickets, w.submission("billing", "company", "999")).is(http.StatusUnprocessableEntity)
	w.post(t, two, link.Tickets, w.submission("billing", "company", num(w.elena.Companies[0].CompanyID))).leads(link.CreatedTicket(100001))
	if th := w.thread(t, 100001); th.CompanyID == nil || *th.CompanyID != w.elena.Companies[0].CompanyID {
		t.Errorf("company = %v", th.CompanyID)
	}
}

// TestHostileMessages shows what a customer sent to whoever reads the ticket.
func TestHostileMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.submission("billing", "message_kind", "html", "subject", `"><script>alert(1)</script>`,
		"message", `<p onclick="alert(1)">Hello<script>alert(1)</script><svg onload=alert(1)></svg><a href="javascript:alert(1)">x</a></p></div></main>`)
	p := w.post(t, w.elena, link.Tickets, form, file{`"><img src=x onerror=alert(1)>.log`, "text"})
	p.leads(link.CreatedTicket(100001))
	for _, path := range []string{link.CreatedTicket(100001), link.Ticket(100001)} {
		page := w.get(t, w.elena, path)
		page.shows("Hello")
		page.lacks("<script>alert", "onclick=", "onload=", "<img src=x", "javascript:")
	}
}

func TestVisitors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	visitor := auth.Actor{}
	w.get(t, visitor, link.NewTicket).leads("/login?next=%2Ftickets%2Fnew")
	if err := setting.Put(t.Context(), w.settings, auth.TheSystem(), setting.Guests, 0, setting.GuestRules{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	p := w.get(t, visitor, link.NewTicket)
	p.is(http.StatusOK)
	p.shows(`name="first_name"`, `name="email"`, `name="consent"`, `data-to="/attachments?key=`)
	p.lacks("data-autosave")
	key := p.value("key")
	form := w.submission("billing", "key", key)
	w.post(t, visitor, link.Query(link.Tickets, "key", key), form).is(http.StatusUnprocessableEntity)
	w.get(t, visitor, link.Tickets).leads("/login?next=%2Ftickets")
	if w.count(t) != 0 {
		t.Error("a visitor's form made a ticket")
	}
	w.get(t, visitor, link.ConfirmTicket("nothing")).is(http.StatusNotFound)
	w.get(t, visitor, link.GuestSent).is(http.StatusOK)
}
