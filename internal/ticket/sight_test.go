package ticket_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestSightMatrix walks every door with everybody: who may see a ticket sees it
// through all of them, who may not through none.
func TestSightMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	shared := w.withFile(t, w.ann)  // of the company
	private := w.withFile(t, w.ann) // of the company, but private
	lone := w.withFile(t, w.bob)    // of nobody's company
	copied := w.withFile(t, w.bob)  // Cid is on copy
	if _, err := w.db.Exec(ctx, `UPDATE tickets SET private = true WHERE number = $1`, private.number); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Answer(ctx, w.eve, copied.number, ticket.AgentReply{Message: "m", CC: "cid@acme.test", To: ticket.Recipients{Confirmed: []string{"cid@acme.test"}}}); err != nil {
		t.Fatal(err)
	}
	w.walk(t, []withFile{shared, private, lone, copied}, []looker{
		{"requester", w.ann, []bool{true, true, false, false}},
		{"colleague who sees all", w.abe, []bool{true, false, false, false}},
		{"colleague who sees their own", w.cid, []bool{false, false, false, true}},
		{"stranger", w.bob, []bool{false, false, true, true}},
		{"agent", w.eve, []bool{true, true, true, true}},
		{"nobody", auth.Actor{}, []bool{false, false, false, false}},
		{"person without an id", auth.Actor{Kind: auth.Person}, []bool{false, false, false, false}},
	})
}

// TestSightOfDepartments tries every door of tickets in a closed department with
// its members, with those who were given a ticket or are on copy of one, and
// with the rest of the staff.
func TestSightOfDepartments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	closed, open := w.department(t, "closed", true), w.department(t, "open", false)
	in := w.withFile(t, w.ann)
	given := w.withFile(t, w.ann)
	copied := w.withFile(t, w.ann)
	other := w.withFile(t, w.ann)
	if err := w.svc.Assign(t.Context(), w.max, given.number, w.eve.PersonID); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`UPDATE tickets SET department_id = CASE number WHEN $4 THEN $2::bigint ELSE $1::bigint END WHERE number >= $3`,
		`INSERT INTO participants (ticket_id, address, person_id, why, side, added_at) SELECT id, 'eve@acme.test', $2, 'cc', 'agent', now() FROM tickets WHERE number = $1`,
	} {
		args := []any{closed, open, in.number, other.number}
		if strings.HasPrefix(sql, "INSERT") {
			args = []any{copied.number, w.eve.PersonID}
		}
		if _, err := w.db.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	member, outside, admin := w.max, w.eve, w.max
	member.Departments, outside.Hidden = []int64{closed}, []int64{closed}
	asked := w.eve
	asked.PersonID, asked.Hidden = w.ann.PersonID, []int64{closed}
	w.walk(t, []withFile{in, given, other}, []looker{
		{"member", member, []bool{true, true, true}},
		{"outside", outside, []bool{false, true, true}},
		{"who sees all", admin, []bool{true, true, true}},
		{"requester", w.ann, []bool{true, true, true}},
	})
	for door, open := range w.doors(t, outside, copied) {
		if !open {
			t.Errorf("on copy, %s: closed", door)
		}
	}
	t.Run("counts and the dashboard hold what is theirs", func(t *testing.T) {
		for name, tt := range map[string]struct {
			by   auth.Actor
			want int
		}{"member": {member, 4}, "outside": {outside, 3}} {
			board, err := w.svc.Dashboard(t.Context(), tt.by, nil)
			if err != nil || len(board.New) != tt.want {
				t.Errorf("%s: %d on the dashboard, want %d (%v)", name, len(board.New), tt.want, err)
			}
			side, err := w.svc.Sidebar(t.Context(), tt.by)
			n, countErr := w.svc.CountFilter(t.Context(), tt.by, ticket.ViewNew.Filter())
			if err != nil || countErr != nil || int(side.Counts[ticket.ViewNew]) != tt.want || int(n) != tt.want {
				t.Errorf("%s: %d and %d counted, want %d (%v, %v)", name, side.Counts[ticket.ViewNew], n, tt.want, err, countErr)
			}
			work, err := w.svc.Work(t.Context(), tt.by, other.number, ticket.ViewEnd, ticket.NoteDraft)
			if err != nil || len(work.Previous) != tt.want-1 {
				t.Errorf("%s: %d previous tickets, want %d (%v)", name, len(work.Previous), tt.want-1, err)
			}
		}
	})
	t.Run("staff who asked read the customer's page and no note", func(t *testing.T) {
		doors := w.doors(t, asked, in)
		for door, want := range map[string]bool{"page": true, "file": true, "thumbnail": true, "note's file": false, "work": false, "preview": false, "inbox": false, "act": false} {
			if doors[door] != want {
				t.Errorf("%s: open = %t, want %t", door, doors[door], want)
			}
		}
	})
}

// department makes a department and returns its id.
func (w *world) department(tb testing.TB, key string, closed bool) (id int64) {
	tb.Helper()
	err := w.db.QueryRow(tb.Context(), `INSERT INTO departments (key, name, closed) VALUES ($1, jsonb_build_object('en', $1::text), $2) RETURNING id`, key, closed).Scan(&id)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// TestSightOfSites does so with a tree of sites and two companies, under each
// privacy: whatever the links say, the actor that the accounts load decides.
func TestSightOfSites(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		privacy string
		people  map[string][]bool // whose tickets at: north, its lab, south, no site, private at north, the other company
	}{
		{"everyone", map[string][]bool{
			"ann": {true, true, true, true, false, false}, "abe": {true, true, true, true, false, false},
			"cid": {true, true, true, true, true, true}, "bob": {false, false, false, false, false, true},
		}},
		{"named", map[string][]bool{
			"ann": {true, true, false, false, false, false}, "abe": {true, true, true, true, false, false},
			"cid": {true, true, true, true, true, true}, "bob": {false, false, false, false, false, true},
		}},
		{"own", map[string][]bool{
			"ann": {false, false, false, false, false, false}, "abe": {false, false, false, false, false, false},
			"cid": {true, true, true, true, true, true}, "bob": {false, false, false, false, false, true},
		}},
	} {
		t.Run(tt.privacy, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sites(t, tt.privacy)
			tickets := make([]withFile, 0, 6)
			for _, at := range []auth.Membership{
				{CompanyID: w.company, SiteID: 1},
				{CompanyID: w.company, SiteID: 2},
				{CompanyID: w.company, SiteID: 3},
				{CompanyID: w.company},
				{CompanyID: w.company, SiteID: 1},
				{CompanyID: w.company + 1},
			} {
				by := w.cid // of both companies, so that only colleagues' rights are tried
				by.Companies = []auth.Membership{at}
				tickets = append(tickets, w.withFile(t, by))
			}
			if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET private = true WHERE number = $1`, tickets[4].number); err != nil {
				t.Fatal(err)
			}
			var lookers []looker
			for name, by := range map[string]auth.Actor{"ann": w.ann, "abe": w.abe, "cid": w.cid, "bob": w.bob} {
				lookers = append(lookers, looker{name, w.loaded(t, by), tt.people[name]})
			}
			w.walk(t, tickets, lookers)
		})
	}
}

// sites gives the company the sites North (1) with its Lab (2), and South (3);
// Ann sees North. Bob sees all of another company.
func (w *world) sites(tb testing.TB, privacy string) {
	tb.Helper()
	for _, sql := range []string{
		`INSERT INTO sites (company_id, parent_id, name, created_at) VALUES ($1, NULL, 'North', now()), ($1, 1, 'Lab', now()), ($1, NULL, 'South', now())`,
		`UPDATE company_people SET sees = 'site', site_id = 1 WHERE company_id = $1 AND person_id = ` + strconv.FormatInt(w.ann.PersonID, 10),
		`WITH c AS (INSERT INTO companies (name, created_at, updated_at) SELECT 'Other of ' || $1::bigint, now(), now() RETURNING id)
		 INSERT INTO company_people (company_id, person_id, sees, linked_at) SELECT id, ` + strconv.FormatInt(w.bob.PersonID, 10) + `, 'company', now() FROM c`,
	} {
		if _, err := w.db.Exec(tb.Context(), sql, w.company); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := w.db.Exec(tb.Context(), `UPDATE companies SET privacy = $1 WHERE id = $2`, privacy, w.company); err != nil {
		tb.Fatal(err)
	}
}

// loaded is by as the accounts load them.
func (w *world) loaded(tb testing.TB, by auth.Actor) auth.Actor {
	tb.Helper()
	a, err := account.New(w.db, nil, w.now).ByID(tb.Context(), by.PersonID)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// looker is somebody and which of the tickets they should see.
type looker struct {
	name string
	by   auth.Actor
	sees []bool
}

// walk has everybody try every door of every ticket.
func (w *world) walk(t *testing.T, tickets []withFile, people []looker) {
	t.Helper()
	for _, p := range people {
		for i, tk := range tickets {
			for door, open := range w.doors(t, p.by, tk) {
				want := p.sees[i]
				if p.by.Staff() && strings.HasPrefix(door, "my tickets") {
					want = false // the agents' list is the inbox
				}
				if !p.by.Staff() && door == "note's file" {
					want = false
				}
				if open != want {
					t.Errorf("%s, ticket %d, %s: open = %t, want %t", p.name, i, door, open, want)
				}
			}
		}
	}
}

type withFile struct{ number, file, noteFile, picture int64 }

func TestNotesNeverReachCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.submit(t, w.ann)
	if _, err := w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: "the customer must not read this"}); err != nil {
		t.Fatal(err)
	}
	for _, by := range []auth.Actor{w.ann, w.abe, w.eve} {
		th, err := w.svc.Thread(t.Context(), by, n, ticket.ViewAll)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range th.Entries {
			if e.Kind == ticket.NoteEntry || strings.Contains(e.Source, "must not") {
				t.Errorf("%s reads a note on the customer's page", by.Name)
			}
		}
	}
	work, err := w.svc.Work(t.Context(), w.eve, n, ticket.ViewAll, ticket.NoteDraft)
	if err != nil || work.Entries[len(work.Entries)-1].Kind != ticket.NoteEntry {
		t.Errorf("the agent does not read it: %v", err)
	}
	if _, err := w.svc.AddNote(t.Context(), w.ann, n, ticket.NewNote{Message: "m"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer writes notes: %v", err)
	}
}
