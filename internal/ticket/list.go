package ticket

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/richtext"
)

// Count is a number of tickets, counted up to 100: a page says "99+" rather
// than walk through all of them.
type Count int

// countCap is where counting stops.
const countCap = 100

// tallyMore is added to a count that did not look at all there is.
const tallyMore = 1000

func (c Count) String() string {
	if c >= tallyMore {
		return strconv.Itoa(int(c)-tallyMore) + "+"
	}
	if c >= countCap {
		return strconv.Itoa(countCap-1) + "+"
	}
	return strconv.Itoa(int(c))
}

// cursor is a place in an ordered list: the sort values of the row next to it.
type cursor struct {
	At       time.Time `json:"t"`
	ID       int64     `json:"i"`
	Priority Priority  `json:"p,omitempty"` // or the rank of the status
	Back     bool      `json:"b,omitempty"` // the page before the place, not after
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads what String wrote; anything else is the first page, nil.
func readCursor(s string) *cursor {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if s == "" || err != nil || json.Unmarshal(b, &c) != nil || c.ID <= 0 {
		return nil
	}
	return &c
}

// back reports whether the page lies before the place; the first page does not.
func (c *cursor) back() bool { return c != nil && c.Back }

// order is how a list is sorted: its columns from constant text, and whether it
// runs downwards.
type order struct {
	columns string // of table t, unique together
	values  string // the cursor's arguments in the same order
	down    bool
}

// statusRank orders statuses by how much they want of the customer. An index has
// the same words; it holds no comma, since page splits an order at commas.
const statusRank = `(CASE t.status WHEN 'waiting' THEN 7 WHEN 'new' THEN 6 WHEN 'open' THEN 5 WHEN 'service_centre' THEN 4 WHEN 'postponed' THEN 3 WHEN 'resolved' THEN 2 ELSE 1 END)`

var statusRanks = map[Status]Priority{Waiting: 7, New: 6, Open: 5, ServiceCentre: 4, Postponed: 3, Resolved: 2, Closed: 1}

// dueOrEnd puts tickets without a due time behind all others. It holds no comma.
const dueOrEnd = `(CASE WHEN t.due_at IS NULL THEN timestamptz '9999-12-31 00:00:00+00' ELSE t.due_at END)`

// promisedOrEnd is the date that a ticket's customer was promised, and puts those
// who were promised none behind all others. It holds no comma.
const promisedOrEnd = `(CASE WHEN t.status = 'postponed' AND t.postponed_until IS NOT NULL THEN t.postponed_until WHEN t.status <> 'postponed' AND t.promised_until IS NOT NULL THEN t.promised_until ELSE timestamptz '9999-12-31 00:00:00+00' END)`

// noDue is where dueOrEnd and promisedOrEnd put them.
var noDue = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

var (
	byActivity = order{"t.last_activity_at, t.id", "@cursor_at, @cursor_id", true}
	byAge      = order{"t.last_activity_at, t.id", "@cursor_at, @cursor_id", false}
	byFirst    = order{"t.created_at, t.id", "@cursor_at, @cursor_id", false}
	byCreated  = order{"t.created_at, t.id", "@cursor_at, @cursor_id", true}
	byStatus   = order{statusRank + ", t.last_activity_at, t.id", "@cursor_priority, @cursor_at, @cursor_id", true}
	byDue      = order{dueOrEnd + ", t.id", "@cursor_at, @cursor_id", false}
	byPromise  = order{"t.postponed_until, t.id", "@cursor_at, @cursor_id", false}
	byPromised = order{promisedOrEnd + ", t.id", "@cursor_at, @cursor_id", false}
	byPriority = order{"t.priority, t.last_activity_at, t.id", "@cursor_priority, @cursor_at, @cursor_id", true}
)

// page returns the condition and the ORDER BY for the page at c, and adds its
// arguments. Going back the rows come in reverse.
func (o order) page(c *cursor, args pgx.NamedArgs) (where, orderBy string) {
	down := o.down != c.back()
	dir, op := " ASC", ">"
	if down {
		dir, op = " DESC", "<"
	}
	orderBy = " ORDER BY " + strings.ReplaceAll(o.columns, ",", dir+",") + dir
	if c == nil {
		return "true", orderBy
	}
	args["cursor_at"], args["cursor_id"], args["cursor_priority"] = c.At, c.ID, c.Priority
	return "(" + o.columns + ") " + op + " (" + o.values + ")", orderBy
}

// turn cuts rows, of which one too many was read, to a page of size, puts them
// into the list's order and returns the cursors of the pages around it. place
// gives a row's sort values.
func turn[T any](rows []T, size int, c *cursor, place func(T) cursor) (page []T, next, prev string) {
	more := len(rows) > size
	if more {
		rows = rows[:size]
	}
	if c.back() {
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	if len(rows) == 0 {
		return rows, "", ""
	}
	if more || c.back() {
		next = place(rows[len(rows)-1]).String()
	}
	if c != nil && (more || !c.back()) {
		first := place(rows[0])
		first.Back = true
		prev = first.String()
	}
	return rows, next, prev
}

// wordsOf turns what people type into a search box into a query for the word
// index: every word by its beginning, but for those of one or two letters, with
// which too many begin. number is the ticket number it may be,
// else 0.
func wordsOf(typed string) (query string, number int64) {
	typed = richtext.Line(typed)
	number = TypedNumber(typed)
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) > 8 {
		words = words[:8]
	}
	for i, w := range words {
		if words[i] = w; utf8.RuneCountInString(w) > 2 {
			words[i] += ":*"
		}
	}
	return strings.Join(words, " & "), number
}
