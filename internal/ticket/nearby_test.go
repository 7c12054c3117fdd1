package ticket_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// TestSightAfterMerge walks every door of the ticket that stays: who took part
// in the one that came sees all of it, files included; who saw that one through
// their company alone, and the agent was told so before, does not.
func TestSightAfterMerge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	source, target := w.withFile(t, w.ann), w.withFile(t, w.bob)
	p, err := w.svc.PlanMerge(ctx, w.eve, source.number, target.number)
	if err != nil {
		t.Fatal(err)
	}
	named := func(all []ticket.Viewer) (names []string) {
		for _, v := range all {
			names = append(names, v.Name)
		}
		return names
	}
	if got := named(p.Sight.ReadSource); !slices.Equal(got, []string{"Bob Test"}) {
		t.Errorf("who would read the one that comes: %q", got)
	}
	if got := named(p.Sight.ReadTarget); !slices.Equal(got, []string{"Ann Test"}) {
		t.Errorf("who would read the one that stays: %q", got)
	}
	if got := named(p.Sight.Lose); !slices.Equal(got, []string{"Abe Test"}) {
		t.Errorf("who would lose it: %q", got)
	}
	if err := w.svc.Merge(ctx, w.eve, source.number, ticket.Merging{Into: target.number, Agreed: p.Sight.Mark() + "x"}); key(err) != "ticket.merge_unconfirmed" {
		t.Errorf("something else was agreed to: %v", err)
	}
	w.merge(t, source.number, target.number)
	came := target // the files of the one that came
	came.file, came.noteFile, came.picture = source.file, source.noteFile, source.picture
	people := []looker{
		{"requester of the other", w.ann, []bool{true, true}},
		{"requester", w.bob, []bool{true, true}},
		{"colleague who sees all", w.abe, []bool{false, false}},
		{"colleague who sees their own", w.cid, []bool{false, false}},
		{"agent", w.eve, []bool{true, true}},
		{"nobody", auth.Actor{}, []bool{false, false}},
	}
	for _, who := range people[:2] {
		th, err := w.svc.Thread(ctx, who.by, target.number, ticket.ViewAll)
		if err != nil || len(th.Entries) == 0 {
			t.Errorf("%s reads %d entries: %v", who.name, len(th.Entries), err)
		}
	}
	for _, who := range people {
		for i, tk := range []withFile{target, came} {
			for _, id := range []int64{tk.file, tk.picture} {
				_, err := w.svc.Download(ctx, who.by, id)
				if open := err == nil; open != who.sees[i] {
					t.Errorf("%s, file %d of ticket %d: open = %t", who.name, id, i, open)
				}
			}
			_, err := w.svc.Pulse(ctx, who.by, tk.number)
			if open := err == nil; open != who.sees[i] {
				t.Errorf("%s, live page: open = %t", who.name, open)
			}
			if _, err := w.svc.Download(ctx, who.by, tk.noteFile); (err == nil) != who.by.Staff() {
				t.Errorf("%s, a note's file: %v", who.name, err)
			}
		}
	}
	abe, err := w.svc.Thread(ctx, w.abe, source.number, ticket.ViewAll)
	if err != nil || abe.LeadsTo != nil || abe.MergedInto == nil || abe.Can != (ticket.Can{}) {
		t.Errorf("who lost sight of it is led to %v and may %+v: %v", abe.LeadsTo, abe.Can, err)
	}
	for _, e := range abe.Entries {
		if e.Kind == ticket.MessageEntry {
			t.Error("and reads a message there")
		}
	}
	if _, err := w.svc.Reply(ctx, w.abe, source.number, ticket.CustomerReply{Message: "m"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("and writes into what they do not see: %v", err)
	}
	if _, err := w.svc.Unmerge(ctx, w.eve, source.number, ticket.Along{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Thread(ctx, w.ann, target.number, ticket.ViewEnd); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the undo Ann still sees the other: %v", err)
	}
	if _, err := w.svc.Download(ctx, w.bob, source.file); !fault.Is(err, fault.NotFound) {
		t.Errorf("after the undo Bob still reads Ann's file: %v", err)
	}
}

// TestClosedDepartmentsAreNamed warns when staff would see more or less.
func TestClosedDepartmentsAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lab := w.department(t, "lab", true)
	a, b := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1")
	if _, err := w.db.Exec(t.Context(), `UPDATE tickets SET department_id = $1 WHERE number = $2`, lab, b); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, into int64
		want       ticket.StaffChange
	}{{a, b, ticket.StaffFewer}, {b, a, ticket.StaffMore}} {
		p, err := w.svc.PlanMerge(t.Context(), w.max, tt.from, tt.into)
		if err != nil || p.Sight.Staff != tt.want || !p.Sight.Any() {
			t.Errorf("merging %d into %d: %q, %v", tt.from, tt.into, p.Sight.Staff, err)
		}
	}
	outside := w.eve
	outside.Hidden = []int64{lab}
	if err := w.svc.Merge(t.Context(), outside, a, ticket.Merging{Into: b}); !fault.Is(err, fault.NotFound) {
		t.Errorf("merging into what one does not see: %v", err)
	}
}

func TestDraftsOutliveMerges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	a, b := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1")
	save := func(by auth.Actor, n int64, text, form string) {
		t.Helper()
		if _, err := w.svc.SaveDraft(ctx, by, n, ticket.Draft{Kind: ticket.ReplyDraft, Body: text, Writer: form, WriterN: time.Now().UnixNano()}); err != nil {
			t.Fatal(err)
		}
	}
	save(w.eve, a, "Eve on the first", "f1")
	save(w.eve, b, "Eve on the second", "f2")
	save(w.max, a, "Max on the first", "f3")
	save(w.ann, a, "Ann begins", "")
	w.merge(t, a, b)
	save(w.eve, a, "Eve on the first, still typing", "f1") // an open page knows nothing of the merge
	eve := w.whole(t, b)
	if eve.Draft == nil || eve.Draft.Body != "Eve on the second" || len(eve.Carried) != 1 || eve.Carried[0].Body != "Eve on the first, still typing" {
		t.Fatalf("Eve has %+v and %+v", eve.Draft, eve.Carried)
	}
	if err := w.svc.TakeDraft(ctx, w.eve, b, a, ticket.ReplyDraft); err != nil {
		t.Fatal(err)
	}
	eve = w.whole(t, b)
	if len(eve.Carried) != 0 || !strings.Contains(eve.Draft.Body, "Eve on the second") || !strings.Contains(eve.Draft.Body, "Eve on the first, still typing") {
		t.Errorf("of two texts there is %q", eve.Draft.Body)
	}
	if err := w.svc.TakeDraft(ctx, w.eve, b, a, ticket.ReplyDraft); key(err) != "ticket.draft_gone" {
		t.Errorf("taken twice: %v", err)
	}
	if err := w.svc.TakeDraft(ctx, w.max, b, a, ticket.ReplyDraft); err != nil { // none of his own there
		t.Errorf("Max: %v", err)
	}
	th, err := w.svc.Thread(ctx, w.ann, b, ticket.ViewEnd)
	if err != nil || len(th.Carried) != 1 || th.Carried[0].Body != "Ann begins" {
		t.Errorf("Ann's draft is %+v, %v", th.Carried, err)
	}
	if _, err := w.svc.Reply(ctx, w.ann, a, ticket.CustomerReply{Message: "Ann begins, and ends"}); err != nil {
		t.Fatal(err)
	}
	if th, _ := w.svc.Thread(ctx, w.ann, b, ticket.ViewEnd); len(th.Carried) != 0 {
		t.Errorf("what was sent from the old page is still a draft: %+v", th.Carried)
	}
}

func TestSplitMovesAndMergingBackUndoesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	n := w.withFile(t, w.ann).number
	w.pass(time.Minute)
	w.says1(t, w.eve, n, "answer")
	w.says1(t, w.ann, n, "and another thing")
	w.note(t, n, "they are two things")
	before := w.says(t, n)
	entries := w.whole(t, n).Entries
	at := func(text string) int64 {
		i := slices.IndexFunc(entries, func(e ticket.Entry) bool { return e.Source == text })
		return entries[i].ID
	}
	in := ticket.Splitting{Messages: []int64{at("and another thing")}, Notes: []int64{at("they are two things")}, Subject: "Another thing", Key: "split-1"}
	fresh, err := w.svc.Split(ctx, w.eve, n, in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.svc.Split(ctx, w.eve, n, in); err != nil || again != fresh {
		t.Errorf("the form sent twice: %d, %v, want %d", again, err, fresh)
	}
	x := w.whole(t, fresh)
	if got := w.says(t, fresh); !slices.Equal(got, []string{"and another thing", "they are two things"}) {
		t.Errorf("the new ticket says %q", got)
	}
	if x.Subject != "Another thing" || x.Requester.ID != w.ann.PersonID || x.Status != ticket.New || !x.Unread || x.CompanyID == nil {
		t.Errorf("it is %+v of %+v", x.Ticket, x.Requester)
	}
	if len(x.Around) != 1 || x.Around[0].Number != n || x.Around[0].Relation != ticket.Related {
		t.Errorf("it is linked with %+v", x.Around)
	}
	w.contiguous(t)
	all := append(slices.Clone(w.says(t, n)), w.says(t, fresh)...)
	slices.Sort(all)
	want := slices.Clone(before)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("together they say %q, before it was %q", all, want)
	}
	for name, tt := range map[string]struct {
		in   ticket.Splitting
		want string
	}{
		"nothing chosen":    {ticket.Splitting{Subject: "S"}, "ticket.split_none"},
		"what is elsewhere": {ticket.Splitting{Subject: "S", Messages: in.Messages}, "ticket.split_gone"},
		"all of it":         {ticket.Splitting{Subject: "S", Messages: w.messages(t, n)}, "ticket.split_all"},
		"for a stranger":    {ticket.Splitting{Subject: "S", Messages: w.messages(t, n)[:1], RequesterID: w.bob.PersonID}, "ticket.split_requester"},
	} {
		_, err := w.svc.Split(ctx, w.eve, n, tt.in)
		if f := fault.Of(err); f.Fields["entries"].Key != tt.want && f.Fields["requester"].Key != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.merge(t, fresh, n)
	if got := w.says(t, n); !slices.Equal(got, before) {
		t.Errorf("merged back it says %q, want %q", got, before)
	}
	w.contiguous(t)
}

func (w *world) messages(tb testing.TB, number int64) (ids []int64) {
	tb.Helper()
	for _, e := range w.whole(tb, number).Entries {
		if e.Kind == ticket.MessageEntry {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func TestLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	a, b, c := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1"), w.open(t, w.bob, "Three", "c1")
	link := func(n, other int64, r ticket.Relation) error { return w.svc.AddLink(ctx, w.eve, n, other, r) }
	for _, err := range []error{link(a, b, ticket.ParentOf), link(b, c, ticket.ParentOf), link(a, c, ticket.Related), link(a, c, ticket.Related)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"itself":         {link(a, a, ticket.Related), "ticket.link_itself"},
		"its grandchild": {link(c, a, ticket.ParentOf), "ticket.link_circle"},
		"a second one":   {link(a, c, ticket.ParentOf), "ticket.link_has_parent"},
		"nobody's":       {link(a, 1, ticket.Related), "ticket.not_found"},
	} {
		if key(tt.err) != tt.want {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	x := w.whole(t, a)
	if len(x.Around) != 2 || x.Around[0].Relation != ticket.ParentOf || x.Around[0].Number != b || x.Around[1].Number != c {
		t.Errorf("around it are %+v", x.Around)
	}
	th, err := w.svc.Thread(ctx, w.ann, a, ticket.ViewEnd)
	if err != nil || len(th.Linked) != 1 || th.Linked[0].Number != b || th.Follows != nil {
		t.Errorf("Ann sees links to %+v: %v", th.Linked, err)
	}
	if err := w.svc.RemoveLink(ctx, w.eve, c, a, ticket.Related); err != nil {
		t.Fatal(err)
	}
	if len(w.whole(t, a).Around) != 1 {
		t.Error("the link stays")
	}
	if err := w.svc.AddLink(ctx, w.ann, a, b, ticket.Related); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer links: %v", err)
	}
	w.merge(t, b, a) // the child into its parent: no circle stays
	if x := w.whole(t, a); len(x.Around) != 1 || x.Around[0].Number != c || x.Around[0].Relation != ticket.ParentOf {
		t.Errorf("after the merge around it are %+v", x.Around)
	}
	if _, err := w.svc.Unmerge(ctx, w.eve, b, ticket.Along{}); err != nil {
		t.Fatal(err)
	}
	if x := w.whole(t, b); len(x.Around) != 2 {
		t.Errorf("after the undo around the other are %+v", x.Around)
	}
}

func TestLikelyTicketsAreProposed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.open(t, w.ann, "Switch S2962 is silent after the update", "a1")
	b := w.open(t, w.cid, "RE: Switch S2962 is silent after update", "b1")
	w.open(t, w.ann, "Invoice of October", "c1")
	w.open(t, w.bob, "Switch S2962 is silent after the update", "of another company")
	x := w.whole(t, a)
	if len(x.Likely) != 1 || x.Likely[0].Number != b || x.Likely[0].Same {
		t.Fatalf("proposed are %+v", x.Likely)
	}
	if err := w.svc.AddLink(t.Context(), w.eve, a, b, ticket.DistinctFrom); err != nil {
		t.Fatal(err)
	}
	if x := w.whole(t, b); len(x.Likely) != 0 || len(x.Around) != 0 {
		t.Errorf("after somebody looked: %+v, %+v", x.Likely, x.Around)
	}
}

func TestAnUpdateReachesEveryChildOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.WithoutCancel(t.Context())
	type job struct{ update, child int64 }
	var jobs []job
	w.svc = ticket.NewService(w.db, nil, ticket.Hooks{SendUpdates: func(_ context.Context, _ pgx.Tx, _ auth.Actor, update int64, children []int64) error {
		for _, c := range children {
			jobs = append(jobs, job{update, c})
		}
		return nil
	}}, w.now)
	parent := w.open(t, w.ann, "The line is down", "p")
	one, two, closed := w.open(t, w.ann, "One", "1"), w.open(t, w.cid, "Two", "2"), w.open(t, w.ann, "Three", "3")
	w.answer(t, closed, ticket.Closed)
	for _, n := range []int64{one, two, closed} {
		if err := w.svc.AddLink(ctx, w.eve, n, parent, ticket.ChildOf); err != nil {
			t.Fatal(err)
		}
	}
	in := ticket.ChildUpdate{Message: "{{customer.first_name}}, it works again.", Status: ticket.Resolved, Key: "u1"}
	for range 2 { // the form comes twice
		if err := w.svc.UpdateChildren(ctx, w.eve, parent, in); err != nil {
			t.Fatal(err)
		}
	}
	if len(jobs) != 2 {
		t.Fatalf("%d jobs for two open children", len(jobs))
	}
	w.merge(t, two, one) // one of them becomes part of the other meanwhile
	for range 2 {
		for _, j := range jobs {
			if err := w.svc.SendUpdate(ctx, w.eve, j.update, j.child); err != nil {
				t.Fatal(err)
			}
		}
	}
	said := w.says(t, one)
	if n := len(slices.DeleteFunc(slices.Clone(said), func(s string) bool { return s != "Ann, it works again." })); n != 1 {
		t.Errorf("it says so %d times: %q", n, said)
	}
	f, err := w.svc.Children(ctx, w.eve, parent)
	if err != nil || f.Open() != 0 || len(f.Updates) != 1 || f.Updates[0].Waiting != 0 {
		t.Errorf("the family is %+v, %v", f, err)
	}
	said1 := w.said(t, one)
	sent := said1[len(said1)-1]
	if _, err := w.svc.Redact(ctx, w.redactor(), one, ticket.Redaction{MessageID: sent.ID, Secrets: []string{"works again"}, Reason: "not for everybody"}); err != nil {
		t.Fatal(err)
	}
	if f, err := w.svc.Children(ctx, w.eve, parent); err != nil || strings.Contains(f.Updates[0].Text, "works again") {
		t.Errorf("what was redacted in a child stays in the update: %q, %v", f.Updates[0].Text, err)
	}
	if err := w.svc.UpdateChildren(ctx, w.eve, parent, ticket.ChildUpdate{Message: "m", Key: "u2"}); key(err) != "ticket.update_nobody" {
		t.Errorf("an update for nobody: %v", err)
	}
}

func TestOldPlacesAreFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1")
	seq := w.whole(t, a).Entries[1].Seq
	w.merge(t, a, b)
	at, place, err := w.svc.PlaceOf(t.Context(), w.ann, a, seq)
	if err != nil || at != b {
		t.Fatalf("the place leads to %d, %v", at, err)
	}
	found := slices.ContainsFunc(w.whole(t, b).Entries, func(e ticket.Entry) bool { return e.Seq == place && e.Source == "a1" })
	if !found {
		t.Errorf("at %d stands something else", place)
	}
	if _, _, err := w.svc.PlaceOf(t.Context(), w.bob, a, seq); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger is led on: %v", err)
	}
}
