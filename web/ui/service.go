package ui

import (
	"context"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
)

// ServiceView is a stage of equipment through the service centre.
type ServiceView struct {
	Stage  string
	On     string // "2026-11-20"
	Author string
	Facts  []ServiceFact
}

// ServiceFact is one thing that a stage keeps.
type ServiceFact struct {
	Key, Value string
	Closed     bool // Value is one of a closed set
	Day        bool // Value is a date
}

// Text is the value in words.
func (f ServiceFact) Text(ctx context.Context) string {
	switch {
	case f.Closed:
		return ServiceValue(ctx, f.Key, f.Value)
	case f.Day:
		return serviceDay(ctx, f.Value)
	default:
		return f.Value
	}
}

// ServiceLabel is what a field of a stage is called.
func ServiceLabel(ctx context.Context, key string) string {
	return i18n.T(ctx, "ui.service.field."+key)
}

// ServiceValue is one of a closed set of values in words.
func ServiceValue(ctx context.Context, key, value string) string {
	return i18n.T(ctx, "ui.service.value."+key+"_"+value)
}

func serviceTitle(ctx context.Context, stage string) string {
	return i18n.T(ctx, "ui.service.stage."+stage)
}

// serviceDay is a day without a time, for the reader.
func serviceDay(ctx context.Context, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.ReaderOf(ctx).Zone)
	if err != nil {
		return day
	}
	return i18n.Date(ctx, t)
}
