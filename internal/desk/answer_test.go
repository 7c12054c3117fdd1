package desk

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestShowTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.submit(w.ann, "LACP bundle drops")
	n := w.submit(w.ann, "TFTP timeout of the firmware update")
	at := link.AgentTicket(n)

	t.Run("customer, company, ticket and earlier tickets stand beside it", func(t *testing.T) {
		w.get(w.eve, at+"?view=new").wants(t, http.StatusOK, "<strong>TFTP</strong>", "elena@uralsvyaz.example", "Lead network engineer",
			"Local time 15:20", link.Company(w.company), "Firmware update", "#"+num(old), "/next?step=next&amp;view=new")
	})
	t.Run("without a query the ticket's own words are searched and the best answer shown filled in", func(t *testing.T) {
		w.get(w.eve, at).wants(t, http.StatusOK, "Longer TFTP block timeout for 2022 units", "Used 41 times", "93 %",
			`Hello <span class="badge tone-accent">Elena</span>,`, "&amp;tab=write#write\">Insert")
	})
	t.Run("a search shows what it found, or that there is nothing", func(t *testing.T) {
		w.get(w.eve, at+"?q=recover").wants(t, http.StatusOK, "Recover after a failed update")
		w.get(w.eve, at+"?q=zzzzzz").wants(t, http.StatusOK, "No answer found for “zzzzzz”")
		w.get(w.eve, at+"?q=").wants(t, http.StatusOK, "Ranked by what the customer wrote")
	})
	t.Run("a closed ticket has no answer, only notes", func(t *testing.T) {
		w.must(w.tickets.SetStatus(t.Context(), w.eve, old, ticket.Closed, nil))
		p := w.get(w.eve, link.AgentTicket(old))
		p.wants(t, http.StatusOK, "closed for good", link.AgentNotes(old))
		p.lacks(t, link.AgentReplies(old), link.AgentStatus(old))
	})
	t.Run("an unknown ticket is not found", func(t *testing.T) {
		for _, path := range []string{link.AgentTicket(1), "/agent/tickets/nonsense", "/agent/tickets/-1"} {
			if p := w.get(w.eve, path); p.Status != http.StatusNotFound {
				t.Errorf("%s: status = %d", path, p.Status)
			}
		}
	})
}

func TestInsert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	insert := link.AgentTicket(n) + "?tab=write&answer=1"

	t.Run("an answer becomes a mail to the customer", func(t *testing.T) {
		w.get(w.eve, insert).wants(t, http.StatusOK, "Hello Elena,\n\nswitches made before 2023", "update of **Firmware update fails**",
			"Kind regards,\nMarco Bellini</textarea>", `name="used" value="1"`)
	})
	t.Run("it goes below a draft, once", func(t *testing.T) {
		p := w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "Hello Elena, I looked into it.", "message_kind", "markdown")
		p.wants(t, http.StatusNoContent)
		p = w.get(w.eve, insert)
		p.wants(t, http.StatusOK, ">Hello Elena, I looked into it.\n\nswitches made before 2023")
		p.lacks(t, "Hello Elena,\n\nswitches")
		w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", p.textarea(), "message_kind", "markdown").wants(t, http.StatusNoContent)
		if got := w.get(w.eve, insert).textarea(); got != p.textarea() {
			t.Errorf("inserted again, the text is:\n%s", got)
		}
	})
	t.Run("it goes below a rich-text draft as rich text", func(t *testing.T) {
		w.post(w.eve, link.AgentDraft(n), "kind", "reply", "message", "<div>Good morning</div>", "message_kind", "html")
		w.get(w.eve, insert).wants(t, http.StatusOK, "&lt;div&gt;Good morning&lt;/div&gt;&lt;p&gt;switches made", "&lt;strong&gt;Firmware update fails")
	})
	t.Run("an unknown answer is not found", func(t *testing.T) {
		if p := w.get(w.eve, link.AgentTicket(n)+"?tab=write&answer=99"); p.Status != http.StatusNotFound {
			t.Errorf("status = %d", p.Status)
		}
	})
}

// textarea is the text in the page's text area.
func (p page) textarea() string {
	_, rest, _ := strings.Cut(p.Body, "<textarea")
	rest, _, _ = strings.Cut(rest, "</textarea>")
	return html.UnescapeString(rest[strings.LastIndex(rest, ">")+1:])
}

func TestForEditor(t *testing.T) {
	t.Parallel()
	got := forEditor("Images:\n\n| Model | File |\n|---|---|\n| Х1 | b.bin |\n\nKind regards,\\\nMarco", richtext.KindMarkdown)
	for _, want := range []string{"<p>Images:</p>", "<th>Model</th><th>File</th>", "<td>Х1</td><td>b.bin</td>", "<p>Kind regards,<br>Marco</p>"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"<p>Hello <strong>Elena</strong>,</p><pre tabindex=\"0\">show log</pre><ul><li><p>one</p></li><li><p>two</p></li></ul>": "Hello **Elena**,\n\n```\nshow log\n```\n\n- one\n- two",
		"<p>See <img src=\"/attachments/3\" alt=\"a.png\"></p><pre tabindex=\"0\">x</pre>":                                      "<p>See <img src=\"/attachments/3\" alt=\"a.png\"></p><pre>x</pre>",
		"": "",
	} {
		f := writing{Message: source, Kind: richtext.KindHTML}
		if got, _ := f.plainText(); got != want {
			t.Errorf("%s\nis  %q\nnot %q", source, got, want)
		}
	}
}

func TestDeliveryWhy(t *testing.T) {
	t.Parallel()
	maxID := int64(7)
	p := answerPage{Work: ticket.Work{Participants: []ticket.Participant{
		{Address: "added@y.test", AddedBy: "Marco Bellini"}, {Address: "cc@y.test"}, {Address: "max@old.test", PersonID: &maxID, AddedBy: "Anna Keller"},
	}}}
	for _, c := range []struct {
		ticket.Delivery
		want string
	}{
		{ticket.Delivery{Recipient: "Added@y.test", Stake: ticket.Copy}, "added by Marco Bellini"},
		{ticket.Delivery{Recipient: "cc@y.test", Stake: ticket.Copy}, "was in Cc"},
		{ticket.Delivery{Recipient: "max@new.test", PersonID: &maxID, Stake: ticket.Copy}, "added by Anna Keller"},
		{ticket.Delivery{Recipient: "gone@y.test", Stake: ticket.Copy}, "on copy"},
		{ticket.Delivery{Recipient: "added@y.test", Stake: ticket.Asked}, "requester"},
	} {
		if got := p.deliveryWhy(t.Context(), c.Delivery); got != c.want {
			t.Errorf("%s: %q, want %q", c.Recipient, got, c.want)
		}
	}
}

func TestShowMarks(t *testing.T) {
	t.Parallel()
	got := showMarks("<p title=\"\ue000a\ue001\">\ue000b\ue001</p>")
	if want := `<p title="a"><span class="badge tone-accent">b</span></p>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	back := link.Query(link.AgentTicket(n), "view", "new", "tab", "note")
	done := func(t *testing.T, p page) {
		t.Helper()
		if p.Status != http.StatusSeeOther || p.Location != back {
			t.Fatalf("%d %s\n%s", p.Status, p.Location, p.Body)
		}
	}
	from := []string{"view", "new", "tab", "note"}

	t.Run("take, and give back", func(t *testing.T) {
		done(t, w.post(w.eve, link.AgentAssign(n), append(from, "assignee", num(w.eve.PersonID))...))
		if id := w.work(n).AssigneeID; id == nil || *id != w.eve.PersonID {
			t.Errorf("assignee = %v", id)
		}
		w.get(w.eve, link.AgentTicket(n)).wants(t, http.StatusOK, "The assignee is changed.", "Give it back")
		done(t, w.post(w.eve, link.AgentAssign(n), append(from, "assignee", "0")...))
	})
	t.Run("only who may assign others is offered it and can", func(t *testing.T) {
		w.get(w.eve, link.AgentTicket(n)).lacks(t, `id="assignee"`)
		w.get(w.max, link.AgentTicket(n)).wants(t, http.StatusOK, `id="assignee"`, "Marco Bellini")
		if p := w.post(w.eve, link.AgentAssign(n), "assignee", num(w.max.PersonID)); p.Status != http.StatusForbidden {
			t.Errorf("status = %d", p.Status)
		}
		done(t, w.post(w.max, link.AgentAssign(n), append(from, "assignee", num(w.eve.PersonID))...))
	})
	t.Run("an assignee who is no agent is refused on the page", func(t *testing.T) {
		w.post(w.max, link.AgentAssign(n), "assignee", num(w.ann.PersonID)).wants(t, http.StatusUnprocessableEntity, "data-error-summary", "Firmware update fails")
	})
	t.Run("priority", func(t *testing.T) {
		done(t, w.post(w.eve, link.AgentPriority(n), append(from, "priority", "4")...))
		w.post(w.eve, link.AgentPriority(n), "priority", "65540").wants(t, http.StatusUnprocessableEntity)
		if p := w.work(n).Priority; p != ticket.Urgent {
			t.Errorf("priority = %d", p)
		}
	})
	t.Run("postponing needs a date ahead, in the agent's zone", func(t *testing.T) {
		w.post(w.eve, link.AgentStatus(n), "status", "postponed").wants(t, http.StatusUnprocessableEntity, "data-error-summary")
		w.post(w.eve, link.AgentStatus(n), "status", "postponed", "postponed_until", "2020-01-01T10:00").wants(t, http.StatusUnprocessableEntity)
		far := w.eve
		far.Zone = "Asia/Yekaterinburg" // UTC+5
		done(t, w.post(far, link.AgentStatus(n), append(from, "status", "postponed", "postponed_until", "2026-10-20T10:00")...))
		if got := w.work(n).PostponedUntil; got == nil || !got.Equal(time.Date(2026, 10, 20, 5, 0, 0, 0, time.UTC)) {
			t.Errorf("postponed until %v", got)
		}
	})
	t.Run("a closed ticket refuses any status and says why", func(t *testing.T) {
		closed := w.submit(w.ann, "Over")
		w.must(w.tickets.SetStatus(t.Context(), w.eve, closed, ticket.Closed, nil))
		w.post(w.eve, link.AgentStatus(closed), "status", "open").wants(t, http.StatusConflict, "data-error-summary")
	})
}

func TestPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.post(w.eve, link.AgentReplies(n), "message", "Try this.").wants(t, http.StatusSeeOther)
	at := link.AgentTicket(n)

	w.get(w.eve, at).wants(t, http.StatusOK, "What happens next", "Sat 17 Oct, 10:20", "Tue 20 Oct, 10:20")
	w.post(w.eve, link.AgentPlan(n), "action", "move", "at", "2026-10-18T09:00").wants(t, http.StatusSeeOther)
	w.get(w.eve, at).wants(t, http.StatusOK, "Sun 18 Oct, 09:00", "An agent has moved the next step.")
	w.post(w.eve, link.AgentPlan(n), "action", "move", "at", "nonsense").wants(t, http.StatusUnprocessableEntity, "data-error-summary")
	w.post(w.eve, link.AgentPlan(n), "action", "hold").wants(t, http.StatusSeeOther)
	w.get(w.eve, at).wants(t, http.StatusOK, "cancelled until the status changes")
	w.post(w.eve, link.AgentPlan(n), "action", "hold").wants(t, http.StatusConflict)
	w.post(w.eve, link.AgentPlan(n), "action", "resume").wants(t, http.StatusSeeOther)
	w.get(w.eve, at).wants(t, http.StatusOK, "Sat 17 Oct, 10:20")
	w.post(w.eve, link.AgentPlan(n), "action", "nonsense").wants(t, http.StatusUnprocessableEntity)
}

func TestShowNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.submit(w.ann, "A")
	w.pass(time.Minute)
	b := w.submit(w.ann, "B")
	w.pass(time.Minute)
	tests := []struct {
		name, path, to string
	}{
		{"down the list", link.AgentNext(b, "new", "next"), ticketHref(a, ticket.ViewNew)},
		{"up the list", link.AgentNext(a, "new", "prev"), ticketHref(b, ticket.ViewNew)},
		{"at the end back to the list", link.AgentNext(a, "new", "next"), link.InboxView("new")},
	}
	for _, tt := range tests {
		if p := w.get(w.eve, tt.path); p.Location != tt.to {
			t.Errorf("%s: %s, want %s", tt.name, p.Location, tt.to)
		}
	}
	t.Run("after a reply the view's first is offered", func(t *testing.T) {
		p := w.post(w.eve, link.AgentReplies(a), "message", "Done.", "view", "new")
		w.get(w.eve, strings.Split(p.Location, "#")[0]).wants(t, http.StatusOK, "Your reply is sent.", "Next in New")
		if p := w.get(w.eve, link.AgentNext(a, "new", "next")); p.Location != ticketHref(b, ticket.ViewNew) {
			t.Errorf("next = %s", p.Location)
		}
	})
}

func TestEntry(t *testing.T) {
	t.Parallel()
	at := thursday.Add(-90 * time.Minute)
	entries := map[string]ticket.Entry{
		"message_customer": {Seq: 1, Kind: ticket.MessageEntry, AuthorKind: ticket.ByCustomer, AuthorName: "Elena Orlova", Source: "It **stops** <script>alert(1)</script>", SourceKind: richtext.KindMarkdown, At: at, Files: []ticket.Upload{{ID: 7, Name: "console.png", Type: "image/png", Size: 412_000}}},
		"message_agent":    {Seq: 2, Kind: ticket.MessageEntry, AuthorKind: ticket.ByAgent, AuthorName: "Marco Bellini", Source: "<div>Try this.</div>", SourceKind: richtext.KindHTML, Personal: true, CC: []string{"pavel@uralsvyaz.example"}, At: at},
		"message_robot":    {Seq: 3, Kind: ticket.MessageEntry, AuthorKind: ticket.ByRobot, Source: "We have not heard from you.", SourceKind: richtext.KindText, At: at},
		"note":             {Seq: 4, Kind: ticket.NoteEntry, AuthorKind: ticket.ByAgent, AuthorName: "Anna Keller", Source: "See lab report 318.", SourceKind: richtext.KindMarkdown, At: at},
		"event":            {Seq: 5, Kind: ticket.EventEntry, AuthorKind: ticket.ByAgent, AuthorName: "Anna Keller", Event: ticket.Assigned, New: "Marco Bellini", At: at},
	}
	for name, e := range entries {
		testkit.Golden(t, name, entry(answerPage{}, e, thursday))
	}
	testkit.Golden(t, "note_ru", russian(entry(answerPage{}, entries["note"], thursday)))
}
