package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/worktime"
)

// hours are the desk's working hours in words, in its own time zone: "Mon–Fri
// 8:30–17:30 (GMT+3)".
func (s *Service) hours(ctx context.Context) (string, error) {
	if s.Calendar == nil {
		return "", nil
	}
	c, err := s.Calendar(ctx)
	if err != nil {
		return "", fmt.Errorf("read the working hours: %w", err)
	}
	return hoursOf(ctx, c, s.Now()), nil
}

// hoursOf joins days that follow each other and have the same hours.
func hoursOf(ctx context.Context, c worktime.Calendar, now time.Time) string {
	var parts []string
	for i := 0; i < 7; {
		day := weekday(i)
		n := 1
		for i+n < 7 && slices.Equal(c.Week[weekday(i+n)], c.Week[day]) {
			n++
		}
		if len(c.Week[day]) > 0 {
			parts = append(parts, days(ctx, i, n)+" "+clocks(c.Week[day]))
		}
		i += n
	}
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	return strings.Join(parts, ", ") + " (" + offset(now.In(zone)) + ")"
}

// weekday is the i-th day of a week that begins on Monday.
func weekday(i int) time.Weekday { return time.Weekday((i + 1) % 7) }

// days names n days from the i-th on.
func days(ctx context.Context, i, n int) string {
	name := func(i int) string {
		return i18n.T(ctx, "format.weekday."+strings.ToLower(weekday(i).String()[:3]))
	}
	switch n {
	case 1:
		return name(i)
	case 2:
		return name(i) + ", " + name(i+1)
	default:
		return name(i) + "–" + name(i+n-1)
	}
}

func clocks(day []worktime.Interval) string {
	parts := make([]string, len(day))
	for i, v := range day {
		parts[i] = fmt.Sprintf("%d:%02d–%d:%02d", v.From/60, v.From%60, v.To/60, v.To%60)
	}
	return strings.Join(parts, ", ")
}

// offset is t's distance from Greenwich: "GMT+5:30".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	switch h, m := seconds/3600, seconds/60%60; {
	case h == 0 && m == 0:
		return "GMT"
	case m == 0:
		return fmt.Sprintf("GMT%s%d", sign, h)
	default:
		return fmt.Sprintf("GMT%s%d:%02d", sign, h, m)
	}
}
