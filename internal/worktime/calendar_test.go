package worktime_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/deskbell/deskbell/internal/worktime"
)

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// at reads a wall-clock time in z.
func at(tb testing.TB, z *time.Location, s string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func everyDay(ivs ...worktime.Interval) worktime.Week {
	var w worktime.Week
	for day := range w {
		w[day] = ivs
	}
	return w
}

// office is Monday to Friday, 8:30 to 17:30, with New Year off.
func office(z *time.Location) worktime.Calendar {
	w := everyDay(worktime.Interval{From: 510, To: 1050})
	w[time.Saturday], w[time.Sunday] = nil, nil
	return worktime.Calendar{Zone: z, Week: w, Holidays: map[string]bool{"2027-01-01": true}}
}

func roundTheClock(z *time.Location) worktime.Calendar {
	return worktime.Calendar{Zone: z, Week: everyDay(worktime.Interval{To: 1440})}
}

// nights is 22:00 to 6:00 on every day, so that the shift crosses midnight.
func nights(z *time.Location) worktime.Calendar {
	return worktime.Calendar{Zone: z, Week: everyDay(worktime.Interval{To: 360}, worktime.Interval{From: 1320, To: 1440})}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	ural, berlin := zone(t, "Asia/Yekaterinburg"), zone(t, "Europe/Berlin")
	for _, c := range []struct {
		name     string
		calendar worktime.Calendar
		from     string
		add      time.Duration
		want     string
	}{
		{"what the day has no room for goes to the next one", office(ural), "2026-11-19 16:30", 2 * time.Hour, "2026-11-20 09:30"},
		{"Friday's rest goes to Monday", office(ural), "2026-11-20 16:30", 2 * time.Hour, "2026-11-23 09:30"},
		{"a Saturday begins on Monday", office(ural), "2026-11-21 12:00", 2 * time.Hour, "2026-11-23 10:30"},
		{"a holiday is skipped", office(ural), "2026-12-31 17:00", 2 * time.Hour, "2027-01-04 10:00"},
		{"a day's last minute belongs to that day", office(ural), "2026-11-19 16:30", time.Hour, "2026-11-19 17:30"},
		{"a night shift goes on past midnight", nights(berlin), "2026-06-01 23:00", 2 * time.Hour, "2026-06-02 01:00"},
		{"a night shift is an hour shorter when clocks go forward", nights(berlin), "2026-03-29 01:30", 2 * time.Hour, "2026-03-29 04:30"},
		{"around the clock 24 hours are 24 hours", roundTheClock(berlin), "2026-03-28 12:00", 24 * time.Hour, "2026-03-29 13:00"},
		{"nothing to add stays where it is", office(ural), "2026-11-21 12:00", 0, "2026-11-21 12:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.calendar.Add(at(t, c.calendar.Zone, c.from).UTC(), c.add)
			if want := at(t, c.calendar.Zone, c.want); err != nil || !got.Equal(want) {
				t.Errorf("%s + %s = %s, %v; want %s", c.from, c.add, got, err, want)
			}
		})
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	ural, berlin := zone(t, "Asia/Yekaterinburg"), zone(t, "Europe/Berlin")
	beirut, apia := zone(t, "Asia/Beirut"), zone(t, "Pacific/Apia")
	for _, c := range []struct {
		name     string
		calendar worktime.Calendar
		from     string
		n        int
		want     string
	}{
		{"Thursday and two days make Monday", office(ural), "2026-11-19 10:20", 2, "2026-11-23 10:20"},
		{"Saturday and one day make Monday", office(ural), "2026-11-21 10:20", 1, "2026-11-23 10:20"},
		{"the clock stays outside working hours too", office(ural), "2026-11-19 23:59", 1, "2026-11-20 23:59"},
		{"a holiday does not count", office(ural), "2026-12-31 10:20", 1, "2027-01-04 10:20"},
		{"zero days stay where they are", office(ural), "2026-11-21 10:20", 0, "2026-11-21 10:20"},
		{"two shifts of a day are one day", nights(berlin), "2026-06-01 23:00", 3, "2026-06-04 23:00"},
		{"the clock stays over the end of summer time", roundTheClock(berlin), "2026-10-24 10:20", 1, "2026-10-25 10:20"},
		{"a time that does not exist moves to the next that does", roundTheClock(berlin), "2026-03-28 02:30", 1, "2026-03-29 03:00"},
		{"a missing midnight moves to the day's first minute", roundTheClock(beirut), "2026-03-28 00:30", 1, "2026-03-29 01:00"},
		{"a day that never was does not count", roundTheClock(apia), "2011-12-29 10:20", 1, "2011-12-31 10:20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.calendar.AddWorkdays(at(t, c.calendar.Zone, c.from).UTC(), c.n)
			if want := at(t, c.calendar.Zone, c.want); err != nil || !got.Equal(want) {
				t.Errorf("%s + %d working days = %s, %v; want %s", c.from, c.n, got, err, want)
			}
		})
	}
}

func TestAddDays(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct{ name, from, want string }{
		{"a weekend counts", "2026-11-20 10:20", "2026-11-22 10:20"},
		{"the clock stays when clocks go forward", "2026-03-28 10:20", "2026-03-30 10:20"},
		{"a time that does not exist moves to the next that does", "2026-03-27 02:30", "2026-03-29 03:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := office(berlin).AddDays(at(t, berlin, c.from).UTC(), 2)
			if want := at(t, berlin, c.want); !got.Equal(want) {
				t.Errorf("%s + 2 days = %s; want %s", c.from, got, want)
			}
		})
	}
}

func TestEmptyCalendar(t *testing.T) {
	t.Parallel()
	var empty worktime.Calendar
	now := time.Date(2026, 11, 22, 10, 20, 0, 0, time.UTC)
	if _, err := empty.Add(now, time.Hour); !errors.Is(err, worktime.ErrNoWork) {
		t.Errorf("Add: %v", err)
	}
	if _, err := empty.AddWorkdays(now, 1); !errors.Is(err, worktime.ErrNoWork) {
		t.Errorf("AddWorkdays: %v", err)
	}
	if d := empty.Between(now, now.AddDate(1, 0, 0)); d != 0 {
		t.Errorf("Between: %s", d)
	}
}

func TestParseWeek(t *testing.T) {
	t.Parallel()
	w, err := worktime.ParseWeek([]byte(`[[],[[510,720],[780,1050]],[],[],[],[],[]]`))
	if err != nil || len(w[time.Monday]) != 2 || w[time.Monday][1].From != 780 {
		t.Errorf("got %v, %v", w, err)
	}
	for name, text := range map[string]string{
		"an interval that ends before it begins is refused": `[[[600,500]],[],[],[],[],[],[]]`,
		"intervals that overlap are refused":                `[[[0,600],[500,700]],[],[],[],[],[],[]]`,
		"more than a day is refused":                        `[[[0,1441]],[],[],[],[],[],[]]`,
		"a negative minute is refused":                      `[[[-1,10]],[],[],[],[],[],[]]`,
		"a week without work is refused":                    `[[],[],[],[],[],[],[]]`,
		"what is not a week is refused":                     `{"monday": 8}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if w, err := worktime.ParseWeek([]byte(text)); err == nil {
				t.Errorf("got %v", w)
			}
		})
	}
}

// TestProperties holds what must be true of every calendar at any moment, two
// years long, over every change of clocks.
func TestProperties(t *testing.T) {
	t.Parallel()
	calendars := map[string]worktime.Calendar{
		"office in the Urals":       office(zone(t, "Asia/Yekaterinburg")),
		"office in New York":        office(zone(t, "America/New_York")),
		"around the clock, Berlin":  roundTheClock(zone(t, "Europe/Berlin")),
		"nights in Berlin":          nights(zone(t, "Europe/Berlin")),
		"nights in Beirut":          nights(zone(t, "Asia/Beirut")),
		"half hours of Lord Howe":   nights(zone(t, "Australia/Lord_Howe")),
		"an hour on Sundays, Apia":  {Zone: zone(t, "Pacific/Apia"), Week: worktime.Week{{{From: 120, To: 180}}}},
		"nights that meet in a gap": {Zone: zone(t, "Europe/Berlin"), Week: everyDay(worktime.Interval{To: 150}, worktime.Interval{From: 150, To: 600})},
	}
	for name, c := range calendars {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			for range 3000 {
				s := time.Unix(1767225600+r.Int64N(2*365*86400), 0)
				d := time.Duration(1+r.Int64N(100*3600)) * time.Second
				holdAdd(t, c, s, d)
				holdAddWorkdays(t, c, s, 1+r.IntN(10))
			}
		})
	}
}

// holdAdd: what was added is what lies between, and time added in two steps
// ends where one step ends.
func holdAdd(t *testing.T, c worktime.Calendar, s time.Time, d time.Duration) {
	t.Helper()
	end, err := c.Add(s, d)
	if got := c.Between(s, end); err != nil || got != d {
		t.Fatalf("%s + %s = %s, %v, but between them lie %s", s, d, end, err, got)
	}
	half, err := c.Add(s, d/2)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Add(half, d-d/2); err != nil || !again.Equal(end) {
		t.Fatalf("%s + %s = %s, in two steps %s, %v", s, d, end, again, err)
	}
}

// holdAddWorkdays: the result is later, on a working day, shows the same time
// unless clocks were changed over it, and n steps of one day end there too.
func holdAddWorkdays(t *testing.T, c worktime.Calendar, s time.Time, n int) {
	t.Helper()
	got, err := c.AddWorkdays(s, n)
	if err != nil || !got.After(s) {
		t.Fatalf("%s + %d working days = %s, %v", s, n, got, err)
	}
	y, m, d := got.Date()
	if c.Between(time.Date(y, m, d, 0, 0, 0, 0, c.Zone), time.Date(y, m, d+1, 0, 0, 0, 0, c.Zone)) == 0 {
		t.Fatalf("%s + %d working days = %s, a day off", s, n, got)
	}
	a, b := s.In(c.Zone).Format("15:04:05"), got.Format("15:04:05")
	if start, _ := got.ZoneBounds(); a != b && !start.Equal(got) {
		t.Fatalf("%s + %d working days = %s: another time of day", s, n, got)
	}
	if a != b {
		return
	}
	step := s
	for range n {
		if step, err = c.AddWorkdays(step, 1); err != nil {
			t.Fatal(err)
		}
		if step.Format("15:04:05") != a {
			return // a step in between fell into a gap
		}
	}
	if !step.Equal(got) {
		t.Fatalf("%s + %d working days = %s, day by day %s", s, n, got, step)
	}
}
