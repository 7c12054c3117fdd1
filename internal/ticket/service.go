package ticket

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// ServiceStage is a step of equipment through the service centre.
type ServiceStage string

// The stages. Each may be skipped.
const (
	Shipping   ServiceStage = "shipping"   // on its way to the service centre
	Acceptance ServiceStage = "acceptance" // taken in
	Diagnosis  ServiceStage = "diagnosis"  // looked at, and what is to become of it
)

// ServiceStages lists them in their order.
var ServiceStages = []ServiceStage{Shipping, Acceptance, Diagnosis}

// ServiceField is one thing that a stage keeps.
type ServiceField struct {
	Key     string
	Options []string // a closed set; nil: any text
	Long    bool     // several lines
	Date    bool     // "2026-11-20"
}

// serviceFields are what the stages keep beside their date.
var serviceFields = map[ServiceStage][]ServiceField{
	Shipping: {
		{Key: "how", Options: []string{"courier", "post", "driver", "in_person"}}, {Key: "waybill"}, {Key: "address", Long: true},
	},
	Acceptance: {{Key: "serials"}, {Key: "condition", Long: true}, {Key: "kit", Long: true}},
	Diagnosis: {
		{Key: "result", Long: true},
		{Key: "warranty", Options: []string{"yes", "no"}},
		{Key: "decision", Options: []string{"repair", "replace", "refuse"}},
		{Key: "cost"},
		{Key: "expected", Date: true},
	},
}

// Fields are what the stage keeps beside its date.
func (s ServiceStage) Fields() []ServiceField { return serviceFields[s] }

// maxServiceText is how long one of the texts may be, in characters.
const maxServiceText = 1000

// ServiceRecord is what was recorded of a stage.
type ServiceRecord struct {
	Order      int64             `json:"order"` // a ticket may go to the service centre more than once
	Stage      ServiceStage      `json:"stage"`
	On         string            `json:"on"` // the day it happened, "2026-11-20"
	Details    map[string]string `json:"details"`
	Author     string            `json:"author"`
	RecordedAt time.Time         `json:"recorded_at"`
	Open       bool              `json:"open"` // the equipment is still there
}

// serviceColumn are the stages of ticket t, the oldest order first.
const serviceColumn = `coalesce((SELECT jsonb_agg(jsonb_build_object('order', so.id, 'stage', ss.stage, 'on', ss.happened_on, 'details', ss.details,
        'author', sp.name, 'recorded_at', ss.recorded_at, 'open', so.returned_at IS NULL)
        ORDER BY so.id, array_position(ARRAY['shipping', 'acceptance', 'diagnosis'], ss.stage))
        FROM service_orders so JOIN service_stages ss ON ss.order_id = so.id JOIN people sp ON sp.id = ss.author_id
        WHERE so.ticket_id = ANY (` + WithMerged + `)), '[]') AS service`

// StageInput is what an agent records of a stage.
type StageInput struct {
	Stage        ServiceStage
	On           string            // "2026-11-20"; "": today
	Details      map[string]string // by ServiceField.Key; what is empty is left out
	DepartmentID int64             // whose queue a ticket that is handed over goes into; 0: it stays
}

// check returns the day and the details as they are kept.
func (in StageInput) check(now time.Time) (on time.Time, details map[string]string, err error) {
	var wrong fault.Field
	fields, known := serviceFields[in.Stage]
	if !known {
		wrong.Add("stage", "ticket.service_unknown")
	}
	on = now
	if in.On != "" {
		if on, err = time.Parse(time.DateOnly, in.On); err != nil || on.After(now.AddDate(0, 0, 1)) || on.Before(now.AddDate(-2, 0, 0)) {
			wrong.Add("on", "ticket.service_day")
		}
	}
	details = map[string]string{}
	for _, f := range fields {
		v := strings.TrimSpace(richtext.Clean(in.Details[f.Key]))
		if !f.Long {
			v = richtext.Line(v)
		}
		_, notADay := time.Parse(time.DateOnly, v)
		switch {
		case v == "":
			continue
		case f.Options != nil && !slices.Contains(f.Options, v):
			wrong.Add(f.Key, "ticket.service_choose")
		case f.Date && notADay != nil:
			wrong.Add(f.Key, "ticket.service_expected")
		case utf8.RuneCountInString(v) > maxServiceText:
			wrong.Add(f.Key, "ticket.service_long", "limit", maxServiceText)
		}
		details[f.Key] = v
	}
	return on, details, wrong.Err()
}

// servesSQL says who works for the service centre: members of a department of
// that kind, and everybody while there is none.
const servesSQL = `
SELECT EXISTS (SELECT FROM departments d JOIN department_members m ON m.department_id = d.id WHERE d.kind = 'service' AND m.person_id = @me)
    OR NOT EXISTS (SELECT FROM departments d JOIN department_members m ON m.department_id = d.id WHERE d.kind = 'service' AND NOT d.retired)`

const openOrderSQL = `
INSERT INTO service_orders (ticket_id, opened_at, opened_by, from_department_id, from_assignee_id)
VALUES (@ticket, @now, @me, @department, @assignee)
ON CONFLICT (ticket_id) WHERE returned_at IS NULL DO NOTHING`

const saveStageSQL = `
INSERT INTO service_stages (order_id, stage, happened_on, details, author_id, recorded_at)
SELECT o.id, @stage, @on, @details, @me, @now FROM service_orders o WHERE o.ticket_id = @ticket AND o.returned_at IS NULL
ON CONFLICT (order_id, stage) DO UPDATE
SET happened_on = excluded.happened_on, details = excluded.details, author_id = excluded.author_id, recorded_at = excluded.recorded_at`

// RecordStage records what happened to a ticket's equipment; once more, it
// corrects it. A ticket that is not in the service centre is handed over by it:
// its status moves, and it goes into the queue of in.DepartmentID. Every agent
// ships; taking in and diagnosing is for the members of a service department,
// once there is one, and for who may assign.
//
// It returns fault.Invalid with the fields stage, on, department or those of the
// stage, fault.Forbidden, and fault.Conflict when the ticket is closed.
func (s *Service) RecordStage(ctx context.Context, by auth.Actor, number int64, in StageInput) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	on, details, err := in.check(s.now())
	if err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(tx pgx.Tx, c *change) error {
		if in.Stage != Shipping {
			if err := mayServe(ctx, tx, by); err != nil {
				return err
			}
		}
		args := pgx.NamedArgs{
			"ticket": c.ID, "now": c.now, "me": by.PersonID, "department": c.DepartmentID, "assignee": c.AssigneeID,
			"stage": in.Stage, "on": on, "details": details,
		}
		if _, err := tx.Exec(ctx, openOrderSQL, args); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, saveStageSQL, args); err != nil {
			return err
		}
		if c.Status != ServiceCentre {
			if err := c.move(AgentHandedOver, nil); err != nil {
				return err
			}
		}
		c.record(ServiceRecorded, "", string(in.Stage), "")
		if in.DepartmentID == 0 {
			return nil
		}
		moved, err := c.moveTo(ctx, tx, &in.DepartmentID)
		if err != nil || moved == nil {
			return err
		}
		return s.deal(ctx, tx, c, *moved)
	})
}

func mayServe(ctx context.Context, tx pgx.Tx, by auth.Actor) error {
	serves := by.May(auth.AssignTickets)
	if !serves {
		if err := tx.QueryRow(ctx, servesSQL, pgx.NamedArgs{"me": by.PersonID}).Scan(&serves); err != nil {
			return err
		}
	}
	if !serves {
		return fault.New(fault.Forbidden, "ticket.service_forbidden")
	}
	return nil
}

const returnSQL = `
UPDATE service_orders SET returned_at = @now, returned_by = @me WHERE ticket_id = @ticket AND returned_at IS NULL
RETURNING coalesce(from_department_id, 0), (SELECT p.id FROM people p WHERE p.id = from_assignee_id AND p.disabled_at IS NULL)`

// ReturnFromService brings a ticket back from the service centre: it is open,
// where it was before and with who had it, who is told. note is a word for them,
// "" none. It returns fault.Conflict when it is not in the service centre.
func (s *Service) ReturnFromService(ctx context.Context, by auth.Actor, number int64, note string) error {
	if err := staffOnly(by); err != nil {
		return err
	}
	return s.alter(ctx, by, number, func(tx pgx.Tx, c *change) error {
		if c.Status != ServiceCentre {
			return fault.New(fault.Conflict, "ticket.service_not_there")
		}
		if err := mayServe(ctx, tx, by); err != nil {
			return err
		}
		var department int64
		var assignee *int64
		err := tx.QueryRow(ctx, returnSQL, pgx.NamedArgs{"ticket": c.ID, "now": c.now, "me": by.PersonID}).Scan(&department, &assignee)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) { // the status was set by hand: nothing was recorded
			return err
		}
		if err == nil {
			if err := c.backTo(ctx, tx, department, assignee); err != nil {
				return err
			}
		}
		c.record(ServiceReturned, "", "", "")
		if err := c.move(AgentOpened, nil); err != nil {
			return err
		}
		var wrong fault.Field
		if note = strings.TrimSpace(note); note == "" {
			return nil
		}
		text := newBody(&wrong, note, richtext.KindMarkdown)
		if err := wrong.Err(); err != nil {
			return err
		}
		_, err = c.addNote(ctx, tx, text)
		return err
	})
}

// backTo gives the ticket back to where it was and who had it. A department that
// is retired by now gets nothing back, nor an agent who works no longer.
func (c *change) backTo(ctx context.Context, tx pgx.Tx, department int64, assignee *int64) error {
	if _, err := c.moveTo(ctx, tx, &department); err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if assignee == nil {
		return nil
	}
	if err := c.give(ctx, tx, *assignee); err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	return nil
}
