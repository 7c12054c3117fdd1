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
	Copy     bool // put somebody on copy
	Leave    bool // a participant: stop getting copies, and with that seeing the ticket
	Rate     bool // say how satisfied one was
	Work     bool // staff: reply, note, set status, take
	Assign   bool // staff: give every ticket to everybody
	HandOver bool // staff: give this ticket to others
	Queue    bool // staff: put this ticket into a department's queue
	Suggest  bool // staff: add an answer to the suggestions
	Fields   bool // set the topic's fields, those that the reader may edit
	Trash    bool // staff: move into the trash
	Restore  bool // staff: take out of the trash
	Purge    bool // staff: delete for ever
}

// abilities returns what by, who sees t, may do to it at now.
func abilities(by auth.Actor, t Ticket, p Policy, now time.Time) Can {
	if t.MergedInto != nil {
		return Can{} // whatever is done is done to the ticket that it leads to
	}
	if by.Staff() && t.TrashedAt != nil {
		return Can{Restore: true, Purge: by.May(auth.ManageSettings)}
	}
	if by.Staff() {
		return Can{
			Reply: t.Status != Closed, Work: true,
			Assign: by.May(auth.AssignTickets), HandOver: by.May(auth.AssignTickets) || sameID(t.AssigneeID, by.PersonID),
			Queue:   by.May(auth.AssignTickets) || sameID(t.AssigneeID, by.PersonID) || t.AssigneeID == nil,
			Suggest: by.May(auth.SuggestAnswers), FollowUp: t.Status == Closed,
			Fields: true, Copy: mayCopy(by, t), Trash: true,
		}
	}
	reply, canReply := customerTrigger(t, p, now)
	_, solveErr := t.Status.Next(CustomerSolved)
	_, canReopen := reopenTrigger(t, p, now)
	return Can{
		Reply:   canReply,
		Reopens: canReply && t.Status.Reopens(reply),
		Solve:   solveErr == nil, Reopen: canReopen, FollowUp: t.Status == Closed && !canReopen,
		Fields: t.Status != Closed, Copy: mayCopy(by, t),
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

// mayCopy: only the requester and agents put somebody on copy (T7), while the
// ticket can still change.
func mayCopy(by auth.Actor, t Ticket) bool {
	return t.Status != Closed && (by.Staff() || by.SignedIn() && by.PersonID == t.RequesterID)
}

// mayTakeAway: agents take everybody off copy, a participant themselves, and
// the requester whom customers added.
func mayTakeAway(by auth.Actor, t Ticket, p Participant) bool {
	switch {
	case !by.SignedIn():
		return false
	case by.Staff(), p.PersonID != nil && *p.PersonID == by.PersonID:
		return true
	default:
		return by.PersonID == t.RequesterID && p.Side == ByCustomer
	}
}

// mayRate: the requester says how satisfied they were once the ticket is
// resolved, and changes it until it closes; of a closed one that nobody rated
// they may still say it.
func mayRate(by auth.Actor, t Ticket, have *Rating) bool {
	if !by.SignedIn() || by.Staff() || by.PersonID != t.RequesterID {
		return false
	}
	return rateable(t, have)
}

// rateable is mayRate for whoever holds the requester's signed link.
func rateable(t Ticket, have *Rating) bool {
	return t.TrashedAt == nil && (t.Status == Resolved || t.Status == Closed && have == nil)
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
