package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Waiting)
	t.Run("shows the conversation, the properties and the plan", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Ticket(n))
		p.is(http.StatusOK)
		p.shows(
			"<strong>83 %</strong>", "Anna Keller", "OE4423DS23", "OE4423DS31", "Firmware update", "Technical support",
			"Without a reply, we remind you on Saturday 21 November, 11:20, and the ticket is resolved automatically on Tuesday 24 November, 11:20.",
			"What happens next", "Sat 21 Nov, 11:20", "Tue 24 Nov, 11:20", "Sun 29 Nov, 11:20",
			`action="`+link.Resolve(n)+`"`, `action="`+link.Replies(n)+`"`,
		)
		p.lacks(link.Reopen(n))
	})
	t.Run("speaks Russian", func(t *testing.T) {
		t.Parallel()
		ru := *w
		ru.lang = "ru"
		ru.get(t, w.elena, link.Ticket(n)).shows("Мы ждём вашего ответа", "вторник, 24 ноября, 11:20", "Что будет дальше", "Серийные номера")
	})
	t.Run("a colleague who sees the company sees it", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.pavel, link.Ticket(n)).is(http.StatusOK)
	})
	t.Run("for a stranger there is no such ticket, by no way", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.oleg, link.Ticket(n)).is(http.StatusNotFound)
		form := url.Values{"message": {"let me in"}, "key": {"x"}}
		for _, path := range []string{link.Replies(n), link.Resolve(n), link.Reopen(n)} {
			w.post(t, w.oleg, path, form).is(http.StatusNotFound)
		}
		w.get(t, w.elena, "/tickets/1").is(http.StatusNotFound)
		w.get(t, w.elena, "/tickets/abc").is(http.StatusNotFound)
	})
	t.Run("a visitor signs in first", func(t *testing.T) {
		t.Parallel()
		w.get(t, auth.Actor{}, link.Ticket(n)).leads("/login?next=" + url.QueryEscape(link.Ticket(n)))
	})
	t.Run("an agent works it at the desk", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.anna, link.Ticket(n)).leads(link.AgentTicket(n))
		w.post(t, w.anna, link.Replies(n), url.Values{"message": {"x"}}).leads(link.AgentTicket(n))
	})
	t.Run("an agent's note is never on it", func(t *testing.T) {
		t.Parallel()
		if _, err := w.tickets.AddNote(t.Context(), w.anna, n, ticket.NewNote{Message: "customer is upset"}); err != nil {
			t.Fatal(err)
		}
		w.get(t, w.elena, link.Query(link.Ticket(n), "all", "1")).lacks("upset")
	})
}

func TestThreadStates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		status ticket.Status
		shows  []string
		lacks  []string
	}{
		{ticket.New, []string{"Send reply", "Mark as resolved"}, []string{"What happens next"}},
		{ticket.Open, []string{"Send reply", "Mark as resolved"}, []string{"What happens next"}},
		{ticket.Postponed, []string{"Postponed until Thursday 3 December", "We take it up again"}, nil},
		{ticket.ServiceCentre, []string{"The service centre has this ticket now"}, nil},
		{ticket.Resolved, []string{"Anna Keller resolved this ticket on 19 November", "Reopen it or reply until Tuesday 24 November", "Reply and reopen", "Replying reopens this ticket."}, []string{"Mark as resolved"}},
		{ticket.Closed, []string{"This ticket is closed", "Create follow-up ticket", "Still have a question?"}, []string{`id="reply"`, "Mark as resolved"}},
	}
	numbers := map[ticket.Status]int64{}
	for _, tt := range tests {
		w.at.Store(thursday.Unix())
		numbers[tt.status] = w.ticket(t, tt.status)
	}
	for _, tt := range tests {
		t.Run(string(tt.status), func(t *testing.T) {
			t.Parallel()
			p := w.get(t, w.elena, link.Ticket(numbers[tt.status]))
			p.is(http.StatusOK)
			p.shows(tt.shows...)
			p.lacks(tt.lacks...)
		})
	}
}

func TestThreadFold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Open)
	for range 45 {
		w.pass(time.Minute)
		if _, err := w.tickets.Reply(t.Context(), w.elena, n, ticket.CustomerReply{Message: "still the same"}); err != nil {
			t.Fatal(err)
		}
	}
	p := w.get(t, w.elena, link.Ticket(n))
	p.shows("earlier messages", "?at=")
	p.lacks("The transfer stops at")
	w.get(t, w.elena, link.Query(link.Ticket(n), "all", "1")).shows("The transfer stops at")
}

func TestPostReply(t *testing.T) {
	t.Parallel()
	t.Run("goes to the message and opens the ticket", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticket(t, ticket.Resolved)
		form := url.Values{"message": {"It is back."}, "key": {"r1"}}
		p := w.post(t, w.elena, link.Replies(n), form, file{"boot.log", "tftp"})
		th := w.thread(t, n)
		if th.Status != ticket.Open || !th.Reopened {
			t.Errorf("status = %s, reopened %v", th.Status, th.Reopened)
		}
		to := p.Header().Get("Location")
		if !strings.HasPrefix(to, link.Ticket(n)+"#m") {
			t.Errorf("Location = %q", to)
		}
		w.post(t, w.elena, link.Replies(n), form).leads(to)
		if again := w.thread(t, n); len(again.Entries) != len(th.Entries) {
			t.Error("the same form twice made two messages")
		}
	})
	t.Run("an empty one keeps the page and says why", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticket(t, ticket.Waiting)
		p := w.post(t, w.elena, link.Replies(n), url.Values{"message": {" \n"}, "key": {"r1"}}, file{"boot.log", "tftp"})
		p.is(http.StatusUnprocessableEntity)
		p.shows("Write a message first.", `href="#message"`, `aria-invalid="true"`, "boot.log", `name="upload"`)
		if p.value("key") != "r1" {
			t.Error("the form has another key now")
		}
	})
	t.Run("a wrong file is named and the text stays", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticket(t, ticket.Waiting)
		p := w.post(t, w.elena, link.Replies(n), url.Values{"message": {"see <b>this</b>"}}, file{"tool.exe", "MZ\x90\x00\x03"})
		p.is(http.StatusUnprocessableEntity)
		p.shows("“tool.exe” is of a type", "see &lt;b&gt;this&lt;/b&gt;</textarea>")
		if w.thread(t, n).Status != ticket.Waiting {
			t.Error("the reply was posted")
		}
	})
	t.Run("the ticket was closed meanwhile: the text goes along into a follow-up", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		n := w.ticket(t, ticket.Closed)
		p := w.post(t, w.elena, link.Replies(n), url.Values{"message": {"Is there\nany news?"}, "key": {"r1"}}, file{"boot.log", "tftp"})
		p.is(http.StatusConflict)
		p.lacks("Create follow-up ticket") // it would leave the text behind
		p.shows("The ticket was closed for good while you were writing.", "Is there<br>\nany news?", "name=\"message\" value=\"Is there\nany news?\"", `name="carry"`)
		carried := url.Values{"carry": {"1"}, "refresh": {"1"}, "follows": {p.value("follows")}, "message": {"Is there\nany news?"}, "upload": {p.value("upload")}}
		p = w.post(t, w.elena, link.Tickets, carried)
		p.is(http.StatusOK)
		p.shows("Is there\nany news?</textarea>", "boot.log", `value="Firmware update fails on S2962-24T"`, `value="OE4423DS23;OE4423DS31"`)
		if p.value("key") == "" {
			t.Error("the form has no key")
		}
	})
}

func TestSolveAndReopen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Waiting)
	w.post(t, w.elena, link.Resolve(n), nil).leads(link.Ticket(n))
	if s := w.thread(t, n).Status; s != ticket.Resolved {
		t.Fatalf("status = %s", s)
	}
	w.get(t, w.elena, link.Ticket(n)).shows("You marked this ticket as resolved on 19 November")
	w.post(t, w.elena, link.Reopen(n), nil).leads(link.Ticket(n))
	if th := w.thread(t, n); th.Status != ticket.Open || !th.Reopened {
		t.Fatalf("status = %s, reopened %v", th.Status, th.Reopened)
	}
	p := w.post(t, w.elena, link.Reopen(n), nil) // it is open already
	p.is(http.StatusConflict)
	p.shows("Only a resolved ticket can be reopened.", "Send reply")
}

func TestAttachment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Waiting)
	w.post(t, w.elena, link.Replies(n), url.Values{"message": {"see the log"}}, file{"журнал \"1\".log", "0123456789"})
	entries := w.thread(t, n).Entries
	id := int64(0)
	for _, e := range entries {
		for _, f := range e.Files {
			id = f.ID
		}
	}
	t.Run("is offered for saving and never run", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Attachment(id))
		p.is(http.StatusOK)
		for name, want := range map[string]string{
			"Content-Type":            "text/plain; charset=utf-8",
			"Content-Disposition":     `attachment; filename="______ _1_.log"; filename*=UTF-8''%D0%B6%D1%83%D1%80%D0%BD%D0%B0%D0%BB%20%221%22.log`,
			"X-Content-Type-Options":  "nosniff",
			"Content-Security-Policy": "sandbox; default-src 'none'",
			"Cache-Control":           "private, max-age=3600",
		} {
			if got := p.Header().Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		if p.Body.String() != "0123456789" {
			t.Errorf("body = %q", p.Body)
		}
	})
	t.Run("comes in parts", func(t *testing.T) {
		t.Parallel()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link.Attachment(id), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Range", "bytes=2-4")
		p := w.do(t, w.elena, req)
		p.is(http.StatusPartialContent)
		if p.Body.String() != "234" {
			t.Errorf("body = %q", p.Body)
		}
	})
	t.Run("for others there is no such file", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.oleg, link.Attachment(id)).is(http.StatusNotFound)
		w.get(t, w.elena, link.Attachment(id+1000)).is(http.StatusNotFound)
		w.get(t, auth.Actor{}, link.Attachment(id)).is(http.StatusSeeOther)
	})
}

func TestServedType(t *testing.T) {
	t.Parallel()
	for found, want := range map[string]string{
		"image/png": "image/png", "text/html": "text/plain; charset=utf-8", "image/svg+xml": "text/plain; charset=utf-8",
		"application/xhtml+xml": "text/plain; charset=utf-8", "message/rfc822": "application/octet-stream", "": "application/octet-stream",
	} {
		if got := servedType(found); got != want {
			t.Errorf("servedType(%q) = %q, want %q", found, got, want)
		}
	}
}
