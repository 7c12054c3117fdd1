package worktime

import (
	"iter"
	"time"
)

// span is working time on the time line.
type span struct{ start, end time.Time }

// from yields the working spans of t's day and of the days after it, each with
// its day's distance from t's, in order and up to the horizon.
func (c Calendar) from(t time.Time) iter.Seq2[int, span] {
	y, m, d := t.In(c.zone()).Date()
	return func(yield func(int, span) bool) {
		for i := range horizon {
			day := time.Date(y, m, d+i, 0, 0, 0, 0, time.UTC) // a date without a zone
			if c.Holidays[day.Format(time.DateOnly)] {
				continue
			}
			for _, iv := range c.Week[day.Weekday()] {
				if !yield(i, span{c.wall(day, minutes(iv.From)), c.wall(day, minutes(iv.To))}) {
					return
				}
			}
		}
	}
}

// sameClock returns t's time of day, n days later.
func (c Calendar) sameClock(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	clock := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	return c.wall(time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC), clock)
}

// wall returns the moment at which the wall clock shows clock on day's date.
// Where clocks are put forward over it, that is the moment they are put forward:
// so order is kept, and two intervals that touch still do. [time.Date] leaves
// open which side of the gap it answers with.
func (c Calendar) wall(day time.Time, clock time.Duration) time.Time {
	want := day.Add(clock)
	y, m, d := want.Date()
	t := time.Date(y, m, d, want.Hour(), want.Minute(), want.Second(), want.Nanosecond(), c.zone())
	got := shown(t)
	switch {
	case got.After(want): // beyond the gap
		start, _ := t.ZoneBounds()
		return start.In(c.zone())
	case got.Before(want): // before the gap
		_, end := t.ZoneBounds()
		return end.In(c.zone())
	default:
		return t
	}
}

// shown is what t's wall clock shows, as if it were UTC.
func shown(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
