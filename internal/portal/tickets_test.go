package portal

import (
	"net/http"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

func TestTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	waiting, resolved := w.ticket(t, ticket.Waiting), w.ticket(t, ticket.Resolved)
	w.ticket(t, ticket.Postponed)
	t.Run("open ones first, with every column", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Tickets)
		p.is(http.StatusOK)
		p.shows("Subject", "Ticket ID", "Priority", "Help topic", "Last replier", "Last activity", "Status", "From",
			hash(waiting), "Anna Keller", "Waiting for your reply", "Postponed until 3 Dec", "High", "Technical support", "Elena Orlova")
		p.lacks(hash(resolved))
	})
	t.Run("resolved ones under their tab", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Query(link.Tickets, "tab", "resolved"))
		p.shows(hash(resolved))
		p.lacks(hash(waiting))
	})
	t.Run("found by number and by word", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.elena, link.Query(link.Tickets, "tab", "all", "q", hash(resolved))).leads(link.Ticket(resolved))
		w.get(t, w.oleg, link.Query(link.Tickets, "tab", "all", "q", hash(resolved))).shows("Nothing found")
		w.get(t, w.elena, link.Query(link.Tickets, "q", "block timeout")).shows(hash(waiting))      // of an agent's message
		w.get(t, w.elena, link.Query(link.Tickets, "q", "oe4423ds31")).shows(hash(waiting))         // of a field
		w.get(t, w.oleg, link.Query(link.Tickets, "q", "OE4423DS31")).lacks(hash(waiting), "S2962") // of another's
		w.get(t, w.elena, link.Query(link.Tickets, "q", "firmw")).shows(hash(waiting))
	})
	t.Run("nothing found says so and offers more", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.elena, link.Query(link.Tickets, "q", "toaster")).shows("Nothing found for “toaster”", "Search all tickets")
		w.get(t, w.elena, link.Query(link.Tickets, "tab", "all", "q", "toaster")).shows("Try another word", "Clear search")
	})
	t.Run("a colleague who sees the company finds them, a stranger does not", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.pavel, link.Tickets).shows(hash(waiting), "Elena Orlova", "Whole company", "Mine")
		p := w.get(t, w.oleg, link.Tickets)
		p.shows("You have no tickets yet", "Submit a ticket")
		p.lacks(hash(waiting))
	})
	t.Run("a search while typing gets the parts that change", func(t *testing.T) {
		t.Parallel()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link.Query(link.Tickets, "q", "firmware"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("HX-Request", "true")
		p := w.do(t, w.elena, req)
		p.is(http.StatusOK)
		p.shows(`id="ticket-list"`, `id="ticket-tabs"`, "2 tickets on this page", hash(waiting))
		p.lacks("<html")
	})
	t.Run("a made-up tab or cursor is the first page", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.elena, link.Query(link.Tickets, "tab", "x", "cursor", "y")).shows(hash(waiting))
	})
	t.Run("speaks Russian", func(t *testing.T) {
		t.Parallel()
		ru := *w
		ru.lang = "ru"
		ru.get(t, w.elena, link.Tickets).shows("Мои заявки", "Последний ответ", "Высокий", "Отложена до 3 дек.")
	})
}

func TestTicketsPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 30 {
		w.pass(time.Minute)
		w.ticket(t, ticket.New)
	}
	first := w.get(t, w.elena, link.Tickets)
	first.shows(hash(100030), hash(100011), `rel="next"`)
	first.lacks(hash(100010), `rel="prev"`)
	w.get(t, w.elena, link.Query(link.Tickets, "tab", "open", "rows", "50")).shows(hash(100030), hash(100001), "30 of 30 shown")
}

func TestHome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	waiting := w.ticket(t, ticket.Waiting)
	w.ticket(t, ticket.Open)
	t.Run("a customer sees what waits for them", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, w.elena, link.Home)
		p.is(http.StatusOK)
		p.shows("Hi Elena, how can we help?", "2 open, 1 waiting for your reply.", hash(waiting), `action="/kb/search"`)
	})
	t.Run("nothing waits", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.oleg, link.Home).shows("Nothing waits for you.", "Nothing open right now.")
	})
	t.Run("a visitor may search and sign in", func(t *testing.T) {
		t.Parallel()
		p := w.get(t, auth.Actor{}, link.Home)
		p.is(http.StatusOK)
		p.shows("How can we help?", `action="/kb/search"`, `href="/login"`)
		p.lacks("Waiting for your reply")
	})
	t.Run("staff begin at the dashboard", func(t *testing.T) {
		t.Parallel()
		w.get(t, w.anna, link.Home).leads(link.Agent)
	})
}
