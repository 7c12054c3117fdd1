package desk

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/timesheet"
	"github.com/deskbell/deskbell/web/ui"
)

// times are a ticket's times as its page brought them.
func (p answerPage) times() timesheet.Sheet {
	sh, err := timesheet.ReadSheet(p.Times)
	if err != nil {
		return timesheet.Sheet{}
	}
	return sh
}

// spent is so many minutes as people say it.
func spent(ctx context.Context, minutes int) string {
	if minutes < 60 {
		return i18n.T(ctx, "time.minutes", "minutes", minutes)
	}
	return i18n.T(ctx, "time.hours", "hours", minutes/60, "minutes", minutes%60)
}

// timerMinutes is what the timer counted, as the form writes it down: minutes
// begun count whole.
func timerMinutes(t timesheet.Timer, now time.Time) int {
	return int((t.Elapsed(now) + time.Minute - time.Second) / time.Minute)
}

// readSpent reads an entry.
func readSpent(form httpx.Form) timesheet.Spent {
	return timesheet.Spent{
		SpentOn: form.Line("spent_on"), Kind: timesheet.Kind(form.Get("kind")), Comment: form.Line("comment"), Key: form.Line("key"), Timer: form.On("timer"),
		Minutes: minutesOf(form.Line("minutes")),
	}
}

// postTime is POST /agent/tickets/{number}/time.
func (h *Handler) postTime(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "time.added", func(number int64, form httpx.Form) error {
		return h.times.Add(r.Context(), httpx.Actor(r), number, readSpent(form))
	})
}

// postTimeEntry is POST /agent/tickets/{number}/time/{id}: an entry is changed or
// taken out.
func (h *Handler) postTimeEntry(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	return h.change(w, r, "time.changed", func(number int64, form httpx.Form) error {
		if form.Get("action") == "remove" {
			return h.times.Remove(r.Context(), httpx.Actor(r), number, id)
		}
		return h.times.Edit(r.Context(), httpx.Actor(r), number, id, readSpent(form))
	})
}

// postTimer is POST /agent/tickets/{number}/time/timer.
func (h *Handler) postTimer(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	return h.change(w, r, "time.timer_set", func(number int64, form httpx.Form) error {
		switch form.Get("action") {
		case "start":
			return h.times.StartTimer(ctx, by, number)
		case "pause":
			return h.times.PauseTimer(ctx, by, number)
		case "drop":
			return h.times.DropTimer(ctx, by, number)
		default:
			return fault.New(fault.Invalid, "error.bad_request")
		}
	})
}

// timePage is the time spent in a period.
type timePage struct {
	ui.AgentPage
	timesheet.Period
	timesheet.Report
	Problem fault.Message
}

// showTime is GET /agent/time: time spent in a period, as a file with csv=1; the
// file has all lines of the pages.
func (h *Handler) showTime(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	now := h.now().In(i18n.ReaderOf(ctx).Zone)
	p := timePage{Period: timesheet.Period{From: q.Line("from"), To: q.Line("to")}}
	if p.From == "" {
		p.From = now.AddDate(0, 0, 1-now.Day()).Format(time.DateOnly)
	}
	if p.To == "" {
		p.To = now.Format(time.DateOnly)
	}
	status := http.StatusOK
	var err error
	p.Report, err = h.times.Report(ctx, by, p.Period, q.Get("after"))
	if fault.Is(err, fault.Invalid) {
		status, p.Problem, err = httpx.Status(err), message(err), nil
	}
	if err != nil {
		return err
	}
	if q.On("csv") && status == http.StatusOK {
		return h.timeCSV(w, r, p.Period)
	}
	p.AgentPage = h.page(r, i18n.T(ctx, "time.title"), "time")
	if err := h.count(ctx, by, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, timeReport(p))
}

// timeCSV sends all lines of a period as a file for spreadsheets.
func (h *Handler) timeCSV(w http.ResponseWriter, r *http.Request, p timesheet.Period) error {
	ctx := r.Context()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="time-`+p.From+"-"+p.To+`.csv"`)
	_, _ = w.Write([]byte("\ufeff")) // the client is gone; nothing to do about it
	c := csv.NewWriter(w)
	head := []string{"day", "ticket", "subject", "company", "agent", "kind", "minutes", "comment"}
	for i, name := range head {
		head[i] = i18n.T(ctx, "time.column."+name)
	}
	_ = c.Write(head)
	err := h.times.EachLine(ctx, httpx.Actor(r), p, func(l timesheet.Line) error {
		return c.Write([]string{
			l.SpentOn.Format(time.DateOnly), num(l.Number), csvCell(l.Subject), csvCell(l.Company), csvCell(l.Person), i18n.T(ctx, "time.kind."+string(l.Kind)),
			strconv.Itoa(l.Minutes), csvCell(l.Comment),
		})
	})
	c.Flush()
	return err
}

// csvCell keeps a spreadsheet from taking what people wrote for a formula.
func csvCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// older is the page after this one; "" at the end.
func (p timePage) older() string {
	if p.Next == "" {
		return ""
	}
	return link.Query(link.TimeReport, "from", p.From, "to", p.To, "after", p.Next)
}

// kindSums are the sums of the kinds of work by their names.
func (p timePage) kindSums(ctx context.Context) []timesheet.Sum {
	all := make([]timesheet.Sum, len(p.Kinds))
	for i, k := range p.Kinds {
		all[i] = timesheet.Sum{Name: i18n.T(ctx, "time.kind."+k.Name), Minutes: k.Minutes}
	}
	return all
}

func (p timePage) csvHref() string {
	return link.Query(link.TimeReport, "from", p.From, "to", p.To, "csv", "1")
}

// minutesValue is the value of the field for a duration; "" while there is none.
func minutesValue(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return strconv.Itoa(minutes/60) + ":" + strconv.Itoa(minutes%60/10) + strconv.Itoa(minutes%10)
}

// clockText is a timer as a clock shows it.
func clockText(d time.Duration) string {
	s := int(d / time.Second)
	return strconv.Itoa(s/3600) + ":" + strconv.Itoa(s/600%6) + strconv.Itoa(s/60%10) + ":" + strconv.Itoa(s%60/10) + strconv.Itoa(s%10)
}

// timerSince is the seconds that a running timer shows, for the script; "" while
// it stands.
func timerSince(t timesheet.Timer, now time.Time) string {
	if t.RunningAt == nil {
		return ""
	}
	return strconv.Itoa(int(t.Elapsed(now) / time.Second))
}

// timerUsed says in the form that the entry is what the timer counted.
func timerUsed(t timesheet.Timer, now time.Time) string {
	if t.Elapsed(now) == 0 {
		return ""
	}
	return "1"
}

// dayText is a day as the reader writes it.
func dayText(ctx context.Context, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.ReaderOf(ctx).Zone)
	if err != nil {
		return day
	}
	return i18n.Date(ctx, t)
}
