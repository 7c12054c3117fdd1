package ticket

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// Handover is whom a ticket is given to (A6). What is nil stays as it is.
type Handover struct {
	AssigneeID   *int64 // the agent; 0: nobody
	DepartmentID *int64 // whose queue it goes into; 0: nobody's in particular
	Note         string // for whoever goes on with it; "" none
}

// HandOver gives a ticket to an agent, to a department, or to both. A department
// without an agent finds one as its mode says; where it finds none, an assignee
// who is no member of it loses the ticket to its queue.
//
// Agents may take every ticket, hand on what is theirs, and put what is nobody's
// into a department's queue; all else needs auth.AssignTickets and is
// fault.Forbidden without. It returns fault.Invalid with the fields assignee,
// department or note.
func (s *Service) HandOver(ctx context.Context, by auth.Actor, number int64, in Handover) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	var wrong fault.Field
	note := body{}
	if in.Note != "" {
		note = newBody(&wrong, in.Note, richtext.KindMarkdown)
		if m, bad := wrong["message"]; bad {
			delete(wrong, "message")
			wrong.Add("note", m.Key, m.Args...)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(tx pgx.Tx, c *change) error {
		if err := s.hand(ctx, tx, c, in); err != nil || note.Text == "" {
			return err
		}
		if len(c.events) == 0 {
			wrong.Add("note", "ticket.handover_same")
			return wrong.Err()
		}
		_, err := c.addNote(ctx, tx, note)
		return err
	})
}

// hand gives a locked ticket to an agent, a department or both, if its actor may.
func (s *Service) hand(ctx context.Context, tx pgx.Tx, c *change, in Handover) error {
	if !mayHandOver(c.by, c.Ticket, in) {
		return fault.New(fault.Forbidden, "ticket.assign_forbidden")
	}
	moved, err := c.moveTo(ctx, tx, in.DepartmentID)
	switch {
	case err != nil:
		return err
	case in.AssigneeID != nil:
		return c.give(ctx, tx, *in.AssigneeID)
	case moved != nil:
		return s.deal(ctx, tx, c, *moved)
	default:
		return nil
	}
}

// mayHandOver says who may give a ticket to whom; see HandOver.
func mayHandOver(by auth.Actor, t Ticket, in Handover) bool {
	mine, nobodys := sameID(t.AssigneeID, by.PersonID), t.AssigneeID == nil
	stays := in.AssigneeID == nil || sameID(t.AssigneeID, *in.AssigneeID)
	switch {
	case by.May(auth.AssignTickets), mine:
		return true
	case in.AssigneeID != nil && *in.AssigneeID == by.PersonID:
		return in.DepartmentID == nil || nobodys || sameID(t.DepartmentID, *in.DepartmentID)
	case nobodys:
		return stays
	default:
		return stays && (in.DepartmentID == nil || sameID(t.DepartmentID, *in.DepartmentID))
	}
}

// idOrNil is nil for 0, as rows have it.
func idOrNil(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// queue is a department as a ticket comes into it.
type queue struct {
	ID      int64
	Name    map[string]string
	Retired bool
	Member  bool // the ticket's assignee is one
}

const queueSQL = `
SELECT d.id, d.name, d.retired,
    EXISTS (SELECT FROM department_members m WHERE m.department_id = d.id AND m.person_id = @assignee) AS member
FROM departments d WHERE d.id = ANY (@ids)`

// moveTo puts the ticket into a department's queue and returns the department;
// nil when it is there already or leaves all of them.
func (c *change) moveTo(ctx context.Context, tx pgx.Tx, id *int64) (*queue, error) {
	if id == nil || sameID(c.DepartmentID, *id) {
		return nil, nil
	}
	ids := []int64{*id}
	if c.DepartmentID != nil {
		ids = append(ids, *c.DepartmentID)
	}
	rows, _ := tx.Query(ctx, queueSQL, pgx.NamedArgs{"ids": ids, "assignee": c.AssigneeID})
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[queue])
	if err != nil {
		return nil, err
	}
	var from, to *queue
	for i, q := range all {
		if q.ID == *id {
			to = &all[i]
		} else {
			from = &all[i]
		}
	}
	if *id != 0 && (to == nil || to.Retired) {
		var wrong fault.Field
		wrong.Add("department", "ticket.department_unknown")
		return nil, wrong.Err()
	}
	c.DepartmentID = idOrNil(*id)
	c.record(DepartmentSet, from.words(), to.words(), "")
	return to, nil
}

// words are what an event keeps of a department: its name in every language.
func (q *queue) words() string {
	if q == nil {
		return ""
	}
	b, _ := json.Marshal(fieldWords{Value: q.Name}) // a map of strings
	return string(b)
}

// Dealt is why a department's mode gave a ticket to somebody.
const Dealt Trigger = "dealt"

// deal lets the department that the ticket came into find an agent.
func (s *Service) deal(ctx context.Context, tx pgx.Tx, c *change, q queue) error {
	if s.hooks.Pick != nil {
		id, name, err := s.hooks.Pick(ctx, tx, q.ID)
		if err != nil {
			return fmt.Errorf("ask department %d for an agent: %w", q.ID, err)
		}
		if id != 0 {
			if !sameID(c.AssigneeID, id) {
				c.giveTo(id, name, Dealt)
			}
			return nil
		}
	}
	if c.AssigneeID != nil && !q.Member {
		c.giveTo(0, "", "")
	}
	return nil
}

// addNote writes an internal note as part of a change and returns its id.
func (c *change) addNote(ctx context.Context, tx pgx.Tx, text body) (id int64, err error) {
	err = tx.QueryRow(ctx, insertNoteSQL, pgx.NamedArgs{
		"ticket_id": c.ID, "seq": c.nextSeq(), "author_id": c.by.PersonID, "source": text.Source, "source_kind": text.Kind,
		"text": text.Text, "send_key": "", "at": c.now,
	}).Scan(&id)
	return id, err
}

// route lets the department of a new ticket find an agent. Nothing happens where
// agents take from the queue.
func (s *Service) route(ctx context.Context, tx pgx.Tx, number int64, departmentID *int64) error {
	if departmentID == nil || s.hooks.Pick == nil {
		return nil
	}
	id, name, err := s.hooks.Pick(ctx, tx, *departmentID)
	if err != nil || id == 0 {
		return err
	}
	t, err := lock(ctx, tx, auth.TheSystem(), number)
	if err != nil {
		return err
	}
	c := begin(t, auth.TheSystem(), s.now())
	c.giveTo(id, name, Dealt)
	if err := c.save(ctx, tx); err != nil {
		return err
	}
	return s.tell(ctx, tx, c)
}
