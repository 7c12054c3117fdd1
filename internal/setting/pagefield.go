package setting

import (
	"context"
	"slices"

	"github.com/deskbell/deskbell/internal/auth"
)

// PageField is a field with choices that customers see on the pages of tickets.
type PageField struct {
	Key, Label string
	Options    []Option
	Topics     []int64 // the help topics in which they see it
}

// PageFields lists the fields with choices that customers see on tickets'
// pages, in the language of ctx's reader, and the topics in which they see the
// field of serial numbers. A list may be narrowed by those and no others: else
// its length would tell a hidden value.
func (s *Service) PageFields(ctx context.Context, by auth.Actor) (fields []PageField, serials []int64, err error) {
	c, err := s.topicsAndFields(ctx)
	if err != nil {
		return nil, nil, err
	}
	lang := reader(ctx)
	for _, d := range c.fields {
		f := d.form(lang, View)
		var topics []int64
		for _, t := range c.topics {
			if c.rule(t.ID, d.Key, OnPage) != Hidden {
				topics = append(topics, t.ID)
			}
		}
		switch {
		case len(topics) == 0:
		case f.Kind == KindSerials && f.Key == serialNumbers:
			serials = topics
		case f.Kind.Choice() && slices.ContainsFunc(c.topics, func(t topicRow) bool { return t.offered(by) && slices.Contains(topics, t.ID) }):
			fields = append(fields, PageField{Key: f.Key, Label: f.Label, Options: f.Options, Topics: topics})
		}
	}
	return fields, serials, nil
}

// serialNumbers is the key of the field that desks are searched by.
const serialNumbers = "serial_numbers"
