package ticket

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/richtext"
)

// OpenedFor is why a ticket was opened: an agent did, for the requester.
const OpenedFor Trigger = "opened_for"

// BehalfChannels are the ways in which somebody asks an agent.
var BehalfChannels = []string{"phone", "walk_in", "email", "chat"}

// Opening is what an agent writes first into a ticket that they open.
type Opening string

// The openings.
const (
	OpenWithNote  Opening = "note"  // for agents alone
	OpenWithReply Opening = "reply" // the requester reads it
)

// NewContact is somebody whom the desk does not know yet.
type NewContact struct {
	Name  string
	Email string // "" when only a number is known
	Phone string
}

// OnBehalf is a ticket that an agent opens for somebody (A8).
type OnBehalf struct {
	RequesterID  int64      // 0: Contact, who is made a contact
	Contact      NewContact // with fields contact_name, contact_email and contact_phone
	Channel      string     // one of BehalfChannels
	TopicID      int64
	Subject      string
	Opening      Opening
	Message      string
	MessageKind  richtext.Kind
	Uploads      []int64           // staged
	Used         []AnswerRef       // the quick answers that a reply came from
	CC           string            // addresses to put on copy as typed
	Confirmed    []string          // those outside the requester's company that may read the ticket
	Fields       map[string]string // values by key, unchecked
	Status       Status            // New, or what an agent may set
	DepartmentID int64             // 0: the topic's
	AssigneeID   int64             // 0: whoever the department finds
	Quiet        bool              // the requester is told nothing
	Call         *NewCall          // of the channel "phone"; nil: none
	Key          string            // the form's idempotency key
}

// checkBehalf says what is wrong with in; first is what is written into the new
// ticket.
func (s *Service) checkBehalf(ctx context.Context, by auth.Actor, in *OnBehalf) (first firstWords, fields map[string]any, err error) {
	var wrong fault.Field
	in.Subject = richtext.Line(in.Subject)
	checkSubject(&wrong, in.Subject)
	first.body = newBody(&wrong, in.Message, in.MessageKind)
	first.cc = addresses(&wrong, "cc", in.CC)
	if in.TopicID <= 0 {
		wrong.Add("topic", "ticket.topic_unknown")
	}
	if !slices.Contains(BehalfChannels, in.Channel) {
		wrong.Add("channel", "ticket.channel_unknown")
	}
	if in.Opening != OpenWithNote && in.Opening != OpenWithReply {
		wrong.Add("opening", "ticket.opening_unknown")
	}
	if _, bad := AgentTrigger(in.Status); in.Status != New && (bad != nil || in.Status == Postponed || in.Status == ServiceCentre) {
		wrong.Add("status", "ticket.status_unknown")
	}
	if in.RequesterID == 0 && in.Contact.Name == "" && in.Contact.Email == "" {
		wrong.Add("requester", "ticket.requester_missing")
	}
	if in.Call != nil {
		in.Call.check(&wrong, s.now())
	}
	fields = map[string]any{}
	if in.TopicID > 0 && s.hooks.ChangeFields != nil {
		changes, err := s.hooks.ChangeFields(ctx, by, in.TopicID, map[string]any{}, in.Fields)
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
			return firstWords{}, nil, err
		}
		if fault.Is(err, fault.NotFound) {
			wrong.Add("topic", "ticket.topic_unknown")
		} else if err != nil {
			for field, m := range fault.Of(err).Fields {
				wrong.Add(field, m.Key, m.Args...)
			}
		}
		for _, f := range changes {
			fields[f.Key] = f.Value
		}
	}
	return first, fields, wrong.Err()
}

const behalfSQL = `
WITH new AS (
    INSERT INTO tickets (subject, status, status_since, turn, priority, topic_id, requester_id, company_id, site_id, department_id,
        created_at, last_activity_at, last_replier_id, last_replier, timeline_seq, unread, submit_key, fields, channel)
    SELECT @subject, 'new', @now, 'agent', coalesce(@priority::smallint, o.priority), o.id, @requester, @company, @site,
        coalesce(nullif(@department::bigint, 0), o.department_id), @now, @now, @requester, 'customer', 1, false, nullif(@key, ''), @fields, @channel
    FROM topics o WHERE o.id = @topic AND NOT o.retired
    ON CONFLICT (submit_key) DO NOTHING
    RETURNING id, number),
event AS (
    INSERT INTO events (ticket_id, seq, kind, actor_kind, actor_id, why, at)
    SELECT id, 1, 'submitted', 'agent', @me, @why, @now FROM new),
changed AS (
    INSERT INTO ticket_changes (ticket_id) SELECT id FROM new)
SELECT number FROM new`

const behalfBeforeSQL = `SELECT number FROM tickets WHERE submit_key = @key`

// Open opens a ticket for somebody and returns its number; the same Key a second
// time returns the ticket of the first. Fields that customers must fill in may
// stay empty: who is on the telephone does not know every serial number.
//
// It returns fault.Invalid with the fields of OnBehalf, "field.<key>", attachments
// and those of NewCall; cc and message as Answer does.
func (s *Service) Open(ctx context.Context, by auth.Actor, in OnBehalf) (number int64, err error) {
	if err := staffOnly(by); err != nil {
		return 0, err
	}
	first, fields, err := s.checkBehalf(ctx, by, &in)
	if err != nil {
		return 0, err
	}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		who, err := s.requester(ctx, tx, by, in)
		if err != nil {
			return err
		}
		number, err = s.insertBehalf(ctx, tx, by, who, in, fields)
		if errors.Is(err, pgx.ErrNoRows) {
			return openedBefore(ctx, tx, in.Key, &number)
		}
		if err != nil {
			return err
		}
		return s.begin(ctx, tx, by, number, in, first)
	})
	if err != nil {
		return 0, fmt.Errorf("open a ticket for somebody: %w", err)
	}
	return number, nil
}

// openedBefore finds the ticket of a form that came before. When there is none,
// the topic is what stopped the insert.
func openedBefore(ctx context.Context, tx pgx.Tx, key string, number *int64) error {
	err := tx.QueryRow(ctx, behalfBeforeSQL, pgx.NamedArgs{"key": key}).Scan(number)
	if errors.Is(err, pgx.ErrNoRows) {
		var wrong fault.Field
		wrong.Add("topic", "ticket.topic_unknown")
		return wrong.Err()
	}
	return err
}

func (s *Service) insertBehalf(ctx context.Context, tx pgx.Tx, by, who auth.Actor, in OnBehalf, fields map[string]any) (number int64, err error) {
	priority, fields := takePriority(maps.Clone(fields))
	company, _ := companyOf(who, 0)
	err = tx.QueryRow(ctx, behalfSQL, pgx.NamedArgs{
		"subject": in.Subject, "now": s.now(), "priority": priority, "requester": who.PersonID, "company": company, "site": siteOf(who, company, 0),
		"department": in.DepartmentID, "key": in.Key, "fields": fields, "channel": in.Channel, "topic": in.TopicID, "me": by.PersonID, "why": OpenedFor,
	}).Scan(&number)
	return number, err
}
