package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/richtext"
)

// RobotMove is one thing the robot did or would do.
type RobotMove struct {
	Number  int64     `json:"ticket"`
	Subject string    `json:"subject"`
	Step    Step      `json:"step"`
	Due     time.Time `json:"due"` // when it was planned for
	From    Status    `json:"from"`
	To      Status    `json:"to"`
}

// sweepBatch is how many due tickets one look-up finds.
const sweepBatch = 200

const dueSQL = `
SELECT t.number FROM tickets t
WHERE t.next_step_at <= @now AND ` + alive + ` AND t.number <> ALL (@skip)
ORDER BY t.next_step_at, t.id
LIMIT @limit`

// Sweep does every step that is due, each ticket in its own transaction, and
// returns what it did. A ticket that changed meanwhile is left alone; one whose
// step fails is reported after the rest is done. Any number of sweeps may run
// at once: a step is done by whoever holds the row, and then it is no longer
// due.
func (s *Service) Sweep(ctx context.Context) ([]RobotMove, error) {
	var moves []RobotMove
	var failed []error
	skip := []int64{}
	for {
		rows, _ := s.db.Query(ctx, dueSQL, pgx.NamedArgs{"now": s.now(), "skip": skip, "limit": sweepBatch})
		numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return moves, fmt.Errorf("find due tickets: %w", err)
		}
		for _, n := range numbers {
			move, err := s.step(ctx, n)
			if err != nil {
				failed = append(failed, fmt.Errorf("ticket %d: %w", n, err))
				skip = append(skip, n)
			}
			if move != nil {
				moves = append(moves, *move)
			}
		}
		if len(numbers) < sweepBatch {
			return moves, errors.Join(failed...)
		}
	}
}

// step does what is due to one ticket: one step, so that a customer who was
// away while the robot was down gets every period in full. It returns nil when
// nothing is due any more.
func (s *Service) step(ctx context.Context, number int64) (*RobotMove, error) {
	var move *RobotMove
	err := s.transact(ctx, func(tx pgx.Tx) error {
		robot := auth.TheRobot()
		t, err := lock(ctx, tx, robot, number)
		if err != nil {
			return err
		}
		now := s.now()
		if t.NextStep == nil || t.NextStepAt.After(now) || t.TrashedAt != nil {
			return nil
		}
		m := RobotMove{Number: t.Number, Subject: t.Subject, Step: *t.NextStep, Due: *t.NextStepAt, From: t.Status}
		c := begin(t, robot, now)
		if err := c.perform(ctx, tx, m.Step); err != nil {
			return err
		}
		m.To = c.Status
		move = &m
		if err := c.save(ctx, tx); err != nil {
			return err
		}
		return s.tell(ctx, tx, c)
	})
	if err != nil {
		return nil, err
	}
	return move, nil
}

// perform does one step to a locked ticket.
func (c *change) perform(ctx context.Context, tx pgx.Tx, step Step) error {
	switch step {
	case Remind:
		if err := c.say(ctx, tx, step); err != nil {
			return err
		}
		p := c.policy()
		return c.schedule(p, p.after(Remind), c.now)
	case Resolve:
		if err := c.say(ctx, tx, step); err != nil {
			return err
		}
		return c.move(RobotResolved, nil)
	case Close:
		return c.move(RobotClosed, nil)
	case Wake:
		until := c.PostponedUntil
		if err := c.move(RobotWoke, nil); err != nil {
			return err
		}
		c.record(PromiseDue, until.UTC().Format(time.RFC3339), "", RobotWoke)
		return nil
	default:
		return fmt.Errorf("no such step: %q", step)
	}
}

// say posts the robot's words for a step in the requester's language. They are
// the robot's, never an agent's answer.
func (c *change) say(ctx context.Context, tx pgx.Tx, step Step) error {
	text := robotText(c.policy(), step, c.RequesterLang)
	id, err := insertMessage(ctx, tx, message{
		body: body{Source: text, Kind: richtext.KindText, Text: text}, TicketID: c.ID, Seq: c.nextSeq(), Author: ByRobot, At: c.now,
	}, nil)
	c.posted = id
	c.replied, c.LastReplier, c.LastReplierID = true, ByRobot, nil
	return err
}

// robotText is what the robot says for a step: the policy's words in lang, else
// the catalogue's.
func robotText(p Policy, step Step, lang string) string {
	if !i18n.Known(lang) {
		lang = i18n.Langs[0].Tag
	}
	own := p.Texts[lang]
	switch {
	case step == Remind && own.Remind != "":
		return own.Remind
	case step == Resolve && own.Resolve != "":
		return own.Resolve
	case step == Remind && p.Resolve.N == 0:
		return i18n.In(lang, "ticket.robot.remind_only")
	case step == Remind && p.Resolve.Days == WorkingDays:
		return i18n.In(lang, "ticket.robot.remind_working", "count", p.Resolve.N)
	case step == Remind:
		return i18n.In(lang, "ticket.robot.remind", "count", p.Resolve.N)
	default:
		return i18n.In(lang, "ticket.robot.resolve")
	}
}

const previewDueSQL = `
SELECT t.number, t.subject, t.next_step AS step, t.next_step_at AS due, t.status AS "from",
    CASE t.next_step WHEN 'remind' THEN 'waiting' WHEN 'resolve' THEN 'resolved' WHEN 'close' THEN 'closed' ELSE 'open' END AS "to"
FROM tickets t
WHERE t.next_step_at <= @at AND ` + alive + `
ORDER BY t.next_step_at, t.id
LIMIT 10000`

// SweepPreview returns what a sweep would do at the given time if nothing
// happened until then. It changes nothing.
func (s *Service) SweepPreview(ctx context.Context, at time.Time) ([]RobotMove, error) {
	rows, _ := s.db.Query(ctx, previewDueSQL, pgx.NamedArgs{"at": at})
	return pgx.CollectRows(rows, pgx.RowToStructByName[RobotMove])
}
