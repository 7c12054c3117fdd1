package ticket

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// filterKey is one key of the filter language. To add one is to add an entry to
// filterKeys: either column and ids, for a column of tickets that refers to
// something, or where.
type filterKey struct {
	name   string
	offers []string // a closed set of values, or those worth offering when read takes others too
	forms  []string // what values that read takes beside offers look like
	anyOf  bool     // several terms of the key mean any of their values, not all
	// read returns a value as where and ids want it; nil takes what offers has,
	// or any text when that is empty.
	read func(value string) (any, bool)
	// column of table t has one of ids, an SQL array; the value "none" means null.
	column string
	ids    func(b *binding, values []any) string
	// where is the condition that any of the values holds.
	where func(b *binding, values []any) string
	// few returns the condition in a form that finds its tickets by themselves,
	// when they are few enough to sort, "" when they may not be.
	few func(b *binding, values []any) string
	// field is the field that the key is of; nil: of none.
	field *FilterField
}

// none is the value of a key that says that nobody or nothing is there.
const none = "none"

// value reads one value.
func (k filterKey) value(typed string) (any, bool) {
	lower := strings.ToLower(typed)
	if k.column != "" && lower == none {
		return none, true
	}
	if k.read != nil {
		return k.read(lower)
	}
	return lower, len(k.offers) == 0 || slices.Contains(k.offers, lower)
}

// filterKeys are the keys of the filter language by name.
var filterKeys = map[string]filterKey{
	"status":     {anyOf: true, offers: asText(Statuses), where: isStatus},
	"is":         {offers: []string{"unsolved", "solved", "unread", "reopened", "unanswered", "overdue", "private", "followup"}, where: is, few: isFew},
	"has":        {offers: []string{"attachment", "draft", "note", "rating", "copies", "due"}, where: has, few: hasFew},
	"assignee":   {anyOf: true, offers: []string{"me", none}, read: nameOf, column: "t.assignee_id", ids: staffNamed},
	"requester":  {anyOf: true, read: nameOf, column: "t.requester_id", ids: peopleNamed},
	"company":    {anyOf: true, offers: []string{none}, read: nameOf, column: "t.company_id", ids: companiesNamed},
	"department": {anyOf: true, offers: []string{"mine", none}, read: nameOf, column: "t.department_id", ids: departmentsNamed},
	"tag":        {anyOf: true, offers: []string{none}, read: tagOf, where: isTagged, few: isTaggedFew},
	"topic":      {anyOf: true, read: nameOf, column: "t.topic_id", ids: topicsNamed},
	"priority":   {anyOf: true, offers: []string{"low", "normal", "high", "urgent"}, read: priorityOf, where: isPriority},
	"channel":    {anyOf: true, offers: []string{"portal", "agent", "email", "telegram", "api", "import", "phone", "walk_in", "chat"}, where: isChannel},
	"replier":    {anyOf: true, offers: []string{"customer", "agent", "robot"}, where: isReplier},
	"unread":     {offers: []string{"yes", "no"}, where: isUnread},
	"created":    {offers: pastPeriods, forms: dayForms, read: readPeriod(past), where: within("t.created_at")},
	"updated":    {offers: pastPeriods, forms: dayForms, read: readPeriod(past), where: within("t.last_activity_at")},
	"before":     {forms: dayForms, read: readPeriod(beforeDay), where: within("t.created_at")},
	"after":      {forms: dayForms, read: readPeriod(afterDay), where: within("t.created_at")},
	"due":        {offers: []string{"overdue", "today", "tomorrow", "1h", "7d", none}, forms: dayForms, read: readPeriod(future), where: isDue, few: isDueFew},
	"postponed":  {offers: []string{"today", "tomorrow", "7d"}, forms: dayForms, read: readPeriod(future), where: within("t.postponed_until"), few: isPromiseFew},
	"promised":   {offers: []string{"overdue", "today", "tomorrow", "7d", none}, forms: dayForms, read: readPeriod(future), where: isPromised, few: isPromisedFew},
	"rating":     {anyOf: true, offers: []string{"good", "bad"}, where: isRated},
	"turn":       {anyOf: true, offers: []string{"agent", "customer", "nobody"}, where: isTurn},
	"number":     {anyOf: true, read: numberOf, where: isNumber, few: isNumber},
}

// filterSpellings are other names of keys.
var filterSpellings = map[string]string{
	"from": "requester", "assigned": "assignee", "agent": "assignee", "organisation": "company", "organization": "company", "prio": "priority", "dept": "department", "team": "department",
	"source": "channel", "opened": "created", "activity": "updated", "since": "after",
}

// binding collects the arguments of a statement that a filter makes.
type binding struct {
	args pgx.NamedArgs
	me   int64
	now  time.Time
	zone *time.Location
	sees string // staffSees, when anything is hidden from the reader
}

// arg adds a value and returns its place in the statement.
func (b *binding) arg(value any, kind string) string {
	name := "f" + strconv.Itoa(len(b.args))
	b.args[name] = value
	return "@" + name + "::" + kind
}

func (b *binding) texts(values []any) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i], _ = v.(string)
	}
	return b.arg(list, "text[]")
}

// asText are the values of a closed set.
func asText[T ~string](set []T) []string {
	list := make([]string, len(set))
	for i, v := range set {
		list[i] = string(v)
	}
	return list
}

func isStatus(b *binding, values []any) string { return "t.status = ANY (" + b.texts(values) + ")" }

func isChannel(b *binding, values []any) string { return "t.channel = ANY (" + b.texts(values) + ")" }

func isReplier(b *binding, values []any) string {
	return "t.last_replier = ANY (" + b.texts(values) + ")"
}

func isTurn(b *binding, values []any) string { return "t.turn = ANY (" + b.texts(values) + ")" }

func isRated(b *binding, values []any) string {
	return "EXISTS (SELECT FROM ratings ra WHERE ra.ticket_id = t.id AND CASE WHEN ra.good THEN 'good' ELSE 'bad' END = ANY (" + b.texts(values) + "))"
}

func numberOf(value string) (any, bool) {
	n := TypedNumber(value)
	return n, n > 0
}

func isNumber(b *binding, values []any) string {
	list := make([]int64, len(values))
	for i, v := range values {
		list[i], _ = v.(int64)
	}
	return "t.number = ANY (" + b.arg(list, "bigint[]") + ")"
}

var priorityNames = map[string]Priority{"low": Low, "normal": Normal, "high": High, "urgent": Urgent}

func priorityOf(value string) (any, bool) {
	p, ok := priorityNames[value]
	return p, ok
}

func isPriority(b *binding, values []any) string {
	list := make([]int16, len(values))
	for i, v := range values {
		p, _ := v.(Priority)
		list[i] = int16(p)
	}
	return "t.priority = ANY (" + b.arg(list, "smallint[]") + ")"
}

// unreadBy is the one condition "ticket t is unread for the person": a public
// message of somebody else, not the robot's, stands after what they read, or
// they marked it so, which is a place before the beginning.
const unreadBy = `(SELECT coalesce(ur.seq, 0) < 0 OR coalesce(ur.seq, 0) < t.timeline_seq AND EXISTS (SELECT FROM messages um
        WHERE um.ticket_id = t.id AND um.seq > coalesce(ur.seq, 0) AND um.author_kind <> 'robot' AND um.author_id IS DISTINCT FROM @me)
    FROM (SELECT) one LEFT JOIN ticket_reads ur ON ur.person_id = @me AND ur.ticket_id = t.id)`

// isConditions are the conditions of is:VALUE.
var isConditions = map[string]string{
	"unsolved":   "t.status NOT IN ('resolved', 'closed')",
	"solved":     "t.status IN ('resolved', 'closed')",
	"unread":     unreadBy,
	"reopened":   "t.reopened",
	"unanswered": "t.first_reply_at IS NULL",
	"overdue":    "t.due_at <= @now",
	"private":    "t.private",
	"followup":   "t.follows_id IS NOT NULL",
}

// hasConditions are the conditions of has:VALUE; a draft is the reader's own.
var hasConditions = map[string]string{
	"attachment": "EXISTS (SELECT FROM attachments ha WHERE ha.ticket_id = t.id)",
	"draft":      "EXISTS (SELECT FROM drafts hd WHERE hd.ticket_id = t.id AND hd.person_id = @me)",
	"note":       "EXISTS (SELECT FROM notes hn WHERE hn.ticket_id = t.id)",
	"rating":     "EXISTS (SELECT FROM ratings hr WHERE hr.ticket_id = t.id)",
	"copies":     "EXISTS (SELECT FROM participants hc WHERE hc.ticket_id = t.id)",
	"due":        "t.due_at IS NOT NULL",
}

// anyCondition joins the conditions of the values.
func anyCondition(conditions map[string]string, values []any) string {
	list := make([]string, len(values))
	for i, v := range values {
		name, _ := v.(string)
		list[i] = conditions[name]
	}
	return "(" + strings.Join(list, " OR ") + ")"
}

func is(_ *binding, values []any) string { return anyCondition(isConditions, values) }

func has(_ *binding, values []any) string { return anyCondition(hasConditions, values) }

func isFew(_ *binding, values []any) string {
	if len(values) == 1 && values[0] == "overdue" {
		return dueFew + "@now" + fewest
	}
	return ""
}

func hasFew(_ *binding, values []any) string {
	if len(values) == 1 && values[0] == "draft" {
		return "t.id = ANY (ARRAY(SELECT fd.ticket_id FROM drafts fd WHERE fd.person_id = @me))"
	}
	return ""
}

func isUnread(_ *binding, values []any) string {
	if values[0] == "no" {
		return "NOT " + unreadBy
	}
	return unreadBy
}
