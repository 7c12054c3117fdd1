package demo

import (
	"math/rand/v2"
	"time"
)

// clock is the time in the story. Services built on it write the past as if it
// were now.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// desk is where Halden's agents work.
const deskZone = "Europe/Berlin"

// Working hours of the desk in minutes of the day, as its calendar has them.
const (
	opens  = 8*60 + 30
	closes = 17*60 + 30
)

// hours moves moments to where people act.
type hours struct {
	zone *time.Location
	rand *rand.Rand
}

// working returns t, or a moment of the working day before it when nobody works
// at t.
func (h hours) working(t time.Time) time.Time {
	l := t.In(h.zone)
	day := l
	minute := l.Hour()*60 + l.Minute()
	if weekday(l) && minute >= opens && minute < closes {
		return t
	}
	if minute < opens || !weekday(l) {
		for day = l.AddDate(0, 0, -1); !weekday(day); {
			day = day.AddDate(0, 0, -1)
		}
	}
	return h.at(day, closes-200, closes-2)
}

// awake returns t, or the evening before it when people sleep at t.
func (h hours) awake(t time.Time) time.Time {
	l := t.In(h.zone)
	switch {
	case l.Hour() < 7:
		return h.at(l.AddDate(0, 0, -1), 18*60, 22*60)
	case l.Hour() >= 22:
		return h.at(l, 18*60, 22*60)
	default:
		return t
	}
}

// at is a random moment of a day between two minutes of it.
func (h hours) at(day time.Time, from, to int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, from+h.rand.IntN(to-from), h.rand.IntN(60), 0, h.zone).UTC()
}

func weekday(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }

// between is a random duration.
func (h hours) between(from, to time.Duration) time.Duration {
	return from + time.Duration(h.rand.Int64N(int64(to-from)))
}

// before returns when a step was taken that came gap before the next one.
func (h hours) before(next time.Time, st step, gap time.Duration) time.Time {
	t := next.Add(-gap)
	if st.by == customer {
		return h.awake(t)
	}
	return h.working(t)
}

// gap is how long the author of a step lets the step before it stand.
func (h hours) gap(st step) time.Duration {
	if st.after > 0 {
		return h.between(st.after*8/10, st.after*11/10)
	}
	switch st.by {
	case customer:
		if h.rand.IntN(3) == 0 {
			return h.between(12*time.Hour, 30*time.Hour)
		}
		return h.between(11*time.Minute, 4*time.Hour)
	case note:
		return h.between(4*time.Minute, 50*time.Minute)
	case agent, status:
		return h.between(9*time.Minute, 3*time.Hour+30*time.Minute)
	default:
		return time.Hour
	}
}
