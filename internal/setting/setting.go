// Package setting keeps what an administrator may change: help topics and their
// fields, working calendars, the robot's policies; and the record of who changed
// what.
package setting

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/worktime"
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
	zone  *zoneCache
	hours *hoursCache

	options   *options
	catalogue *catalogueCache
}

// New returns a Service on db that takes the time from now.
func New(db pg.DB, hooks Hooks, now func() time.Time) *Service {
	return &Service{db: db, hooks: hooks, now: now, zone: &zoneCache{}, hours: &hoursCache{}, options: &options{}, catalogue: &catalogueCache{}}
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

// hoursCache keeps the desk's working times for a minute.
type hoursCache struct {
	sync.Mutex
	calendar worktime.Calendar
	until    time.Time
}

// zoneCache keeps the desk's time zone for a minute: every page of a visitor
// needs it, and nobody minds a minute's delay after it changed.
type zoneCache struct {
	sync.Mutex
	zone  *time.Location
	until time.Time
}

const deskZoneSQL = `SELECT zone FROM calendars ORDER BY id LIMIT 1`

// DeskZone is the time zone of the default calendar, for readers who have not
// chosen one. Without the database it is the last known one, or UTC.
func (s *Service) DeskZone(ctx context.Context) *time.Location {
	now := s.now()
	s.zone.Lock()
	defer s.zone.Unlock()
	if s.zone.zone != nil && now.Before(s.zone.until) {
		return s.zone.zone
	}
	var name string
	if err := s.db.QueryRow(ctx, deskZoneSQL).Scan(&name); err != nil {
		if s.zone.zone == nil {
			return time.UTC
		}
		return s.zone.zone
	}
	s.zone.zone, s.zone.until = i18n.Zone(name), now.Add(time.Minute)
	return s.zone.zone
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
