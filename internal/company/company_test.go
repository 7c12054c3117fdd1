package company_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/company"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/testkit"
)

// People of every test, by id: 1 an admin, 2 an agent, 3 to 5 contacts.
var (
	admin    = auth.Actor{Kind: auth.Person, PersonID: 1, Permissions: []auth.Permission{auth.AnswerTickets, auth.EditCompanies, auth.LinkContacts}}
	agent    = auth.Actor{Kind: auth.Person, PersonID: 2, Permissions: []auth.Permission{auth.AnswerTickets}}
	customer = auth.Actor{Kind: auth.Person, PersonID: 3}
)

const peopleForTests = `
INSERT INTO people (first_name, last_name, created_at) VALUES
    ('Ada', 'Min', now()), ('Al', 'Gent', now()), ('Nikita', 'Belov', now()), ('Nina', 'Orlova', now()), ('Zoe', 'Far', now());
INSERT INTO identities (person_id, kind, value, verified_at) VALUES
    (1, 'email', 'ada@desk.example', now()), (2, 'email', 'al@desk.example', now()), (3, 'email', 'n.belov@uralsvyaz.example', now()),
    (4, 'email', 'nina@mail.example', now()), (5, 'email', 'zoe@far.example', now());
INSERT INTO person_roles (person_id, role_id) VALUES (1, 4), (2, 1)`

// desk is a service on its own database that notes what was recorded and whose
// tickets were to be adopted.
type desk struct {
	*company.Service
	db      *pgxpool.Pool
	now     time.Time
	audit   []string
	adopted [][2]int64
	atOnce  bool // new contacts are linked without an administrator
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{db: testkit.DB(t), now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	d.exec(t, peopleForTests)
	d.Service = company.New(d.db, company.Hooks{
		Audit: func(_ context.Context, _ pgx.Tx, _ auth.Actor, action, subject string, before, after any) error {
			d.audit = append(d.audit, fmt.Sprint(action, " ", subject, " ", before, " ", after))
			return nil
		},
		AddContact: func(ctx context.Context, tx pgx.Tx, _ auth.Actor, email, name string) (id int64, err error) {
			err = tx.QueryRow(ctx, `WITH p AS (INSERT INTO people (first_name, created_at) VALUES ($2, now()) RETURNING id)
				INSERT INTO identities (person_id, kind, value, verified_at) SELECT id, 'email', $1, now() FROM p RETURNING person_id`, email, name).Scan(&id)
			return id, err
		},
		AdoptTickets: func(_ context.Context, _ pgx.Tx, _ auth.Actor, person, company int64) (int, error) {
			d.adopted = append(d.adopted, [2]int64{person, company})
			return 2, nil
		},
		LinkAtOnce: func(context.Context) bool { return d.atOnce },
	}, func() time.Time { d.now = d.now.Add(time.Second); return d.now })
	return d
}

func (d *desk) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := d.db.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// add makes Uralsvyaz Telecom.
func (d *desk) add(t *testing.T) company.Card {
	t.Helper()
	id, err := d.Add(t.Context(), admin, company.Input{Name: "Uralsvyaz Telecom", Domains: "uralsvyaz.example"})
	if err != nil {
		t.Fatal(err)
	}
	return d.card(t, id)
}

func (d *desk) card(t *testing.T, id int64) company.Card {
	t.Helper()
	c, err := d.Card(t.Context(), admin, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantKind(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != kind || f.Key != key {
		t.Errorf("err = %v, want %q", err, key)
	}
}

func wantField(t *testing.T, err error, field, key string) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Fields[field].Key != key {
		t.Errorf("err = %v (fields %v), want %s: %s", err, f.Fields, field, key)
	}
}

func TestSQL(t *testing.T) {
	t.Parallel()
	testkit.PrepareSQL(t)
}

func TestSave(t *testing.T) {
	t.Parallel()
	t.Run("keeps all fields", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		in := company.Input{
			Name: "A", OtherNames: "B, C", Site: "a.example", Email: "x@a.example", Phone: "1", Domains: "a.example b.example",
			Watchers: []int64{2}, ResponsibleID: 1, Address: "Street 1", INN: "7707083893", KPP: "773650001", VAT: "DE1", Manager: "M", Comment: "Line\ntwo",
		}
		id, err := d.Add(t.Context(), admin, in)
		if err != nil {
			t.Fatal(err)
		}
		c := d.card(t, id)
		got := []any{c.Name, c.OtherNames, c.Site, c.Email, c.Phone, c.Domains, c.WatcherNames, c.Responsible, c.Address, c.INN, c.KPP, c.VAT, c.Manager, c.Comment}
		want := []any{"A", "B, C", "a.example", "x@a.example", "1", []string{"a.example", "b.example"}, []string{"Al Gent"}, "Ada Min", "Street 1", "7707083893", "773650001", "DE1", "M", "Line\ntwo"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a second save from the same page is a conflict", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		in := company.Input{Name: "Uralsvyaz", Domains: "uralsvyaz.example"}
		if err := d.Save(t.Context(), admin, c.ID, c.UpdatedAt, in); err != nil {
			t.Fatal(err)
		}
		in.Name = "Another"
		wantKind(t, d.Save(t.Context(), admin, c.ID, c.UpdatedAt, in), fault.Conflict, "company.changed")
		if got := d.card(t, c.ID); got.Name != "Uralsvyaz" {
			t.Errorf("name = %q", got.Name)
		}
		if len(d.audit) != 2 || d.audit[1] != "company.edited company:1 map[name:Uralsvyaz Telecom] map[name:Uralsvyaz]" {
			t.Errorf("audit = %q", d.audit)
		}
	})
	t.Run("a domain belongs to one company", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		d.add(t)
		_, err := d.Add(t.Context(), admin, company.Input{Name: "B", Domains: "uralsvyaz.example"})
		wantField(t, err, "domains", "company.domain_taken")
	})
	t.Run("only agents watch", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		_, err := d.Add(t.Context(), admin, company.Input{Name: "B", Watchers: []int64{3}})
		wantField(t, err, "watchers", "company.not_an_agent")
		_, err = d.Add(t.Context(), admin, company.Input{Name: "B", ResponsibleID: 999})
		wantField(t, err, "responsible", "company.not_an_agent")
	})
	t.Run("an agent looks and changes nothing, a customer finds nothing", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		seen, err := d.Card(t.Context(), agent, c.ID)
		if err != nil || seen.Can.Edit || seen.Can.Link {
			t.Errorf("can = %+v, err = %v", seen.Can, err)
		}
		wantKind(t, d.Save(t.Context(), agent, c.ID, c.UpdatedAt, company.Input{Name: "X"}), fault.Forbidden, "error.forbidden")
		_, err = d.Card(t.Context(), customer, c.ID)
		wantKind(t, err, fault.NotFound, "company.not_found")
		_, err = d.List(t.Context(), customer, company.Filter{})
		wantKind(t, err, fault.NotFound, "company.not_found")
		_, err = d.Contacts(t.Context(), customer, company.ContactFilter{})
		wantKind(t, err, fault.NotFound, "company.not_found")
		_, err = d.CompanyTickets(t.Context(), customer, c.ID, "")
		wantKind(t, err, fault.NotFound, "company.not_found")
	})
}

func TestLink(t *testing.T) {
	t.Parallel()
	own := auth.SeesOwn
	t.Run("a contact of the company's domain is linked and their tickets come along", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		got, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: auth.SeesCompany})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(company.Linked{PersonID: 3, Name: "Nikita Belov", Adopted: 2}, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([][2]int64{{3, c.ID}}, d.adopted); diff != "" {
			t.Error(diff)
		}
		card := d.card(t, c.ID)
		if card.Contacts != 1 || !slices.Equal(card.SeeAll, []string{"Nikita Belov"}) {
			t.Errorf("card = %+v", card)
		}
		_, err = d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: own})
		wantKind(t, err, fault.Conflict, "company.linked_already")
	})
	t.Run("a foreign domain needs a written reason, which is recorded", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		for _, reason := range []string{"", "ok", "         "} {
			_, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 4, Sees: own, Reason: reason})
			wantField(t, err, "reason", "company.reason_missing")
		}
		got, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 4, Sees: own, Reason: "Works for them as a contractor"})
		if err != nil || !got.Exception {
			t.Fatalf("linked = %+v, err = %v", got, err)
		}
		m, err := d.Members(t.Context(), agent, c.ID, "")
		if err != nil || len(m.Rows) != 1 || m.Rows[0].ExceptionReason != "Works for them as a contractor" || m.Rows[0].LinkedBy != "Ada Min" {
			t.Errorf("members = %+v, err = %v", m, err)
		}
		want := "company.contact_linked company:1 <nil> map[email:nina@mail.example exception:true name:Nina Orlova person:4 reason:Works for them as a contractor sees:own tickets:2]"
		if d.audit[len(d.audit)-1] != want {
			t.Errorf("audit = %q", d.audit)
		}
	})
	t.Run("a reason is not kept where none was needed", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		if _, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: own, Reason: "just in case it is needed"}); err != nil {
			t.Fatal(err)
		}
		m, err := d.Members(t.Context(), agent, c.ID, "")
		if err != nil || m.Rows[0].ExceptionReason != "" {
			t.Errorf("members = %+v, err = %v", m, err)
		}
	})
	t.Run("only who may link", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		_, err := d.Link(t.Context(), agent, c.ID, company.NewLink{PersonID: 3, Sees: own})
		wantKind(t, err, fault.Forbidden, "error.forbidden")
		_, err = d.Link(t.Context(), customer, c.ID, company.NewLink{PersonID: 3, Sees: own})
		wantKind(t, err, fault.NotFound, "company.not_found")
		_, err = d.Candidates(t.Context(), agent, c.ID, "nik")
		wantKind(t, err, fault.Forbidden, "error.forbidden")
		_, err = d.Unlink(t.Context(), agent, c.ID, 3)
		wantKind(t, err, fault.Forbidden, "error.forbidden")
		wantKind(t, d.SetShare(t.Context(), agent, c.ID, 3, company.Share{Sees: own}), fault.Forbidden, "error.forbidden")
	})
	t.Run("staff and strangers are not linked", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		_, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 2, Sees: own})
		wantField(t, err, "contact", "company.contact_is_staff")
		_, err = d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 999, Sees: own})
		wantField(t, err, "contact", "company.contact_not_found")
		_, err = d.Link(t.Context(), admin, c.ID, company.NewLink{Sees: own})
		wantField(t, err, "contact", "company.contact_missing")
		_, err = d.Link(t.Context(), admin, 999, company.NewLink{PersonID: 3, Sees: own})
		wantKind(t, err, fault.NotFound, "company.not_found")
		_, err = d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: "everything"})
		wantField(t, err, "sees", "company.sees_unknown")
	})
	t.Run("a contact can be made on the way, and is not when linking fails", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		_, err := d.Link(t.Context(), admin, c.ID, company.NewLink{Email: "new@else.example", Name: "New", Sees: own})
		wantField(t, err, "reason", "company.reason_missing")
		got, err := d.Link(t.Context(), admin, c.ID, company.NewLink{Email: "new@uralsvyaz.example", Name: "New", Sees: own})
		if err != nil || got.Name != "New" {
			t.Errorf("linked = %+v, err = %v", got, err)
		}
		p, err := d.Contacts(t.Context(), agent, company.ContactFilter{Query: "new"})
		if err != nil || len(p.Rows) != 1 {
			t.Errorf("contacts = %+v, err = %v", p, err)
		}
	})
	t.Run("what they see is changed and the link ended, both recorded", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		c := d.add(t)
		if _, err := d.Link(t.Context(), admin, c.ID, company.NewLink{PersonID: 3, Sees: own}); err != nil {
			t.Fatal(err)
		}
		if err := d.SetShare(t.Context(), admin, c.ID, 3, company.Share{Sees: auth.SeesCompany}); err != nil {
			t.Fatal(err)
		}
		if name, err := d.Unlink(t.Context(), admin, c.ID, 3); err != nil || name != "Nikita Belov" {
			t.Errorf("name = %q, err = %v", name, err)
		}
		_, err := d.Unlink(t.Context(), admin, c.ID, 3)
		wantKind(t, err, fault.NotFound, "company.contact_not_linked")
		want := []string{
			"company.contact_sees company:1 map[person:3 sees:own] map[person:3 sees:company]",
			"company.contact_unlinked company:1 map[name:Nikita Belov person:3 reason: sees:company] <nil>",
		}
		if diff := cmp.Diff(want, d.audit[len(d.audit)-2:]); diff != "" {
			t.Error(diff)
		}
	})
}
