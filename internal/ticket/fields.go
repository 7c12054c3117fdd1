package ticket

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// FieldChange is one field of a ticket set to another value, as the settings
// found it right.
type FieldChange struct {
	Key      string            // "priority" is the ticket's own
	Value    any               // as stored; nil: emptied
	Label    map[string]string // of the field, by language
	Old, New map[string]string // the values in words, by language; nothing for an empty one
	Shown    bool              // customers may see the field
}

const ticketFieldsSQL = `SELECT fields FROM tickets WHERE id = @id`

const saveFieldsSQL = `UPDATE tickets SET fields = @fields WHERE id = @id`

// SetFields sets fields of a ticket to what by typed, by key; "priority" is the
// ticket's priority. Fields that values lacks stay as they are, an empty value
// empties one. Customers set what the topic lets them edit on the ticket's page,
// agents every field; anything else in values is left alone. Each field that
// changed is an event with the old and the new value in words.
//
// It returns fault.Invalid with "field.<key>"; fault.Conflict when the ticket is
// closed for a customer; fault.NotFound when by may not know of it.
func (s *Service) SetFields(ctx context.Context, by auth.Actor, number int64, values map[string]string) error {
	return s.alter(ctx, by, number, func(tx pgx.Tx, c *change) error {
		if !abilities(by, c.Ticket, c.policy(), c.now).Fields {
			return fault.New(fault.Conflict, "ticket.fields_closed")
		}
		return s.setFields(ctx, tx, c, values, &Undo{})
	})
}

// priorityField is the key under which forms send the ticket's priority.
const priorityField = "priority"

// setField makes one change and records it.
func (c *change) setField(fields map[string]any, f FieldChange, why Trigger) error {
	if f.Key == priorityField {
		p, _ := takePriority(map[string]any{priorityField: f.Value})
		if p == nil {
			return fmt.Errorf("field %s: %v is no priority", f.Key, f.Value)
		}
		c.record(PriorityChanged, strconv.Itoa(int(c.Priority)), strconv.Itoa(int(*p)), why)
		c.Priority = *p
		return nil
	}
	if f.Value == nil {
		delete(fields, f.Key)
	} else {
		fields[f.Key] = f.Value
	}
	before, err := json.Marshal(fieldWords{Value: f.Old})
	if err != nil {
		return fmt.Errorf("field %s: %w", f.Key, err)
	}
	after, err := json.Marshal(fieldWords{Label: f.Label, Value: f.New})
	if err != nil {
		return fmt.Errorf("field %s: %w", f.Key, err)
	}
	kind := FieldSetInside
	if f.Shown {
		kind = FieldSet
	}
	c.record(kind, string(before), string(after), why)
	return nil
}

// fieldWords are how an event keeps a field's value: in words, so that the
// history stays true when a choice is renamed.
type fieldWords struct {
	Label map[string]string `json:"label,omitempty"`
	Value map[string]string `json:"value,omitempty"`
}

// maxEventWords is how much of a long value a line of the history shows; the
// event keeps all of it.
const maxEventWords = 120 // runes

// fieldText is a change of a field as a sentence.
func fieldText(ctx context.Context, e Entry, who string) string {
	var before, after fieldWords
	_ = json.Unmarshal([]byte(e.Old), &before) // what cannot be read is not said
	_ = json.Unmarshal([]byte(e.New), &after)
	lang := i18n.ReaderOf(ctx).Lang
	label, was, is := inLang(after.Label, lang), inLang(before.Value, lang), inLang(after.Value, lang)
	switch {
	case is == "":
		return i18n.T(ctx, "ticket.event.field_emptied", "who", who, "field", label, "old", was)
	case was == "":
		return i18n.T(ctx, "ticket.event.field_filled", "who", who, "field", label, "new", is)
	default:
		return i18n.T(ctx, "ticket.event.field_set", "who", who, "field", label, "old", was, "new", is)
	}
}

// eventWords are the words that an event keeps as fieldWords, for the reader.
func eventWords(ctx context.Context, kept string) string {
	var w fieldWords
	_ = json.Unmarshal([]byte(kept), &w) // what cannot be read is not said
	return inLang(w.Value, i18n.ReaderOf(ctx).Lang)
}

// inLang are words in a language, else in the default one, else any.
func inLang(words map[string]string, lang string) string {
	s := words[lang]
	for _, l := range i18n.Langs {
		if s == "" {
			s = words[l.Tag]
		}
	}
	if utf8.RuneCountInString(s) > maxEventWords {
		s = string([]rune(s)[:maxEventWords]) + "…"
	}
	return s
}
