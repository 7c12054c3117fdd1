package ticket_test

import (
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
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// How much of it there is: each sequence is a ticket on which some do some steps
// at the same time.
const (
	sequences = 200
	steps     = 6
)

// TestNoTextIsEverLost lets agents write, send, take back and schedule on several
// pages each, while customers answer, colleagues hand over, change and bin the
// ticket and the robot makes its rounds. Whatever text a save or a sending
// acknowledged is then the draft, a text beside it, a reply that waits or a
// message: whole. LOST_SEED repeats a run's choices.
func TestNoTextIsEverLost(t *testing.T) {
	t.Parallel()
	seed := uint64(20261015)
	if s, err := strconv.ParseUint(os.Getenv("LOST_SEED"), 10, 64); err == nil {
		seed = s
	}
	w := newSending(t)
	w.quiet()
	tickets := make([]int64, sequences)
	for i := range tickets {
		tickets[i] = w.submit(t, w.ann)
	}
	var saved, sent, aside, back atomic.Int64
	work := make(chan int)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for i := range work {
				s := &story{w: w, n: tickets[i], saved: &saved, sent: &sent, aside: &aside, back: &back}
				s.run(seed + uint64(i))
				if lost := s.lost(); lost != "" {
					t.Errorf("sequence %d of seed %d: %s", i, seed, lost)
				}
			}
		})
	}
	for i := range tickets {
		work <- i
	}
	close(work)
	all.Wait()
	t.Logf("%d saves (%d beside another page's), %d sendings, %d taken back", saved.Load(), aside.Load(), sent.Load(), back.Load())
	if saved.Load() < sequences || sent.Load() < sequences/4 || back.Load() == 0 || aside.Load() == 0 {
		t.Error("too little happened for the test to mean anything")
	}
}

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

// story is what happens on one ticket.
type story struct {
	w *sending
	n int64

	mu    sync.Mutex
	acked map[int64]map[string]string // by author and form: the last text that was acknowledged
	held  map[int64][]int64           // by author

	saved, sent, aside, back *atomic.Int64
}

func (s *story) run(seed uint64) {
	s.acked, s.held = map[int64]map[string]string{s.w.eve.PersonID: {}, s.w.max.PersonID: {}}, map[int64][]int64{}
	var all sync.WaitGroup
	for i, by := range []auth.Actor{s.w.eve, s.w.eve, s.w.max} {
		all.Go(func() { s.agent(rand.New(rand.NewPCG(seed, uint64(i))), by) })
	}
	all.Go(func() { s.others(rand.New(rand.NewPCG(seed, 99))) })
	all.Wait()
}

// ack notes what a page was told is safe.
func (s *story) ack(by auth.Actor, form, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acked[by.PersonID][form] = text
}

// writingPage is one open page of an agent.
type writingPage struct {
	key     string
	text    string
	version int64
	n       int64
}

func (s *story) agent(rng *rand.Rand, by auth.Actor) {
	ctx := context.Background()
	p := s.open(rng, by)
	for step := range steps {
		switch op := rng.IntN(12); {
		case op < 5:
			s.typed(ctx, rng, by, &p, step)
		case op < 6:
			p = s.open(rng, by) // the page is left without a word and opened again
		case op < 8:
			s.send(ctx, rng, by, &p)
			p = s.open(rng, by)
		case op < 10:
			s.hold(ctx, rng, by, &p)
			if rng.IntN(2) == 0 {
				s.takeBack(ctx, by)
			}
			p = s.open(rng, by)
		case op < 11:
			s.takeBack(ctx, by)
		default:
			s.useSpare(ctx, rng, by)
			p = s.open(rng, by)
		}
	}
}

// open loads the page: it goes on with the draft.
func (s *story) open(rng *rand.Rand, by auth.Actor) writingPage {
	p := writingPage{key: strconv.FormatUint(rng.Uint64(), 16)}
	_ = s.w.db.QueryRow(context.Background(), // an error leaves the page empty, as without a draft
		`SELECT d.body, d.version FROM drafts d JOIN tickets t ON t.id = d.ticket_id WHERE t.number = $1 AND d.person_id = $2 AND d.kind = 'reply'`,
		s.n, by.PersonID).Scan(&p.text, &p.version)
	return p
}

// typed saves the page once, or twice at the same time as a slow network does.
func (s *story) typed(ctx context.Context, rng *rand.Rand, by auth.Actor, p *writingPage, step int) {
	save := func(n int64, text string) error {
		out, err := s.w.svc.SaveDraft(ctx, by, s.n, ticket.Draft{
			Kind: ticket.ReplyDraft, Body: text, Version: p.version, Writer: p.key, WriterN: n, Form: map[string][]string{"cc": {""}},
		})
		if out.Aside {
			s.aside.Add(1)
		}
		return err
	}
	before := p.text
	p.text += fmt.Sprintf("[%s.%d]", p.key, step)
	p.n += 2
	var both sync.WaitGroup
	if rng.IntN(4) == 0 {
		both.Go(func() { _ = save(p.n-1, before+"[half") })
	}
	if err := save(p.n, p.text); err == nil {
		s.saved.Add(1)
		s.ack(by, p.key, p.text)
	}
	both.Wait()
}

// reply is what the page sends.
func (s *story) reply(rng *rand.Rand, p *writingPage) ticket.AgentReply {
	if p.text == "" {
		p.text = fmt.Sprintf("[%s]", p.key)
	}
	status := []ticket.Status{ticket.Waiting, ticket.Open, ticket.Resolved}[rng.IntN(3)]
	return ticket.AgentReply{Message: p.text, MessageKind: richtext.KindMarkdown, Status: status, Key: p.key, DraftVersion: p.version, Seen: int64(rng.IntN(6))}
}

func (s *story) send(ctx context.Context, rng *rand.Rand, by auth.Actor, p *writingPage) {
	if _, err := s.w.svc.Answer(ctx, by, s.n, s.reply(rng, p)); err == nil {
		s.sent.Add(1)
		s.ack(by, p.key, p.text)
	}
}

func (s *story) hold(ctx context.Context, rng *rand.Rand, by auth.Actor, p *writingPage) {
	h := ticket.Hold{Why: ticket.ForUndo}
	if rng.IntN(2) == 0 {
		h = ticket.Hold{Why: ticket.ForLater, At: s.w.now().Add(time.Hour), UnlessReply: rng.IntN(2) == 0}
	}
	held, err := s.w.svc.Hold(ctx, by, s.n, s.reply(rng, p), h)
	if err != nil {
		return
	}
	s.sent.Add(1)
	s.ack(by, p.key, p.text)
	s.mu.Lock()
	s.held[by.PersonID] = append(s.held[by.PersonID], held.ID)
	s.mu.Unlock()
}

// takeBack undoes the agent's last sending, or sends it at once.
func (s *story) takeBack(ctx context.Context, by auth.Actor) {
	s.mu.Lock()
	ids := s.held[by.PersonID]
	s.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	id := ids[len(ids)-1]
	if id%3 == 0 {
		_, _ = s.w.svc.SendNow(ctx, by, id)
	} else if _, err := s.w.svc.TakeBack(ctx, by, id); err == nil {
		s.back.Add(1)
	}
}

func (s *story) useSpare(ctx context.Context, rng *rand.Rand, by auth.Actor) {
	var ids []int64
	err := s.w.db.QueryRow(ctx, `SELECT array_agg(s.id) FROM spare_drafts s JOIN tickets t ON t.id = s.ticket_id WHERE t.number = $1 AND s.person_id = $2`,
		s.n, by.PersonID).Scan(&ids)
	if err == nil && len(ids) > 0 {
		_, _, _ = s.w.svc.UseSpare(ctx, by, ids[rng.IntN(len(ids))])
	}
}

// others do what agents have no hand in. What the ticket refuses is refused.
func (s *story) others(rng *rand.Rand) {
	ctx := context.Background()
	var undo ticket.Undo
	for range steps {
		switch rng.IntN(9) {
		case 0, 1:
			_, _ = s.w.svc.Reply(ctx, s.w.ann, s.n, ticket.CustomerReply{Message: "And now?"})
		case 2:
			_ = s.w.svc.Assign(ctx, s.w.max, s.n, []int64{0, s.w.eve.PersonID, s.w.max.PersonID}[rng.IntN(3)])
		case 3:
			_ = s.w.svc.SetStatus(ctx, s.w.max, s.n, []ticket.Status{ticket.Open, ticket.Waiting, ticket.Closed}[rng.IntN(3)], nil)
		case 4:
			_, _ = s.w.svc.SendDue(ctx)
		case 5:
			s.w.pass(20 * time.Second)
			_, _ = s.w.svc.SendDue(ctx)
		case 6:
			undo, _ = s.w.svc.Apply(ctx, s.w.max, s.n, ticket.Changes{Priority: ticket.High, Bin: []ticket.Bin{ticket.Stay, ticket.Trash, ticket.Restore}[rng.IntN(3)]})
		case 7:
			_ = s.w.svc.Undo(ctx, s.w.max, s.n, undo)
		default:
			s.w.pass(26 * time.Hour)
			_, _ = s.w.svc.Sweep(ctx)
		}
	}
}

const textsSQL = `
WITH t AS (SELECT id FROM tickets WHERE number = @number)
SELECT body FROM drafts WHERE person_id = @me AND ticket_id IN (SELECT id FROM t)
UNION ALL SELECT body FROM spare_drafts WHERE person_id = @me AND ticket_id IN (SELECT id FROM t)
UNION ALL SELECT body FROM held_replies WHERE author_id = @me AND ticket_id IN (SELECT id FROM t)
UNION ALL SELECT source FROM messages WHERE author_id = @me AND ticket_id IN (SELECT id FROM t)`

// lost names a text that was acknowledged and is nowhere, whole.
func (s *story) lost() string {
	for person, forms := range s.acked {
		rows, err := s.w.db.Query(context.Background(), textsSQL, pgx.NamedArgs{"number": s.n, "me": person})
		if err != nil {
			return err.Error()
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err.Error()
		}
		there := strings.Join(texts, "\n")
		for form, text := range forms {
			if !strings.Contains(there, text) {
				return fmt.Sprintf("form %s was told that %q is safe; there is only\n%s", form, text, there)
			}
		}
	}
	return ""
}
