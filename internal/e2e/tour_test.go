package e2e

import (
	"errors"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/demo"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// stop is one page of the tour through all of them, as it is checked and
// pictured.
type stop struct {
	name   string
	path   string
	status int64                  // 0: 200
	begin  func(*testkit.Browser) // what to do on the page first
	by     string                 // e-mail of who looks; "" a visitor
	script bool                   // there is nothing of it without scripts
	mixed  bool                   // shows words of every language
}

// Accounts of the demo, in English and in Russian.
type cast struct{ customer, agent, admin string }

// newTour fills a desk with the demo and adds an admin who chose no language yet.
func newTour(t *testing.T, tickets int) world {
	t.Helper()
	dsn := testkit.DSN(t)
	w := world{Program: testkit.NewProgram(t, dsn), db: open(t, dsn)}
	w.Run(t, "", "demo", "--tickets", strconv.Itoa(tickets), "--seed", "1")
	w.Run(t, demo.Password+"\n", "user", "add", "--email", casts["ru"].admin, "--name", "Вера Соколова", "--role", "admin", "--password-stdin")
	for _, sql := range []string{
		`UPDATE people SET lang = '' FROM identities i WHERE i.person_id = people.id AND i.value = $1`,
		`UPDATE company_people SET sees = 'company' FROM identities i WHERE i.person_id = company_people.person_id AND i.value = $1`,
	} {
		if _, err := w.db.Exec(t.Context(), sql, manager); err != nil {
			t.Fatal(err)
		}
	}
	w.Server = w.Serve(t)
	return w
}

// manager sees all tickets of a company and chose no language.
const manager = "e.orlova@uralsvyaz.example"

// casts are who shows the pages in which language.
var casts = map[string]cast{
	"en": {customer: "p.sokolov@uralsvyaz.example", agent: "marco@halden.example", admin: "ingrid@halden.example"},
	"ru": {customer: "d.karpov@severnaya-svyaz.example", agent: "stepan@halden.example", admin: "vera@halden.example"},
}

// ticketIn is the number of a ticket in a status, with a long story.
func (w world) ticketIn(t *testing.T, status string) int64 {
	t.Helper()
	return one[int64](t, w.db, "SELECT number FROM tickets WHERE status = $1 AND merged_into IS NULL AND trashed_at IS NULL ORDER BY timeline_seq DESC, number LIMIT 1", status)
}

// ticketOf is a ticket in a status with its requester, who reads lang: me if
// the story gives me one. When it gives none to anybody, which depends on the
// hour, one with a short story becomes mine.
func (w world) ticketOf(t *testing.T, status, lang, me string) (number int64, requester string) {
	t.Helper()
	const find = `
SELECT t.number, i.value FROM tickets t
JOIN people p ON p.id = t.requester_id JOIN identities i ON i.person_id = p.id AND i.kind = 'email'
WHERE t.status = $1 AND p.lang = $2 AND t.merged_into IS NULL AND t.trashed_at IS NULL
ORDER BY (i.value = $3) DESC, t.timeline_seq DESC, t.number LIMIT 1`
	err := w.db.QueryRow(t.Context(), find, status, lang, me).Scan(&number, &requester)
	if errors.Is(err, pgx.ErrNoRows) {
		err = w.db.QueryRow(t.Context(), `
UPDATE tickets SET requester_id = (SELECT person_id FROM identities WHERE value = $2), company_id = NULL
WHERE number = (SELECT number FROM tickets WHERE status = $1 AND trashed_at IS NULL AND merged_into IS NULL
    AND requester_id NOT IN (SELECT person_id FROM identities WHERE value = ANY ($3)) ORDER BY timeline_seq, number LIMIT 1)
RETURNING number, $2`, status, me, []string{casts["en"].customer, casts["ru"].customer, manager}).Scan(&number, &requester)
	}
	if err != nil {
		t.Fatalf("no ticket is %s: %v", status, err)
	}
	return number, requester
}

// stops lists every page in one language.
func (w world) stops(t *testing.T, lang string) []stop {
	t.Helper()
	c := casts[lang]
	all := append(w.portalStops(t, c.customer, lang, func(status string) (int64, string) { return w.ticketOf(t, status, lang, c.customer) }), w.deskStops(t, c.agent)...)
	return append(all, w.adminStops(t, c.admin)...)
}

// sharedStops lists the portal's pages for one customer who chose no language
// and sees what the company does.
func (w world) sharedStops(t *testing.T) []stop {
	t.Helper()
	return w.portalStops(t, manager, "en", func(status string) (int64, string) {
		const find = `
SELECT t.number FROM tickets t JOIN identities i ON i.person_id = t.requester_id
WHERE i.value = $1 AND t.status = $2 ORDER BY t.timeline_seq DESC, t.number LIMIT 1`
		// when the hour gave her none, one with a short story becomes hers
		const give = `
UPDATE tickets SET requester_id = m.person_id, company_id = m.company_id, site_id = NULL
FROM company_people m JOIN identities i ON i.person_id = m.person_id
WHERE i.value = $1 AND number = (SELECT number FROM tickets WHERE status = $2 AND trashed_at IS NULL AND merged_into IS NULL
    AND requester_id NOT IN (SELECT person_id FROM identities WHERE value = ANY ($3)) ORDER BY timeline_seq, number DESC LIMIT 1)
RETURNING number`
		var number int64
		err := w.db.QueryRow(t.Context(), find, manager, status).Scan(&number)
		if errors.Is(err, pgx.ErrNoRows) {
			err = w.db.QueryRow(t.Context(), give, manager, status, []string{casts["en"].customer, casts["ru"].customer}).Scan(&number)
		}
		if err != nil {
			t.Fatalf("no ticket is %s: %v", status, err)
		}
		return number, manager
	})
}

// portalStops lists the portal's pages for me; ticket finds one in a status and
// who looks at it.
func (w world) portalStops(t *testing.T, me, lang string, ticket func(status string) (number int64, by string)) []stop {
	t.Helper()
	article := one[string](t, w.db, "SELECT slug FROM kb_articles WHERE lang = $1 AND visibility = 'public' ORDER BY length(source) DESC LIMIT 1", lang)
	section := one[string](t, w.db, "SELECT s.slug FROM kb_sections s JOIN kb_articles a ON a.section_id = s.id WHERE a.slug = $1", article)
	all := []stop{
		{name: "sign-in", path: link.Login},
		{name: "sign-in-wrong", path: link.Login, begin: func(b *testkit.Browser) {
			b.Fill("[name=email]", "nobody@nowhere.test")
			b.Fill("[name=password]", "wrong")
			b.FollowStatus("main form button", 422)
		}},
		{name: "sign-in-code", path: link.LoginCode},
		{name: "register", path: link.Register},
		{name: "register-errors", path: link.Register, begin: func(b *testkit.Browser) {
			b.FollowStatus("main form .btn--primary", 422)
		}},
		{name: "register-consent", path: link.Consent},
		{name: "reset", path: link.Reset},
		{name: "reset-code", path: link.Reset, begin: func(b *testkit.Browser) {
			w.forgive(t)
			b.Fill("[name=email]", "nobody@nowhere.test")
			b.Follow("main form .btn--primary")
		}},
		{name: "link-gone", path: link.Query(link.Activate, "token", "none"), status: 404},
		{name: "home-visitor", path: link.Home},
		{name: "kb-visitor", path: link.KB},
		{name: "home", path: link.Home, by: me},
		{name: "new-ticket", path: link.NewTicket, by: me},
		{name: "new-ticket-technical", path: link.Query(link.NewTicket, "topic", w.topic(t, "technical_support")), by: me},
		{name: "new-ticket-errors", path: link.Query(link.NewTicket, "topic", w.topic(t, "technical_support")), by: me, begin: func(b *testkit.Browser) {
			b.FollowStatus("main form[method=post] .btn--primary", 422)
		}},
		{name: "tickets", path: link.Tickets, by: me},
		{name: "tickets-all", path: link.Query(link.Tickets, "tab", "all"), by: me},
		{name: "tickets-none-found", path: link.Query(link.Tickets, "tab", "all", "q", "xyzzy"), by: me},
		{name: "tickets-filters", path: link.Query(link.Tickets, "tab", "open", "status", "waiting"), by: me, begin: func(b *testkit.Browser) { b.Click("[popovertarget=f-more]") }, script: true},
		{name: "company", path: link.OwnCompany, by: me},
		{name: "profile", path: link.Profile, by: me},
		{name: "profile-errors", path: link.Profile, by: me, begin: func(b *testkit.Browser) {
			b.FollowStatus("#password form .btn--primary", 422)
		}},
		{name: "kb", path: link.KB, by: me},
		{name: "kb-section", path: link.Section(section), by: me},
		{name: "kb-article", path: link.Article(article), by: me},
		{name: "kb-search", path: link.Query(link.KBSearch, "q", "vlan"), by: me},
		{name: "kb-search-none", path: link.Query(link.KBSearch, "q", "xyzzyplugh"), by: me},
		{name: "not-found", path: "/no-such-page", status: 404, by: me},
	}
	for _, status := range []string{"new", "open", "waiting", "postponed", "service_centre", "resolved", "closed"} {
		number, requester := ticket(status)
		all = append(all, stop{name: "ticket-" + status, path: link.Ticket(number), by: requester})
		if status == "waiting" {
			all = append(all, stop{name: "ticket-copies", path: link.Copies(number), by: requester}, stop{name: "ticket-print", path: link.TicketPrint(number), by: requester})
		}
	}
	return all
}

func (w world) deskStops(t *testing.T, me string) []stop {
	t.Helper()
	all := []stop{
		{name: "dashboard", path: link.Agent, by: me},
		{name: "profile-staff", path: link.Profile, by: me},
		{name: "inbox", path: link.InboxView("open"), by: me},
		{name: "inbox-promised", path: link.InboxView("promised"), by: me},
		{name: "inbox-postponed", path: link.InboxView("postponed"), by: me},
		{name: "inbox-none-found", path: link.Query(link.Inbox, "view", "open", "q", "xyzzy"), by: me},
		{name: "inbox-preview", path: link.InboxView("open"), by: me, script: true, begin: func(b *testkit.Browser) {
			b.Hover(".trow")
			b.Await(".peek")
		}},
		{name: "palette", path: link.InboxView("open"), by: me, script: true, begin: func(b *testkit.Browser) {
			b.Key("Control+k")
			b.Await("#palette")
		}},
		{name: "shortcuts", path: link.InboxView("open"), by: me, script: true, begin: func(b *testkit.Browser) {
			b.Key("?")
			b.Await("#shortcuts")
		}},
		{name: "palette-found", path: link.AgentTicket(w.ticketIn(t, "open")), by: me, script: true, mixed: true, begin: func(b *testkit.Browser) {
			b.Key("Control+k")
			b.Type("firmware")
			b.Await("#palette [data-pal=found] [role=option]")
		}},
		{name: "legend", path: link.Legend, by: me},
		{name: "notices", path: link.Notices, by: me},
		{name: "notices-bell", path: link.InboxView("open"), by: me, script: true, begin: func(b *testkit.Browser) {
			if b.Look.Width < 900 {
				return // there the bell leads to the page
			}
			b.Key("g")
			b.Key("i")
			b.Await("#bell:popover-open")
		}},
		{name: "notices-choose", path: link.ProfileMatrix, by: me},
		{name: "search", path: link.Query(link.AgentSearch, "q", "firmware"), by: me, mixed: true},
		{name: "search-help", path: link.AgentSearch, by: me},
		{name: "search-nothing", path: link.Query(link.AgentSearch, "q", "xyzzyq status:open"), by: me},
		{name: "quick-answers", path: link.Query(link.QuickAnswers, "q", "vlan"), by: me},
		{name: "forbidden", path: link.Users, status: 403, by: me},
		{name: "canned", path: link.Canned, by: me},
		{name: "canned-new", path: link.NewCanned, by: me},
		{name: "scheduled", path: link.Scheduled, by: me},
		{name: "open-ticket", path: link.OpenTicket, by: me},
		{name: "absence", path: link.Absence, by: me},
		{name: "macro-new", path: link.NewMacro, by: me},
		{name: "time", path: link.TimeReport, by: me, mixed: true},
		{name: "trash", path: link.TrashView, by: me},
	}
	waiting, repaired := w.ticketIn(t, "waiting"), one[int64](t, w.db, "SELECT t.number FROM tickets t JOIN service_orders o ON o.ticket_id = t.id ORDER BY o.returned_at IS NULL DESC, t.number LIMIT 1")
	parent := one[int64](t, w.db, "SELECT t.number FROM tickets t JOIN ticket_links l ON l.other_id = t.id WHERE l.kind = 'parent' ORDER BY t.number LIMIT 1")
	all = append(all,
		stop{name: "merge", path: link.Query(link.AgentMerge(waiting), "into", strconv.FormatInt(w.ticketIn(t, "open"), 10)), by: me},
		stop{name: "split", path: link.AgentSplit(w.ticketIn(t, "open")), by: me},
		stop{name: "links", path: link.AgentLinks(parent), by: me},
		stop{name: "children", path: link.AgentChildren(parent), by: me},
		stop{name: "versions", path: link.DraftVersions(waiting, "reply"), by: me},
		stop{name: "service", path: link.AgentService(repaired), by: me},
		stop{name: "macro-run", path: link.Query(link.AgentMacros(waiting), "macro", one[string](t, w.db, "SELECT min(id)::text FROM macros WHERE scope = 'everybody'")), by: me, mixed: true},
	)
	for _, status := range []string{"new", "open", "waiting", "postponed", "resolved", "closed"} {
		all = append(all, stop{name: "answer-" + status, path: link.AgentTicket(w.ticketIn(t, status)), by: me})
	}
	open := w.ticketIn(t, "open")
	for _, tab := range []string{"answer", "write", "note"} {
		all = append(all, stop{name: "answer-tab-" + tab, path: link.Query(link.AgentTicket(open), "view", "open", "tab", tab), by: me})
	}
	return all
}

func (w world) adminStops(t *testing.T, me string) []stop {
	t.Helper()
	company := one[int64](t, w.db, "SELECT company_id FROM company_people GROUP BY company_id ORDER BY count(*) DESC, company_id LIMIT 1")
	contact := one[int64](t, w.db, "SELECT min(person_id) FROM company_people WHERE company_id = $1", company)
	agentID := one[int64](t, w.db, "SELECT person_id FROM identities WHERE value = $1", casts["en"].agent)
	role := one[int64](t, w.db, "SELECT id FROM roles WHERE name = 'agent'")
	return []stop{
		{name: "settings-profile-fields", path: link.ProfileFields, by: me},
		{name: "settings-privacy", path: link.Privacy, by: me},
		{name: "settings-registration", path: link.Registration, by: me},
		{name: "companies", path: link.Companies, by: me},
		{name: "company", path: link.Company(company), by: me},
		{name: "company-contacts", path: link.Query(link.Company(company), "tab", "contacts"), by: me},
		{name: "company-edit", path: link.CompanyEdit(company), by: me},
		{name: "company-new", path: link.NewCompany, by: me},
		{name: "company-link", path: link.CompanyContacts(company), by: me},
		{name: "company-link-found", path: link.Query(link.CompanyContacts(company), "q", "a"), by: me},
		{name: "contacts", path: link.Contacts, by: me},
		{name: "contact", path: link.Contact(contact), by: me},
		{name: "users", path: link.Users, by: me},
		{name: "user", path: link.User(agentID), by: me},
		{name: "user-new", path: link.NewUser, by: me},
		{name: "roles", path: link.Roles, by: me},
		{name: "role", path: link.Role(role), by: me},
		{name: "role-new", path: link.NewRole, by: me},
		{name: "lifecycle", path: link.Lifecycle, by: me},
		{name: "lifecycle-policy", path: link.LifecyclePolicy(0), by: me},
		{name: "calendar", path: link.Calendar, by: me},
		{name: "departments", path: link.Departments, by: me},
		{name: "department", path: link.Department(one[int64](t, w.db, "SELECT id FROM departments ORDER BY position LIMIT 1")), by: me},
		{name: "audit", path: link.Audit, by: me},
		{name: "branding", path: link.Branding, by: me, mixed: true},
		{name: "letters", path: link.Letters, by: me},
		{name: "signatures", path: link.Signatures, by: me},
		{name: "letter-words", path: link.LetterWords("reply", ""), by: me},
		{name: "outbox", path: link.Outbox, by: me},
		{name: "mail-sender", path: link.MailSender, by: me},
		{name: "settings-tags", path: link.Tags, by: me, mixed: true},
		{name: "settings-trash", path: link.TrashRules, by: me},
	}
}

// forgive forgets what was counted against anybody: the tour comes by more often
// than a person would.
func (w world) forgive(t *testing.T) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), `DELETE FROM throttles`); err != nil {
		t.Fatal(err)
	}
}

// titles are what people called articles, tickets and the like, in the language they did it in.
func (w world) titles(t *testing.T) []string {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `
SELECT title FROM kb_articles UNION SELECT subject FROM tickets UNION SELECT name FROM canned_replies UNION SELECT name FROM canned_folders
UNION SELECT name FROM macros UNION SELECT folder FROM macros UNION SELECT name FROM views UNION SELECT name FROM tags`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// enter signs the reader of a stop in, when they are not yet, and chooses the
// language.
func (w world) enter(b *testkit.Browser, by, lang string) {
	b.SetCookie("lang", lang)
	if by == "" {
		return
	}
	b.Open(link.Login)
	b.Fill("[name=email]", by)
	b.Fill("[name=password]", demo.Password)
	b.Follow("main form button")
}

// visit goes to a stop.
func visit(b *testkit.Browser, s stop) {
	status := s.status
	if status == 0 {
		status = 200
	}
	b.OpenStatus(s.path, status)
	if s.begin != nil {
		s.begin(b)
	}
}
