package ticket

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/pg"
)

// Apply makes changes to a ticket in one transaction: all of them or none. It
// returns what Undo needs; a ticket that already is as wanted is left alone and
// returns a zero Undo.
//
// It returns fault.Invalid with the fields of Changes.Check and assignee, topic,
// requester, company and "field.<key>"; fault.Conflict when the ticket's status or the trash does
// not allow it; fault.Forbidden when by may not.
func (s *Service) Apply(ctx context.Context, by auth.Actor, number int64, ch Changes) (Undo, error) {
	return s.apply(ctx, by, number, ch, "")
}

// apply is Apply; a macro's run is kept with the key of its form.
func (s *Service) apply(ctx context.Context, by auth.Actor, number int64, ch Changes, key string) (Undo, error) {
	if err := staffOnly(by); err != nil {
		return Undo{}, err
	}
	if err := ch.Check(s.now()); err != nil {
		return Undo{}, err
	}
	var u Undo
	alter := s.alter
	if ch.Bin == Restore {
		alter = s.alterAny
	}
	err := alter(ctx, by, number, func(tx pgx.Tx, c *change) error {
		before := c.stand()
		c.key = key
		if err := s.make(ctx, tx, c, ch, &u); err != nil {
			return err
		}
		u.Before, u.After = before, c.stand()
		return nil
	})
	if err != nil {
		return Undo{}, err
	}
	return u, nil
}

// make makes checked changes to a locked ticket and notes in u what it did
// beside the ticket's row. The topic comes first, since it brings the robot's
// policy, and the status last, since it brings the plan.
func (s *Service) make(ctx context.Context, tx pgx.Tx, c *change, ch Changes, u *Undo) error {
	if ch.Macro != "" {
		c.record(MacroRun, "", ch.Macro, "")
	}
	if err := c.setTopic(ctx, tx, ch.Topic); err != nil {
		return err
	}
	if ch.Requester != 0 || ch.Company != 0 {
		var err error
		if u.Uncopied, err = c.setOwner(ctx, tx, ch.Requester, ch.Company); err != nil {
			return err
		}
	}
	if err := s.setFields(ctx, tx, c, ch.Fields, u); err != nil {
		return err
	}
	c.setPriority(ch.Priority)
	if in := ch.handover(c.by); in.AssigneeID != nil || in.DepartmentID != nil {
		if err := s.hand(ctx, tx, c, in); err != nil {
			return err
		}
	}
	put, taken, err := c.tag(ctx, tx, ch.AddTags, ch.RemoveTags)
	if err != nil {
		return err
	}
	u.TagsPut, u.TagsTaken = tagIDs(put), tagIDs(taken)
	if ch.Status != "" {
		tr, err := AgentTrigger(ch.Status)
		if err != nil {
			return err
		}
		if err := c.move(tr, ch.until(c.now)); err != nil {
			return err
		}
	}
	return c.bin(ctx, tx, ch.Bin)
}

const topicPolicySQL = `
SELECT o.name, ` + policyColumns + ` FROM (SELECT o.id AS topic_id, o.name FROM topics o WHERE o.id = @topic) t
JOIN topics o ON o.id = t.topic_id` + policyJoin

const topicNameSQL = `SELECT name FROM topics WHERE id = @topic`

// setTopic files the ticket under another help topic, whose policy then decides
// what the robot does. An unknown one is fault.Invalid.
func (c *change) setTopic(ctx context.Context, tx pgx.Tx, topic int64) error {
	if topic == 0 || topic == c.TopicID {
		return nil
	}
	type row struct {
		Name map[string]string
		policyRow
	}
	rows, _ := tx.Query(ctx, topicPolicySQL, pgx.NamedArgs{"topic": topic})
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if err = pg.NotFound(err, "ticket.topic_unknown"); fault.Is(err, fault.NotFound) {
		var wrong fault.Field
		wrong.Add("topic", "ticket.topic_unknown")
		return wrong.Err()
	} else if err != nil {
		return err
	}
	var old map[string]string
	if err := tx.QueryRow(ctx, topicNameSQL, pgx.NamedArgs{"topic": c.TopicID}).Scan(&old); err != nil {
		return err
	}
	before, err := json.Marshal(old)
	if err != nil {
		return err
	}
	after, err := json.Marshal(r.Name)
	if err != nil {
		return err
	}
	c.record(TopicChanged, string(before), string(after), "")
	c.TopicID, c.policyRow = topic, r.policyRow
	return c.replan(c.policy())
}

// setPriority changes how urgent the ticket is; 0 stays.
func (c *change) setPriority(p Priority) {
	if p == 0 || c.Priority == p {
		return
	}
	c.record(PriorityChanged, strconv.Itoa(int(c.Priority)), strconv.Itoa(int(p)), "")
	c.Priority = p
}

const agentNameSQL = `
SELECT p.name FROM people p
WHERE p.id = @id AND p.disabled_at IS NULL AND EXISTS (
    SELECT FROM person_roles pr JOIN roles r ON r.id = pr.role_id WHERE pr.person_id = p.id AND 'tickets.answer' = ANY (r.permissions))`

// give makes an agent the assignee, 0 nobody. Who does not exist or works no
// longer is fault.Invalid.
func (c *change) give(ctx context.Context, tx pgx.Tx, to int64) error {
	if sameID(c.AssigneeID, to) {
		return nil
	}
	var name string
	if to != 0 {
		err := tx.QueryRow(ctx, agentNameSQL, pgx.NamedArgs{"id": to}).Scan(&name)
		if err = pg.NotFound(err, "ticket.agent_unknown"); fault.Is(err, fault.NotFound) {
			var wrong fault.Field
			wrong.Add("assignee", "ticket.agent_unknown")
			return wrong.Err()
		} else if err != nil {
			return err
		}
	}
	c.giveTo(to, name, "")
	return nil
}

// giveTo sets the assignee, who is called name.
func (c *change) giveTo(to int64, name string, why Trigger) {
	old := ""
	if c.AssigneeName != nil {
		old = *c.AssigneeName
	}
	c.AssigneeID, c.AssigneeName = nil, nil
	if to != 0 {
		c.AssigneeID, c.AssigneeName = &to, &name
	}
	c.record(Assigned, old, name, why)
}

func sameID(a *int64, b int64) bool { return a == nil && b == 0 || a != nil && *a == b }

// setFields sets fields of a locked ticket to what was typed and notes in u what
// they were.
func (s *Service) setFields(ctx context.Context, tx pgx.Tx, c *change, values map[string]string, u *Undo) error {
	if len(values) == 0 || s.hooks.ChangeFields == nil {
		return nil
	}
	fields, err := c.fields(ctx, tx)
	if err != nil {
		return err
	}
	current := maps.Clone(fields)
	current[priorityField] = int64(c.Priority)
	changes, err := s.hooks.ChangeFields(ctx, c.by, c.TopicID, current, values)
	if err != nil || len(changes) == 0 {
		return err
	}
	for _, f := range changes {
		if f.Key != priorityField {
			u.Fields = append(u.Fields, FieldUndo{Key: f.Key, Was: fields[f.Key], Is: f.Value, Change: f})
		}
		if err := c.setField(fields, f, ""); err != nil {
			return err
		}
	}
	if len(u.Fields) == 0 {
		return nil // the priority is saved with the ticket
	}
	_, err = tx.Exec(ctx, saveFieldsSQL, pgx.NamedArgs{"id": c.ID, "fields": fields})
	return err
}

// fields are the values of the ticket's own fields.
func (c *change) fields(ctx context.Context, tx pgx.Tx) (map[string]any, error) {
	var fields map[string]any
	err := tx.QueryRow(ctx, ticketFieldsSQL, pgx.NamedArgs{"id": c.ID}).Scan(&fields)
	if fields == nil {
		fields = map[string]any{}
	}
	return fields, err
}
