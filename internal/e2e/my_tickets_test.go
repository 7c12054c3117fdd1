package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// manage lets the customer see all of the company, which has two sites, and
// makes them a contact of a second one.
func (w world) manage(t *testing.T) {
	t.Helper()
	w.company(t)
	for _, sql := range []string{
		`UPDATE company_people SET sees = 'company' FROM identities i WHERE i.person_id = company_people.person_id AND i.value = 'ann@acme.test'`,
		`INSERT INTO sites (company_id, name, created_at) SELECT id, n, now() FROM companies, unnest(ARRAY['North', 'South']) n`,
		`WITH c AS (INSERT INTO companies (name, created_at, updated_at) VALUES ('Zenith', now(), now()) RETURNING id)
INSERT INTO company_people (company_id, person_id, linked_at) SELECT c.id, i.person_id, now() FROM c, identities i WHERE i.value = 'ann@acme.test'`,
	} {
		if _, err := w.db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// bare is a page's address without what follows its path.
func bare(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

// TestMyTickets plays a manager's day with the company's tickets: the switch,
// filters, one of them saved, the file, the search, and changes that come while
// they read.
func TestMyTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.manage(t)
	theirs := w.as(t, colleague)
	billing := w.topic(t, "billing")
	fan := theirs.submit(billing, "Fan 2 failed", "It rattles since Tuesday.")
	for _, subject := range strings.Fields("Antenna Battery Cable Display Ethernet Filter Gateway Housing Invoice Junction Keypad Laser Modem Network Optics Printer Queue Router Switch Tunnel Uplink Voltage") {
		theirs.submit(billing, subject, "Please look into it.")
	}
	w.agentReplies(t, bare(fan), "Which model is it?", "waiting")

	b := w.browser(t, customer, testkit.Desktop)
	b.Open(link.Tickets)
	b.See("Whole company", "Fan 2 failed", "Cid Smith", "20 of 23 shown")
	b.Axe()
	b.Follow("#ticket-whose a|Mine")
	b.See("You have no tickets yet")
	b.Follow("#ticket-whose a|Whole company")

	// A filter is a chip; saved, it is what the page begins with.
	b.Click("#ticket-chips button|Status")
	b.Axe()
	b.Follow("#f-status a|Waiting for your reply")
	b.See("Fan 2 failed", "1 of 1 shown")
	b.SeeNot("Antenna")
	b.Click("#ticket-chips button|Saved filters")
	b.Fill("#f-saved [name=name]", "My turn")
	b.Click("#f-preset")
	b.Axe()
	b.Follow("#f-saved button|Save filter")
	b.See("The filter My turn is saved.")
	b.Open(link.Tickets)
	b.See("Fan 2 failed")
	b.SeeNot("Antenna")
	b.Follow("#ticket-chips a|Clear filters")
	b.See("Voltage")

	// Words of a message, as they are typed.
	b.Fill("[name=q]", "rattles")
	b.AwaitGone("#ticket-list a|Voltage")
	b.See("Fan 2 failed")
	b.Open("/tickets?tab=open")

	// What changes while somebody reads waits for them to ask.
	top := b.Each("main", "(scrollTo(0, 300), String(Math.round(scrollY)))")[0]
	theirs.submit(billing, "Brand new", "Look at this.")
	b.Await("#ticket-news button|Show")
	b.See("1 ticket changed")
	b.SeeNot("Brand new")
	b.Axe()
	b.Click("#ticket-news button|Show")
	b.Await("#ticket-list a|Brand new")
	b.AwaitGone("#ticket-news button")
	if now := b.Each("main", "String(Math.round(scrollY))")[0]; now != top {
		t.Errorf("the page jumped from %s to %s", top, now)
	}

	// A contact of several companies picks one for all lists.
	b.Open("/tickets?tab=open")
	b.Click("button|All my companies")
	b.Follow("#m-company button|Zenith")
	b.See("You have no tickets yet")
	b.Open(link.OwnCompany)
	b.See("Zenith", "Ask to add a colleague")
	b.Axe()
	b.Follow("nav a|Acme")
	b.See("Cid Smith", "cid@acme.test", "North", "South")
	b.Follow("a|Ask to add a colleague")
	b.AwaitValue("[name=subject]", "Add a colleague to Acme")

	// Cards on a phone.
	b.Show(testkit.PhoneDark)
	b.Open("/tickets?tab=open&company=" + one[string](t, w.db, "SELECT id::text FROM companies WHERE name = 'Acme'"))
	b.See("Brand new", "from Cid Smith")
	b.Axe()
	b.Open(link.OwnCompany)
	b.Axe()
}

// TestMyTicketsWithoutScripts goes the same way by links and forms alone.
func TestMyTicketsWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.manage(t)
	theirs := w.as(t, colleague)
	billing := w.topic(t, "billing")
	fan := theirs.submit(billing, "=2+5 fan", "It rattles.")
	theirs.submit(billing, "Invoice", "Please.")
	fan = bare(fan)
	w.agentReplies(t, fan, "Which model is it?", "waiting")

	v := w.as(t, customer)
	v.get("/tickets?tab=open&q=rattles").want(t, http.StatusOK, "=2+5 fan", "1 of 1 shown")
	v.get("/tickets?tab=open&status=waiting").want(t, http.StatusOK, "=2+5 fan", "Clear filters")
	if a := v.get("/tickets?tab=open&q=" + strings.TrimPrefix(fan, "/tickets/")); a.at != fan {
		t.Errorf("a number led to %s", a.at)
	}
	form := v.get("/tickets?tab=open&status=waiting").form(t, link.Filters)
	form.Set("name", "My turn")
	v.post(link.Filters, form).want(t, http.StatusOK, "My turn")
	file := v.get(link.TicketsCSV + "?tab=open")
	if file.status != http.StatusOK || !strings.HasPrefix(file.body, "\ufeffTicket ID,Subject") || !strings.Contains(file.body, ",'=2+5 fan,") {
		t.Errorf("the file is %d %q", file.status, file.body)
	}
	v.post(link.PickCompany, url.Values{"company": {"2"}, "next": {"/tickets?tab=open"}}).want(t, http.StatusOK, "You have no tickets yet")
	other := w.as(t, stranger)
	other.get(link.OwnCompany).want(t, http.StatusOK, "You are not linked to a company yet")
	if file := other.get(link.TicketsCSV + "?tab=all"); strings.Contains(file.body, "fan") {
		t.Error("a stranger's file has tickets of the company")
	}
	for range 12 {
		file = other.get(link.TicketsCSV)
	}
	if file.status != http.StatusTooManyRequests {
		t.Errorf("files without end: %d", file.status)
	}
}
