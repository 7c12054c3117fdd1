package notice

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/ticket"
)

// Deliver is the job that sends one line by one channel.
type Deliver struct {
	NoticeID int64   `json:"notice_id"`
	Channel  Channel `json:"channel"`
}

// Kind names the job in the queue.
func (Deliver) Kind() string { return "notice_deliver" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (Deliver) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: JobQueue, MaxAttempts: 10}
}

// Courier works Deliver.
type Courier struct {
	river.WorkerDefaults[Deliver]
	notices *Service
}

// NewCourier returns the worker.
func NewCourier(s *Service) *Courier { return &Courier{notices: s} }

// Work implements river.Worker.
func (w *Courier) Work(ctx context.Context, job *river.Job[Deliver]) error {
	return w.notices.deliver(ctx, job.Args)
}

// dueSQL reads a line that is to be sent and holds it.
const dueSQL = `
SELECT ` + rowColumns + `, n.person_id, n.message_id, n.push_due, n.mail_due, n.pushed_at, n.mailed_at,
    coalesce((SELECT left(x.text, 2000) FROM notes x WHERE x.ticket_id = n.ticket_id AND x.author_id = n.actor_id AND abs(x.seq - n.seq) <= 2
        ORDER BY x.seq LIMIT 1), '') AS note, w.muted,
    coalesce((SELECT jsonb_agg(jsonb_build_object('event', x.event, 'scope', x.scope, 'channel', x.channel, 'wanted', x.wanted))
        FROM notice_choices x WHERE x.person_id = n.person_id), '[]') AS choices
FROM notices n
` + rowJoins + `
CROSS JOIN LATERAL ` + ticket.AttentionOf + `n.person_id) w
WHERE n.id = @id
FOR UPDATE OF n`

type dueRow struct {
	Row
	PersonID  int64
	MessageID *int64
	PushDue   *time.Time
	MailDue   *time.Time
	PushedAt  *time.Time
	MailedAt  *time.Time
	Note      string // written with a ticket's handing over
	Muted     bool
	Choices   Choices
}

const (
	pushedSQL = `UPDATE notices SET push_due = NULL, pushed_at = coalesce(@sent, pushed_at) WHERE id = @id`
	mailedSQL = `UPDATE notices SET mail_due = NULL, mailed_at = coalesce(@sent, mailed_at) WHERE id = @id`
)

// deliver sends a line if it is still due, unread and wanted, and if its reader
// may still see the ticket.
func (s *Service) deliver(ctx context.Context, d Deliver) error {
	err := pgx.BeginFunc(ctx, s.DB, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, dueSQL, pgx.NamedArgs{"id": d.NoticeID}) // CollectExactlyOneRow returns its error
		n, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[dueRow])
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		due, done := n.PushDue, pushedSQL
		if d.Channel == Mail {
			due, done = n.MailDue, mailedSQL
		}
		now := s.Now()
		if due == nil || due.After(now) {
			return nil // sent already, or another job's
		}
		var sent *time.Time
		to, wanted, err := s.wanted(ctx, n, d.Channel)
		if err != nil {
			return err
		}
		if wanted {
			sent = &now
			if err := s.send(ctx, tx, n, to, d.Channel); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, done, pgx.NamedArgs{"id": n.ID, "sent": sent})
		return err
	})
	if err != nil {
		return fmt.Errorf("send notice %d: %w", d.NoticeID, err)
	}
	return nil
}

// wanted reports whether a line is to be sent now, and to whom.
func (s *Service) wanted(ctx context.Context, n dueRow, c Channel) (auth.Actor, bool, error) {
	spec, known := specOf(n.Event)
	if n.ReadAt != nil || !known || n.Muted && !spec.Personal || n.Choices.muted(n.Event, n.Reason) || n.Choices.off(spec, c) {
		return auth.Actor{}, false, nil
	}
	to, err := s.Person(ctx, n.PersonID)
	if fault.Is(err, fault.NotFound) || err == nil && !to.Staff() {
		return auth.Actor{}, false, nil
	}
	if err != nil {
		return to, false, err
	}
	seen, err := s.sees(ctx, to, n.Number)
	return to, seen, err
}

// sees reports whether somebody may still see a ticket that they are told of; 0
// is none, which everybody may.
func (s *Service) sees(ctx context.Context, to auth.Actor, number int64) (bool, error) {
	if number == 0 {
		return true, nil
	}
	seen, err := s.Seen(ctx, to, []int64{number})
	return len(seen) > 0, err
}

// off reports whether a channel is off for every scope of an event.
func (all Choices) off(spec Spec, c Channel) bool {
	for _, cell := range spec.Cells {
		if all.Wants(spec.Event, cell.Scope, c) {
			return false
		}
	}
	return true
}

// muted reports whether every channel is off for an event in a scope.
func (all Choices) muted(e Event, s Scope) bool {
	for _, c := range Channels {
		if all.Wants(e, s, c) {
			return false
		}
	}
	return true
}

func (s *Service) send(ctx context.Context, tx pgx.Tx, n dueRow, to auth.Actor, c Channel) error {
	if c == Push {
		return s.pushAll(ctx, tx, n.PersonID, n.ID)
	}
	return s.Outbox.Queue(ctx, tx, s.letter(ctx, n, to))
}

// readerOf is ctx for somebody's language and zone.
func (s *Service) readerOf(ctx context.Context, to auth.Actor) context.Context {
	lang, zone := to.Lang, s.Zone(ctx)
	if !i18n.Known(lang) {
		lang = i18n.Langs[0].Tag
	}
	if to.Zone != "" {
		zone = i18n.Zone(to.Zone)
	}
	return i18n.With(ctx, i18n.Reader{Lang: lang, Zone: zone})
}

// letter is a line as a letter. What a customer wrote, and a ticket that was
// given to somebody, have letters of their own that say all of it.
func (s *Service) letter(ctx context.Context, n dueRow, to auth.Actor) mail.Letter {
	in := s.readerOf(ctx, to)
	l := mail.Letter{Kind: mail.Notice, PersonID: n.PersonID, TicketID: n.TicketID, Data: map[string]string{
		"who": n.ActorName, "what": Sentence(in, n.Row), "reason": Why(in, n.Row), "mute": link.NoticeWhy(n.ID),
		"link": link.AgentMessage(n.Number, n.Seq),
	}}
	switch {
	case n.Event == Assigned:
		l.Kind = mail.Assigned
		if n.ActorName == "" {
			l.Data["who"] = n.Department
		}
		if n.Note != "" {
			l.Data["note"] = n.Note
		}
		delete(l.Data, "link")
	case n.Event == CustomerReply && n.MessageID != nil:
		l.Kind, l.MessageID = mail.CustomerReply, *n.MessageID
		delete(l.Data, "link")
	}
	if n.Count > 1 {
		l.Data["count"] = strconv.Itoa(n.Count)
	}
	return l
}
