package desk

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/testkit"
	"github.com/deskbell/deskbell/internal/ticket"
)

// offices are the pages about companies on a desk with an administrator, an
// agent and a customer.
type offices struct {
	t                      *testing.T
	companies              *company.Service
	pages                  http.Handler
	admin, agent, customer auth.Actor
	uralsvyaz              int64
	sent                   counter // statements
}

func newOffices(t *testing.T) *offices {
	t.Helper()
	o, now := &offices{t: t}, func() time.Time { return thursday }
	config := testkit.DB(t).Config()
	config.ConnConfig.Tracer = &o.sent
	db, err := pgxpool.NewWithConfig(t.Context(), config)
	o.must(err)
	t.Cleanup(db.Close)
	settings := setting.New(db, setting.Hooks{}, now)
	accounts := account.New(db, settings.Audit, now)
	o.companies = company.New(db, company.Hooks{
		Audit: settings.Audit, AddContact: accounts.AddContact,
		AdoptTickets: func(context.Context, pgx.Tx, auth.Actor, int64, int64) (int, error) { return 3, nil },
	}, now)
	person := func(email, name, role string) auth.Actor {
		id, err := accounts.AddUser(t.Context(), auth.TheSystem(), account.NewUser{Email: email, Name: account.ParseName(name), Roles: []string{role}})
		o.must(err)
		a, err := accounts.ByID(t.Context(), id)
		o.must(err)
		return a
	}
	o.admin, o.agent = person("ada@desk.example", "Ada Min", "admin"), person("al@desk.example", "Al Gent", "agent")
	o.customer = person("n.belov@uralsvyaz.example", "Nikita Belov", "customer")
	person("nikita.orlov@mail.example", "Nikita Orlov", "customer")
	o.uralsvyaz, err = o.companies.Add(t.Context(), o.admin, company.Input{Name: "Uralsvyaz Telecom", OtherNames: "УСТ", Domains: "uralsvyaz.example"})
	o.must(err)

	sessions := httpx.NewSessions(memstore.New(), false)
	r := chi.NewRouter()
	r.Use(httpx.Sessions(sessions, errorPage))
	NewCompanies(CompanyDeps{
		Companies: o.companies, Tickets: ticket.NewService(db, nil, ticket.Hooks{}, now), Sessions: sessions, Errors: errorPage, Now: now,
	}).Routes(r)
	o.pages = r
	return o
}

func (o *offices) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// answer is what a browser got.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status = %d, want %d:\n%s", a.Code, status, a.Body)
	}
	return a
}

func (a answer) leads(to string) {
	a.t.Helper()
	a.is(http.StatusSeeOther)
	if got := a.Header().Get("Location"); got != to {
		a.t.Errorf("Location = %q, want %q", got, to)
	}
}

func (a answer) shows(texts ...string) {
	a.t.Helper()
	for _, s := range texts {
		if !strings.Contains(a.Body.String(), s) {
			a.t.Errorf("the page lacks %q:\n%s", s, a.Body)
		}
	}
}

func (a answer) lacks(texts ...string) {
	a.t.Helper()
	for _, s := range texts {
		if strings.Contains(a.Body.String(), s) {
			a.t.Errorf("the page has %q:\n%s", s, a.Body)
		}
	}
	if untranslated.MatchString(a.Body.String()) {
		a.t.Errorf("a message key has no translation:\n%s", a.Body)
	}
}

// hidden is the value of the page's first hidden input of that name.
func (a answer) hidden(name string) string {
	a.t.Helper()
	_, rest, ok := strings.Cut(a.Body.String(), `name="`+name+`" value="`)
	if !ok {
		a.t.Fatalf("the page has no hidden %q", name)
	}
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

func (o *offices) get(by auth.Actor, path string) answer {
	o.t.Helper()
	return o.send(by, httptest.NewRequestWithContext(o.t.Context(), http.MethodGet, path, nil))
}

func (o *offices) post(by auth.Actor, path string, pairs ...string) answer {
	o.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.send(by, req)
}

func (o *offices) send(by auth.Actor, r *http.Request) answer {
	rec := httptest.NewRecorder()
	o.pages.ServeHTTP(rec, r.WithContext(httpx.WithActor(r.Context(), by)))
	return answer{rec, o.t}
}

func TestCompanies(t *testing.T) {
	t.Parallel()
	o := newOffices(t)
	t.Run("the list names companies and is searched", func(t *testing.T) {
		t.Parallel()
		p := o.get(o.agent, link.Companies).is(http.StatusOK)
		p.shows("Uralsvyaz Telecom", "УСТ", "@uralsvyaz.example", "0 open")
		p.lacks(link.NewCompany)
		o.get(o.admin, link.Companies).shows(`href="/agent/companies/new"`)
		o.get(o.agent, link.Query(link.Companies, "q", "nothing")).shows("No company found")
	})
	t.Run("a card has its fields and tabs with counts", func(t *testing.T) {
		t.Parallel()
		p := o.get(o.agent, link.Company(o.uralsvyaz)).is(http.StatusOK)
		p.shows("Also known as УСТ", "@uralsvyaz.example", "No tickets yet", "Not set", "No contacts yet", `<span class="count">0</span>`)
		p.lacks(link.CompanyEdit(o.uralsvyaz), link.CompanyContacts(o.uralsvyaz))
		o.get(o.admin, link.Company(o.uralsvyaz)).shows(link.CompanyEdit(o.uralsvyaz), "1 contact has an address of this company")
	})
	t.Run("customers find none of it, visitors sign in", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{link.Companies, link.NewCompany, link.Company(o.uralsvyaz), link.CompanyEdit(o.uralsvyaz), link.CompanyContacts(o.uralsvyaz), link.Contacts, link.Contact(1)} {
			o.get(o.customer, path).is(http.StatusNotFound)
			o.get(auth.Actor{}, path).is(http.StatusSeeOther)
		}
	})
	t.Run("an agent changes nothing", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{link.NewCompany, link.CompanyEdit(o.uralsvyaz), link.CompanyContacts(o.uralsvyaz)} {
			o.get(o.agent, path).is(http.StatusForbidden)
		}
		o.post(o.agent, link.Companies, "name", "X").is(http.StatusForbidden)
		o.post(o.agent, link.CompanyContacts(o.uralsvyaz), "contact", "3").is(http.StatusForbidden)
	})
	t.Run("what is not there is not found", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{link.Company(999), "/agent/companies/abc", link.Contact(999), link.CompanyEdit(999), link.CompanyContacts(999)} {
			o.get(o.admin, path).is(http.StatusNotFound)
		}
	})
	t.Run("contacts are listed and have a card", func(t *testing.T) {
		t.Parallel()
		p := o.get(o.agent, link.Query(link.Contacts, "q", "belov"))
		p.shows("Nikita Belov", "n.belov@uralsvyaz.example")
		p.lacks("Nikita Orlov", "Ada Min")
		o.get(o.agent, link.Contact(o.customer.PersonID)).is(http.StatusOK).shows("Nikita Belov", "No company", "No tickets yet")
	})
}

func TestPostCompany(t *testing.T) {
	t.Parallel()
	t.Run("adds a company", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		o.post(o.admin, link.Companies, "name", "Newco", "domains", "newco.example", "watchers", "1", "watchers", "2").leads("/agent/companies/2")
		o.get(o.admin, link.Company(2)).shows("Newco", "Ada Min, Al Gent")
	})
	t.Run("keeps what was typed and says what is wrong", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		p := o.post(o.admin, link.Companies, "name", " ", "domains", "gmail.com", "inn", "123", "comment", `<b>"x"`).is(http.StatusUnprocessableEntity)
		p.shows("Enter the company’s name.", "Anybody can have an address at gmail.com", "This INN is not right", "3 things need attention",
			`value="123"`, "&lt;b&gt;&#34;x&#34;")
		p.lacks()
	})
	t.Run("a card that changed meanwhile keeps both", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		path := link.CompanyEdit(o.uralsvyaz)
		seen := o.get(o.admin, path).is(http.StatusOK).hidden("seen")
		first := []string{"seen", seen, "name", "Uralsvyaz", "domains", "uralsvyaz.example", "phone", "1"}
		o.post(o.admin, path, first...).leads(link.Company(o.uralsvyaz))
		p := o.post(o.admin, path, "seen", "2001-01-01T00:00:00Z", "name", "Uralsvyaz LLC", "domains", "uralsvyaz.example").is(http.StatusConflict)
		p.shows("Somebody saved this card", "What is saved now", `value="Uralsvyaz LLC"`, `<dd class="kept">1</dd>`)
		o.post(o.admin, path, "seen", p.hidden("seen"), "name", "Uralsvyaz LLC", "domains", "uralsvyaz.example").leads(link.Company(o.uralsvyaz))
	})
}

func TestPostLinkContact(t *testing.T) {
	t.Parallel()
	t.Run("proposes contacts of the domain and finds others", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		p := o.get(o.admin, link.CompanyContacts(o.uralsvyaz)).is(http.StatusOK)
		p.shows("Nikita Belov", "Domain matches")
		p.lacks("Nikita Orlov")
		o.get(o.admin, link.Query(link.CompanyContacts(o.uralsvyaz), "q", "nikita")).shows("Nikita Belov", "Nikita Orlov", "Other domain")
	})
	t.Run("links, shows it, changes what they see, unlinks", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		tab := contactsTab(o.uralsvyaz)
		o.post(o.admin, link.CompanyContacts(o.uralsvyaz), "contact", "3").leads(tab)
		o.get(o.agent, tab).shows("Nikita Belov", "Own tickets")
		o.post(o.admin, link.CompanyContact(o.uralsvyaz, 3), "sees", "company").leads(tab)
		o.get(o.agent, tab).shows("Nikita Belov sees all")
		o.post(o.admin, link.CompanyContact(o.uralsvyaz, 3), "sees", "x").is(http.StatusUnprocessableEntity)
		o.post(o.admin, link.CompanyUnlink(o.uralsvyaz, 3)).leads(tab)
		o.post(o.admin, link.CompanyUnlink(o.uralsvyaz, 3)).is(http.StatusNotFound)
	})
	t.Run("another domain asks for a reason and keeps the choice", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		path := link.CompanyContacts(o.uralsvyaz)
		p := o.post(o.admin, path, "q", "nikita", "contact", "4", "reason", "short", "sees_all", "1").is(http.StatusUnprocessableEntity)
		p.shows("mail.example is not a domain of this company", `value="4" checked`, ">short</textarea>", `name="sees_all" value="1" checked`)
		o.post(o.admin, path, "contact", "4", "reason", "He works for them as a contractor").leads(contactsTab(o.uralsvyaz))
		o.get(o.agent, contactsTab(o.uralsvyaz)).shows("Exception", "He works for them as a contractor")
	})
	t.Run("a new contact is made and linked", func(t *testing.T) {
		t.Parallel()
		o := newOffices(t)
		p := o.post(o.admin, link.CompanyContacts(o.uralsvyaz), "contact", "0", "name", "New One", "email", "bad").is(http.StatusUnprocessableEntity)
		p.shows("Enter an email address", `value="New One"`, `value="bad"`)
		o.post(o.admin, link.CompanyContacts(o.uralsvyaz), "contact", "0", "name", "New One", "email", "new@uralsvyaz.example").leads(contactsTab(o.uralsvyaz))
		o.get(o.agent, contactsTab(o.uralsvyaz)).shows("New One")
	})
}

func TestCompanySites(t *testing.T) {
	t.Parallel()
	o := newOffices(t)
	tab := sitesTab(o.uralsvyaz)
	o.get(o.admin, tab).shows("No sites yet", "Add a site")
	o.post(o.admin, link.CompanySites(o.uralsvyaz), "name", "North", "address", "Lenina 1").leads(tab)
	o.post(o.admin, link.CompanySites(o.uralsvyaz), "name", "Lab", "parent", "1").leads(tab)
	o.get(o.agent, tab).shows("North", "Lab", "Lenina 1")
	p := o.post(o.admin, link.CompanySite(o.uralsvyaz, 1), "name", "", "address", "kept").is(http.StatusUnprocessableEntity)
	p.shows("Enter the site’s name.", `value="kept"`)
	o.post(o.admin, link.CompanySite(o.uralsvyaz, 1), "name", "North 2").leads(tab)
	o.post(o.admin, link.CompanySiteRemove(o.uralsvyaz, 1)).is(http.StatusConflict)
	o.post(o.agent, link.CompanySites(o.uralsvyaz), "name", "X").is(http.StatusForbidden)
	o.post(o.agent, link.CompanyPrivacy(o.uralsvyaz), "privacy", "everyone").is(http.StatusForbidden)
	_, err := o.companies.Link(t.Context(), o.admin, o.uralsvyaz, company.NewLink{PersonID: o.customer.PersonID, Sees: auth.SeesOwn})
	o.must(err)
	person := link.CompanyContact(o.uralsvyaz, o.customer.PersonID)
	o.post(o.admin, person, "sees", "site", "site", "0").is(http.StatusUnprocessableEntity)
	o.post(o.admin, person, "sees", "site", "site", "1").leads(contactsTab(o.uralsvyaz))
	o.get(o.admin, contactsTab(o.uralsvyaz)).shows(`<option value="site" selected>`, `<option value="1" selected>`)
	o.get(o.agent, contactsTab(o.uralsvyaz)).shows("Tickets of their site · North 2")
	o.post(o.admin, link.CompanyPrivacy(o.uralsvyaz), "privacy", "everyone").leads(link.Company(o.uralsvyaz))
	o.get(o.agent, link.Company(o.uralsvyaz)).shows("Every contact sees all tickets")
	o.post(o.admin, link.CompanySiteRemove(o.uralsvyaz, 2)).leads(tab)
}

// TestCompanyStatements holds the pages to six statements, of which the
// session's and the person's are not counted here.
func TestCompanyStatements(t *testing.T) {
	t.Parallel()
	o := newOffices(t)
	_, err := o.companies.Link(t.Context(), o.admin, o.uralsvyaz, company.NewLink{PersonID: o.customer.PersonID, Sees: auth.SeesCompany})
	o.must(err)
	for path, most := range map[string]int64{
		link.Companies: 2, link.Query(link.Companies, "q", "ural"): 2, link.NewCompany: 2, link.Company(o.uralsvyaz): 3,
		contactsTab(o.uralsvyaz): 3, link.CompanyEdit(o.uralsvyaz): 3, link.CompanyContacts(o.uralsvyaz): 3,
		link.Contacts: 2, link.Contact(o.customer.PersonID): 3,
	} {
		o.sent.Store(0)
		o.get(o.admin, path).is(http.StatusOK)
		if got := o.sent.Load(); got > most {
			t.Errorf("%s: %d statements, at most %d", path, got, most)
		}
	}
}
