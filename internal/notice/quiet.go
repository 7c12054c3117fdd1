package notice

import "time"

// Hours are when somebody wants to be left alone, by their own clock. The zero
// value is never.
type Hours struct {
	From, To *int // minutes of the day; nil: no such hours. From after To goes over midnight
	Weekends bool // all of Saturday and Sunday
}

// until returns when the quiet time that t falls into ends, or t when it falls
// into none. t is in the person's zone.
func (h Hours) until(t time.Time) time.Time {
	for range 5 { // a night, a weekend and another night follow each other
		end := h.end(t)
		if !end.After(t) {
			return t
		}
		t = end
	}
	return t
}

func (h Hours) end(t time.Time) time.Time {
	if wd := t.Weekday(); h.Weekends && (wd == time.Saturday || wd == time.Sunday) {
		return clock(t, 1, 0)
	}
	if h.From == nil || h.To == nil || *h.From == *h.To {
		return t
	}
	now := t.Hour()*60 + t.Minute()
	switch {
	case *h.From < *h.To && now >= *h.From && now < *h.To, *h.From > *h.To && now < *h.To:
		return clock(t, 0, *h.To)
	case *h.From > *h.To && now >= *h.From:
		return clock(t, 1, *h.To)
	}
	return t
}

// clock is minutes after midnight, days after t's day.
func clock(t time.Time, days, minutes int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, minutes/60, minutes%60, 0, 0, t.Location())
}
