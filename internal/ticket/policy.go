package ticket

import (
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Can is what a reader of a ticket may do, computed by the rules the use cases
// ask, so that a button shown is a button that works.
type Can struct {
	Reply    bool
	Reopens  bool // a reply would reopen the ticket
	Solve    bool
	Reopen   bool
	FollowUp bool // closed for good: write a ticket that follows it
	Work     bool // staff: reply, note, set status, take
	Assign   bool // staff: assign to others
	Suggest  bool // staff: add an answer to the suggestions
	Fields   bool // set the topic's fields, those that the reader may edit
}

// abilities returns what by, who sees t, may do to it at now.
func abilities(by auth.Actor, t Ticket, p Policy, now time.Time) Can {
	if by.Staff() {
		return Can{
			Reply: t.Status != Closed, Work: true,
			Assign: by.May(auth.AssignTickets), Suggest: by.May(auth.SuggestAnswers), FollowUp: t.Status == Closed,
			Fields: true,
		}
	}
	reply, canReply := customerTrigger(t, p, now)
	_, solveErr := t.Status.Next(CustomerSolved)
	_, canReopen := reopenTrigger(t, p, now)
	return Can{
		Reply:   canReply,
		Reopens: canReply && t.Status.Reopens(reply),
		Solve:   solveErr == nil, Reopen: canReopen, FollowUp: t.Status == Closed && !canReopen,
		Fields: t.Status != Closed,
	}
}

// customerTrigger is what a customer's reply to t does at now. A closed ticket
// takes one only within the policy's days after closing.
func customerTrigger(t Ticket, p Policy, now time.Time) (Trigger, bool) {
	if t.Status != Closed {
		return CustomerReplied, true
	}
	return reopenTrigger(t, p, now)
}

// reopenTrigger is what the customer's "Reopen" does to t at now.
func reopenTrigger(t Ticket, p Policy, now time.Time) (Trigger, bool) {
	switch {
	case t.Status == Resolved:
		return CustomerReopened, true
	case t.Status == Closed && t.ClosedAt != nil && p.ReopenClosed > 0 && now.Before(t.ClosedAt.AddDate(0, 0, p.ReopenClosed)):
		return ClosedReopened, true
	default:
		return "", false
	}
}

// notFound is what one hears of a ticket one may not know of.
func notFound() error { return fault.New(fault.NotFound, "ticket.not_found") }

// staffOnly refuses people who do not work tickets.
func staffOnly(by auth.Actor) error {
	if by.Staff() {
		return nil
	}
	return fault.New(fault.Forbidden, "error.forbidden")
}
