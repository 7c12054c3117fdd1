package app

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/testkit"
)

// maxStatements is how many statements a page may take, with those for the
// session and the person.
const maxStatements = 6

// TestPagesTakeFewStatements counts what each page asks of Postgres, on lists
// that are full: a statement for each row would show.
func TestPagesTakeFewStatements(t *testing.T) {
	t.Parallel()
	b := newBusy(t, testkit.LoadSpec{Tickets: 3000, Articles: 30, Seed: 1})
	pages := map[string][]string{ // sign-in -> paths
		"": {link.Login, link.KB, link.Query(link.KBSearch, "q", b.Query), link.Article("article-1"), link.Section("section-2")},
		b.Customer: {
			link.Home, link.Tickets, link.Query(link.Tickets, "tab", "all"), link.NewTicket, link.TopicFields, link.Ticket(b.Own[0]),
			link.Ticket(b.Own[len(b.Own)-1]), link.FollowUp(b.Own[len(b.Own)-1]), link.KB, link.Article("article-1"),
			link.Query(link.KBSuggest, "subject", b.Query),
		},
		b.Manager: {link.Profile, link.Home, link.Query(link.Tickets, "tab", "all")},
		b.Agent: {
			link.Profile, link.Agent, link.InboxView("open"), link.InboxView("closed"), link.Query(link.Inbox, "q", "switch", "sort", "priority"), link.InboxCounts,
			link.AgentTicket(b.Open[0]), link.Query(link.AgentTicket(b.Open[0]), "tab", "write"), link.Query(link.AgentTicket(b.Open[0]), "tab", "note"),
			link.Query(link.AgentTicket(b.Open[0]), "all", "1"), link.AgentPreview(b.Open[0]), link.Query(link.QuickAnswers, "q", b.Query),
			link.Companies, link.Company(1), link.Query(link.Company(1), "tab", "contacts"), link.Contacts,
		},
		b.Admin: {
			link.NewCompany, link.CompanyEdit(1), link.CompanyContacts(1), link.Admin, link.Users, link.NewUser, link.User(1),
			link.Roles, link.Role(1), link.Lifecycle, link.LifecyclePolicy(0), link.Audit, link.Outbox, link.Privacy, link.ProfileFields,
		},
	}
	for by, paths := range pages {
		b.signIn(t, by)
		for _, path := range paths {
			b.request(t, http.MethodGet, path, by, nil) // what is read once for all, such as the articles
			before := b.sql.n.Load()
			rec := b.request(t, http.MethodGet, path, by, nil)
			n := b.sql.n.Load() - before
			if rec.Code != http.StatusOK && rec.Code != http.StatusSeeOther {
				t.Errorf("%s gives %d", path, rec.Code)
			}
			if n > maxStatements {
				t.Errorf("%s takes %d statements", path, n)
			}
			t.Logf("%-70s %d", path, n)
		}
	}
}
