package setting

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
)

// Fields lists every field in its order, retired ones too.
func (s *Service) Fields(ctx context.Context, by auth.Actor) ([]Field, error) {
	if err := forbidden(by); err != nil {
		return nil, err
	}
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Field, len(c.fields))
	for i, d := range c.fields {
		all[i] = d.copy()
	}
	return all, nil
}

// Field finds a field by its key; NotFound when there is none.
func (s *Service) Field(ctx context.Context, by auth.Actor, key string) (Field, error) {
	if err := forbidden(by); err != nil {
		return Field{}, err
	}
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return Field{}, err
	}
	d, ok := c.byKey[key]
	if !ok {
		return Field{}, noField()
	}
	return d.copy(), nil
}

func noField() error { return fault.New(fault.NotFound, "setting.field_unknown") }

// copy may be changed without changing what is in memory.
func (d *Field) copy() Field {
	f := *d
	f.Label, f.Hint, f.Bounds.Words = maps.Clone(d.Label), maps.Clone(d.Hint), maps.Clone(d.Bounds.Words)
	f.Options, f.Conditions = slices.Clone(d.Options), slices.Clone(d.Conditions)
	return f
}

// In is the field as a form in a language has it.
func (d *Field) In(lang string) FormField { return d.form(lang, Edit) }

const insertFieldSQL = `
INSERT INTO field_definitions (key, kind, label, hint, options, preset, bounds, position)
SELECT @key, @kind, @label, @hint, @options, @preset, @bounds, coalesce(max(position), 0) + 1 FROM field_definitions`

const updateFieldSQL = `
UPDATE field_definitions SET label = @label, hint = @hint, options = @options, preset = @preset, bounds = @bounds, retired = @retired,
    version = version + 1
WHERE key = @key`

const dropConditionsSQL = `DELETE FROM field_conditions WHERE field_key = @key`

const insertConditionSQL = `
INSERT INTO field_conditions (field_key, topic_id, effect, on_key, op, among)
VALUES (@key, nullif(@topic::bigint, 0), @effect, @on, @op, @among)`

// SaveField saves a field with its conditions, or adds one when its Version is
// 0, and returns its key. A field keeps its key, its kind and its choices for
// good: tickets have values of them; choices and fields are retired instead.
//
// Invalid names key, kind, label.<lang>, hint.<lang>, options, option.<n>,
// preset, min, max, shortest, longest, pattern, words and condition.<n>.
// Conflict: somebody changed it since its Version was read.
func (s *Service) SaveField(ctx context.Context, by auth.Actor, in Field) (string, error) {
	if err := forbidden(by); err != nil {
		return "", err
	}
	in.clean()
	err := s.changeCatalogue(ctx, "save a field", func(tx pgx.Tx, c *catalogue) error {
		var before any
		if in.Version == 0 {
			if len(c.fields) >= maxFields {
				return fault.New(fault.Conflict, "setting.fields_many", "limit", maxFields)
			}
			if in.Key == "" {
				in.Key = free(keyOf(in.Label), "field", func(key string) bool { return c.byKey[key] != nil })
			}
		} else {
			old := c.byKey[in.Key]
			if old == nil {
				return noField()
			}
			if old.Version != in.Version {
				return fault.New(fault.Conflict, "setting.changed")
			}
			in.Kind, before = old.Kind, old.record()
			in.keepOptions(old.Options)
		}
		if err := c.checkField(in); err != nil {
			return err
		}
		if err := writeField(ctx, tx, in); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "field.saved", "field:"+in.Key, before, in.record())
	})
	return in.Key, err
}

// clean trims what was typed and leaves out what the kind does not have.
func (d *Field) clean() {
	d.Label, d.Hint = trimmed(d.Label), trimmed(d.Hint)
	d.Preset = strings.Trim(strings.TrimSpace(d.Preset), ";")
	b := Bounds{Words: trimmed(d.Bounds.Words)}
	switch d.Kind {
	case KindText, KindLongText:
		b.Shortest, b.Longest, b.Pattern = d.Bounds.Shortest, d.Bounds.Longest, d.Bounds.Pattern
	case KindNumber, KindDate:
		b.Min, b.Max = d.Bounds.Min, d.Bounds.Max
	case KindSelect, KindMultiSelect, KindCheckbox, KindSerials, KindPriority:
	}
	if b.Pattern == "" {
		b.Words = nil
	}
	d.Bounds = b
	if !d.Kind.Choice() {
		d.Options = nil
	}
	for i, o := range d.Options {
		d.Options[i].Label = trimmed(o.Label)
		if o.Value == "" {
			d.Options[i].Value = free(keyOf(o.Label), "option", func(v string) bool {
				return slices.ContainsFunc(d.Options, func(o FieldOption) bool { return o.Value == v })
			})
		}
	}
}

// keepOptions puts back stored choices that are missing, as retired ones.
func (d *Field) keepOptions(stored []FieldOption) {
	for _, o := range stored {
		if !slices.ContainsFunc(d.Options, func(n FieldOption) bool { return n.Value == o.Value }) {
			o.Retired = true
			d.Options = append(d.Options, o)
		}
	}
}

func writeField(ctx context.Context, tx pgx.Tx, in Field) error {
	options := in.Options
	if options == nil {
		options = []FieldOption{}
	}
	b := &pgx.Batch{}
	statement := updateFieldSQL
	if in.Version == 0 {
		statement = insertFieldSQL
	}
	b.Queue(statement, pgx.NamedArgs{
		"key": in.Key, "kind": in.Kind, "label": in.Label, "hint": in.Hint, "options": options, "preset": in.Preset,
		"bounds": in.Bounds, "retired": in.Retired,
	})
	b.Queue(dropConditionsSQL, pgx.NamedArgs{"key": in.Key})
	for _, c := range in.Conditions {
		b.Queue(insertConditionSQL, pgx.NamedArgs{
			"key": in.Key, "topic": c.TopicID, "effect": c.Effect, "on": c.On, "op": c.Op, "among": append([]string{}, c.Values...),
		})
	}
	return tx.SendBatch(ctx, b).Close()
}

// record is a field as the record of changes keeps it.
func (d *Field) record() map[string]any {
	options := make([]string, len(d.Options))
	for i, o := range d.Options {
		options[i] = o.Value
		if o.Retired {
			options[i] += " (retired)"
		}
	}
	conditions := make([]string, len(d.Conditions))
	for i, c := range d.Conditions {
		conditions[i] = strings.TrimSpace(fmt.Sprintf("%s if %s %s %s", c.Effect, c.On, c.Op, strings.Join(c.Values, ", ")))
		if c.TopicID != 0 {
			conditions[i] += fmt.Sprintf(" (topic %d)", c.TopicID)
		}
	}
	return map[string]any{
		"kind": d.Kind, "label": d.Label, "hint": d.Hint, "options": options, "preset": d.Preset, "bounds": d.Bounds,
		"retired": d.Retired, "conditions": conditions,
	}
}

const orderFieldsSQL = `
UPDATE field_definitions SET position = o.n FROM unnest(@keys::text[]) WITH ORDINALITY o (key, n) WHERE field_definitions.key = o.key`

// MoveField moves a field by some places in the order of all forms, up when
// places is less than 0. Retired fields do not count.
func (s *Service) MoveField(ctx context.Context, by auth.Actor, key string, places int) error {
	if err := forbidden(by); err != nil {
		return err
	}
	return s.changeCatalogue(ctx, "move a field", func(tx pgx.Tx, c *catalogue) error {
		var keys, retired []string
		for _, d := range c.fields {
			if d.Retired {
				retired = append(retired, d.Key)
			} else {
				keys = append(keys, d.Key)
			}
		}
		at := slices.Index(keys, key)
		if at < 0 {
			return noField()
		}
		keys = append(moved(keys, at, places), retired...)
		if _, err := tx.Exec(ctx, orderFieldsSQL, pgx.NamedArgs{"keys": keys}); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "field.moved", "field:"+key, nil, map[string]any{"places": places})
	})
}
