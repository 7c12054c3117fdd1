package setting

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
)

// AgentFields lists every field, in the language of ctx's reader, as agents may
// set it whatever the topic is: for filters, and for what is done to many tickets.
func (s *Service) AgentFields(ctx context.Context) ([]FormField, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	lang := reader(ctx)
	all := make([]FormField, len(c.fields))
	for i, d := range c.fields {
		all[i] = d.form(lang, Edit)
	}
	return all, nil
}

// CheckSet says what is wrong with values that fields are to be set to, whatever
// ticket they are for, by "field.<key>". An empty value empties its field. What
// the ticket's topic asks is checked when the ticket is changed.
func (s *Service) CheckSet(ctx context.Context, values map[string]string) (fault.Field, error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, err
	}
	var wrong fault.Field
	for key, typed := range values {
		d := c.byKey[key]
		switch {
		case d == nil || d.Retired:
			wrong.Add("field."+key, "setting.field_not_offered")
		case strings.TrimSpace(typed) != "":
			f := d.form(reader(ctx), Edit)
			if _, why, args := f.readNew(typed, nil); why != "" {
				wrong.Add("field."+key, why, args...)
			}
		}
	}
	return wrong, nil
}

// Words is a value as typed, as pages show it; yes is the word for a ticked box,
// and "" what empties the field.
func (f FormField) Words(typed, yes string) string {
	v, why, _ := f.read(strings.TrimSpace(typed))
	if why != "" {
		return typed
	}
	return f.say(v, yes)
}
