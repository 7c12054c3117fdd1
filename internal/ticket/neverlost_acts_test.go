package ticket_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// writingPage is one open page of an agent.
type writingPage struct {
	ticket  int64
	key     string
	text    string
	version int64
	n       int64
}

func (s *story) agent(rng *rand.Rand, by auth.Actor) {
	ctx := context.Background()
	p := s.open(rng, by)
	for step := range steps {
		s.act(ctx, rng, by, &p, step)
	}
}

// act does one thing on a page, or leaves it for another.
func (s *story) act(ctx context.Context, rng *rand.Rand, by auth.Actor, p *writingPage, step int) {
	op := rng.IntN(15)
	if op == 13 {
		s.useVersion(ctx, rng, by)
		*p = s.open(rng, by)
		return
	}
	s.turn.RLock()
	defer s.turn.RUnlock()
	switch {
	case op < 5:
		s.typed(ctx, rng, by, p, step)
	case op < 6:
		*p = s.open(rng, by) // the page is left without a word and opened again
	case op < 8:
		s.send(ctx, rng, by, p)
		*p = s.open(rng, by)
	case op < 10:
		s.hold(ctx, rng, by, p)
		if rng.IntN(2) == 0 {
			s.takeBack(ctx, by)
		}
		*p = s.open(rng, by)
	case op < 11:
		s.takeBack(ctx, by)
	case op < 12:
		if s.fine(s.w.svc.TakeDraft(ctx, by, s.pair[0], s.pair[1], ticket.ReplyDraft)) {
			s.carried.Add(1)
		}
		*p = s.open(rng, by)
	default:
		s.useSpare(ctx, rng, by)
		*p = s.open(rng, by)
	}
}

// useVersion brings an earlier text back. What it replaced is an earlier text
// then, whole; its writer wanted it gone, so sending the other may end it.
func (s *story) useVersion(ctx context.Context, rng *rand.Rand, by auth.Actor) {
	s.turn.Lock()
	defer s.turn.Unlock()
	h, err := s.w.svc.DraftHistory(ctx, by, s.pair[rng.IntN(2)], ticket.ReplyDraft)
	if !s.fine(err) || len(h.Versions) == 0 {
		return
	}
	if _, _, err := s.w.svc.UseVersion(ctx, by, h.Versions[rng.IntN(len(h.Versions))].ID); !s.fine(err) {
		return
	}
	s.restored.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	former, err := s.texts(by, formerSQL)
	stands, err2 := s.texts(by, textsSQL)
	if err = cmp.Or(err, err2); err != nil {
		s.wrong = cmp.Or(s.wrong, err)
		return
	}
	for form, text := range s.acked[by.PersonID] {
		if !strings.Contains(stands, text) && strings.Contains(former, text) {
			delete(s.acked[by.PersonID], form)
		}
	}
}

// open loads the page of one of the tickets: it goes on with its draft.
func (s *story) open(rng *rand.Rand, by auth.Actor) writingPage {
	p := writingPage{ticket: s.pair[rng.IntN(2)], key: strconv.FormatUint(rng.Uint64(), 16)}
	_ = s.w.db.QueryRow(context.Background(), // an error leaves the page empty, as without a draft
		`SELECT d.body, d.version FROM drafts d JOIN tickets t ON t.id = d.ticket_id WHERE t.number = $1 AND d.person_id = $2 AND d.kind = 'reply'`,
		p.ticket, by.PersonID).Scan(&p.text, &p.version)
	return p
}

// typed saves the page once, or twice at the same time as a slow network does.
func (s *story) typed(ctx context.Context, rng *rand.Rand, by auth.Actor, p *writingPage, step int) {
	save := func(n int64, text string) error {
		out, err := s.w.svc.SaveDraft(ctx, by, p.ticket, ticket.Draft{
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
	if s.fine(save(p.n, p.text)) {
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
	if _, err := s.w.svc.Answer(ctx, by, p.ticket, s.reply(rng, p)); s.fine(err) {
		s.sent.Add(1)
		s.ack(by, p.key, p.text)
	}
}

func (s *story) hold(ctx context.Context, rng *rand.Rand, by auth.Actor, p *writingPage) {
	h := ticket.Hold{Why: ticket.ForUndo}
	if rng.IntN(2) == 0 {
		h = ticket.Hold{Why: ticket.ForLater, At: s.w.now().Add(time.Hour), UnlessReply: rng.IntN(2) == 0}
	}
	held, err := s.w.svc.Hold(ctx, by, p.ticket, s.reply(rng, p), h)
	if !s.fine(err) {
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
	} else if _, err := s.w.svc.TakeBack(ctx, by, id); s.fine(err) {
		s.back.Add(1)
	}
}

func (s *story) useSpare(ctx context.Context, rng *rand.Rand, by auth.Actor) {
	var ids []int64
	err := s.w.db.QueryRow(ctx, `SELECT array_agg(s.id) FROM spare_drafts s JOIN tickets t ON t.id = s.ticket_id WHERE t.number = ANY ($1) AND s.person_id = $2`,
		s.pair[:], by.PersonID).Scan(&ids)
	if err == nil && len(ids) > 0 {
		_, _, _ = s.w.svc.UseSpare(ctx, by, ids[rng.IntN(len(ids))])
	}
}
