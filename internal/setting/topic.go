package setting

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/fault"
)

// Topic is a help topic as the reader may choose it.
type Topic struct {
	ID       int64
	Key      string
	Name     string
	Preset   bool // chosen when a new ticket is begun
	Priority int  // of a ticket that does not set its own
}

const topicsSQL = `
SELECT id, key, name AS words, preset, priority FROM topics WHERE NOT retired ORDER BY position, id`

type topicRow struct {
	ID       int64
	Key      string
	Words    Words
	Preset   bool
	Priority int
}

func (r topicRow) topic(lang string) Topic {
	return Topic{ID: r.ID, Key: r.Key, Name: r.Words.In(lang), Preset: r.Preset, Priority: r.Priority}
}

// Topics lists the help topics in their order, in the language of ctx's reader.
func (s *Service) Topics(ctx context.Context) ([]Topic, error) {
	rows, err := s.db.Query(ctx, topicsSQL)
	if err != nil {
		return nil, wrap("list topics", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[topicRow])
	if err != nil {
		return nil, wrap("list topics", err)
	}
	topics := make([]Topic, len(list))
	for i, r := range list {
		topics[i] = r.topic(reader(ctx))
	}
	return topics, nil
}

// TopicForm is a topic with its fields.
type TopicForm struct {
	Topic
	Fields []FormField
}

const topicFormSQL = `
SELECT t.id, t.key, t.name AS words, t.preset, t.priority,
    coalesce(d.key, '') AS field_key, coalesce(d.kind, '') AS kind, coalesce(d.label, '{}') AS label, coalesce(d.hint, '{}') AS hint,
    coalesce(d.options, '[]') AS options, coalesce(r.rule, '') AS rule
FROM topics t
LEFT JOIN field_rules r ON r.topic_id = t.id AND r.audience = @audience AND r.rule <> 'hidden'
LEFT JOIN field_definitions d ON d.key = r.field_key
WHERE t.id = @topic AND (@retired OR NOT t.retired)
ORDER BY r.position, d.key`

// storedOption is one choice of a select as field_definitions hold it.
type storedOption struct {
	Value string `json:"value"`
	Label Words  `json:"label"`
}

type topicFormRow struct {
	topicRow
	FieldKey string
	Kind     Kind
	Label    Words
	Hint     Words
	Options  []storedOption
	Rule     Rule
}

// TopicForm returns what a customer fills in for a new ticket of a topic: the
// fields they may set. NotFound: there is no such topic, or it is retired.
func (s *Service) TopicForm(ctx context.Context, topicID int64) (TopicForm, error) {
	f, err := s.form(ctx, topicID, ForCustomer, false)
	if err != nil {
		return f, err
	}
	settable := f.Fields[:0]
	for _, field := range f.Fields {
		if field.Rule == Edit || field.Rule == Required {
			settable = append(settable, field)
		}
	}
	f.Fields = settable
	return f, nil
}

// TicketForm returns the fields of a ticket's topic that an audience may see or
// set on the ticket's page; of a retired topic too.
func (s *Service) TicketForm(ctx context.Context, topicID int64, who Audience) (TopicForm, error) {
	return s.form(ctx, topicID, who, true)
}

func (s *Service) form(ctx context.Context, topicID int64, who Audience, retired bool) (TopicForm, error) {
	rows, err := s.db.Query(ctx, topicFormSQL, pgx.NamedArgs{"topic": topicID, "audience": string(who), "retired": retired})
	if err != nil {
		return TopicForm{}, wrap("read a topic's form", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[topicFormRow])
	if err != nil {
		return TopicForm{}, wrap("read a topic's form", err)
	}
	if len(list) == 0 {
		return TopicForm{}, fault.New(fault.NotFound, "setting.topic_not_found")
	}
	lang := reader(ctx)
	f := TopicForm{Topic: list[0].topic(lang)}
	for _, r := range list {
		if r.FieldKey != "" {
			f.Fields = append(f.Fields, r.field(lang))
		}
	}
	return f, nil
}

func (r topicFormRow) field(lang string) FormField {
	f := FormField{Key: r.FieldKey, Kind: r.Kind, Label: r.Label.In(lang), Hint: r.Hint.In(lang), Rule: r.Rule, Required: r.Rule == Required}
	for _, o := range r.Options {
		f.Options = append(f.Options, Option{o.Value, o.Label.In(lang)})
	}
	return f
}

// CheckFields checks a customer's values of a topic's fields and returns them as
// they are stored. Invalid names the fields as "field.<key>"; NotFound: there is
// no such topic.
func (s *Service) CheckFields(ctx context.Context, topicID int64, values map[string]string) (map[string]any, error) {
	f, err := s.TopicForm(ctx, topicID)
	if err != nil {
		return nil, err
	}
	clean, wrong := Check(f.Fields, values)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return clean, nil
}
