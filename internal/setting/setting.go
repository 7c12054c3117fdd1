// Package setting keeps what an administrator may change: help topics and their
// fields, working calendars, the robot's policies; and the record of who changed
// what.
package setting

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
)

// Hooks are what settings ask of other features, handed over by package app. A
// nil hook does nothing.
type Hooks struct {
	// Replan gives the tickets of a topic (0: all without a policy of their own)
	// new plans, after the transaction.
	Replan func(ctx context.Context, tx pgx.Tx, topicID int64) error
}

// Service runs the use cases. Its fields are set once, by New.
type Service struct {
	db    pg.DB
	hooks Hooks
	now   func() time.Time
	hours *hoursCache

	options   *options
	catalogue *catalogueCache
}

// New returns a Service on db that takes the time from now.
func New(db pg.DB, hooks Hooks, now func() time.Time) *Service {
	return &Service{db: db, hooks: hooks, now: now, hours: &hoursCache{}, options: &options{}, catalogue: &catalogueCache{}}
}

// Words are a text in several languages by tag.
type Words map[string]string

// In returns the words in lang, else in the default language, else any.
func (w Words) In(lang string) string {
	if s := w[lang]; s != "" {
		return s
	}
	for _, l := range i18n.Langs {
		if s := w[l.Tag]; s != "" {
			return s
		}
	}
	return ""
}

func reader(ctx context.Context) string { return i18n.ReaderOf(ctx).Lang }

// forbidden is nil when by may change settings.
func forbidden(by auth.Actor) error {
	if by.May(auth.ManageSettings) {
		return nil
	}
	return fault.New(fault.Forbidden, "error.forbidden")
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
