package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/ticket"
)

// promised makes a ticket of by whose date is ahead in some time, and which woke
// because they wrote.
func (w *world) promised(by auth.Actor, subject string, in time.Duration) int64 {
	w.tb.Helper()
	n := w.submit(by, subject)
	until := w.now().Add(in)
	w.must(w.tickets.SetStatus(w.tb.Context(), w.eve, n, ticket.Postponed, &until))
	_, err := w.tickets.Reply(w.tb.Context(), by, n, ticket.CustomerReply{Message: "Thanks!"})
	w.must(err)
	return n
}

// paneForms are the forms of a page that change the ticket beside the list.
func paneForms(body string) []string {
	_, pane, _ := strings.Cut(body, `id="reading"`)
	var all []string
	for _, form := range strings.Split(pane, "<form ")[1:] {
		form, _, _ = strings.Cut(form, "</form>")
		if strings.Contains(form, `method="post"`) && strings.Contains(form, `action="`+link.Agent+"/tickets/") {
			all = append(all, form)
		}
	}
	return all
}

func TestThePaneHasWhatTheTicketsPageHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.handler()
	w.pages = w.router(h, NewNotices(NoticeDeps{
		Notices: notice.New(notice.Deps{DB: w.db, Secret: []byte("a secret of the test's own"), Seen: w.tickets.Seen, Now: w.now}), Tickets: w.tickets, Sessions: h.sessions, Errors: h.errors, Now: w.now,
	}))
	w.submit(w.ann, "Firmware update fails over TFTP")
	n := w.promised(w.ann, "Firmware update over TFTP fails", 48*time.Hour)
	_, err := w.tickets.Apply(t.Context(), w.eve, n, ticket.Changes{AddTags: []string{"firmware"}})
	w.must(err)
	l := inboxList{In: ticket.ViewOpen, Query: "status:open", Sort: "oldest", Ticket: n}
	p := w.get(w.eve, l.href())
	p.wants(t, http.StatusOK, "Postpone again to", "Probably the same", `href="`+tagHref("firmware"), link.AgentWatch(n), link.AgentSpam(n), link.AgentMerge(n))
	for _, key := range strings.Fields("s a t w p e . o u [ ] y ! # d i r q n") {
		if _, pane, _ := strings.Cut(p.Body, `id="reading"`); !strings.Contains(pane, `data-key="`+key+`"`) {
			t.Errorf("nothing in the pane has the key %q", key)
		}
	}
	forms := paneForms(p.Body)
	for _, form := range forms {
		if !strings.Contains(form, `name="pane"`) {
			t.Errorf("a form forgets the list that it came from: <form %s", form)
		}
	}
	if len(forms) < 12 {
		t.Errorf("%d forms", len(forms))
	}
	alone := l
	alone.Ticket = 0
	for _, tt := range []struct {
		path string
		form []string
		to   string
	}{
		{link.KeepPromise(n), nil, l.href()},
		{link.AgentTags(n), []string{"tags", "tftp", "remove", "firmware"}, l.href()},
		{link.AgentWatch(n), []string{"attention", string(notice.Watching)}, l.href()},
		{link.AgentAssign(n), []string{"assignee", num(w.eve.PersonID)}, l.href()},
		{link.AgentUnread(n), nil, alone.href()},
		{link.AgentTrash(n), nil, alone.href()},
		{link.AgentRestore(n), nil, l.href()},
	} {
		if got := w.post(w.eve, tt.path, append(tt.form, "view", "open", "pane", l.href())...); got.Status != http.StatusSeeOther || got.Location != tt.to {
			t.Errorf("%s leads to %d %s, want %s", tt.path, got.Status, got.Location, tt.to)
		}
	}
	if got := w.post(w.eve, link.AgentWatch(n), "attention", string(notice.Usual), "pane", "//evil.example/agent/inbox?"); got.Location != link.AgentTicket(n) {
		t.Errorf("a foreign address leads to %s", got.Location)
	}
}

func TestWhatIsRefusedInThePaneStaysThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(w.ann, "Firmware update fails")
	l := inboxList{In: ticket.ViewNew, Ticket: n}
	long := strings.Repeat("x", 300)
	p := w.post(w.eve, link.AgentTags(n), "tags", long, "view", "new", "pane", l.href())
	p.wants(t, http.StatusUnprocessableEntity, `id="ticket-list"`, `id="reading" data-number="`+num(n)+`"`, `role="alert"`, long)
	w.post(w.eve, link.AgentTags(n), "tags", long, "view", "new").lacks(t, `id="ticket-list"`)
}

func TestTheTicketBesideTheOneInThePane(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.submit(w.ann, "Firmware A")
	w.pass(time.Minute)
	w.submit(w.ann, "Something else")
	w.pass(time.Minute)
	last := w.submit(w.ann, "Firmware B")
	l := inboxList{In: ticket.ViewNew, Query: "firmware", Ticket: last}
	next := l
	next.Ticket = first
	p := answerPage{Work: ticket.Work{Ticket: ticket.Ticket{Number: last}}, From: ticket.ViewNew, Pane: l.href()}
	if got := w.get(w.eve, p.besideHref("next")); got.Location != next.href() {
		t.Errorf("the next ticket of what was found is %s, want %s", got.Location, next.href())
	}
	p.Number, p.Pane, next.Ticket = first, next.href(), 0
	if got := w.get(w.eve, p.besideHref("next")); got.Location != next.href() {
		t.Errorf("the end leads to %s, want the list %s", got.Location, next.href())
	}
	w.must(w.tickets.Assign(t.Context(), w.max, last, w.eve.PersonID))
	w.get(w.eve, link.Query(link.Inbox, "view", "mine", "ticket", num(last))).wants(t, http.StatusOK, "Firmware B", `data-number="`+num(last)+`"`)
}

// TestListsNarrowedByAFieldAreWalked: the ticket after this one, and a page by its
// number, heed the fields of tickets that the list is narrowed by.
func TestListsNarrowedByAFieldAreWalked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, between, last := w.submit(w.ann, "First of the order"), w.submit(w.ann, "Of no order"), w.submit(w.ann, "Last of the order")
	for _, n := range []int64{first, last} {
		_, err := w.tickets.Apply(t.Context(), w.eve, n, ticket.Changes{Fields: map[string]string{"order_number": "4711"}})
		w.must(err)
	}
	list := link.Query(link.Inbox, "view", "new", "q", "order_number:4711", "sort", "first")
	next := w.get(w.eve, link.AgentNext(first, "new", "next")+"&pane="+url.QueryEscape(list))
	if next.Status != http.StatusSeeOther || !strings.Contains(next.Location, "ticket="+num(last)) {
		t.Errorf("after %d comes %s, not %d (between them stands %d)", first, next.Location, last, between)
	}
	w.get(w.eve, list+"&page=2").wants(t, http.StatusSeeOther)
	if p := w.get(w.eve, list+"&page=2"); !strings.Contains(p.Location, "order_number") {
		t.Errorf("page 2 leads to %s", p.Location)
	}
}

func TestListsOfTheInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	later, sooner := w.promised(w.ann, "Promised for later", 48*time.Hour), w.promised(w.ann, "Promised for sooner", 24*time.Hour)
	w.pass(72 * time.Hour)
	_, err := w.tickets.Apply(t.Context(), w.eve, later, ticket.Changes{AddTags: []string{"firmware", "optics", "rma"}})
	w.must(err)
	t.Run("overdue promises begin with the oldest date", func(t *testing.T) {
		p := w.get(w.eve, link.InboxView("promised"))
		p.wants(t, http.StatusOK, `data-key="g d"`)
		if strings.Index(p.Body, `id="t`+num(sooner)) > strings.Index(p.Body, `id="t`+num(later)) {
			t.Error("the later promise comes first")
		}
		p = w.get(w.eve, link.Query(link.Inbox, "view", "promised", "sort", sortNewest))
		if strings.Index(p.Body, `id="t`+num(sooner)) < strings.Index(p.Body, `id="t`+num(later)) {
			t.Error("another order cannot be chosen")
		}
	})
	t.Run("tags stand in rows and in a column, and can be left out", func(t *testing.T) {
		w.get(w.eve, link.InboxView("open")).wants(t, http.StatusOK, `trow__tag">firmware`, "+2")
		var id int64
		w.insert(&id, `INSERT INTO list_choices (person_id, form, columns) VALUES ($1, 'list', '{status}') RETURNING person_id`, w.eve.PersonID)
		w.get(w.eve, link.InboxView("open")).lacks(t, "trow__tag")
		w.insert(&id, `UPDATE list_choices SET form = 'table', columns = '{tags,promised}' WHERE person_id = $1 RETURNING person_id`, w.eve.PersonID)
		w.get(w.eve, link.InboxView("promised")).wants(t, http.StatusOK, "<th>Tags</th>", `trow__tag">rma`, `<th aria-sort="ascending">`)
	})
	t.Run("the title and the sidebar say how much is unread", func(t *testing.T) {
		w.get(w.max, link.InboxView("open")).wants(t, http.StatusOK, "<title>(2) Open", `data-count="unread:open">2<`)
		w.get(w.max, link.Query(link.Inbox, "view", "open", "ticket", num(later))).wants(t, http.StatusOK, "<title>(1) Open")
		w.get(w.max, link.AgentTicket(sooner)).wants(t, http.StatusOK, `data-count="unread:open">0<`)
		w.get(w.max, link.InboxView("open")).wants(t, http.StatusOK, "<title>Open")
		w.get(w.max, link.InboxCounts).wants(t, http.StatusOK, `"unread:open":"0"`, `"open":"2"`)
	})
	t.Run("a page by its number leads to its place", func(t *testing.T) {
		for i := range 60 {
			w.submit(w.bob, "More of them "+num(int64(i)))
		}
		p := w.get(w.eve, link.Query(link.Inbox, "view", "new", "sort", "first", "page", "2"))
		if p.Status != http.StatusSeeOther || !strings.Contains(p.Location, "sort=first") || !strings.Contains(p.Location, "cursor=") {
			t.Fatalf("%d %s", p.Status, p.Location)
		}
		w.get(w.max, p.Location).wants(t, http.StatusOK, "More of them 59", "More of them 50<")
		w.get(w.max, p.Location).lacks(t, "More of them 49<")
		w.get(w.max, link.Query(link.Inbox, "view", "new", "page", "1")).wants(t, http.StatusOK, "More of them 59")
		w.get(w.max, link.Query(link.Inbox, "view", "new", "page", "nonsense")).wants(t, http.StatusOK, "More of them 59")
	})
}
