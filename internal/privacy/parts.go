package privacy

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
)

// part is a heading of the page with what stands below it.
type part struct {
	Title string
	Lines []partLine
}

type partLine struct{ Text, Dim string }

// parts is o for people: those of its lists that have something.
func parts(ctx context.Context, o Own) []part {
	var all []part
	add := func(title string, lines []partLine) {
		if len(lines) > 0 {
			all = append(all, part{title, lines})
		}
	}
	add(i18n.T(ctx, "desk.open.calls"), linesOf(o.Calls, func(c OwnCall) partLine {
		length := i18n.T(ctx, "desk.open.length", "count", c.Seconds/60)
		return partLine{i18n.T(ctx, "desk.open.direction."+c.Direction) + ", " + length, dim(c.Number, number(c.Ticket), c.Agent, i18n.DateTime(ctx, c.StartedAt))}
	}))
	add(i18n.T(ctx, "time.title"), linesOf(o.TimeEntries, func(e OwnTime) partLine {
		length := i18n.T(ctx, "desk.open.length", "count", e.Minutes)
		day, _ := time.ParseInLocation(time.DateOnly, e.Day, i18n.ReaderOf(ctx).Zone) // written by Postgres
		return partLine{i18n.T(ctx, "time.kind."+e.Kind) + ", " + length, dim(number(e.Ticket), i18n.Date(ctx, day), e.Comment)}
	}))
	add(i18n.T(ctx, "desk.view.title"), linesOf(o.Views, func(v OwnView) partLine { return partLine{v.Name, v.Query} }))
	add(i18n.T(ctx, "canned.title"), linesOf(o.Canned, textLine))
	add(i18n.T(ctx, "macro.title"), linesOf(o.Macros, textLine))
	add(i18n.T(ctx, "notice.title"), linesOf(o.Notices, func(n OwnNotice) partLine {
		return partLine{n.Text, dim(number(n.Ticket), i18n.DateTime(ctx, n.At))}
	}))
	return all
}

func linesOf[T any](list []T, line func(T) partLine) []partLine {
	lines := make([]partLine, len(list))
	for i, v := range list {
		lines[i] = line(v)
	}
	return lines
}

func textLine(t OwnText) partLine { return partLine{t.Name, strings.Join(t.Texts, "\n")} }

// number is a ticket's, as people write it; "" for none.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return "#" + strconv.FormatInt(n, 10)
}

// dim joins what is not empty.
func dim(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " · ")
}
