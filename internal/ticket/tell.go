package ticket

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/mail"
)

// happened tells who follows timelines of the entries that one got.
func (s *Service) happened(ctx context.Context, tx pgx.Tx, ticketID, after, upto int64) error {
	if s.hooks.Happened == nil {
		return nil
	}
	return s.hooks.Happened(ctx, tx, ticketID, after, upto)
}

// tell queues the letters about a change that was saved, in its transaction:
// what is said happened, and what happened is said. Staff hear of it by notices.
func (s *Service) tell(ctx context.Context, tx pgx.Tx, c *change) error {
	if err := s.happened(ctx, tx, c.ID, c.since, c.TimelineSeq); err != nil {
		return err
	}
	if s.hooks.Mail == nil {
		return nil
	}
	colleagues, err := c.toColleagues(ctx, tx)
	if err != nil {
		return err
	}
	letters := append(c.letters(), colleagues...)
	if c.quiet {
		letters = nil
	}
	if len(letters) == 0 {
		return nil
	}
	s.askRating(c, letters)
	return s.hooks.Mail(ctx, tx, letters...)
}

// askRating puts the two links of one click into the requester's letter about
// their resolved ticket (T11). Nobody else gets them.
func (s *Service) askRating(c *change, letters []mail.Letter) {
	if c.Status != Resolved || len(s.hooks.Secret) == 0 {
		return
	}
	for _, l := range letters {
		if l.PersonID == c.RequesterID && l.To == "" {
			l.Data["rate_good"], l.Data["rate_bad"] = s.RatingLinks(c.Number, c.ReopenCount)
		}
	}
}

// confirm queues the letter that tells a customer the number of their ticket and
// when the first reply comes.
func (s *Service) confirm(ctx context.Context, tx pgx.Tx, by auth.Actor, ticketID int64) error {
	if s.hooks.Mail == nil || by.Staff() {
		return nil
	}
	return s.hooks.Mail(ctx, tx, mail.Letter{Kind: mail.Created, PersonID: by.PersonID, TicketID: ticketID})
}

// letters are who hears of a change, and by which kind of letter. Whoever did it
// is not told of it. A message says what became of the ticket too, so one change
// is one letter to each reader.
func (c *change) letters() []mail.Letter {
	switch {
	case c.posted == 0:
		return c.lettersOfStatus()
	case kindOf(c.by) == ByAgent:
		return c.lettersOfReply()
	case kindOf(c.by) == ByRobot && c.Status == Resolved:
		return c.toRequester(mail.AutoResolved)
	case kindOf(c.by) == ByRobot:
		return c.toRequester(mail.Reminder)
	default:
		return nil
	}
}

// lettersOfReply go to the requester and to everybody on copy.
func (c *change) lettersOfReply() []mail.Letter {
	all := c.toRequester(mail.Reply)
	for _, p := range c.Copies {
		if slices.Contains(c.skipped, p.Address) {
			continue
		}
		if p.PersonID != nil && (*p.PersonID == c.by.PersonID || *p.PersonID == c.RequesterID) {
			continue
		}
		l := c.letter(mail.Reply, 0)
		l.To = p.Address
		if p.PersonID != nil {
			l.PersonID = *p.PersonID
		}
		all = append(all, l)
	}
	return all
}

// told are the statuses that an agent's choice of is a letter of its own; for
// the others the customer waits for the reply.
var told = map[Status]mail.Kind{
	Resolved: mail.Resolved, Closed: mail.Closed, Postponed: mail.Postponed, ServiceCentre: mail.ServiceCentre,
}

func (c *change) lettersOfStatus() []mail.Letter {
	if kindOf(c.by) != ByAgent {
		return nil
	}
	for _, e := range c.events {
		if e.Kind != StatusChanged {
			continue
		}
		if kind, ok := told[c.Status]; ok {
			return c.toRequester(kind)
		}
		if e.Old == string(Resolved) {
			return c.toRequester(mail.Reopened)
		}
	}
	return nil
}

func (c *change) toRequester(kind mail.Kind) []mail.Letter {
	if c.RequesterID == c.by.PersonID {
		return nil
	}
	return []mail.Letter{c.letter(kind, c.RequesterID)}
}

// letter is one about c. What it says of the ticket besides its messages is
// written down now: it is read later.
func (c *change) letter(kind mail.Kind, personID int64) mail.Letter {
	l := mail.Letter{Kind: kind, PersonID: personID, TicketID: c.ID, Data: map[string]string{"status": statusValue(c.Status, c.PostponedUntil)}}
	if kind == mail.Postponed && c.PostponedUntil != nil {
		l.Data["until"] = c.PostponedUntil.UTC().Format(time.RFC3339)
	}
	if c.posted == 0 {
		l.Data["who"] = c.by.Name
	} else {
		l.MessageID = c.posted
	}
	return l
}

// copyTo is somebody on copy, for whom letters are queued.
type copyTo struct {
	Address  string `json:"address"`
	PersonID *int64 `json:"person_id"` // nil: an address of nobody we know
}

const numberSQL = `SELECT number FROM tickets WHERE id = @id`

// Undelivered records in the ticket's history that a letter about it could not
// be delivered, and opens the ticket for the agents: somebody waits for an
// answer that never came, or thinks they gave one. A closed ticket stays closed.
func (s *Service) Undelivered(ctx context.Context, tx pgx.Tx, ticketID int64, recipient, reason string) error {
	var number int64
	if err := tx.QueryRow(ctx, numberSQL, pgx.NamedArgs{"id": ticketID}).Scan(&number); err != nil {
		return err
	}
	t, err := lock(ctx, tx, auth.TheSystem(), number)
	if err != nil {
		return err
	}
	c := begin(t, auth.TheSystem(), s.now())
	c.record(Undelivered, reason, recipient, MailFailed)
	c.Unread = true
	if c.Status != Closed {
		if err := c.move(MailFailed, nil); err != nil {
			return err
		}
	}
	if err := c.save(ctx, tx); err != nil {
		return err
	}
	return s.happened(ctx, tx, c.ID, c.since, c.TimelineSeq)
}
