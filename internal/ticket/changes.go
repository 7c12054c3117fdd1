package ticket

import (
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Changes is what is to become of a ticket, in one step: the same words serve
// the small forms of the answering page, macros (A11) and bulk actions (A2). What
// is left at its zero value stays as it is.
type Changes struct {
	Status       Status
	Until        *time.Time // of Postponed
	PostponeDays int        // of Postponed without Until: so many days from then, at ten in the morning UTC
	Priority     Priority
	Assignee     *int64 // 0: nobody; Myself: whoever does it
	Department   *int64 // 0: nobody's in particular
	Topic        int64
	Requester    int64 // who the ticket is for; with them the company changes
	Company      int64 // one of the requester's
	AddTags      []string
	RemoveTags   []string
	Fields       map[string]string // as typed, by key; "priority" is the ticket's own
	Bin          Bin
	Macro        string // the name of the macro that these are of, for the history
}

// Myself is the Changes.Assignee that stands for whoever makes the changes.
const Myself int64 = -1

// Bin is what happens to a ticket with regard to the trash.
type Bin string

// The values of Bin.
const (
	Stay    Bin = ""
	Trash   Bin = "trash"   // off every list; deleted for ever after a while
	Spam    Bin = "spam"    // Trash, and nothing more from the requester's address
	Restore Bin = "restore" // out of the trash; the address of a spam ticket may write again
)

// Bounds of a set of changes.
const (
	maxPostponeDays = 365
	maxTags         = 20 // on one ticket
	maxTag          = 40 // runes of a tag
)

// Empty reports whether ch changes nothing.
func (ch Changes) Empty() bool {
	return ch.Status == "" && ch.Priority == 0 && ch.Assignee == nil && ch.Department == nil && ch.Topic == 0 && ch.Requester == 0 && ch.Company == 0 &&
		len(ch.AddTags) == 0 && len(ch.RemoveTags) == 0 && len(ch.Fields) == 0 && ch.Bin == Stay
}

// Check says what is wrong with changes whatever ticket they are for, as
// fault.Invalid with the fields status, postponed_until, priority, tags and bin.
func (ch Changes) Check(now time.Time) error {
	var wrong fault.Field
	if ch.Status != "" {
		if _, err := AgentTrigger(ch.Status); err != nil {
			wrong.Add("status", "ticket.status_unknown")
		}
	}
	checkUntil(&wrong, ch.Status, ch.until(now), now)
	if ch.Priority != 0 && (ch.Priority < Low || ch.Priority > Urgent) {
		wrong.Add("priority", "ticket.priority_unknown")
	}
	checkTags(&wrong, ch.AddTags)
	switch ch.Bin {
	case Stay, Trash, Spam, Restore:
	default:
		wrong.Add("bin", "error.bad_request")
	}
	return wrong.Err()
}

// until is the date of Postponed; nil for any other status.
func (ch Changes) until(now time.Time) *time.Time {
	switch {
	case ch.Status != Postponed:
		return nil
	case ch.Until == nil && ch.PostponeDays > 0:
		day := now.UTC().AddDate(0, 0, min(ch.PostponeDays, maxPostponeDays))
		at := time.Date(day.Year(), day.Month(), day.Day(), 10, 0, 0, 0, time.UTC)
		return &at
	default:
		return ch.Until
	}
}

// handover is whose the ticket becomes when by makes the changes.
func (ch Changes) handover(by auth.Actor) Handover {
	in := Handover{AssigneeID: ch.Assignee, DepartmentID: ch.Department}
	if ch.Assignee != nil && *ch.Assignee == Myself {
		in.AssigneeID = &by.PersonID
	}
	return in
}
