package ticket

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Undone is why an event is there that takes changes back. It is no trigger of
// the state machine: it puts back what the machine had allowed.
const Undone Trigger = "undone"

// Undo is what is needed to take changes back (F10). It may be kept as JSON.
type Undo struct {
	Before, After Stand
	TagsPut       []int64
	TagsTaken     []int64
	Fields        []FieldUndo
	Uncopied      bool   // the requester that came had been on copy
	Sent          bool   // a reply went with it, which nobody takes back
	HeldKey       string // the key of a reply that was to wait first; "" none
}

// FieldUndo is one field of a ticket before and after a change.
type FieldUndo struct {
	Key     string
	Was, Is any
	Change  FieldChange // its words
}

// Said is the field's label and its new value, as the reader has them.
func (f FieldUndo) Said(ctx context.Context) (label, value string) {
	lang := i18n.ReaderOf(ctx).Lang
	return inLang(f.Change.Label, lang), inLang(f.Change.New, lang)
}

// Stand is how a ticket's row stands, as far as changes touch it.
type Stand struct {
	Status         Status
	StatusSince    time.Time
	Reopened       bool
	Unread         bool
	Priority       Priority
	TopicID        int64
	AssigneeID     int64 // 0: nobody
	AssigneeName   string
	DepartmentID   int64 // 0: nobody's in particular
	RequesterID    int64
	CompanyID      int64 // 0: nobody's
	SiteID         int64
	ResolvedAt     *time.Time
	ClosedAt       *time.Time
	PostponedUntil *time.Time
	NextStep       *Step
	NextStepAt     *time.Time
	StepFrom       *time.Time
	PlanBy         PlanBy
	TrashedAt      *time.Time
	Spam           bool
}

func (c *change) stand() Stand {
	st := Stand{
		Status: c.Status, StatusSince: c.StatusSince, Reopened: c.Reopened, Unread: c.Unread, Priority: c.Priority, TopicID: c.TopicID,
		ResolvedAt: c.ResolvedAt, ClosedAt: c.ClosedAt, PostponedUntil: c.PostponedUntil, NextStep: c.NextStep, NextStepAt: c.NextStepAt,
		StepFrom: c.StepFrom, PlanBy: c.PlanBy, TrashedAt: c.TrashedAt, Spam: c.Spam,
	}
	st.AssigneeID, st.DepartmentID = orZero(c.AssigneeID), orZero(c.DepartmentID)
	st.RequesterID, st.CompanyID, st.SiteID = c.RequesterID, orZero(c.CompanyID), orZero(c.SiteID)
	if c.AssigneeName != nil {
		st.AssigneeName = *c.AssigneeName
	}
	return st
}

// Changed reports whether there is anything to undo.
func (u Undo) Changed() bool {
	b, err := json.Marshal(u.Before)
	a, err2 := json.Marshal(u.After)
	return err != nil || err2 != nil || string(a) != string(b) || len(u.TagsPut)+len(u.TagsTaken)+len(u.Fields) > 0
}

const heldSentSQL = `SELECT EXISTS (SELECT FROM messages WHERE ticket_id = @ticket AND send_key = @key)`

// Undo takes changes back: all of them, or none when one of the things that they
// changed has moved on since, which is fault.Conflict "ticket.moved_on.<what>".
// What else happened to the ticket meanwhile stays.
func (s *Service) Undo(ctx context.Context, by auth.Actor, number int64, u Undo) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	return s.alterAny(ctx, by, number, func(tx pgx.Tx, c *change) error {
		fields, err := c.fields(ctx, tx)
		if err != nil {
			return err
		}
		if u.HeldKey != "" {
			if err := tx.QueryRow(ctx, heldSentSQL, pgx.NamedArgs{"ticket": c.ID, "key": u.HeldKey}).Scan(&u.Sent); err != nil {
				return err
			}
		}
		if what := c.movedOn(u, fields); what != "" {
			return fault.New(fault.Conflict, "ticket.moved_on."+what)
		}
		if err := c.takeBack(ctx, tx, u); err != nil {
			return err
		}
		if err := c.takeFieldsBack(ctx, tx, u, fields); err != nil {
			return err
		}
		return c.takeTagsBack(ctx, tx, u)
	})
}

// movedOn names what u changed and something else changed again; "" nothing.
// Tags are missing here: one that is gone or back already is as undone.
func (c *change) movedOn(u Undo, fields map[string]any) string {
	now, b, a := c.stand(), u.Before, u.After
	switch {
	case u.Sent:
		return "sent"
	case (b.TrashedAt == nil) != (a.TrashedAt == nil) && (now.TrashedAt == nil) != (a.TrashedAt == nil):
		return "bin"
	case now.TrashedAt != nil && a.TrashedAt == nil:
		return "bin" // somebody threw it away since
	case statusOf(b) != statusOf(a) && (now.Status != a.Status || !now.StatusSince.Equal(a.StatusSince)):
		return "status"
	case b.Priority != a.Priority && now.Priority != a.Priority:
		return "priority"
	case b.AssigneeID != a.AssigneeID && now.AssigneeID != a.AssigneeID:
		return "assignee"
	case b.DepartmentID != a.DepartmentID && now.DepartmentID != a.DepartmentID:
		return "department"
	case b.TopicID != a.TopicID && now.TopicID != a.TopicID:
		return "topic"
	case b.RequesterID != a.RequesterID && now.RequesterID != a.RequesterID:
		return "requester"
	case b.CompanyID != a.CompanyID && now.CompanyID != a.CompanyID:
		return "company"
	}
	if slices.ContainsFunc(u.Fields, func(f FieldUndo) bool { return !sameValue(fields[f.Key], f.Is) }) {
		return "field"
	}
	return ""
}

// statusOf is a status with its date, to compare.
func statusOf(st Stand) string { return statusValue(st.Status, st.PostponedUntil) }

// sameValue compares values as they are stored.
func sameValue(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// takeBack puts the ticket's row back as far as u changed it.
func (c *change) takeBack(ctx context.Context, tx pgx.Tx, u Undo) error {
	b, a := u.Before, u.After
	planned := sameTime(c.NextStepAt, a.NextStepAt) && c.PlanBy == a.PlanBy
	if statusOf(b) != statusOf(a) {
		c.record(StatusChanged, statusOf(c.stand()), statusOf(b), Undone)
		c.Status, c.StatusSince, c.PostponedUntil = b.Status, b.StatusSince, b.PostponedUntil
		c.ResolvedAt, c.ClosedAt = b.ResolvedAt, b.ClosedAt
		c.Reopened, c.Unread = b.Reopened || c.Reopened, b.Unread || c.Unread
	}
	if b.Priority != a.Priority {
		c.record(PriorityChanged, strconv.Itoa(int(a.Priority)), strconv.Itoa(int(b.Priority)), Undone)
		c.Priority = b.Priority
	}
	if b.DepartmentID != a.DepartmentID {
		if _, err := c.moveTo(ctx, tx, &b.DepartmentID); err != nil {
			return err
		}
	}
	if b.AssigneeID != a.AssigneeID {
		c.giveTo(b.AssigneeID, b.AssigneeName, Undone)
	}
	if b.TopicID != a.TopicID {
		if err := c.setTopic(ctx, tx, b.TopicID); err != nil {
			return err
		}
	}
	if err := c.giveOwnerBack(ctx, tx, u); err != nil {
		return err
	}
	if planned {
		c.NextStep, c.NextStepAt, c.StepFrom, c.PlanBy = b.NextStep, b.NextStepAt, b.StepFrom, b.PlanBy
	}
	if (b.TrashedAt == nil) == (a.TrashedAt == nil) {
		return nil
	}
	if b.TrashedAt == nil {
		return c.restore(ctx, tx, Undone)
	}
	as := Trash
	if b.Spam {
		as = Spam
	}
	return c.throwAway(ctx, tx, as, Undone)
}

// takeFieldsBack gives the ticket's fields the values they had.
func (c *change) takeFieldsBack(ctx context.Context, tx pgx.Tx, u Undo, fields map[string]any) error {
	if len(u.Fields) == 0 {
		return nil
	}
	for _, f := range u.Fields {
		back := f.Change
		back.Value, back.Old, back.New = f.Was, f.Change.New, f.Change.Old
		if err := c.setField(fields, back, Undone); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, saveFieldsSQL, pgx.NamedArgs{"id": c.ID, "fields": fields})
	return err
}

// takeTagsBack takes off what was put on and puts back what was taken off.
func (c *change) takeTagsBack(ctx context.Context, tx pgx.Tx, u Undo) error {
	if len(u.TagsPut)+len(u.TagsTaken) == 0 {
		return nil
	}
	taken, err := tagRows(ctx, tx, takeTagsSQL, pgx.NamedArgs{"ticket": c.ID, "keys": []string{}, "ids": u.TagsPut})
	if err != nil {
		return err
	}
	put, err := tagRows(ctx, tx, putTagsBackSQL, pgx.NamedArgs{"ticket": c.ID, "ids": u.TagsTaken})
	if err != nil {
		return err
	}
	c.recordTags(put, taken, Undone)
	return nil
}
