package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestShowInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var first int64
	for i := range 53 {
		w.pass(time.Minute)
		if n := w.submit(w.bob, fmt.Sprintf("Ticket number %d", i)); first == 0 {
			first = n
		}
	}
	t.Run("every view opens", func(t *testing.T) {
		for _, v := range ticket.InboxViews {
			w.get(w.eve, link.InboxView(string(v))).wants(t, http.StatusOK, "data-count=\""+string(v)+"\"")
		}
	})
	t.Run("an empty view says so", func(t *testing.T) {
		w.get(w.eve, link.InboxView("mine")).wants(t, http.StatusOK, "No tickets are assigned to you")
	})
	t.Run("older and newer pages hold all rows once", func(t *testing.T) {
		p := w.get(w.eve, link.InboxView("new"))
		p.wants(t, http.StatusOK, "Ticket number 52", "Ticket number 3<", link.AgentTicket(first+3)+"?view=new")
		p.lacks(t, "Ticket number 2<", `rel="prev"`)
		if rows := strings.Count(p.Body, `<li class="trow`); rows != 50 {
			t.Errorf("%d rows, want 50", rows)
		}
		older := w.get(w.eve, hrefOf(t, p.Body, `rel="next"`))
		older.wants(t, http.StatusOK, "Ticket number 2<", "Ticket number 0<")
		older.lacks(t, "Ticket number 3<", `rel="next"`)
		w.get(w.eve, hrefOf(t, older.Body, `rel="prev"`)).wants(t, http.StatusOK, "Ticket number 52")
	})
	t.Run("the oldest come first when asked", func(t *testing.T) {
		w.get(w.eve, link.Query(link.Inbox, "view", "new", "sort", "oldest")).wants(t, http.StatusOK, "Ticket number 0<", "sort=oldest")
	})
	t.Run("a number goes straight to its ticket", func(t *testing.T) {
		for _, typed := range []string{num(first), "#" + num(first)} {
			if p := w.get(w.eve, link.Query(link.Inbox, "q", typed)); p.Status != http.StatusSeeOther || p.Location != link.AgentTicket(first) {
				t.Errorf("%q: %d %s", typed, p.Status, p.Location)
			}
		}
	})
	t.Run("words find tickets, others say that there are none", func(t *testing.T) {
		w.get(w.eve, link.Query(link.Inbox, "q", "number 17")).wants(t, http.StatusOK, "Search: number 17", "Ticket number 17<")
		w.get(w.eve, link.Query(link.Inbox, "q", "<nonsense>")).wants(t, http.StatusOK, "No ticket found", "&lt;nonsense&gt;")
		w.get(w.eve, link.Query(link.Inbox, "q", "999999999999")).wants(t, http.StatusOK, "No ticket found")
	})
	t.Run("nonsense in the address is the first page of the first view", func(t *testing.T) {
		w.get(w.eve, link.Query(link.Inbox, "view", "nonsense", "sort", "x", "cursor", "%%%")).wants(t, http.StatusOK, "Ticket number 52")
	})
	t.Run("a page of fifty rows stays small", func(t *testing.T) {
		if n := len(w.get(w.eve, link.InboxView("new")).Body); n > 81_000 {
			t.Errorf("%d bytes", n)
		}
	})
}

func TestShowPreview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	w.get(w.eve, link.AgentPreview(n)).wants(t, http.StatusOK, "Elena Orlova", "Uralsvyaz Telecom", "The transfer over TFTP stops at 83 %.", "1 message")
	if p := w.get(w.eve, link.AgentPreview(n+1)); p.Status != http.StatusNotFound {
		t.Errorf("status = %d for an unknown ticket", p.Status)
	}
}

func TestRowsSayMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var repairs, moved, liked int64
	w.insert(&repairs, `INSERT INTO departments (key, name) VALUES ('repairs', '{"en": "Repairs"}') RETURNING id`)
	n := w.submit(w.ann, "Firmware update fails")
	until := w.now().Add(48 * time.Hour)
	w.must(w.tickets.SetStatus(t.Context(), w.eve, n, ticket.Postponed, &until))
	if _, err := w.tickets.SaveDraft(t.Context(), w.eve, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: "Half an answer"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tickets.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: "Thanks!"}); err != nil {
		t.Fatal(err)
	}
	w.pass(72 * time.Hour)
	w.insert(&moved, `UPDATE tickets SET department_id = $1 WHERE number = $2 RETURNING id`, repairs, n)
	w.post(w.eve, link.AgentTags(n), "tags", "optics, vlan").wants(t, http.StatusSeeOther)
	one := w.get(w.eve, link.InboxView("promised"))
	one.wants(t, http.StatusOK, "Overdue promises", ">+1<", "Firmware update fails", "You have begun an answer here", "the date has come")
	if strings.Contains(one.Body, "Department: Repairs") {
		t.Error("a member of one department reads its name in every row")
	}
	w.eve.Departments = []int64{repairs, repairs + 1}
	w.get(w.eve, link.InboxView("promised")).wants(t, http.StatusOK, "Department: Repairs")
	w.get(w.eve, link.AgentPreview(n)).wants(t, http.StatusOK, "Department: Repairs")
	w.get(w.max, link.InboxView("promised")).lacks(t, "You have begun an answer here")
	w.insert(&liked, `INSERT INTO list_choices (person_id, form, columns) VALUES ($1, 'table', '{department,promised}') RETURNING person_id`, w.max.PersonID)
	w.get(w.max, link.InboxView("promised")).wants(t, http.StatusOK, "<td>Repairs</td>", "late tone-red")
}

func TestShowCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.submit(w.ann, "Firmware update fails")
	p := w.get(w.eve, link.InboxCounts)
	p.wants(t, http.StatusOK, `"new":"1"`, `"unassigned":"1"`, `"mine":"0"`)
	if ct := p.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("Content-Type = %q", ct)
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fresh := w.submit(w.ann, "Nobody has answered this")
	mine := w.submit(w.ann, "This waits for me")
	w.must(w.tickets.Assign(t.Context(), w.eve, mine, w.eve.PersonID))
	due, later := w.submit(w.ann, "The lab has this"), w.submit(w.ann, "The lab keeps this")
	for n, in := range map[int64]time.Duration{due: 20 * time.Hour, later: 72 * time.Hour} {
		until := w.now().Add(in)
		w.must(w.tickets.SetStatus(t.Context(), w.eve, n, ticket.Postponed, &until))
	}
	p := w.get(w.eve, link.Agent)
	p.wants(t, http.StatusOK, ticketHref(fresh, ticket.ViewNew), ticketHref(mine, ticket.ViewMine), ticketHref(due, ticket.ViewPostponed))
	p.lacks(t, link.AgentTicket(later))
}

func TestRow(t *testing.T) {
	t.Parallel()
	marco, until := "Marco Bellini", thursday.Add(72*time.Hour)
	full := ticket.InboxRow{
		Number: 152875, Subject: `Firmware <update> fails & "stops"`, Status: ticket.Postponed, Unread: true, LastReplier: ticket.ByCustomer,
		PostponedUntil: &until, Priority: ticket.Urgent, RequesterName: "Elena Orlova", CompanyName: "Uralsvyaz Telecom",
		AssigneeName: &marco, LastActivityAt: thursday.Add(-2 * time.Hour),
	}
	bare := ticket.InboxRow{
		Number: 152876, Subject: "Сервер не отвечает", Status: ticket.Open, Reopened: true, LastReplier: ticket.ByCustomer,
		Priority: ticket.Normal, RequesterName: "Павел Соколов", LastActivityAt: thursday.AddDate(0, 0, -1),
	}
	testkit.Golden(t, "row", row(full, ticketHref(full.Number, ticket.ViewMine), thursday))
	testkit.Golden(t, "row_ru", russian(row(bare, ticketHref(bare.Number, ticket.ViewOpen), thursday)))
}

// hrefOf finds the address of the link that has attr.
func hrefOf(t *testing.T, body, attr string) string {
	t.Helper()
	for _, tag := range strings.Split(body, "<a ") {
		tag, _, _ = strings.Cut(tag, ">")
		if _, rest, ok := strings.Cut(tag, `href="`); ok && strings.Contains(tag, attr) {
			href, _, _ := strings.Cut(rest, `"`)
			return strings.ReplaceAll(href, "&amp;", "&")
		}
	}
	t.Fatalf("no link with %s in:\n%s", attr, body)
	return ""
}

// russian renders a component for a reader in Yekaterinburg.
func russian(c component) component {
	return inLanguage{c, i18n.Reader{Lang: "ru", Zone: i18n.Zone("Asia/Yekaterinburg")}}
}
