package ticket

import (
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/worktime"
)

// morningsAhead is how many days are searched for working time: longer than any
// holidays.
const morningsAhead = 30

// nextMorning is when work begins next for a customer: by the calendar's hours
// and holidays on their own clock, where we know it. Nil: the calendar has no
// working time.
func nextMorning(c worktime.Calendar, zone string, now time.Time) *time.Time {
	if own, err := time.LoadLocation(zone); err == nil && zone != "" {
		c.Zone = own
	}
	if c.Zone == nil {
		c.Zone = i18n.Zone(zone)
	}
	y, m, d := now.In(c.Zone).Date()
	for i := range morningsAhead {
		day := time.Date(y, m, d+i, 0, 0, 0, 0, c.Zone)
		first, err := c.Add(day, time.Minute)
		if err != nil {
			return nil
		}
		first = first.Add(-time.Minute)
		if first.After(now) && first.In(c.Zone).Day() == day.Day() {
			return &first
		}
	}
	return nil
}
