package ticket

import (
	"slices"
	"strconv"
	"strings"
)

// A list of any filter costs the same however many tickets there are: one of
// its conditions leads along an index in the list's order, and the others are
// asked of what comes. Since a rare ticket may then be far away, a page looks
// through walkList tickets of each arm at most and ends there, with a way on.
const (
	walkList  = 10000
	walkCount = 500 // tickets of each arm that a count looks at
)

// lane is a way to find a filter's tickets: for each of keys, as k.v, those that
// meet on.
type lane struct {
	keys  string // an SQL array; "" for one arm without keys
	on    string
	short bool // few enough to sort: no index needs to bring the order
}

// laneRule says when a term of a key leads: its index begins with column, or
// with that among unsolved tickets alone, and goes on in one of orders.
type laneRule struct {
	key      string
	unsolved bool
	short    bool // few enough to be sorted in any order
	orders   []string
}

// laneRules are tried in turn, the most selective first; lists that none of them
// serves go along the statuses, whose indexes have every order.
var laneRules = []laneRule{
	{key: "requester", short: true},
	{key: "assignee", unsolved: true, short: true},
	{key: "company", unsolved: true, short: true},
	{key: "company", orders: []string{byActivity.columns, byCreated.columns, byPriority.columns}},
	{key: "assignee", orders: []string{byActivity.columns}},
}

// topicLane serves lists with solved tickets in them; unsolved ones are found
// faster along the statuses.
var topicLane = laneRule{key: "topic", orders: []string{byActivity.columns}}

// unsolved are the statuses of tickets that agents still work on.
var unsolved = []Status{New, Open, Waiting, Postponed, ServiceCentre}

// The lanes that no key of a filter leads.
const (
	statusLane     = "t.status = k.v"
	unassignedLane = "t.assignee_id IS NULL AND t.status IN ('new', 'open')"
)

// unassigned reports whether an index holds exactly those that nobody took yet.
func (f Filter) unassigned(statuses []Status) bool {
	nobody := slices.ContainsFunc(f.Terms, func(t Term) bool {
		return t.Key == "assignee" && !t.Not && len(t.read) == 1 && t.read[0] == none
	})
	return nobody && len(statuses) > 0 && !slices.ContainsFunc(statuses, func(s Status) bool { return s != New && s != Open })
}

// route is how a filter's tickets are found.
type route struct {
	lane
	rest []string // further conditions
}

// route chooses the lane of a filter and adds its arguments to b.
func (f Filter) route(b *binding, o order) route {
	statuses := f.statuses()
	p := route{}
	lead, led := f.lead(statuses, o)
	found := f.wordsIn(b)
	switch {
	case found != "":
		led, p.lane = -1, lane{on: found, short: true}
	case led >= 0:
		p.lane = f.Terms[led].lane(b, lead)
	case f.unassigned(statuses) && o.columns == byActivity.columns:
		p.lane = lane{on: unassignedLane}
	default:
		p.lane = lane{keys: b.arg(asText(statuses), "text[]"), on: statusLane}
	}
	for i, t := range f.Terms {
		if few := t.few(b); few != "" && led < 0 && !p.short {
			led, p.lane = i, lane{on: few, short: true}
			continue
		}
		if i != led && !t.statusOnly() {
			p.rest = append(p.rest, t.where(b))
		}
	}
	if b.sees != "" {
		p.rest = append(p.rest, b.sees)
	}
	if p.on != statusLane && len(statuses) < len(Statuses) {
		p.rest = append(p.rest, "t.status = ANY ("+b.arg(asText(statuses), "text[]")+")")
	}
	p.on = "(" + p.on + ") AND " + alive
	return p
}

// wordsIn is the condition for the free words, by number or by words of the
// subject; "" when there are none.
func (f Filter) wordsIn(b *binding) string {
	words, number := wordsOf(f.Words)
	if words == "" {
		return ""
	}
	return "(t.number = " + b.arg(number, "bigint") + " OR to_tsvector('simple', t.subject) @@ to_tsquery('simple', " + b.arg(words, "text") + "))"
}

// lead finds the term that leads, and its rule; -1 when the statuses do.
func (f Filter) lead(statuses []Status, o order) (laneRule, int) {
	open := !slices.ContainsFunc(statuses, func(s Status) bool { return !slices.Contains(unsolved, s) })
	rules := laneRules
	if !open {
		rules = append(slices.Clone(rules), topicLane)
	}
	for _, r := range rules {
		for i, t := range f.Terms {
			if t.Key == r.key && !t.Not && !slices.Contains(t.read, any(none)) && (open || !r.unsolved) && (r.short || slices.Contains(r.orders, o.columns)) {
				return r, i
			}
		}
	}
	return laneRule{}, -1
}

// lane is the way to find the tickets of a term that leads.
func (t Term) lane(b *binding, r laneRule) lane {
	k := filterKeys[t.Key]
	l := lane{keys: k.ids(b, t.read), on: k.column + " = k.v", short: r.short}
	if r.unsolved {
		l.on += " AND t.status NOT IN ('resolved', 'closed')"
	}
	return l
}

// where is the condition of a term.
func (t Term) where(b *binding) string {
	k := t.key()
	var condition string
	if k.column != "" {
		condition = k.column + " = ANY (" + k.ids(b, t.read) + ")"
		if slices.Contains(t.read, any(none)) {
			condition = "(" + k.column + " IS NULL OR " + condition + ")"
		}
	} else {
		condition = k.where(b, t.read)
	}
	if t.Not {
		return "(" + condition + ") IS NOT TRUE"
	}
	return condition
}

// few is the condition of a term that finds its tickets by itself, else "".
func (t Term) few(b *binding) string {
	if k := t.key(); !t.Not && k.few != nil {
		return k.few(b, t.read)
	}
	return ""
}

// statusOnly reports whether statuses say all that the term does.
func (t Term) statusOnly() bool {
	return t.Key == "status" || t.Key == "is" && len(t.read) == 1 && (t.read[0] == "solved" || t.read[0] == "unsolved")
}

// statuses are those that the filter's tickets can have.
func (f Filter) statuses() []Status {
	left := slices.Clone(Statuses)
	for _, t := range f.Terms {
		if !t.statusOnly() {
			continue
		}
		left = slices.DeleteFunc(left, func(s Status) bool {
			has := slices.Contains(t.read, any(string(s)))
			switch t.read[0] {
			case "unsolved":
				has = slices.Contains(unsolved, s)
			case "solved":
				has = !slices.Contains(unsolved, s)
			}
			return has == t.Not
		})
	}
	return left
}

// rows is the subquery of the first n tickets of the filter from a place on: all
// columns of tickets, fits, which is whether the ticket meets the filter, and
// walk_end, the last ticket that the page looked at.
func (p route) rows(from, orderBy string, n int) string {
	limit := orderBy + " LIMIT " + strconv.Itoa(n)
	rest := strings.Join(p.rest, " AND ")
	var arm string
	switch {
	case rest == "" || p.short:
		arm = "SELECT *, true AS fits, false AS walk_end FROM tickets t WHERE " + strings.Join(append([]string{p.on, from}, p.rest...), " AND ") + limit
	default:
		arm = "SELECT * FROM (SELECT t.*, (" + rest + ") IS TRUE AS fits, row_number() OVER (" + orderBy + ") = " + strconv.Itoa(walkList) +
			" AS walk_end FROM (SELECT * FROM tickets t WHERE " + p.on + " AND " + from + orderBy + " LIMIT " + strconv.Itoa(walkList) + ") t) t WHERE t.fits OR t.walk_end" + limit
	}
	return p.arms(arm, limit)
}

// arms runs arm for each of the keys.
func (p route) arms(arm, limit string) string {
	if p.keys == "" {
		return "(" + arm + ")"
	}
	return "(SELECT t.* FROM unnest(" + p.keys + ") AS k (v) CROSS JOIN LATERAL (" + arm + ") t" + limit + ")"
}

// count is a value: how many tickets the filter has, up to the cap, and tallyMore
// more when it did not look at all of them. It looks at the last active ones, as
// the list begins with: one who has "1+" sees that one at its top. Of a lane
// without an order, which holds few, it takes whatever comes.
func (p route) count() string {
	limit := strconv.Itoa(walkCount)
	return "(SELECT least(coalesce(sum(s.fit), 0), 100) + CASE WHEN coalesce(max(s.looked), 0) = " + limit + " AND coalesce(sum(s.fit), 0) < 100 THEN " +
		strconv.Itoa(tallyMore) + " ELSE 0 END FROM (" + p.sums(limit) + ") s)::bigint"
}
