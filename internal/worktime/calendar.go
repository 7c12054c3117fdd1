// Package worktime adds and counts time on a working calendar. It is pure: no
// clock, no database. Days are counted on the calendar's own wall clock, so a
// night shift, a calendar of 24 hours a day and the days on which clocks change
// all come out as a person would say.
package worktime

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrNoWork means that a calendar has no working time within ten years.
var ErrNoWork = errors.New("the calendar has no working time")

// horizon is how many days ahead a calendar is searched: ten years.
const horizon = 3660

// minutesPerDay is the largest Interval.To.
const minutesPerDay = 24 * 60

// Interval is working time of one day in minutes of the wall clock, From
// included, To not; To may be 1440. A night shift is two intervals, one on
// either day.
type Interval struct{ From, To int }

// Week is the working time of each day by time.Weekday, Sunday first; the
// intervals of a day are in order and do not overlap.
type Week [7][]Interval

// Calendar says when people work.
type Calendar struct {
	Zone     *time.Location // nil means UTC
	Week     Week
	Holidays map[string]bool // days off, as time.DateOnly writes them
}

// ParseWeek reads a week from JSON: seven arrays of [from, to] pairs. The error
// names the day that breaks the rules of Interval and Week.
func ParseWeek(b []byte) (Week, error) {
	var raw [7][][2]int
	if err := json.Unmarshal(b, &raw); err != nil {
		return Week{}, fmt.Errorf("read the working week: %w", err)
	}
	var w Week
	for day, pairs := range raw {
		for _, p := range pairs {
			w[day] = append(w[day], Interval{From: p[0], To: p[1]})
		}
	}
	return w, w.Check()
}

// Check returns nil when every day keeps the rules of Interval and Week. A week
// without any working time is ErrNoWork.
func (w Week) Check() error {
	empty := true
	for day, intervals := range w {
		last := 0
		for _, iv := range intervals {
			if iv.From < last || iv.To <= iv.From || iv.To > minutesPerDay {
				return fmt.Errorf("%s: %d to %d is not an interval of minutes after %d", time.Weekday(day), iv.From, iv.To, last)
			}
			last, empty = iv.To, false
		}
	}
	if empty {
		return ErrNoWork
	}
	return nil
}

// Add returns the moment at which d of working time has passed since t. It
// fails with ErrNoWork when the calendar has no working time.
func (c Calendar) Add(t time.Time, d time.Duration) (time.Time, error) {
	if d <= 0 {
		return t.In(c.zone()), nil
	}
	for _, s := range c.from(t) {
		if !s.end.After(t) {
			continue
		}
		if s.start.Before(t) {
			s.start = t
		}
		if left := s.end.Sub(s.start); d > left {
			d -= left
			continue
		}
		return s.start.Add(d).In(c.zone()), nil
	}
	return time.Time{}, ErrNoWork
}

// Between returns the working time from a to b, 0 when b is not after a.
func (c Calendar) Between(a, b time.Time) time.Duration {
	var sum time.Duration
	for _, s := range c.from(a) {
		if !s.start.Before(b) {
			break
		}
		if s.start.Before(a) {
			s.start = a
		}
		if s.end.After(b) {
			s.end = b
		}
		if s.end.After(s.start) {
			sum += s.end.Sub(s.start)
		}
	}
	return sum
}

// AddWorkdays returns the same time of day as t's on the nth working day after
// t's day: Thursday 10:20 and 2 make Monday 10:20, a Saturday and 1 make Monday
// at the same time. Zero days is t itself. It fails with ErrNoWork when the
// calendar has no working time.
func (c Calendar) AddWorkdays(t time.Time, n int) (time.Time, error) {
	t = t.In(c.zone())
	if n <= 0 {
		return t, nil
	}
	last := 0
	for i, s := range c.from(t) {
		if i == 0 || i == last || !s.end.After(s.start) {
			continue
		}
		last = i
		if n--; n == 0 {
			return c.sameClock(t, i), nil
		}
	}
	return time.Time{}, ErrNoWork
}

// AddDays returns the same time of day as t's, n calendar days later.
func (c Calendar) AddDays(t time.Time, n int) time.Time {
	return c.sameClock(t.In(c.zone()), n)
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
