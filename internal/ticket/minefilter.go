package ticket

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
)

// MineSort is the order of My tickets.
type MineSort string

// The orders, each the other way round with a minus before it.
const (
	MineByActivity MineSort = "activity" // the last active first
	MineByCreated  MineSort = "created"  // the newest first
	MineByPriority MineSort = "priority" // the most urgent first
	MineByStatus   MineSort = "status"   // those that wait for the customer first
)

var sorts = map[MineSort]order{MineByActivity: byActivity, MineByCreated: byCreated, MineByPriority: byPriority, MineByStatus: byStatus}

// Known reports whether there is such an order.
func (s MineSort) Known() bool { _, ok := sorts[s.Plain()]; return ok }

// Plain is the order without its direction.
func (s MineSort) Plain() MineSort { return MineSort(strings.TrimPrefix(string(s), "-")) }

// Turned is the order the other way round.
func (s MineSort) Turned() MineSort {
	if s.Plain() != s {
		return s.Plain()
	}
	return "-" + s
}

func (s MineSort) order() order {
	o, ok := sorts[s.Plain()]
	if !ok {
		return byActivity
	}
	if s.Plain() != s {
		o.down = !o.down
	}
	return o
}

// MineSizes are how many rows a page may have; the first is the preset.
var MineSizes = []int{20, 50, 100}

// MineFilter says which page of My tickets. Zero fields do not narrow it; an
// unknown tab is TabOpen, an unknown order MineByActivity, an unknown size the
// first of MineSizes.
type MineFilter struct {
	Tab       Tab
	Whose     Whose
	Query     string // as typed: a number, words of subject and messages, or a serial number
	Status    Status
	TopicID   int64
	Priority  Priority
	FromID    int64 // who opened it
	CompanyID int64
	SiteID    int64     // with the sites under it
	After     time.Time // opened at or after
	Before    time.Time // opened before
	Replier   AuthorKind
	Fields    []FieldFilter
	Serials   []int64 // help topics of which by may see the serial numbers
	Sort      MineSort
	Size      int
	Cursor    string
}

// FieldFilter is a wanted value of a field that is chosen from a list. It finds
// tickets of Topics alone, those in which the reader may see the field: else
// its answer would tell a hidden value.
type FieldFilter struct {
	Key, Value string
	Topics     []int64
}

var tabConditions = map[Tab]string{
	TabOpen:     "t.status NOT IN ('resolved', 'closed')",
	TabResolved: "t.status IN ('resolved', 'closed')",
	TabAll:      "true",
}

// maxFieldFilters bounds the statements that filters of fields make.
const maxFieldFilters = 10

const sitesUnder = `t.site_id IN (
    WITH RECURSIVE tree AS (SELECT @site::bigint AS id UNION SELECT s.id FROM tree JOIN sites s ON s.parent_id = tree.id) SELECT id FROM tree)`

// where is the condition of what narrows the list, without tab and search, and
// adds its arguments.
func (f MineFilter) where(args pgx.NamedArgs) string {
	conditions := []string{"true"}
	narrow := func(on bool, condition, name string, value any) {
		if on {
			conditions = append(conditions, condition)
			args[name] = value
		}
	}
	narrow(f.Status != "", "t.status = @status", "status", f.Status)
	narrow(f.TopicID > 0, "t.topic_id = @topic", "topic", f.TopicID)
	narrow(f.Priority > 0, "t.priority = @priority", "priority", f.Priority)
	narrow(f.FromID > 0, "t.requester_id = @from", "from", f.FromID)
	narrow(f.CompanyID > 0, "t.company_id = @company", "company", f.CompanyID)
	narrow(f.SiteID > 0, sitesUnder, "site", f.SiteID)
	narrow(!f.After.IsZero(), "t.created_at >= @opened_after", "opened_after", f.After)
	narrow(!f.Before.IsZero(), "t.created_at < @opened_before", "opened_before", f.Before)
	narrow(f.Replier != "", "t.last_replier = @replier", "replier", f.Replier)
	for i, field := range f.Fields[:min(len(f.Fields), maxFieldFilters)] {
		n := strconv.Itoa(i)
		args["field_key"+n], args["field_value"+n], args["field_topics"+n] = field.Key, field.Value, field.Topics
		conditions = append(conditions, "t.topic_id = ANY (@field_topics"+n+"::bigint[]) AND (t.fields ->> @field_key"+n+"::text = @field_value"+n+
			"::text OR t.fields -> @field_key"+n+"::text ? @field_value"+n+"::text)")
	}
	return strings.Join(conditions, " AND ")
}

// Narrowed reports whether anything but tab and search narrows the list.
func (f MineFilter) Narrowed() bool { return f.where(pgx.NamedArgs{}) != "true" }

// sane puts known values in the place of unknown ones.
func (f MineFilter) sane() MineFilter {
	if tabConditions[f.Tab] == "" {
		f.Tab = TabOpen
	}
	if f.Whose != WhoseOwn {
		f.Whose = WhoseAll
	}
	if !f.Sort.Known() {
		f.Sort = MineByActivity
	}
	if !slices.Contains(MineSizes, f.Size) {
		f.Size = MineSizes[0]
	}
	return f
}

// searching is a filter as statements are made of it.
type searching struct {
	MineFilter
	args  pgx.NamedArgs
	where string
	words bool // something is searched for
}

func (f MineFilter) search(by auth.Actor, lang string) searching {
	s := searching{MineFilter: f, args: pgx.NamedArgs{"lang": lang}}
	sight(by, s.args)
	s.where = f.where(s.args)
	words, number := wordsOf(f.Query)
	if words == "" {
		return s
	}
	s.words = true
	typed := strings.Join(strings.Fields(f.Query), " ")
	s.args["words"], s.args["number"] = words, number
	s.args["serials"] = []string{typed, strings.ToUpper(typed), strings.ToLower(typed)}
	s.args["serial_topics"] = append([]int64{}, f.Serials...)
	s.args["sight_owners"] = listOwners(by)
	return s
}

// listOwners are the marks of ticket_words on whose tickets by's lists are.
func listOwners(by auth.Actor) []string {
	list := []string{"p" + strconv.FormatInt(by.PersonID, 10)}
	for _, id := range by.SharedCompanies() {
		list = append(list, "c"+strconv.FormatInt(id, 10))
	}
	for _, id := range by.SharedSites() {
		list = append(list, "s"+strconv.FormatInt(id, 10))
	}
	return list
}

// ids is the subquery of the first n tickets that meet more than the filter.
func (s searching) ids(whose Whose, more, orderBy string, n int) string {
	where := s.where + " AND " + more
	if s.words {
		return found(whose, where, orderBy, n)
	}
	return seen(whose, where, orderBy, n)
}

// count is a capped count of those.
func (s searching) count(whose Whose, more string) string {
	return "(SELECT count(*) FROM " + s.ids(whose, more, "", countCap) + " n)"
}

// counts is the statement of three counts: of the list's open and resolved
// tickets, and of the other of mine and all under its tab.
func (s searching) counts(other Whose) string {
	if s.words {
		return foundCounts(s.Whose, other, tabConditions[s.Tab], s.where)
	}
	return "SELECT " + s.count(s.Whose, tabConditions[TabOpen]) + ", " + s.count(s.Whose, tabConditions[TabResolved]) + ", " +
		s.count(other, tabConditions[s.Tab])
}

// Opened are the days on which tickets of the filter were opened, in the
// reader's zone; "" is open-ended.
func Opened(r i18n.Reader, from, to string) (after, before time.Time) {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	if t, err := time.ParseInLocation(time.DateOnly, from, zone); err == nil {
		after = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, to, zone); err == nil {
		before = t.AddDate(0, 0, 1)
	}
	return after, before
}
