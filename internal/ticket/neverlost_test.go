package ticket_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/ticket"
)

// How much of it there is: each sequence is a pair of tickets on which some do
// some steps at the same time.
const (
	sequences = 60
	steps     = 6
)

// TestNoTextIsEverLost lets agents write, send, take back and schedule on several
// pages each, while customers answer, colleagues hand over, change and bin the
// tickets, two merge them into each other and undo it, and the robot makes its
// rounds. Whatever text a save or a sending acknowledged is then a draft, a text
// beside it, a reply that waits or a message: whole, and on a page that its
// writer can open. LOST_SEED repeats a run's choices.
func TestNoTextIsEverLost(t *testing.T) {
	t.Parallel()
	seed := uint64(20261015)
	if s, err := strconv.ParseUint(os.Getenv("LOST_SEED"), 10, 64); err == nil {
		seed = s
	}
	w := newSending(t)
	w.quiet()
	t.Logf("the choices of LOST_SEED=%d", seed)
	pairs := make([][2]int64, sequences)
	for i := range pairs {
		pairs[i] = [2]int64{w.submit(t, w.ann), w.submit(t, w.ann)}
	}
	var n tally
	work := make(chan int)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for i := range work {
				s := &story{w: w, pair: pairs[i], tally: &n}
				s.run(seed + uint64(i))
				if lost := s.lost(i); lost != "" || s.wrong != nil {
					t.Errorf("sequence %d of seed %d: %s %v", i, seed, lost, s.wrong)
				}
				s.part()
				if lost := s.lost(i); lost != "" {
					t.Errorf("sequence %d of seed %d, after all merges were undone: %s", i, seed, lost)
				}
			}
		})
	}
	for i := range pairs {
		work <- i
	}
	close(work)
	all.Wait()
	t.Logf("%d saves (%d beside another page's), %d sendings, %d taken back, %d merges, %d undone, %d drafts carried over, %d earlier texts taken",
		n.saved.Load(), n.aside.Load(), n.sent.Load(), n.back.Load(), n.merged.Load(), n.parted.Load(), n.carried.Load(), n.restored.Load())
	if n.saved.Load() < sequences || n.sent.Load() < sequences/4 || n.back.Load() == 0 || n.aside.Load() == 0 ||
		n.merged.Load() < sequences/2 || n.parted.Load() == 0 || n.carried.Load() == 0 {
		t.Error("too little happened for the test to mean anything")
	}
}

// tally counts what was done.
type tally struct{ saved, sent, aside, back, merged, parted, carried, restored atomic.Int64 }

// quiet replaces the hooks by such as many may call at once.
func (w *sending) quiet() {
	w.svc = ticket.NewService(w.db, nil, ticket.Hooks{
		Person: func(_ context.Context, id int64) (auth.Actor, error) {
			for _, a := range []auth.Actor{w.eve, w.max} {
				if a.PersonID == id {
					return a, nil
				}
			}
			return auth.Actor{}, fault.New(fault.NotFound, "account.not_found")
		},
	}, w.now)
}

// story is what happens on two tickets.
type story struct {
	w    *sending
	pair [2]int64
	*tally

	mu    sync.Mutex
	acked map[int64]map[string]string // by author and form: the last text that was acknowledged
	held  map[int64][]int64           // by author
	turn  sync.RWMutex                // nobody sends while somebody brings an earlier text back
	wrong error                       // the first answer that neither did nor refused what was asked
}

// fine reports whether something was done; to be refused is no trouble.
func (s *story) fine(err error) bool {
	if err != nil && fault.Of(err).Kind == fault.Internal {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wrong = cmp.Or(s.wrong, err)
	}
	return err == nil
}

func (s *story) run(seed uint64) {
	s.acked, s.held = map[int64]map[string]string{s.w.eve.PersonID: {}, s.w.max.PersonID: {}}, map[int64][]int64{}
	var all sync.WaitGroup
	for i, by := range []auth.Actor{s.w.eve, s.w.eve, s.w.max} {
		all.Go(func() { s.agent(rand.New(rand.NewPCG(seed, uint64(i))), by) })
	}
	all.Go(func() { s.others(rand.New(rand.NewPCG(seed, 99))) })
	all.Go(func() { s.mergers(rand.New(rand.NewPCG(seed, 98))) })
	all.Wait()
}

// mergers merge the tickets into each other, at the same time, and undo it. One of
// two opposite merges is refused.
func (s *story) mergers(rng *rand.Rand) {
	ctx := context.Background()
	for range steps / 2 {
		if rng.IntN(4) == 0 {
			s.part()
			continue
		}
		first := rng.IntN(2)
		var both sync.WaitGroup
		for i, by := range []auth.Actor{s.w.eve, s.w.max} {
			from, into := s.pair[(first+i)%2], s.pair[(first+i+1)%2]
			both.Go(func() {
				if s.fine(s.w.svc.Merge(ctx, by, from, ticket.Merging{Into: into})) {
					s.merged.Add(1)
				}
			})
		}
		both.Wait()
	}
}

// part undoes a merge of the two; without one nothing happens.
func (s *story) part() {
	for _, n := range s.pair {
		if _, err := s.w.svc.Unmerge(context.Background(), s.w.max, n, ticket.Along{}); s.fine(err) {
			s.parted.Add(1)
		}
	}
}

// ack notes what a page was told is safe.
func (s *story) ack(by auth.Actor, form, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked[by.PersonID][form] = text
}

// others do what agents have no hand in. What the ticket refuses is refused.
func (s *story) others(rng *rand.Rand) {
	ctx := context.Background()
	var undo ticket.Undo
	for range steps {
		n := s.pair[rng.IntN(2)]
		switch rng.IntN(9) {
		case 0, 1:
			_, _ = s.w.svc.Reply(ctx, s.w.ann, n, ticket.CustomerReply{Message: "And now?"})
		case 2:
			_ = s.w.svc.Assign(ctx, s.w.max, n, []int64{0, s.w.eve.PersonID, s.w.max.PersonID}[rng.IntN(3)])
		case 3:
			_ = s.w.svc.SetStatus(ctx, s.w.max, n, []ticket.Status{ticket.Open, ticket.Waiting, ticket.Closed}[rng.IntN(3)], nil)
		case 4:
			_, _ = s.w.svc.SendDue(ctx)
		case 5:
			s.w.pass(20 * time.Second)
			_, _ = s.w.svc.SendDue(ctx)
		case 6:
			undo, _ = s.w.svc.Apply(ctx, s.w.max, n, ticket.Changes{Priority: ticket.High, Bin: []ticket.Bin{ticket.Stay, ticket.Trash, ticket.Restore}[rng.IntN(3)]})
		case 7:
			_ = s.w.svc.Undo(ctx, s.w.max, n, undo)
		default:
			s.w.pass(26 * time.Hour)
			_, _ = s.w.svc.Sweep(ctx)
		}
	}
}

const textsSQL = `
WITH t AS (SELECT id FROM tickets WHERE number = ANY (@pair))
SELECT body FROM drafts WHERE person_id = @me AND ticket_id IN (SELECT id FROM t)
UNION ALL SELECT body FROM spare_drafts WHERE person_id = @me AND ticket_id IN (SELECT id FROM t)
UNION ALL SELECT body FROM held_replies WHERE author_id = @me AND ticket_id IN (SELECT id FROM t)
UNION ALL SELECT source FROM messages WHERE author_id = @me AND ticket_id IN (SELECT id FROM t)`

const formerSQL = `
SELECT body FROM draft_versions WHERE person_id = @me AND ticket_id IN (SELECT id FROM tickets WHERE number = ANY (@pair))`

// texts are what a statement finds of by's, below one another.
func (s *story) texts(by auth.Actor, sql string) (string, error) {
	rows, err := s.w.db.Query(context.Background(), sql, pgx.NamedArgs{"pair": s.pair[:], "me": by.PersonID})
	if err != nil {
		return "", err
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(texts, "\n"), err
}

// lost names a text that was acknowledged and is nowhere, whole.
func (s *story) lost(nth int) string {
	for _, by := range []auth.Actor{s.w.eve, s.w.max} {
		there, err := s.texts(by, textsSQL)
		if err == nil && nth%5 == 0 { // pages take longer to read
			there, err = s.onPages(by)
		}
		if err != nil {
			return err.Error()
		}
		for form, text := range s.acked[by.PersonID] {
			if !strings.Contains(there, text) {
				return fmt.Sprintf("form %s was told that %q is safe; there is only\n%s", form, text, there)
			}
		}
	}
	return ""
}

// onPages are the texts that the pages of both tickets show to one who writes
// there.
func (s *story) onPages(by auth.Actor) (string, error) {
	var texts []string
	for _, n := range s.pair {
		work, err := s.w.svc.Work(context.Background(), by, n, ticket.ViewAll, ticket.ReplyDraft)
		if err != nil {
			return "", err
		}
		if work.LeadsTo != nil {
			continue // the page is that of the other one
		}
		if work.Draft != nil {
			texts = append(texts, work.Draft.Body)
		}
		for _, d := range work.Carried {
			texts = append(texts, d.Body)
		}
		for _, d := range work.Spares {
			texts = append(texts, d.Body)
		}
		for _, h := range work.Held {
			texts = append(texts, h.Message)
		}
		for _, e := range work.Entries {
			texts = append(texts, e.Source)
		}
	}
	return strings.Join(texts, "\n"), nil
}
