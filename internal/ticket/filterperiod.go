package ticket

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dayForms are what days look like.
var dayForms = []string{"2026-12-31", "31.12.2026", "2026-12", "2026", "2026-12-01..2026-12-31", ">30d"}

// pastPeriods are periods that are worth offering.
var pastPeriods = []string{"today", "yesterday", "7d", "30d"}

// reach is where a period without a direction lies.
type reach string

const (
	past      reach = "past"   // 7d is the last seven days
	future    reach = "future" // 7d is until in seven days, what is late already among it
	beforeDay reach = "before" // a day stands for all before it
	afterDay  reach = "after"  // a day stands for it and all after it
)

// period is a stretch of time as it was typed: it moves with the clock.
type period struct {
	none     bool
	reach    reach
	op       string // "", "<", "<=", ">", ">="
	span     time.Duration
	from, to string // days, months or years, "today" and the like
}

var (
	spanLike = regexp.MustCompile(`^(\d{1,4})(h|d|w)$`)
	dayLike  = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)
	spans    = map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	near     = map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1}
)

// readPeriod reads "today", "2026-11-01", "1.11.2026", "2026-11", "2026-11-01..2026-11-07",
// "7d", ">7d" (longer ago), "<2026-11-01" and "none"; "overdue" is what lies
// before now.
func readPeriod(r reach) func(string) (any, bool) {
	return func(value string) (any, bool) {
		p := period{reach: r}
		if value == none && r == future {
			p.none = true
			return p, true
		}
		if value == "overdue" && r == future {
			p.op = "<"
			return p, true
		}
		for _, op := range []string{"<=", ">=", "<", ">"} {
			if rest, ok := strings.CutPrefix(value, op); ok {
				p.op, value = op, rest
				break
			}
		}
		if m := spanLike.FindStringSubmatch(value); m != nil {
			n, _ := strconv.Atoi(m[1])
			p.span = time.Duration(n) * spans[m[2]]
			return p, true
		}
		from, to, ranged := strings.Cut(value, "..")
		if !ranged {
			to = from
		}
		p.from, p.to = from, to
		return p, isDay(from) && isDay(to) && (!ranged || p.op == "")
	}
}

func isDay(s string) bool {
	if _, ok := near[s]; ok {
		return true
	}
	_, _, ok := days(s, time.Time{}, time.UTC)
	return ok
}

// days is the stretch that a day, a month or a year is.
func days(s string, now time.Time, zone *time.Location) (from, to time.Time, ok bool) {
	if n, ok := near[s]; ok {
		y, m, d := now.In(zone).Date()
		return time.Date(y, m, d+n, 0, 0, 0, 0, zone), time.Date(y, m, d+n+1, 0, 0, 0, 0, zone), true
	}
	if from, err := time.ParseInLocation("2.1.2006", s, zone); err == nil {
		return from, from.AddDate(0, 0, 1), true
	}
	if !dayLike.MatchString(s) {
		return from, to, false
	}
	layout := []string{"2006", "2006-01", time.DateOnly}[strings.Count(s, "-")]
	from, err := time.ParseInLocation(layout, s, zone)
	if err != nil {
		return from, to, false
	}
	switch layout {
	case "2006":
		return from, from.AddDate(1, 0, 0), true
	case "2006-01":
		return from, from.AddDate(0, 1, 0), true
	default:
		return from, from.AddDate(0, 0, 1), true
	}
}

// bounds are the period's first moment and the first one after it; zero is open.
func (p period) bounds(now time.Time, zone *time.Location) (from, to time.Time) {
	if p.from == "" {
		return p.spanBounds(now)
	}
	from, _, _ = days(p.from, now, zone)
	_, to, _ = days(p.to, now, zone)
	op := p.op
	switch {
	case op == "" && p.reach == beforeDay:
		op = "<"
	case op == "" && p.reach == afterDay:
		op = ">="
	}
	switch op {
	case "<":
		return time.Time{}, from
	case "<=":
		return time.Time{}, to
	case ">":
		return to, time.Time{}
	case ">=":
		return from, time.Time{}
	default:
		return from, to
	}
}

// spanBounds are the bounds of so much time from now on or until now.
func (p period) spanBounds(now time.Time) (from, to time.Time) {
	longer := strings.HasPrefix(p.op, ">")
	if p.reach == future {
		if longer {
			return now.Add(p.span), time.Time{}
		}
		return time.Time{}, now.Add(p.span)
	}
	if longer || p.reach == beforeDay {
		return time.Time{}, now.Add(-p.span)
	}
	return now.Add(-p.span), time.Time{}
}

// within is the condition that column lies in any of the periods.
func within(column string) func(b *binding, values []any) string {
	return func(b *binding, values []any) string {
		list := make([]string, len(values))
		for i, v := range values {
			p, _ := v.(period)
			list[i] = b.inside(column, p)
		}
		return "(" + strings.Join(list, " OR ") + ")"
	}
}

func (b *binding) inside(column string, p period) string {
	if p.none {
		return column + " IS NULL"
	}
	from, to := p.bounds(b.now, b.zone)
	parts := []string{column + " IS NOT NULL"}
	if !from.IsZero() {
		parts = append(parts, column+" >= "+b.arg(from, "timestamptz"))
	}
	if !to.IsZero() {
		parts = append(parts, column+" < "+b.arg(to, "timestamptz"))
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// dueFew and fewest stand round a moment: the tickets due by then, which an
// index finds. More than a thousand late ones are a thousand.
const (
	dueFew = "t.id = ANY (ARRAY(SELECT d.id FROM tickets d WHERE d.due_at <= "
	fewest = " ORDER BY d.due_at LIMIT 1000))"
)

func isDue(b *binding, values []any) string { return within("t.due_at")(b, values) }

func isDueFew(b *binding, values []any) string {
	p, _ := values[0].(period)
	_, to := p.bounds(b.now, b.zone)
	if len(values) > 1 || p.none || to.IsZero() {
		return ""
	}
	return dueFew + b.arg(to, "timestamptz") + fewest + " AND " + b.inside("t.due_at", p)
}

// isPromised is the condition on the date that a customer was promised before the
// ticket woke; postponed tickets have another one ahead.
func isPromised(b *binding, values []any) string {
	return "(t.status <> 'postponed' AND " + within("t.promised_until")(b, values) + ")"
}

// isPromisedFew finds them by an index; of more than a thousand the oldest.
func isPromisedFew(b *binding, values []any) string {
	p, _ := values[0].(period)
	_, to := p.bounds(b.now, b.zone)
	if len(values) > 1 || p.none || to.IsZero() {
		return ""
	}
	return "t.id = ANY (ARRAY(SELECT d.id FROM tickets d WHERE d.status <> 'postponed' AND d.promised_until < " + b.arg(to, "timestamptz") +
		" ORDER BY d.promised_until, d.id LIMIT 1000)) AND " + b.inside("t.promised_until", p)
}

// isPromiseFew finds postponed tickets by their date, which is also when the
// robot wakes them.
func isPromiseFew(b *binding, values []any) string {
	p, _ := values[0].(period)
	_, to := p.bounds(b.now, b.zone)
	if len(values) > 1 || p.none || to.IsZero() {
		return ""
	}
	return "t.id = ANY (ARRAY(SELECT d.id FROM tickets d WHERE d.status = 'postponed' AND d.next_step_at < " + b.arg(to, "timestamptz") +
		" ORDER BY d.next_step_at LIMIT 1000)) AND " + b.inside("t.postponed_until", p)
}
