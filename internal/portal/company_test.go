package portal

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// as is by after the company's privacy and the links changed, as accounts load
// them.
func (w *world) as(t *testing.T, by auth.Actor, sql string) auth.Actor {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
	a, err := account.New(w.db, nil, w.now).ByID(t.Context(), by.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestOwnCompany(t *testing.T) {
	t.Parallel()
	const setUp = `UPDATE companies SET inn = '7707083893', address = 'Lenina 12', comment = 'pays late';
		INSERT INTO sites (company_id, parent_id, name, created_at) VALUES (1, NULL, 'North', now()), (1, 1, 'Lab', now()), (1, NULL, 'South', now());`
	t.Run("a manager sees its contacts, what each sees, sites and tax numbers", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.ticket(t, ticket.Waiting)
		p := w.get(t, w.as(t, w.pavel, setUp), link.OwnCompany)
		p.is(http.StatusOK)
		p.shows("Uralsvyaz Telecom", "Elena Orlova", "elena@uralsvyaz.test", "All tickets", "Own tickets", "7707083893", "North", "South", "Lab",
			"1 open", "1 waiting for your reply", "Ask to add a colleague", "message=Please")
		p.lacks("pays late", "Oleg")
	})
	for privacy, tt := range map[string]struct{ shows, lacks []string }{
		"everyone": {[]string{"Pavel Sokolov", "Every contact of your company sees all its tickets", "South"}, []string{"pavel@uralsvyaz.test", "7707083893", "pays late"}},
		"named":    {[]string{"You see the tickets that you opened", "Lenina 12"}, []string{"Pavel Sokolov", "7707083893", "South", "pays late"}},
		"own":      {[]string{"Each contact of your company sees only"}, []string{"Pavel Sokolov", "7707083893", "South"}},
	} {
		t.Run("an ordinary contact under "+privacy, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.get(t, w.as(t, w.elena, setUp+`UPDATE companies SET privacy = '`+privacy+`'`), link.OwnCompany)
			p.is(http.StatusOK)
			p.shows(append(tt.shows, "Elena Orlova", "Uralsvyaz Telecom")...)
			p.lacks(tt.lacks...)
		})
	}
	t.Run("what they ask for is a ticket of a topic that wants nothing filled in", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		topic := "&amp;topic=" + num(w.topics["billing"]) + `"`
		p := w.get(t, w.pavel, link.OwnCompany)
		if n := strings.Count(p.Body.String(), topic); n != 2 {
			t.Errorf("%d of two links name it", n)
		}
		w.get(t, w.oleg, link.OwnCompany).shows(topic)
	})
	t.Run("nobody but a manager is one when each sees their own", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.get(t, w.as(t, w.pavel, setUp+`UPDATE companies SET privacy = 'own'`), link.OwnCompany)
		p.lacks("Elena Orlova", "7707083893")
	})
	t.Run("a site's primary user sees its contacts and sites alone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		by := w.as(t, w.elena, setUp+`UPDATE company_people SET sees = 'site', site_id = 1 WHERE person_id = (SELECT id FROM people WHERE first_name = 'Elena')`)
		p := w.get(t, by, link.OwnCompany)
		p.shows("those of the site North", "Lab", "Elena Orlova")
		p.lacks("Pavel Sokolov", "South")
	})
	t.Run("who has none learns how to get one", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.get(t, w.oleg, link.OwnCompany)
		p.is(http.StatusOK)
		p.shows("You are not linked to a company yet", "serial number", "Ask to be linked")
		w.get(t, w.oleg, link.Query(link.OwnCompany, "company", "1")).lacks("Uralsvyaz")
	})
	t.Run("another's company is none, a visitor signs in", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		by := w.as(t, w.elena, `INSERT INTO companies (name, created_at, updated_at) VALUES ('Secret', now(), now())`)
		w.get(t, by, link.Query(link.OwnCompany, "company", "2")).is(http.StatusNotFound)
		w.get(t, auth.Actor{}, link.OwnCompany).leads("/login?next=%2Fcompany")
	})
}

func TestSeveralCompanies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := w.as(t, w.pavel, `INSERT INTO companies (name, created_at, updated_at) VALUES ('Second firm', now(), now());
		INSERT INTO company_people (company_id, person_id, sees, linked_at) SELECT 2, id, 'own', now() FROM people WHERE first_name = 'Pavel'`)
	first := w.ticket(t, ticket.Waiting) // of Uralsvyaz
	second, err := w.tickets.Submit(t.Context(), by, ticket.Submission{
		TopicID: w.topics["it_support"], Subject: "Second", Message: "M", CompanyID: 2, Fields: map[string]string{"brand": "snr"},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := w.get(t, by, "/tickets?tab=open")
	p.shows(hash(first), hash(second), "All my companies", "<th scope=\"col\">Company</th>")
	p = w.get(t, by, "/tickets?tab=open&company=2")
	p.shows(hash(second), "Company: <b>Second firm</b>")
	p.lacks(hash(first), "<th scope=\"col\">Company</th>")
	p = w.post(t, by, link.PickCompany, url.Values{"company": {"2"}, "next": {"/tickets?tab=all"}})
	p.leads("/tickets?tab=all")
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/tickets?tab=all", nil)
	for _, c := range p.Result().Cookies() {
		req.AddCookie(c)
	}
	p = w.do(t, by, req)
	p.shows(hash(second), `href="/tickets?company=1&amp;tab=all"`)
	p.lacks(hash(first), "Company: <b>") // the switch says it, and is where it is given up
	for next, want := range map[string]string{"//evil.example": "/", "https://evil.example/tickets": "/", "/company": "/company", "/admin": "/"} {
		w.post(t, by, link.PickCompany, url.Values{"company": {"1"}, "next": {next}}).leads(want)
	}
	w.get(t, by, link.Query(link.OwnCompany, "company", "2")).shows("Second firm", "Uralsvyaz Telecom")
}
