package portal

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"

func (w *world) submission(topic string, more ...string) url.Values {
	v := url.Values{"topic": {num(w.topics[topic])}, "subject": {"Transfer stops at 83 %"}, "message": {"It stops every time."}, "key": {"k1"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func (w *world) count(t *testing.T) (n int) {
	t.Helper()
	if err := w.db.QueryRow(t.Context(), `SELECT count(*) FROM tickets`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNewTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("the preset topic is chosen and its fields are asked", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.NewTicket)
		p.is(http.StatusOK)
		p.shows(`<option value="`+num(w.topics["it_support"])+`" selected>IT support`, `name="field.brand"`, `id="kb-suggest"`, `name="refresh"`)
		if a, b := p.value("key"), w.get(t, w.elena, link.NewTicket).value("key"); a == b {
			t.Error("two forms have the same key")
		}
	})
	t.Run("a fragment has the fields of another topic", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Query(link.TopicFields, "topic", num(w.topics["technical_support"]), "field.order_year", "2025"))
		p.is(http.StatusOK)
		p.shows(`id="topic-fields"`, `id="topic-priority"`, `name="field.serial_numbers"`, `value="2025"`)
		p.lacks("<html", `name="field.brand"`)
	})
	t.Run("a visitor signs in first", func(t *testing.T) {
		t.Parallel()
		w.get(t, auth.Actor{}, link.NewTicket).leads("/login?next=%2Ftickets%2Fnew")
	})
}

func TestPostTicket(t *testing.T) {
	t.Parallel()
	t.Run("creates the ticket and says its number", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		form := w.submission("technical_support", "field.type", "firmware", "field.priority", "4", "field.serial_numbers", "A1; B2")
		p := w.post(t, w.elena, link.Tickets, form, file{"boot.log", "tftp: timeout"}, file{"console.png", png})
		p.leads("/tickets/100001?new=1")
		th := w.thread(t, 100001)
		if th.Priority != ticket.Urgent || th.Subject != "Transfer stops at 83 %" || len(th.Entries[1].Files) != 2 {
			t.Errorf("thread = %+v", th)
		}
	})
	t.Run("the same form twice is one ticket, files and all", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		form := w.submission("billing")
		w.post(t, w.elena, link.Tickets, form, file{"a.txt", "text"}).leads("/tickets/100001?new=1")
		w.post(t, w.elena, link.Tickets, form, file{"a.txt", "text"}).leads("/tickets/100001?new=1")
		if n := w.count(t); n != 1 {
			t.Errorf("%d tickets", n)
		}
	})
	t.Run("a form without files may come urlencoded", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link.Tickets, strings.NewReader(w.submission("billing").Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w.do(t, w.elena, req).leads("/tickets/100001?new=1")
	})
	t.Run("a visitor is asked to sign in", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.post(t, auth.Actor{}, link.Tickets, w.submission("billing")).is(http.StatusUnauthorized)
	})
}

func TestPostTicketRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name   string
		change []string
		shows  []string
	}{
		{"empty subject", []string{"subject", "  "}, []string{`href="#subject"`, "Give the ticket a subject", "It stops every time."}},
		{"empty message", []string{"message", ""}, []string{`href="#message"`, "Write a message first.", `value="Transfer stops at 83 %"`}},
		{"subject too long", []string{"subject", strings.Repeat("я", 201)}, []string{"The subject is too long.", "It stops every time."}},
		{"message too long", []string{"message", strings.Repeat("я", 64_001)}, []string{"The message is longer than 64000 characters."}},
		{"unknown topic", []string{"topic", "999"}, []string{`href="#topic"`, "Choose a help topic from the list.", "It stops every time."}},
		{"no topic at all", []string{"topic", "abc"}, []string{"Choose a help topic from the list."}},
		{"required field missing", []string{"field.type", ""}, []string{`href="#field-type"`, `value="A1;B2"`, "It stops every time."}},
		{"an option nobody offered", []string{"field.type", "hack"}, []string{`href="#field-type"`}},
		{"bytes that are no text", []string{"subject", "a\x00\xff"}, []string{"Write"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			form := w.submission("technical_support", "field.type", "firmware", "field.priority", "3", "field.serial_numbers", "A1;B2")
			form.Set("key", tt.name)
			for i := 0; i+1 < len(tt.change); i += 2 {
				form.Set(tt.change[i], tt.change[i+1])
			}
			if tt.name == "bytes that are no text" {
				form.Set("message", "")
			}
			p := w.post(t, w.elena, link.Tickets, form)
			p.is(http.StatusUnprocessableEntity)
			p.shows(`role="alert"`)
			p.shows(tt.shows...)
			if got := p.value("key"); got != tt.name {
				t.Errorf("key = %q: a second try would be another ticket", got)
			}
		})
	}
}

func TestPostTicketFiles(t *testing.T) {
	t.Parallel()
	t.Run("a wrong file is named, the good one and the text stay, and a second try sends them", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		form := w.submission("billing")
		p := w.post(t, w.elena, link.Tickets, form, file{"tool.exe", "MZ\x90\x00\x03\x00\x00\x00"}, file{"boot.log", "tftp: timeout"})
		p.is(http.StatusUnprocessableEntity)
		p.shows("“tool.exe” is of a type that we do not take", "boot.log", "It stops every time.", `href="#attachments"`)
		if w.count(t) != 0 {
			t.Fatal("a ticket was created")
		}
		form.Set("upload", p.value("upload"))
		w.post(t, w.elena, link.Tickets, form).leads("/tickets/100001?new=1")
		if files := w.thread(t, 100001).Entries[1].Files; len(files) != 1 || files[0].Name != "boot.log" {
			t.Errorf("files = %+v", files)
		}
	})
	t.Run("all that is wrong is said at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		form := w.submission("technical_support", "subject", "", "message", " ")
		p := w.post(t, w.elena, link.Tickets, form, file{"empty.log", ""})
		p.is(http.StatusUnprocessableEntity)
		p.shows(`href="#subject"`, `href="#message"`, `href="#field-type"`, `href="#attachments"`, "“empty.log” is empty")
	})
	t.Run("a page made of HTML is refused whatever its name says", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.post(t, w.elena, link.Tickets, w.submission("billing"), file{"notes.txt", "<!DOCTYPE html><script>alert(1)</script>"})
		p.is(http.StatusUnprocessableEntity)
		p.shows("“notes.txt” is of a type")
	})
	t.Run("what goes beyond the limit of a message is refused by name", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		large := strings.Repeat("0123456789abcde\n", ticket.MaxUploads/16/2+1000)
		p := w.post(t, w.elena, link.Tickets, w.submission("billing"), file{"one.log", large}, file{"two.log", large})
		p.is(http.StatusUnprocessableEntity)
		p.shows("“two.log” does not fit", "75 MB", "one.log", "It stops every time.")
		form := w.submission("billing", "upload", p.value("upload"))
		p = w.post(t, w.elena, link.Tickets, form, file{"three.log", large})
		p.is(http.StatusUnprocessableEntity)
		p.shows("“three.log” does not fit")
	})
	t.Run("a file ticked for removal stays behind", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.post(t, w.elena, link.Tickets, w.submission("billing", "subject", ""), file{"a.txt", "text"})
		id := p.value("upload")
		w.post(t, w.elena, link.Tickets, w.submission("billing", "upload", id, "drop", id)).leads("/tickets/100001?new=1")
		if files := w.thread(t, 100001).Entries[1].Files; len(files) != 0 {
			t.Errorf("files = %+v", files)
		}
	})
	t.Run("a file that is gone, or another person's, is said to be gone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.post(t, w.oleg, link.Tickets, w.submission("billing", "subject", ""), file{"secret.txt", "text"})
		p = w.post(t, w.elena, link.Tickets, w.submission("billing", "upload", p.value("upload")))
		p.is(http.StatusUnprocessableEntity)
		p.shows("has expired", "It stops every time.")
		p.lacks("secret.txt")
		w.post(t, w.elena, link.Tickets, w.submission("billing")).is(http.StatusSeeOther)
	})
}

func TestUpdateFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := w.submission("technical_support", "refresh", "1", "subject", "", "field.serial_numbers", "A1;B2")
	p := w.post(t, w.elena, link.Tickets, form, file{"boot.log", "tftp: timeout"})
	p.is(http.StatusOK)
	p.shows(`name="field.serial_numbers"`, `value="A1;B2"`, "It stops every time.", "boot.log", `name="upload"`)
	p.lacks(`role="alert" tabindex`)
	if w.count(t) != 0 {
		t.Error("a ticket was created")
	}
	if p.value("key") != "k1" {
		t.Error("the form has another key now")
	}
}

func TestFollowUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.ticket(t, ticket.Closed)
	t.Run("begins with what the closed ticket says", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.FollowUp(n))
		p.is(http.StatusOK)
		p.shows("Follow-up of ticket #"+num(n), `value="Firmware update fails on S2962-24T"`, `value="OE4423DS23;OE4423DS31"`, `value="2026"`)
	})
	t.Run("nobody follows another customer's ticket", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.oleg, link.FollowUp(n)).is(http.StatusNotFound)
		w.post(t, w.oleg, link.Tickets, w.submission("billing", "follows", num(n))).is(http.StatusNotFound)
	})
	t.Run("is linked both ways", func(t *testing.T) {
		t.Parallel()
		p := w.post(t, w.elena, link.Tickets, w.submission("billing", "follows", num(n)))
		p.leads(link.CreatedTicket(n + 1))
		w.get(t, w.elena, link.Ticket(n)).shows(`href="`+link.Ticket(n+1)+`"`, "The conversation goes on in a follow-up ticket.")
		w.get(t, w.elena, link.Ticket(n+1)).shows(`href="`+link.Ticket(n)+`"`, "Follow-up of")
	})
}

// zeros is a reader without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestPostTicketTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const part = "--b\r\nContent-Disposition: form-data; name=\""
	head := part + "topic\"\r\n\r\n" + num(w.topics["billing"]) + "\r\n" + part + "subject\"\r\n\r\nTransfer stops\r\n" +
		part + "message\"\r\n\r\nIt stops every time.\r\n" + part + "attachments\"; filename=\"disk.img\"\r\n\r\n"
	body := io.MultiReader(strings.NewReader(head), io.LimitReader(zeros{}, postLimits.Body), strings.NewReader("\r\n--b--\r\n"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link.Tickets, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	p := w.do(t, w.elena, req)
	p.is(http.StatusRequestEntityTooLarge)
	p.shows("far larger than we can take", "It stops every time.", `value="Transfer stops"`, "“disk.img” is of a type")
}
