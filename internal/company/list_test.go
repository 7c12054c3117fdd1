package company_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	c := d.add(t)
	names := func(query string) []string {
		list, err := d.Candidates(t.Context(), admin, c.ID, query)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range list {
			out = append(out, fmt.Sprint(p.Name, " ", p.Matches))
		}
		return out
	}
	for query, want := range map[string][]string{
		"":              {"Nikita Belov true"},
		"ni":            {"Nikita Belov true", "Nina Orlova false"},
		"@far.example":  {"Zoe Far false"},
		"al":            {"Nikita Belov true"}, // by address; the agent Al is no contact
		"nobody at all": nil,
	} {
		if diff := cmp.Diff(want, names(query)); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	}
	if got := d.card(t, c.ID).Proposed; got != 1 {
		t.Errorf("proposed = %d", got)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(t, `INSERT INTO companies (name, inn, created_at, updated_at) SELECT 'C' || lpad(n::text, 3, '0'), '', now(), now() FROM generate_series(1, 70) n`)
	c := d.add(t)
	d.exec(t, `INSERT INTO tickets (subject, status, status_since, turn, topic_id, requester_id, company_id, created_at, last_activity_at, last_replier)
		SELECT 'S' || n, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'closed' END, now(), 'agent', 1, 3, 71, now(), now() + n * interval '1 minute', 'customer'
		FROM generate_series(1, 60) n`)
	d.exec(t, `INSERT INTO calls (ticket_id, contact_id, agent_id, direction, number, started_at, seconds)
		SELECT id, requester_id, requester_id, 'in', '555 ' || substr(subject, 2), last_activity_at, substr(subject, 2)::int FROM tickets WHERE subject ~ '^S[0-9]+$'`)
	t.Run("companies come by name, page by page", func(t *testing.T) {
		t.Parallel()
		seen := 0
		for f := (company.Filter{}); ; {
			p, err := d.List(t.Context(), agent, f)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(p.Rows)
			if f.After = p.Next; f.After == "" {
				last := p.Rows[len(p.Rows)-1]
				if last.Name != "Uralsvyaz Telecom" || last.OpenTickets != 30 {
					t.Errorf("last = %+v", last)
				}
				break
			}
		}
		if seen != 71 {
			t.Errorf("saw %d", seen)
		}
	})
	t.Run("companies are found by name and domain", func(t *testing.T) {
		t.Parallel()
		for q, want := range map[string]int{"URAL": 1, "svyaz.exam": 1, "c06": 10, "_": 0} {
			if p, err := d.List(t.Context(), agent, company.Filter{Query: q}); err != nil || len(p.Rows) != want {
				t.Errorf("%q: %d rows, %v", q, len(p.Rows), err)
			}
		}
	})
	t.Run("tickets come by activity, page by page", func(t *testing.T) {
		t.Parallel()
		for _, list := range []func(context.Context, auth.Actor, int64, string) (company.Tickets, error){
			d.CompanyTickets, func(ctx context.Context, by auth.Actor, _ int64, after string) (company.Tickets, error) {
				return d.ContactTickets(ctx, by, 3, after)
			},
		} {
			one, err := list(t.Context(), agent, c.ID, "")
			if err != nil || len(one.Rows) != 50 || one.Rows[0].Subject != "S60" {
				t.Fatalf("first = %d rows, %v", len(one.Rows), err)
			}
			two, err := list(t.Context(), agent, c.ID, one.Next)
			if err != nil || len(two.Rows) != 10 || two.Rows[0].Subject != "S10" || two.Next != "" {
				t.Errorf("second = %+v, %v", two, err)
			}
		}
	})
	t.Run("calls come by their time, page by page", func(t *testing.T) {
		t.Parallel()
		one, err := d.CompanyCalls(t.Context(), agent, c.ID, "")
		if err != nil || len(one.Rows) != 50 || one.Rows[0].Phone != "555 60" || one.Rows[0].Subject != "S60" || one.Rows[0].Seconds != 60 {
			t.Fatalf("first = %+v, %v", one.Rows, err)
		}
		two, err := d.CompanyCalls(t.Context(), agent, c.ID, one.Next)
		if err != nil || len(two.Rows) != 10 || two.Rows[9].Phone != "555 1" || two.Next != "" {
			t.Errorf("second = %+v, %v", two, err)
		}
		_, err = d.CompanyCalls(t.Context(), customer, c.ID, "")
		wantKind(t, err, fault.NotFound, "company.not_found")
		if card, err := d.Card(t.Context(), agent, c.ID); err != nil || card.Calls != 60 {
			t.Errorf("the card counts %d calls, %v", card.Calls, err)
		}
	})
	t.Run("a contact's card names their companies", func(t *testing.T) {
		t.Parallel()
		if _, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 5, Sees: auth.SeesOwn, Reason: "a partner of theirs"}); err != nil {
			t.Fatal(err)
		}
		got, err := d.Contact(t.Context(), agent, 5)
		want := []company.ContactCompany{{ID: c.ID, Name: "Uralsvyaz Telecom", Sees: auth.SeesOwn, ExceptionReason: "a partner of theirs"}}
		if diff := cmp.Diff(want, got.Companies); err != nil || diff != "" {
			t.Error(err, diff)
		}
		_, err = d.Contact(t.Context(), agent, 999)
		wantKind(t, err, fault.NotFound, "company.contact_not_found")
	})
}
