package ticket_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// merge merges one ticket into another, agreeing to whatever that does to sight.
func (w *world) merge(tb testing.TB, from, into int64) {
	tb.Helper()
	if err := w.tryMerge(tb.Context(), from, into); err != nil {
		tb.Fatal(err)
	}
}

func (w *world) tryMerge(ctx context.Context, from, into int64) error {
	p, err := w.svc.PlanMerge(ctx, w.eve, from, into)
	if err != nil {
		return err
	}
	if p.Why != nil {
		return p.Why
	}
	return w.svc.Merge(ctx, w.eve, from, ticket.Merging{Into: into, Agreed: p.Sight.Mark()})
}

// says are the messages and notes of a ticket, in their order.
func (w *world) says(tb testing.TB, number int64) []string {
	tb.Helper()
	work, err := w.svc.Work(tb.Context(), w.eve, number, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for _, e := range work.Entries {
		if e.Kind != ticket.EventEntry {
			all = append(all, e.Source)
		}
	}
	return all
}

func (w *world) open(tb testing.TB, by auth.Actor, subject, text string) int64 {
	tb.Helper()
	n, err := w.svc.Submit(tb.Context(), by, ticket.Submission{TopicID: w.topic, Subject: subject, Message: text})
	if err != nil {
		tb.Fatal(err)
	}
	w.pass(time.Minute)
	return n
}

func (w *world) says1(tb testing.TB, by auth.Actor, number int64, text string) {
	tb.Helper()
	var err error
	if by.Staff() {
		_, err = w.svc.Answer(tb.Context(), by, number, ticket.AgentReply{Message: text})
	} else {
		_, err = w.svc.Reply(tb.Context(), by, number, ticket.CustomerReply{Message: text})
	}
	if err != nil {
		tb.Fatal(err)
	}
	w.pass(time.Minute)
}

func (w *world) note(tb testing.TB, number int64, text string) {
	tb.Helper()
	if _, err := w.svc.AddNote(tb.Context(), w.eve, number, ticket.NewNote{Message: text}); err != nil {
		tb.Fatal(err)
	}
	w.pass(time.Minute)
}

func TestMergeIsOneTimelineAndUndoRestoresBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.open(t, w.ann, "Switch is silent", "a1")
	b := w.open(t, w.ann, "The switch again", "b1")
	w.says1(t, w.eve, b, "b2")
	w.says1(t, w.ann, a, "a2")
	w.note(t, b, "b3")
	before, beforeB := w.whole(t, a), w.whole(t, b)

	w.merge(t, a, b)
	if got := w.says(t, b); !slices.Equal(got, []string{"a1", "b1", "b2", "a2", "b3"}) {
		t.Errorf("the shared timeline is %q", got)
	}
	merged := w.whole(t, a)
	if merged.Status != ticket.Closed || merged.LeadsTo == nil || *merged.LeadsTo != b || merged.NextStep != nil {
		t.Errorf("the merged ticket is %s, leads to %v, next %v", merged.Status, merged.LeadsTo, merged.NextStep)
	}
	into := w.whole(t, b)
	if into.Status != ticket.Open || !into.Unread {
		t.Errorf("the customer waits for an answer and the ticket is %s", into.Status)
	}
	if len(into.Merges) != 1 || into.Merges[0].Number != a || len(into.Merges[0].Places) != 3 {
		t.Errorf("it says of what came: %+v", into.Merges)
	}
	w.contiguous(t)

	w.says1(t, w.ann, a, "since") // to the old number
	if got, err := w.svc.Unmerge(t.Context(), w.eve, a, ticket.Along{}); err != nil || got != b {
		t.Fatalf("undo: %d, %v", got, err)
	}
	if got := w.says(t, a); !slices.Equal(got, []string{"a1", "a2"}) {
		t.Errorf("the ticket has back %q", got)
	}
	if got := w.says(t, b); !slices.Equal(got, []string{"b1", "b2", "b3", "since"}) {
		t.Errorf("the other keeps %q", got)
	}
	after, afterB := w.whole(t, a), w.whole(t, b)
	if after.Status != before.Status || !after.StatusSince.Equal(before.StatusSince) || !after.LastActivityAt.Equal(before.LastActivityAt) || after.Unread != before.Unread {
		t.Errorf("the ticket was %s since %s and is %s since %s", before.Status, before.StatusSince, after.Status, after.StatusSince)
	}
	if afterB.Status != ticket.Open { // somebody wrote since
		t.Errorf("the other is %s", afterB.Status)
	}
	for i, e := range before.Entries {
		if after.Entries[i].Seq != e.Seq || after.Entries[i].ID != e.ID || after.Entries[i].Kind != e.Kind {
			t.Errorf("entry %d stands elsewhere: %+v, was %+v", i, after.Entries[i], e)
		}
	}
	if len(afterB.Participants) != len(beforeB.Participants) {
		t.Errorf("on copy are %+v", afterB.Participants)
	}
	w.contiguous(t)

	w.merge(t, a, b) // and once more
	if got := w.says(t, b); !slices.Equal(got, []string{"a1", "b1", "b2", "a2", "b3", "since"}) {
		t.Errorf("merged again it is %q", got)
	}
	w.contiguous(t)
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	a, b, c := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1"), w.open(t, w.ann, "Three", "c1")
	closed := w.open(t, w.ann, "Four", "d1")
	w.answer(t, closed, ticket.Closed)
	other := w.open(t, w.bob, "Of somebody else", "e1")
	w.merge(t, a, b)
	for name, tt := range map[string]struct {
		from, into int64
		want       string
	}{
		"itself":              {b, b, "ticket.merge_itself"},
		"one merged already":  {a, c, "ticket.merge_again"},
		"the opposite":        {b, a, "ticket.merge_into_merged"},
		"into a merged one":   {c, a, "ticket.merge_into_merged"},
		"into a closed one":   {c, closed, "ticket.merge_into_closed"},
		"without the consent": {other, b, "ticket.merge_unconfirmed"},
		"one nobody knows":    {1, b, "ticket.not_found"},
	} {
		if err := w.svc.Merge(ctx, w.eve, tt.from, ticket.Merging{Into: tt.into}); key(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if err := w.svc.Merge(ctx, w.ann, b, ticket.Merging{Into: c}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a customer merges: %v", err)
	}
	if err := w.svc.Merge(ctx, w.eve, closed, ticket.Merging{Into: b}); err != nil {
		t.Errorf("a closed ticket comes into an open one: %v", err)
	}
	if _, err := w.svc.Unmerge(ctx, w.eve, c, ticket.Along{}); key(err) != "ticket.unmerge_none" {
		t.Errorf("undo without a merge: %v", err)
	}
	w.merge(t, b, c)
	if _, err := w.svc.Unmerge(ctx, w.eve, a, ticket.Along{}); key(err) != "ticket.unmerge_first" {
		t.Errorf("undo below another merge: %v", err)
	}
	w.pass(31 * 24 * time.Hour)
	if _, err := w.svc.Unmerge(ctx, w.eve, b, ticket.Along{}); key(err) != "ticket.unmerge_late" {
		t.Errorf("undo after 31 days: %v", err)
	}
}

func TestMergesOfMergesLeadOnAndComeBackInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1"), w.open(t, w.ann, "Three", "c1")
	w.merge(t, a, b)
	w.merge(t, b, c)
	w.says1(t, w.ann, a, "to the first number")
	if got := w.says(t, c); !slices.Equal(got, []string{"a1", "b1", "c1", "to the first number"}) {
		t.Errorf("all in one: %q", got)
	}
	if th, err := w.svc.Thread(t.Context(), w.ann, a, ticket.ViewEnd); err != nil || th.LeadsTo == nil || *th.LeadsTo != c {
		t.Errorf("the first number leads to %v, %v", th.LeadsTo, err)
	}
	for _, n := range []int64{b, a} {
		if _, err := w.svc.Unmerge(t.Context(), w.eve, n, ticket.Along{}); err != nil {
			t.Fatal(err)
		}
		w.contiguous(t)
	}
	for n, want := range map[int64][]string{a: {"a1"}, b: {"b1"}, c: {"c1", "to the first number"}} {
		if got := w.says(t, n); !slices.Equal(got, want) {
			t.Errorf("%d has %q, want %q", n, got, want)
		}
	}
}

func TestOppositeMergesAtOnceAreOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 8 {
		a, b := w.open(t, w.ann, "One", "a1"), w.open(t, w.ann, "Two", "b1")
		errs := make([]error, 2)
		var wg sync.WaitGroup
		wg.Go(func() { errs[0] = w.svc.Merge(t.Context(), w.eve, a, ticket.Merging{Into: b}) })
		wg.Go(func() { errs[1] = w.svc.Merge(t.Context(), w.max, b, ticket.Merging{Into: a}) })
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or none merged: %v", errs)
		}
		for _, err := range errs {
			if err != nil && key(err) != "ticket.merge_again" && key(err) != "ticket.merge_into_merged" {
				t.Errorf("the second is told %v", err)
			}
		}
	}
}

// TestEveryMessageStaysOnce merges, undoes, splits, links and writes at random,
// from many sides at once. Every message is there exactly once at any end, and
// every timeline is in order and without gaps.
func TestEveryMessageStaysOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			numbers := make([]int64, 5)
			for i := range numbers {
				numbers[i] = w.open(t, w.ann, fmt.Sprintf("Ticket %d", i), fmt.Sprintf("first %d", i))
			}
			var mu sync.Mutex
			var written []string
			var wg sync.WaitGroup
			for worker := range 6 {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(seed, uint64(worker)))
					for i := range 15 {
						n, m := numbers[r.IntN(len(numbers))], numbers[r.IntN(len(numbers))]
						text := fmt.Sprintf("%d.%d", worker, i)
						var err error
						switch r.IntN(7) {
						case 0:
							err = w.tryMerge(t.Context(), n, m)
						case 1:
							_, err = w.svc.Unmerge(t.Context(), w.eve, n, w.someSince(t, r, n))
						case 2:
							_, err = w.svc.AddNote(t.Context(), w.eve, n, ticket.NewNote{Message: text, Key: text})
							if err != nil {
								t.Errorf("a note: %v", err)
							}
						case 3:
							err = w.svc.AddLink(t.Context(), w.eve, n, m, ticket.Relations[r.IntN(len(ticket.Relations))])
							text = ""
						case 4:
							_, err = w.svc.Answer(t.Context(), w.eve, n, ticket.AgentReply{Message: text, Key: text, Status: ticket.Open})
							if err != nil {
								t.Errorf("an answer: %v", err)
							}
						default:
							_, err = w.svc.Reply(t.Context(), w.ann, n, ticket.CustomerReply{Message: text, Key: text})
							if err != nil {
								t.Errorf("a reply: %v", err)
							}
						}
						if err != nil && !fault.Is(err, fault.Conflict) {
							t.Errorf("neither done nor refused: %v", err)
						}
						if err == nil && text != "" {
							mu.Lock()
							written = append(written, text)
							mu.Unlock()
						}
					}
				})
			}
			wg.Wait()
			w.contiguous(t)
			count := map[string]int{}
			rows, err := w.db.Query(t.Context(), `SELECT source FROM messages UNION ALL SELECT source FROM notes`)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var s string
				if err := rows.Scan(&s); err != nil {
					t.Fatal(err)
				}
				count[s]++
			}
			for i := range numbers {
				if count[fmt.Sprintf("first %d", i)] != 1 {
					t.Errorf("first %d is there %d times", i, count[fmt.Sprintf("first %d", i)])
				}
			}
			for text, n := range count {
				if n != 1 {
					t.Errorf("%q is there %d times", text, n)
				}
			}
			for _, n := range numbers { // undo all, in whatever order it goes
				for range numbers {
					for _, m := range numbers {
						_, err := w.svc.Unmerge(t.Context(), w.eve, m, ticket.Along{})
						if err != nil && !fault.Is(err, fault.Conflict) {
							t.Fatal(err)
						}
					}
				}
				if got := w.says(t, n); len(got) == 0 || !strings.HasPrefix(got[0], "first") {
					t.Errorf("%d has lost its beginning: %q", n, got)
				}
			}
			w.contiguous(t)
		})
	}
}

// contiguous fails the test when a timeline has a gap, a double or is not the
// one that its row says; a merged ticket keeps only what happened to it.
func (w *world) contiguous(tb testing.TB) {
	tb.Helper()
	rows, err := w.db.Query(tb.Context(), `
WITH entries AS (
    SELECT ticket_id, seq, created_at AS at FROM messages UNION ALL SELECT ticket_id, seq, created_at FROM notes UNION ALL SELECT ticket_id, seq, at FROM events
)
SELECT t.number || ': ' || count(*) || ' entries from ' || min(e.seq) || ' to ' || max(e.seq) || ', the row says ' || t.timeline_seq
FROM tickets t JOIN entries e ON e.ticket_id = t.id
GROUP BY t.id HAVING count(*) <> max(e.seq) - min(e.seq) + 1 OR max(e.seq) <> t.timeline_seq OR count(DISTINCT e.seq) <> count(*)
UNION ALL
SELECT 'a file is elsewhere than its message' FROM attachments f LEFT JOIN messages m ON m.id = f.message_id LEFT JOIN notes n ON n.id = f.note_id
WHERE f.ticket_id <> coalesce(m.ticket_id, n.ticket_id)
UNION ALL
SELECT t.number || ' has messages and was merged' FROM tickets t WHERE t.merged_into IS NOT NULL AND EXISTS (SELECT FROM messages m WHERE m.ticket_id = t.id)`)
	if err != nil {
		tb.Fatal(err)
	}
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			tb.Fatal(err)
		}
		tb.Error(what)
	}
	if err := errors.Join(rows.Err()); err != nil {
		tb.Fatal(err)
	}
}

func (w *world) whole(tb testing.TB, number int64) ticket.Work {
	tb.Helper()
	x, err := w.svc.Work(tb.Context(), w.eve, number, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}
