package admin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/worktime"
	"github.com/deskbell/deskbell/web/ui"
)

// calendarForm is the desk's working hours as typed and what is wrong with them.
type calendarForm struct {
	ID       int64
	Version  int
	Zone     string
	Days     [7]dayForm // by time.Weekday
	Breaks   bool       // a second pair of times a day
	Holidays string     // one date a line
	refusal
}

// dayForm is one day's times as typed, "08:30".
type dayForm struct {
	On                     bool
	From, To, From2, Until string
}

// weekdays in the order of the form.
var weekdays = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// showCalendar is GET /admin/calendar: when the desk works (L1).
func (h *Handler) showCalendar(w http.ResponseWriter, r *http.Request) error {
	c, err := h.calendar(r)
	if err != nil {
		return err
	}
	f := formOfCalendar(c)
	f.Breaks = f.Breaks || httpx.ReadQuery(r).On("breaks")
	return h.renderCalendar(w, r, http.StatusOK, f)
}

// calendar is the desk's own calendar.
func (h *Handler) calendar(r *http.Request) (setting.Calendar, error) {
	list, err := h.settings.Calendars(r.Context())
	if err != nil {
		return setting.Calendar{}, err
	}
	if len(list) == 0 {
		return setting.Calendar{}, fault.New(fault.NotFound, "error.page_not_found")
	}
	return list[0], nil
}

func formOfCalendar(c setting.Calendar) calendarForm {
	f := calendarForm{ID: c.ID, Version: c.Version, Zone: c.Zone}
	for day, intervals := range c.Week {
		d := &f.Days[day]
		d.From, d.To = "09:00", "18:00"
		if len(intervals) > 0 {
			d.On, d.From, d.To = true, clock(intervals[0].From), clock(intervals[0].To)
		}
		if len(intervals) > 1 {
			d.From2, d.Until, f.Breaks = clock(intervals[1].From), clock(intervals[len(intervals)-1].To), true
		}
	}
	lines := make([]string, len(c.Holidays))
	for i, d := range c.Holidays {
		lines[i] = d.Format(time.DateOnly)
	}
	f.Holidays = strings.Join(lines, "\n")
	return f
}

// clock writes minutes of the day as an input of type time does. The day's end
// is its midnight.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

// postCalendar is POST /admin/calendar.
func (h *Handler) postCalendar(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := postedCalendar(in)
	c, wrong := f.calendar()
	if err = wrong.Err(); err == nil {
		err = h.settings.SaveCalendar(r.Context(), httpx.Actor(r), c)
	}
	if err == nil {
		return h.done(w, r, link.Calendar, "admin.calendar.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		now, err := h.calendar(r)
		if err != nil {
			return err
		}
		f.Version = now.Version
	}
	return h.renderCalendar(w, r, httpx.Status(err), f)
}

func postedCalendar(in httpx.Form) calendarForm {
	f := calendarForm{ID: in.ID("id"), Zone: in.Line("zone"), Holidays: in.Text("holidays"), Breaks: in.On("breaks")}
	f.Version, _ = in.Int("version")
	for _, day := range weekdays {
		d, n := &f.Days[day], "."+strconv.Itoa(int(day))
		d.On, d.From, d.To = in.On("on"+n), in.Line("from"+n), in.Line("to"+n)
		d.From2, d.Until = in.Line("from2"+n), in.Line("until"+n)
	}
	return f
}

// calendar reads the times and dates. What is none goes into the faults day.N
// and holidays.
func (f calendarForm) calendar() (setting.Calendar, fault.Field) {
	c := setting.Calendar{ID: f.ID, Version: f.Version, Zone: f.Zone}
	var wrong fault.Field
	for day, d := range f.Days {
		if !d.On {
			continue
		}
		first, ok := interval(d.From, d.To)
		intervals := []worktime.Interval{first}
		if d.From2 != "" || d.Until != "" {
			second, ok2 := interval(d.From2, d.Until)
			ok = ok && ok2 && second.From >= first.To
			intervals = append(intervals, second)
		}
		if !ok {
			wrong.Add("day."+strconv.Itoa(day), "admin.calendar.day_bad")
		}
		c.Week[day] = intervals
	}
	for line := range strings.SplitSeq(f.Holidays, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		d, err := date(line)
		if err != nil {
			wrong.Add("holidays", "admin.calendar.date_bad", "date", line)
			continue
		}
		c.Holidays = append(c.Holidays, d)
	}
	return c, wrong
}

func interval(from, to string) (worktime.Interval, bool) {
	a, err := time.Parse("15:04", from)
	b, err2 := time.Parse("15:04", to)
	if err != nil || err2 != nil {
		return worktime.Interval{}, false
	}
	iv := worktime.Interval{From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute()}
	if iv.To == 0 {
		iv.To = 24 * 60
	}
	return iv, iv.From < iv.To
}

// date reads a day as computers write it, or as people in Europe do.
func date(s string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		d, err = time.Parse("2.1.2006", s)
	}
	if err != nil {
		return d, fmt.Errorf("read a date: %w", err)
	}
	return d, nil
}

func (h *Handler) renderCalendar(w http.ResponseWriter, r *http.Request, status int, f calendarForm) error {
	p, err := h.layout(r, "lifecycle", i18n.T(r.Context(), "admin.calendar.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, calendarPage(p, f))
}

func (f calendarForm) zone(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "zone", Label: i18n.T(ctx, "admin.calendar.zone"), Value: f.Zone, Error: f.Errors["zone"], Required: true,
		Hint: i18n.T(ctx, "admin.calendar.zone_hint"), Autocomplete: "off", Attrs: map[string]any{"list": "zones"},
	}
}

func (f calendarForm) holidays(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "holidays", Label: i18n.T(ctx, "admin.calendar.holidays"), Value: f.Holidays, Error: f.Errors["holidays"],
		Hint: i18n.T(ctx, "admin.calendar.holidays_hint"), Rows: 8, Class: "num",
	}
}

// all are the form's inputs, for the summary of what is wrong.
func (f calendarForm) all(ctx context.Context) []ui.Field {
	fields := []ui.Field{f.zone(ctx), {Name: "week", Label: i18n.T(ctx, "admin.calendar.title"), Error: f.Errors["week"]}}
	for _, day := range weekdays {
		n := strconv.Itoa(int(day))
		fields = append(fields, ui.Field{Name: "from." + n, Label: dayWord(ctx, day), Error: f.Errors["day."+n]})
	}
	return append(fields, f.holidays(ctx))
}

func dayWord(ctx context.Context, d time.Weekday) string {
	switch d {
	case time.Monday:
		return i18n.T(ctx, "admin.calendar.monday")
	case time.Tuesday:
		return i18n.T(ctx, "admin.calendar.tuesday")
	case time.Wednesday:
		return i18n.T(ctx, "admin.calendar.wednesday")
	case time.Thursday:
		return i18n.T(ctx, "admin.calendar.thursday")
	case time.Friday:
		return i18n.T(ctx, "admin.calendar.friday")
	case time.Saturday:
		return i18n.T(ctx, "admin.calendar.saturday")
	case time.Sunday:
		return i18n.T(ctx, "admin.calendar.sunday")
	}
	return ""
}

// zones are offered while one types; any other IANA name is as good.
var zones = []string{
	"UTC", "Europe/Lisbon", "Europe/London", "Europe/Dublin", "Europe/Madrid", "Europe/Paris", "Europe/Brussels", "Europe/Amsterdam",
	"Europe/Berlin", "Europe/Zurich", "Europe/Vienna", "Europe/Rome", "Europe/Prague", "Europe/Warsaw", "Europe/Stockholm", "Europe/Oslo",
	"Europe/Copenhagen", "Europe/Helsinki", "Europe/Athens", "Europe/Bucharest", "Europe/Sofia", "Europe/Kyiv", "Europe/Istanbul",
	"Europe/Minsk", "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk",
	"Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Kamchatka", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku",
	"Asia/Almaty", "Asia/Tashkent", "Asia/Jerusalem", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok",
	"Asia/Singapore", "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Seoul", "Asia/Tokyo", "Australia/Perth", "Australia/Sydney",
	"Pacific/Auckland", "Africa/Cairo", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "America/St_Johns", "America/Halifax",
	"America/New_York", "America/Toronto", "America/Chicago", "America/Mexico_City", "America/Denver", "America/Phoenix",
	"America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Bogota", "America/Lima", "America/Santiago",
	"America/Sao_Paulo", "America/Argentina/Buenos_Aires",
}
