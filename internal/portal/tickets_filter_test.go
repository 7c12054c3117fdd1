package portal

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestTicketFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	waiting, open := w.ticket(t, ticket.Waiting), w.ticket(t, ticket.New)
	t.Run("a chip narrows, says so and is given up", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.pavel, link.Query(link.Tickets, "tab", "open", "status", "waiting"))
		p.shows(hash(waiting), "Status: <b>Waiting for your reply</b>", `href="/tickets?tab=open"`, "Clear filters")
		p.lacks(hash(open))
	})
	t.Run("what is unknown or of others narrows nothing and is not repeated", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.pavel, "/tickets?tab=open&status=secret&company=999&field.brand=%3Cscript%3E&rows=7&sort=evil&replier=me&created_from=x")
		p.is(http.StatusOK)
		p.shows(hash(waiting), hash(open))
		p.lacks("secret", "evil", "&lt;script", "Clear filters")
	})
	t.Run("a field with choices narrows", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.pavel, "/tickets?tab=open&field.type=firmware").shows(hash(waiting), "Firmware update")
		w.get(t, w.pavel, "/tickets?tab=open&field.type=fault").lacks(hash(waiting))
	})
	t.Run("nothing found by filters says so", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.pavel, "/tickets?tab=open&priority=4").shows("No ticket matches these filters")
	})
	t.Run("who sees only their own is offered no colleagues", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Query(link.Tickets, "tab", "open"))
		p.lacks("Whole company", `id="f-from"`)
	})
	t.Run("what changed is counted for the list, and only that", func(t *testing.T) {
		t.Parallel()
		since := thursday.Add(-time.Minute).Format(time.RFC3339)
		w.get(t, w.pavel, link.Query(link.TicketsNews, "tab", "open", "since", since)).shows(`"count":2`, "2 tickets changed")
		w.get(t, w.pavel, link.Query(link.TicketsNews, "tab", "open", "status", "waiting", "since", since)).shows(`"count":1`, "1 ticket changed")
		w.get(t, w.oleg, link.Query(link.TicketsNews, "tab", "open", "since", since)).shows(`"count":0`)
		w.get(t, w.pavel, link.Query(link.TicketsNews, "since", "nonsense")).shows(`"count":0`)
	})
}

func TestSavedFilterForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	waiting := w.ticket(t, ticket.Waiting)
	w.post(t, w.pavel, link.Filters, url.Values{"name": {"Waiting"}, "query": {"tab=open&status=waiting&cursor=x&evil=1"}, "preset": {"1"}}).
		leads("/tickets?status=waiting&tab=open")
	w.get(t, w.pavel, link.Tickets).leads("/tickets?status=waiting&tab=open")
	p := w.get(t, w.pavel, "/tickets?status=waiting&tab=open")
	p.shows(hash(waiting), ">Waiting", "Default")
	p = w.post(t, w.pavel, link.Filters, url.Values{"name": {""}, "query": {"tab=all"}})
	p.is(http.StatusUnprocessableEntity)
	p.shows("Enter a name for the filter.")
	w.post(t, w.oleg, link.FilterDrop(1), nil).is(http.StatusNotFound)
	w.post(t, w.pavel, link.FilterDrop(1), nil).leads("/tickets?tab=open")
	w.get(t, w.pavel, link.Tickets).is(http.StatusOK)
}

func TestTicketsCSV(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, subject := range []string{`=HYPERLINK("http://evil.example";"x")`, "+1", "-1+1", "@SUM(A1)", " =1+1", "Plain, \"quoted\"", "＝1"} {
		_, err := w.tickets.Submit(t.Context(), w.elena, ticket.Submission{
			TopicID: w.topics["technical_support"], Subject: subject, Message: "M", Fields: map[string]string{"type": "firmware", "priority": "3"},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(by auth.Actor, path string) [][]string {
		t.Helper()
		p := w.get(t, by, path)
		p.is(http.StatusOK)
		body, ok := strings.CutPrefix(p.Body.String(), "\ufeff")
		if !ok || !strings.HasPrefix(p.Header().Get("Content-Disposition"), `attachment; filename="tickets-2026-11-19.csv"`) {
			t.Errorf("header %v, begins with %.20q", p.Header(), p.Body)
		}
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read(w.pavel, link.TicketsCSV+"?tab=all")
	if len(rows) != 8 || rows[0][1] != "Subject" || rows[1][5] != "Elena Orlova" {
		t.Errorf("rows = %q", rows)
	}
	for _, row := range rows[1:] {
		for _, s := range row {
			if strings.ContainsAny(strings.TrimSpace(s)[:min(1, len(strings.TrimSpace(s)))], "=+-@") || strings.HasPrefix(s, "＝") {
				t.Errorf("a spreadsheet runs %q", s)
			}
		}
	}
	if rows := read(w.pavel, link.TicketsCSV+"?tab=resolved"); len(rows) != 1 {
		t.Errorf("resolved = %q", rows)
	}
	if rows := read(w.oleg, link.TicketsCSV+"?tab=all"); len(rows) != 1 {
		t.Errorf("a stranger reads %q", rows)
	}
	ru := *w
	ru.lang = "ru"
	ru.get(t, w.pavel, link.TicketsCSV+"?tab=all").shows("Номер", "Тема")
}

func TestCell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "a=b": "a=b", "=1": "'=1", "\t=1": "'\t=1", "\r1": "'\r1", "  @x": "'  @x", "-5": "'-5", "+7 343": "'+7 343", "ok": "ok",
		"Port 3 is down": "Port 3 is down", "x - y": "x - y", "a;b": "a;b",
		`=cmd|'/C calc'!A0`: `'=cmd|'/C calc'!A0`, "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\r=1": "'\r=1",
		" =1": "' =1", "\u00a0=1": "'\u00a0=1", "\u3000=1": "'\u3000=1", "\u200b=1": "'\u200b=1", "\ufeff=1": "'\ufeff=1", "＝1": "'＝1",
		"a;=1": "a;'=1", "a; =1;-2": "a;' =1;'-2", `a;"=1`: `a;'"=1`, ";@x": ";'@x",
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}
