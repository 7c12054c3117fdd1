package setting

import (
	"context"
	"strconv"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Topic is a help topic as the reader may choose it.
type Topic struct {
	ID           int64
	Key          string
	Name         string
	Preset       bool   // chosen when a new ticket is begun
	Priority     int    // of a ticket that does not set its own
	SubjectHint  string // below the subject of its form; "" the catalogue's
	MessageLabel string // "" the catalogue's
	MessageHint  string // below the message; "" none
}

type topicRow struct {
	ID           int64
	Key          string
	Name         Words
	SubjectHint  Words
	MessageLabel Words
	MessageHint  Words
	Preset       bool
	Priority     int
	Limited      bool
	Retired      bool
	Version      int
	Companies    []int64
	DepartmentID int64
}

func (r topicRow) topic(lang string) Topic {
	return Topic{
		ID: r.ID, Key: r.Key, Name: r.Name.In(lang), Preset: r.Preset, Priority: r.Priority,
		SubjectHint: r.SubjectHint.In(lang), MessageLabel: r.MessageLabel.In(lang), MessageHint: r.MessageHint.In(lang),
	}
}

// Topics lists the help topics that by may choose, in their order, in the
// language of ctx's reader. Contacts are offered those for everybody and those
// of their companies (P14), staff all of them.
func (s *Service) Topics(ctx context.Context, by auth.Actor) ([]Topic, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	var topics []Topic
	for _, r := range c.topics {
		if r.offered(by) {
			topics = append(topics, r.topic(reader(ctx)))
		}
	}
	return topics, nil
}

// TopicForm is a topic with its fields.
type TopicForm struct {
	Topic
	Fields []FormField
}

// Preset are the values that stand in a new form.
func (f TopicForm) Preset() map[string]string {
	values := map[string]string{}
	for _, field := range f.Fields {
		if field.Preset != "" {
			values[field.Key] = field.Preset
		}
	}
	return values
}

// TopicForm returns what a customer fills in for a new ticket of a topic: the
// fields they may set, and those they may only view that have a default value.
// NotFound: there is no such topic, it is retired, or it is not offered to by.
func (s *Service) TopicForm(ctx context.Context, by auth.Actor, topicID int64) (TopicForm, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return TopicForm{}, err
	}
	t, ok := c.topic(topicID)
	if !ok || !t.offered(by) {
		return TopicForm{}, noTopic()
	}
	f := c.form(t, ForCustomer, reader(ctx))
	some := f.Fields[:0]
	for _, field := range f.Fields {
		if field.Retired {
			continue
		}
		if field.Rule == View && field.Kind == KindPriority {
			field.Preset = strconv.Itoa(f.Priority)
		}
		field.Fixed = field.Rule == View && field.Preset != ""
		if field.Fixed || field.Settable() {
			some = append(some, field)
		}
	}
	f.Fields = some
	return f, nil
}

// TicketForm returns the fields of a ticket's topic that an audience may see or
// set on the ticket's page, of a retired topic too: ForCustomer or OnPage what
// customers do, with its conditions; ForAgent every field, those that the topic
// asks for first.
func (s *Service) TicketForm(ctx context.Context, topicID int64, who Audience) (TopicForm, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return TopicForm{}, err
	}
	t, ok := c.topic(topicID)
	if !ok {
		return TopicForm{}, noTopic()
	}
	if who == ForCustomer {
		who = OnPage
	}
	return c.form(t, who, reader(ctx)), nil
}

func noTopic() error { return fault.New(fault.NotFound, "setting.topic_not_found") }

// CheckFields checks what by typed into a new ticket's fields and returns the
// values as they are stored. Invalid names the fields as "field.<key>";
// NotFound: there is no such topic for by.
func (s *Service) CheckFields(ctx context.Context, by auth.Actor, topicID int64, values map[string]string) (map[string]any, error) {
	f, err := s.TopicForm(ctx, by, topicID)
	if err != nil {
		return nil, err
	}
	clean, wrong := Check(f.Fields, values)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return clean, nil
}

// ChangeFields checks what by typed into a ticket's fields over the values it
// has, the priority among them, and returns what changes. Invalid names the
// fields as "field.<key>".
func (s *Service) ChangeFields(ctx context.Context, by auth.Actor, topicID int64, current map[string]any, values map[string]string) ([]Change, error) {
	who := OnPage
	if by.Staff() || by.Kind == auth.System || by.Kind == auth.Robot {
		who = ForAgent
	}
	f, err := s.TicketForm(ctx, topicID, who)
	if err != nil {
		return nil, err
	}
	changes, wrong := Changes(f.Fields, current, values)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	for i := range changes {
		changes[i].Shown = c.rule(topicID, changes[i].Key, OnPage) != Hidden
	}
	return changes, nil
}
