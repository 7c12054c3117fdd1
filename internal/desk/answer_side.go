package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// labelled is one custom field with its label.
type labelled struct{ Label, Value string }

// fields are the ticket's custom fields that say something, by label.
func (p answerPage) fields(ctx context.Context) []labelled {
	var all []labelled
	for _, key := range slices.Sorted(maps.Keys(p.Fields)) {
		label := p.Labels[key]
		if label == "" {
			label = key // the field was removed from the settings; what was typed stays
		}
		if v := p.fieldText(ctx, key, p.Fields[key]); v != "" {
			all = append(all, labelled{label, v})
		}
	}
	return all
}

// fieldText is a custom field's value, as JSON brought it, in words.
func (p answerPage) fieldText(ctx context.Context, key string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if option := p.Labels[key+"="+v]; option != "" {
			return option
		}
		return v
	case bool:
		if v {
			return i18n.T(ctx, "desk.yes")
		}
		return i18n.T(ctx, "desk.no")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, 0, len(v))
		for _, x := range v {
			if s := p.fieldText(ctx, key, x); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// stepName is a step of the robot as the sidebar's list has it.
func stepName(ctx context.Context, s ticket.Step) string {
	return i18n.T(ctx, "ticket.step_name."+string(s))
}

// phone is a number as a tel: address wants it.
func phone(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, typed)
}
