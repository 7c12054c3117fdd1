package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// player acts the story out.
type player struct {
	hours
	desk     Desk
	db       pg.DB
	clock    *clock
	rand     *rand.Rand
	first    int64 // the person whose password all have
	actors   map[string]auth.Actor
	articles map[string]int64 // by file name
	topics   map[string]int64
	teams    map[string]int64 // departments by their English name
	shared   []int64          // canned replies that everybody has
	busy     []int64          // tickets that play a part beside their story
	acts     []act
}

// act is one thing that happens.
type act struct {
	at time.Time
	do func(context.Context) error
}

// thread is a plot while it is played.
type thread struct {
	*plot
	number int64 // of the ticket; the follow-up's once there is one
}

// rehearse turns a plot into acts.
func (p *player) rehearse(pl *plot) {
	t := &thread{plot: pl}
	pl.values["first"], _, _ = strings.Cut(pl.who.name, " ")
	pl.values["name"], pl.values["company"] = pl.who.name, pl.who.firm
	answered := false
	for i, st := range pl.story.steps[:pl.steps] {
		text := fillIn(p.rand, st.text, pl.values)
		if i == 0 {
			subject := fillIn(p.rand, pl.story.subject, pl.values)
			p.add(pl.at[0], func(ctx context.Context) error { return p.submit(ctx, t, subject, text, 0) })
			continue
		}
		if st.by == agent && !answered {
			answered = true
			p.handOver(t, pl.at[i-1], pl.at[i])
		}
		p.add(pl.at[i], func(ctx context.Context) error { return p.take(ctx, t, st, text) })
	}
	p.aftermath(t, answered)
}

func (p *player) add(at time.Time, do func(context.Context) error) {
	p.acts = append(p.acts, act{at, do})
}

// handOver lets somebody give the ticket to its agent before the first answer:
// the agent, or the supervisor. Else the answer itself does.
func (p *player) handOver(t *thread, from, to time.Time) {
	at := to.Add(-to.Sub(from) / 3)
	by := t.agent
	switch p.rand.IntN(5) {
	case 0:
		by = annaMail
	case 1, 2:
	default:
		return
	}
	p.add(at, func(ctx context.Context) error {
		return p.desk.Tickets.Assign(ctx, p.actors[by], t.number, p.actors[t.agent].PersonID)
	})
}

// aftermath is what agents do around a ticket that is still alive.
func (p *player) aftermath(t *thread, answered bool) { //nolint:revive // a fact of the thread
	last := t.at[t.steps-1]
	soon := last.Add(p.between(20*time.Second, 3*time.Minute))
	dice := p.rand.IntN(12)
	switch {
	case t.goal == ticket.New && t.agent != "":
		p.add(soon, func(ctx context.Context) error {
			return p.desk.Tickets.Assign(ctx, p.actors[t.agent], t.number, p.actors[t.agent].PersonID)
		})
	case t.goal == ticket.Waiting && dice == 0:
		p.add(soon, func(ctx context.Context) error {
			return p.desk.Tickets.MovePlan(ctx, p.actors[t.agent], t.number, p.clock.at.Add(6*day))
		})
	case t.goal == ticket.Waiting && dice == 1:
		p.add(soon, func(ctx context.Context) error { return p.desk.Tickets.HoldPlan(ctx, p.actors[t.agent], t.number) })
	case t.goal == ticket.Open && dice < 3:
		p.add(soon, func(ctx context.Context) error {
			return p.desk.Tickets.SetPriority(ctx, p.actors[t.agent], t.number, ticket.High)
		})
	}
	if t.goal == ticket.Open && answered && t.steps < len(t.story.steps) {
		if next := t.story.steps[t.steps]; next.by == agent && p.rand.IntN(3) == 0 {
			text := []rune(fillIn(p.rand, next.text, t.values))
			p.add(soon, func(ctx context.Context) error {
				return p.draft(ctx, t, string(text[:len(text)*2/3]), next.to)
			})
		}
	}
}

// play does all acts in their order and lets the robot make its rounds between
// them, until now.
func (p *player) play(ctx context.Context, now time.Time) error {
	slices.SortStableFunc(p.acts, func(a, b act) int { return a.at.Compare(b.at) })
	for _, a := range p.acts {
		if a.at.After(now) {
			a.at = now
		}
		if err := p.robot(ctx, a.at); err != nil {
			return err
		}
		p.clock.at = a.at
		if err := a.do(ctx); err != nil && !fault.Is(err, fault.Conflict) { // what the robot ended first stays ended
			return err
		}
	}
	if err := p.robot(ctx, now); err != nil {
		return err
	}
	p.clock.at = now
	return nil
}

// robot makes every step that is due by then, within the minute.
func (p *player) robot(ctx context.Context, by time.Time) error {
	for {
		due, err := p.desk.Tickets.SweepPreview(ctx, by)
		if err != nil || len(due) == 0 {
			return err
		}
		p.clock.at = due[0].Due.Truncate(time.Minute).Add(time.Minute)
		if p.clock.at.After(by) {
			p.clock.at = by
		}
		if _, err := p.desk.Tickets.Sweep(ctx); err != nil {
			return err
		}
	}
}

// submit opens the ticket of a thread, or the one that follows it.
func (p *player) submit(ctx context.Context, t *thread, subject, text string, follows int64) error {
	by := p.actors[t.who.email]
	uploads, err := p.attach(ctx, by, t, t.story.steps[0].files, follows)
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for k, v := range t.story.fields {
		fields[k] = v
	}
	switch t.story.topic {
	case "technical_support":
		fields["priority"] = or(fields["priority"], "2")
		if t.values["model"] != "" {
			fields["serial_numbers"] = t.values["serial"] + ";" + t.values["serial2"]
		}
		if p.rand.IntN(3) == 0 {
			fields["order_number"], fields["order_year"] = t.values["order"], "2026"
		}
	case "billing":
		fields["related_service"] = or(fields["related_service"], "delivery")
	}
	n, err := p.desk.Tickets.Submit(ctx, by, ticket.Submission{
		TopicID: p.topics[t.story.topic], Subject: subject, Message: text, MessageKind: richtext.KindMarkdown,
		Fields: fields, Follows: follows, Uploads: uploads,
	})
	if err != nil {
		return fmt.Errorf("story %s: %w", t.story.key, err)
	}
	t.number = n
	return nil
}

// attach stages files; follow-ups come without.
func (p *player) attach(ctx context.Context, by auth.Actor, t *thread, names []string, follows int64) ([]int64, error) {
	if follows != 0 {
		return nil, nil
	}
	var ids []int64
	for _, name := range names {
		content, err := prop(p.rand, name, t.values, p.clock.at)
		if err != nil {
			return nil, err
		}
		up, err := p.desk.Tickets.Stage(ctx, by, name, bytes.NewReader(content), ticket.MaxUploads)
		if err != nil {
			return nil, err
		}
		ids = append(ids, up.ID)
	}
	return ids, nil
}

// take lets the author of a step do it.
func (p *player) take(ctx context.Context, t *thread, st step, text string) error {
	switch st.by {
	case customer:
		return p.reply(ctx, t, st, text)
	case agent:
		return p.answer(ctx, t, st, text)
	case status:
		return p.desk.Tickets.SetStatus(ctx, p.actors[t.agent], t.number, st.to, nil)
	case note:
		_, err := p.desk.Tickets.AddNote(ctx, p.actors[t.helper], t.number, ticket.NewNote{Message: text, MessageKind: richtext.KindMarkdown})
		return err
	default:
		return fmt.Errorf("nobody is called %q", st.by)
	}
}

// reply is the customer's turn. Who comes too late opens a ticket that follows.
func (p *player) reply(ctx context.Context, t *thread, st step, text string) error {
	by := p.actors[t.who.email]
	if text != "" {
		uploads, err := p.attach(ctx, by, t, st.files, 0)
		if err != nil {
			return err
		}
		var failed error
		if !st.followup {
			_, failed = p.desk.Tickets.Reply(ctx, by, t.number, ticket.CustomerReply{Message: text, MessageKind: richtext.KindMarkdown, Uploads: uploads})
		}
		if st.followup || fault.Is(failed, fault.Conflict) {
			subject := fillIn(p.rand, t.story.subject, t.values)
			return p.submit(ctx, t, subject, text, t.number)
		}
		if failed != nil {
			return failed
		}
	}
	if st.solved {
		p.clock.at = p.clock.at.Add(40 * time.Second)
		return p.desk.Tickets.Solve(ctx, by, t.number)
	}
	return nil
}

func (p *player) answer(ctx context.Context, t *thread, st step, text string) error {
	in := ticket.AgentReply{
		Message: text, MessageKind: richtext.KindMarkdown, Status: st.to, Suggest: st.suggest, Personal: st.personal,
	}
	if st.article != "" {
		id, ok := p.articles[st.article]
		if !ok {
			return fmt.Errorf("story %s: no article %q", t.story.key, st.article)
		}
		in.Used = []ticket.AnswerRef{{Kind: ticket.ArticleAnswer, ID: id}}
	}
	if st.article == "" && p.rand.IntN(4) == 0 {
		in.Used = []ticket.AnswerRef{{Kind: ticket.CannedAnswer, ID: p.shared[p.rand.IntN(len(p.shared))]}}
	}
	if st.until > 0 {
		until := p.at(p.clock.at.Add(st.until).In(p.zone), opens, opens+40)
		for !weekday(until) {
			until = until.AddDate(0, 0, 1)
		}
		in.PostponedUntil = &until
	}
	if st.copies || p.rand.IntN(20) == 0 {
		in.CC = t.who.manager
	}
	_, err := p.desk.Tickets.Answer(ctx, p.actors[t.agent], t.number, in)
	return err
}

func (p *player) draft(ctx context.Context, t *thread, text string, to ticket.Status) error {
	_, err := p.desk.Tickets.SaveDraft(ctx, p.actors[t.agent], t.number, ticket.Draft{
		Kind: ticket.ReplyDraft, Body: text, BodyKind: richtext.KindMarkdown, Status: string(to),
	})
	return err
}
