package ticket

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/mail"
)

// firstWords are the note or the reply that a ticket begins with, and who is on
// copy from the beginning.
type firstWords struct {
	body
	cc []string
}

// begin writes all else of a ticket that was just opened, as one change.
func (s *Service) begin(ctx context.Context, tx pgx.Tx, by auth.Actor, number int64, in OnBehalf, first firstWords) error {
	t, err := lock(ctx, tx, auth.TheSystem(), number) // by opened it, whatever department it is in
	if err != nil {
		return err
	}
	c := begin(t, by, s.now())
	c.quiet = in.Quiet
	if in.Call != nil {
		if err := in.Call.log(ctx, tx, c, ""); err != nil {
			return err
		}
	}
	if err := s.firstCopies(ctx, tx, c, in, first.cc); err != nil {
		return err
	}
	if err := s.write(ctx, tx, c, in, first); err != nil {
		return err
	}
	if err := s.firstHands(ctx, tx, c, in.AssigneeID); err != nil {
		return err
	}
	if in.Status != New {
		tr, err := AgentTrigger(in.Status)
		if err != nil {
			return err
		}
		if err := c.move(tr, nil); err != nil {
			return err
		}
	}
	if err := c.save(ctx, tx); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, c); err != nil || s.hooks.Mail == nil || c.quiet || c.posted != 0 {
		return err
	}
	return s.tellOpened(ctx, tx, c)
}

// firstCopies puts people on copy, with the guard that every answer has.
func (s *Service) firstCopies(ctx context.Context, tx pgx.Tx, c *change, in OnBehalf, cc []string) error {
	if err := s.checkCC(ctx, tx, c, cc, in.Confirmed); err != nil {
		return err
	}
	return c.addCopies(ctx, tx, "cc", cc)
}

// tellOpened tells of a ticket that begins with a note: the requester that it is
// there, and who is on copy that they are.
func (s *Service) tellOpened(ctx context.Context, tx pgx.Tx, c *change) error {
	var letters []mail.Letter
	if c.RequesterID != c.by.PersonID {
		letters = append(letters, mail.Letter{Kind: mail.Created, PersonID: c.RequesterID, TicketID: c.ID})
	}
	for _, to := range c.Copies {
		if to.PersonID != nil && *to.PersonID == c.by.PersonID {
			continue
		}
		l := mail.Letter{Kind: mail.Copied, To: to.Address, TicketID: c.ID, Data: copiedData(c)}
		if to.PersonID != nil {
			l.PersonID = *to.PersonID
		}
		letters = append(letters, l)
	}
	if len(letters) == 0 {
		return nil
	}
	return s.hooks.Mail(ctx, tx, letters...)
}

// write writes the note or the reply that a ticket begins with. A reply's
// placeholders are filled in, now that there is a ticket whose values they are.
func (s *Service) write(ctx context.Context, tx pgx.Tx, c *change, in OnBehalf, first firstWords) error {
	if in.Opening == OpenWithNote {
		if err := addWords(ctx, tx, c.ID, ""); err != nil {
			return err
		}
		note, err := c.addNote(ctx, tx, first.body)
		if err != nil || len(in.Uploads) == 0 {
			return err
		}
		return claim(ctx, tx, claimant{TicketID: c.ID, NoteID: &note, OwnerID: &c.by.PersonID, Rules: s.Limits(ctx)}, in.Uploads)
	}
	filled, err := s.In(tx).fillFor(ctx, auth.TheSystem(), c.by, c.Number, first.Source, first.Kind)
	if err != nil {
		return err
	}
	var wrong fault.Field
	if first.body = newBody(&wrong, filled, first.Kind); wrong.Err() != nil {
		return wrong.Err()
	}
	signed, err := signature(ctx, tx, c.by, c.ID)
	if err != nil {
		return err
	}
	id, err := insertMessage(ctx, tx, message{
		body: first.body, Signature: signed, TicketID: c.ID, Seq: c.nextSeq(), AuthorID: &c.by.PersonID, Author: ByAgent, CC: first.cc, At: c.now, Rules: s.Limits(ctx),
	}, in.Uploads)
	if err != nil {
		return err
	}
	c.posted, c.replied, c.LastReplier, c.LastReplierID, c.FirstReplyAt = id, true, ByAgent, &c.by.PersonID, &c.now
	return s.recordUsed(ctx, tx, id, in.Used)
}

// firstHands gives the new ticket to an agent, or lets its department find one.
func (s *Service) firstHands(ctx context.Context, tx pgx.Tx, c *change, assignee int64) error {
	if assignee != 0 {
		return s.hand(ctx, tx, c, Handover{AssigneeID: &assignee})
	}
	if c.DepartmentID == nil {
		return nil
	}
	return s.deal(ctx, tx, c, queue{ID: *c.DepartmentID})
}
