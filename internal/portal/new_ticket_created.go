package portal

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/worktime"
)

// firstReply is the working time within which a new ticket gets its first reply
// (L2).
const firstReply = 2 * time.Hour

// createdView says what happens next with a ticket that was just sent.
type createdView struct {
	ticket.Thread
	message ticket.Entry
	due     time.Time // of the first reply; zero: the calendar has no working time
	hours   string
	now     time.Time
}

// showCreated is GET /tickets/{number}?new=1: where the form for a new ticket
// ends.
func (h *Handler) showCreated(w http.ResponseWriter, r *http.Request, number int64) error {
	ctx := r.Context()
	th, err := h.tickets.Thread(ctx, httpx.Actor(r), number, ticket.ViewEnd)
	if err != nil {
		return err
	}
	v := createdView{Thread: th, now: h.now(), hours: h.hours(ctx)}
	for _, e := range th.Entries {
		if e.Kind == ticket.MessageEntry {
			v.message = e
			break
		}
	}
	if cal, err := h.settings.DeskHours(ctx); err == nil {
		v.due, _ = cal.Add(th.CreatedAt, firstReply) // without working time there is no moment to name
	}
	return httpx.Render(w, r, http.StatusOK, createdPage(h.layout(r, "tickets", i18n.T(ctx, "portal.created.title", "number", number)), v))
}

// hours says when the desk answers, in its own time zone: one line when all
// working days are alike and follow each other, else nothing.
func (h *Handler) hours(ctx context.Context) string {
	cal, err := h.settings.DeskHours(ctx)
	if err != nil {
		return ""
	}
	return hoursText(ctx, cal, h.now())
}

func hoursText(ctx context.Context, cal worktime.Calendar, now time.Time) string {
	var days []int // from Monday on
	for i := range 7 {
		if len(cal.Week[(i+1)%7]) > 0 {
			days = append(days, i)
		}
	}
	if len(days) == 0 || days[len(days)-1]-days[0] != len(days)-1 {
		return ""
	}
	first := cal.Week[(days[0]+1)%7]
	for _, d := range days {
		if day := cal.Week[(d+1)%7]; len(day) != 1 || day[0] != first[0] {
			return ""
		}
	}
	zone := cal.Zone
	if zone == nil {
		zone = time.UTC
	}
	_, offset := now.In(zone).Zone()
	return i18n.T(ctx, "portal.new.hours", "from", dayName(ctx, days[0]), "to", dayName(ctx, days[len(days)-1]),
		"begin", clock(first[0].From), "end", clock(first[0].To), "zone", gmt(offset))
}

// dayName is a day of the week, 0 is Monday.
func dayName(ctx context.Context, day int) string {
	names := []string{
		i18n.T(ctx, "portal.day.monday"), i18n.T(ctx, "portal.day.tuesday"), i18n.T(ctx, "portal.day.wednesday"), i18n.T(ctx, "portal.day.thursday"),
		i18n.T(ctx, "portal.day.friday"), i18n.T(ctx, "portal.day.saturday"), i18n.T(ctx, "portal.day.sunday"),
	}
	return names[day]
}

// clock is a time of day from minutes since midnight.
func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// gmt is a zone by its distance from Greenwich, in seconds: "GMT+5".
func gmt(offset int) string {
	if offset == 0 {
		return "GMT"
	}
	sign := '+'
	if offset < 0 {
		sign, offset = '−', -offset
	}
	if m := offset / 60 % 60; m != 0 {
		return fmt.Sprintf("GMT%c%d:%02d", sign, offset/3600, m)
	}
	return fmt.Sprintf("GMT%c%d", sign, offset/3600)
}
