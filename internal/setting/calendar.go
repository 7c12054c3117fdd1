package setting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/pg"
	"github.com/deskbell/deskbell/internal/worktime"
)

// Calendar says when the desk works (L1).
type Calendar struct {
	ID       int64
	Name     string
	Zone     string // IANA name
	Week     worktime.Week
	Holidays []time.Time // days off, in order
	Version  int
}

// Times returns c for arithmetic.
func (c Calendar) Times() worktime.Calendar {
	off := make(map[string]bool, len(c.Holidays))
	for _, d := range c.Holidays {
		off[d.Format(time.DateOnly)] = true
	}
	return worktime.Calendar{Zone: i18n.Zone(c.Zone), Week: c.Week, Holidays: off}
}

type calendarRow struct {
	ID       int64
	Name     string
	Zone     string
	Week     json.RawMessage
	Holidays []time.Time
	Version  int
}

func (r calendarRow) calendar() (Calendar, error) {
	week, err := worktime.ParseWeek(r.Week)
	if err != nil {
		return Calendar{}, wrap("calendar "+r.Name, err)
	}
	return Calendar{ID: r.ID, Name: r.Name, Zone: r.Zone, Week: week, Holidays: r.Holidays, Version: r.Version}, nil
}

const calendarsSQL = `SELECT id, name, zone, week, holidays, version FROM calendars ORDER BY id`

// Calendars lists the working calendars; the first is the desk's own.
func (s *Service) Calendars(ctx context.Context) ([]Calendar, error) {
	rows, err := s.db.Query(ctx, calendarsSQL)
	if err != nil {
		return nil, wrap("read calendars", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[calendarRow])
	if err != nil {
		return nil, wrap("read calendars", err)
	}
	out := make([]Calendar, len(list))
	for i, r := range list {
		if out[i], err = r.calendar(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const deskCalendarSQL = `SELECT id, name, zone, week, holidays, version FROM calendars ORDER BY id LIMIT 1`

// hoursCache keeps the desk's working times for a minute: every page of a
// visitor needs their zone, and nobody minds a minute's delay after another
// process changed them.
type hoursCache struct {
	sync.Mutex
	calendar worktime.Calendar
	until    time.Time
}

// forget has the next reader ask the database; what is known stays for when
// that is away.
func (c *hoursCache) forget() {
	c.Lock()
	defer c.Unlock()
	c.until = time.Time{}
}

// DeskHours are the working times of the desk's own calendar, at most a minute
// old: pages and letters say them in passing. A desk without a calendar never
// works. With an error they are the last known ones.
func (s *Service) DeskHours(ctx context.Context) (worktime.Calendar, error) {
	now := s.now()
	s.hours.Lock()
	defer s.hours.Unlock()
	if now.Before(s.hours.until) {
		return s.hours.calendar, nil
	}
	c, err := s.readDeskHours(ctx)
	if err != nil {
		return s.hours.calendar, wrap("read the desk's hours", err)
	}
	s.hours.calendar, s.hours.until = c, now.Add(time.Minute)
	return c, nil
}

func (s *Service) readDeskHours(ctx context.Context) (worktime.Calendar, error) {
	rows, err := s.db.Query(ctx, deskCalendarSQL)
	if err != nil {
		return worktime.Calendar{}, err
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[calendarRow])
	if errors.Is(err, pgx.ErrNoRows) {
		return worktime.Calendar{Zone: time.UTC}, nil
	}
	if err != nil {
		return worktime.Calendar{}, err
	}
	c, err := row.calendar()
	return c.Times(), err
}

// DeskZone is the time zone of the desk's own calendar, for readers who have
// not chosen one. Without the database it is the last known one, or UTC.
func (s *Service) DeskZone(ctx context.Context) *time.Location {
	c, _ := s.DeskHours(ctx)
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

const lockCalendarSQL = `SELECT id, name, zone, week, holidays, version FROM calendars WHERE id = @id FOR UPDATE`

const saveCalendarSQL = `
UPDATE calendars SET zone = @zone, week = @week, holidays = @holidays, version = version + 1 WHERE id = @id`

const calendarTopicsSQL = `SELECT coalesce(topic_id, 0) FROM lifecycle_policies WHERE calendar_id = @id ORDER BY topic_id NULLS FIRST`

// maxHolidays bounds what a calendar carries: thirty years of a country's.
const maxHolidays = 1000

// SaveCalendar changes a calendar's zone, hours and days off; the tickets whose
// policies use it get new plans. Invalid names the fields zone, week or
// holidays; Conflict means that somebody changed it since in.Version was read.
func (s *Service) SaveCalendar(ctx context.Context, by auth.Actor, in Calendar) error {
	if err := forbidden(by); err != nil {
		return err
	}
	if err := checkCalendar(&in); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, lockCalendarSQL, pgx.NamedArgs{"id": in.ID})
		if err != nil {
			return wrap("read a calendar", err)
		}
		old, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[calendarRow])
		if err != nil {
			return pg.NotFound(wrap("read a calendar", err), "error.page_not_found")
		}
		if old.Version != in.Version {
			return fault.New(fault.Conflict, "setting.changed")
		}
		week, err := json.Marshal(pairs(in.Week))
		if err != nil {
			return wrap("write a week", err)
		}
		if _, err := tx.Exec(ctx, saveCalendarSQL, pgx.NamedArgs{"id": in.ID, "zone": in.Zone, "week": week, "holidays": in.Holidays}); err != nil {
			return wrap("save a calendar", err)
		}
		if err := s.replanCalendar(ctx, tx, in.ID); err != nil {
			return err
		}
		return s.Audit(ctx, tx, by, "calendar.saved", fmt.Sprintf("calendar:%d", in.ID),
			map[string]any{"zone": old.Zone, "week": old.Week, "holidays": days(old.Holidays)},
			map[string]any{"zone": in.Zone, "week": json.RawMessage(week), "holidays": days(in.Holidays)})
	})
	if err == nil {
		s.hours.forget()
	}
	return err
}

func checkCalendar(c *Calendar) error {
	var bad fault.Field
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		bad.Add("zone", "setting.zone_unknown")
	}
	if err := c.Week.Check(); err != nil {
		bad.Add("week", "setting.week_bad")
	}
	slices.SortFunc(c.Holidays, time.Time.Compare)
	c.Holidays = slices.CompactFunc(c.Holidays, time.Time.Equal)
	if len(c.Holidays) > maxHolidays {
		bad.Add("holidays", "setting.holidays_many", "limit", maxHolidays)
	}
	return bad.Err()
}

// pairs is a week as the column holds it.
func pairs(w worktime.Week) [7][][2]int {
	var out [7][][2]int
	for day, intervals := range w {
		out[day] = [][2]int{}
		for _, iv := range intervals {
			out[day] = append(out[day], [2]int{iv.From, iv.To})
		}
	}
	return out
}

func days(list []time.Time) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.Format(time.DateOnly)
	}
	return out
}

// replanCalendar has the tickets of every policy on a calendar planned anew.
func (s *Service) replanCalendar(ctx context.Context, tx pgx.Tx, id int64) error {
	if s.hooks.Replan == nil {
		return nil
	}
	rows, err := tx.Query(ctx, calendarTopicsSQL, pgx.NamedArgs{"id": id})
	if err != nil {
		return wrap("find a calendar's policies", err)
	}
	topics, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return wrap("find a calendar's policies", err)
	}
	for _, t := range topics {
		if err := s.hooks.Replan(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}
