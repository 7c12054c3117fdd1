package i18n

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// local returns t in the reader’s time zone.
func local(ctx context.Context, t time.Time) time.Time { return t.In(ReaderOf(ctx).Zone) }

// Date writes t's day with its year: "21 Oct 2026".
func Date(ctx context.Context, t time.Time) string {
	t = local(ctx, t)
	return T(ctx, "format.date", "day", t.Day(), "month", month(ctx, t), "year", t.Year())
}

// DayMonth writes t's day without the year: "21 Oct".
func DayMonth(ctx context.Context, t time.Time) string {
	t = local(ctx, t)
	return T(ctx, "format.day_month", "day", t.Day(), "month", month(ctx, t))
}

// Clock writes t's time of day: "10:20".
func Clock(ctx context.Context, t time.Time) string { return local(ctx, t).Format("15:04") }

// DateTime writes day and time: "21 Oct 2026, 10:20".
func DateTime(ctx context.Context, t time.Time) string {
	return T(ctx, "format.date_time", "date", Date(ctx, t), "time", Clock(ctx, t))
}

// Weekday writes a near date the way people name it: "Thu 21 Oct, 10:20".
func Weekday(ctx context.Context, t time.Time) string {
	day := T(ctx, "format.weekday."+strings.ToLower(local(ctx, t).Weekday().String()[:3]))
	return T(ctx, "format.weekday_time", "weekday", day, "date", DayMonth(ctx, t), "time", Clock(ctx, t))
}

// LongDay writes a day in full, without the year: "20 November".
func LongDay(ctx context.Context, t time.Time) string {
	t = local(ctx, t)
	return T(ctx, "format.day_month", "day", t.Day(), "month", T(ctx, "format.month_long."+strings.ToLower(t.Month().String()[:3])))
}

// Long writes a deadline in full: "Tuesday 24 November, 10:20".
func Long(ctx context.Context, t time.Time) string {
	day := T(ctx, "format.weekday_long."+strings.ToLower(local(ctx, t).Weekday().String()[:3]))
	return T(ctx, "format.long", "weekday", day, "date", LongDay(ctx, t), "time", Clock(ctx, t))
}

// Ago writes how long before now t was, for up to 24 hours; before that the
// day, with the year when it is another one.
func Ago(ctx context.Context, t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return T(ctx, "format.just_now")
	case d < time.Hour:
		return T(ctx, "format.minutes_ago", "count", int(d/time.Minute))
	case d < 24*time.Hour:
		return T(ctx, "format.hours_ago", "count", int(d/time.Hour))
	case local(ctx, t).Year() == local(ctx, now).Year():
		return DayMonth(ctx, t)
	default:
		return Date(ctx, t)
	}
}

// Moment is Ago for a conversation, whose reader wants the time of day of older
// lines too: "Thu 21 Oct, 10:20", in another year "21 Oct 2025, 10:20".
func Moment(ctx context.Context, t, now time.Time) string {
	switch {
	case now.Sub(t) < 24*time.Hour:
		return Ago(ctx, t, now)
	case local(ctx, t).Year() == local(ctx, now).Year():
		return Weekday(ctx, t)
	default:
		return DateTime(ctx, t)
	}
}

// Short is Ago for a narrow column: today's time of day, else the day.
func Short(ctx context.Context, t, now time.Time) string {
	a, b := local(ctx, t), local(ctx, now)
	switch {
	case a.YearDay() == b.YearDay() && a.Year() == b.Year():
		return Clock(ctx, t)
	case now.Sub(t) < 48*time.Hour && a.AddDate(0, 0, 1).YearDay() == b.YearDay():
		return T(ctx, "format.yesterday")
	case a.Year() == b.Year():
		return DayMonth(ctx, t)
	default:
		return Date(ctx, t)
	}
}

// Machine writes t for a <time datetime> attribute (RFC 3339).
func Machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Bytes writes a size with the decimal unit that people know from their file
// manager: "1.8 MB".
func Bytes(ctx context.Context, n int64) string {
	units := []string{"format.bytes", "format.kilobytes", "format.megabytes", "format.gigabytes"}
	v, u := float64(n), 0
	for v >= 1000 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if u > 0 {
		s = strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	}
	return T(ctx, units[u], "n", strings.Replace(s, ".", T(ctx, "format.decimal"), 1))
}

func month(ctx context.Context, t time.Time) string {
	return T(ctx, "format.month."+strings.ToLower(t.Month().String()[:3]))
}
