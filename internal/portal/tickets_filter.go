package portal

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// The names in the address of My tickets. A field's is field.<key>.
const (
	qTab      = "tab"
	qWhose    = "whose"
	qQuery    = "q"
	qStatus   = "status"
	qTopic    = "topic"
	qPriority = "priority"
	qFrom     = "from"
	qCompany  = "company"
	qSite     = "site"
	qAfter    = "created_from"
	qBefore   = "created_to"
	qReplier  = "replier"
	qField    = "field."
	qSort     = "sort"
	qRows     = "rows"
	qCursor   = "cursor"
)

// statuses are those a customer may ask for, in the order of a ticket's life.
var statuses = []ticket.Status{
	ticket.New, ticket.Open, ticket.Waiting, ticket.Postponed, ticket.ServiceCentre, ticket.Resolved, ticket.Closed,
}

var repliers = []ticket.AuthorKind{ticket.ByAgent, ticket.ByCustomer, ticket.ByRobot}

// ticketQuery is what the address of My tickets asks for: the filter, and the
// same again as an address, with only what is known and set.
type ticketQuery struct {
	ticket.MineFilter
	values url.Values // without the cursor
}

// listSettings are the settings that the filter offers.
type listSettings struct {
	topics  []setting.Topic
	fields  []setting.PageField
	serials []int64
}

func (h *Handler) listSettings(ctx context.Context, by auth.Actor) (s listSettings, err error) {
	if s.topics, err = h.settings.Topics(ctx, by); err != nil {
		return s, err
	}
	s.fields, s.serials, err = h.settings.PageFields(ctx, by)
	return s, err
}

// readTickets reads the address of My tickets. company is the one that the
// reader chose for all lists; the address may name another.
func readTickets(ctx context.Context, q httpx.Form, by auth.Actor, s listSettings, company int64) ticketQuery {
	t := ticketQuery{values: url.Values{}}
	f := &t.MineFilter
	f.Tab, f.Query, f.Cursor, f.Serials = tabOf(q.Get(qTab)), q.Line(qQuery), q.Get(qCursor), s.serials
	t.set(qTab, string(f.Tab))
	t.set(qQuery, f.Query)
	if f.Whose = ticket.WhoseAll; q.Get(qWhose) == string(ticket.WhoseOwn) {
		f.Whose = ticket.WhoseOwn
		t.set(qWhose, string(f.Whose))
	}
	if st := ticket.Status(q.Get(qStatus)); slices.Contains(statuses, st) {
		f.Status = st
		t.set(qStatus, string(st))
	}
	if a := ticket.AuthorKind(q.Get(qReplier)); slices.Contains(repliers, a) {
		f.Replier = a
		t.set(qReplier, string(a))
	}
	if p, ok := q.Int(qPriority); ok && p >= int(ticket.Low) && p <= int(ticket.Urgent) {
		f.Priority = ticket.Priority(p)
		t.set(qPriority, strconv.Itoa(p))
	}
	for name, to := range map[string]*int64{qTopic: &f.TopicID, qFrom: &f.FromID, qSite: &f.SiteID, qCompany: &f.CompanyID} {
		if *to = q.ID(name); *to > 0 {
			t.set(name, num(*to))
		}
	}
	if _, ok := by.In(f.CompanyID); !ok {
		f.CompanyID = company
		t.values.Del(qCompany)
	}
	f.After, f.Before = ticket.Opened(i18n.ReaderOf(ctx), q.Get(qAfter), q.Get(qBefore))
	if !f.After.IsZero() {
		t.set(qAfter, q.Get(qAfter))
	}
	if !f.Before.IsZero() {
		t.set(qBefore, q.Get(qBefore))
	}
	for _, field := range s.fields {
		v := q.Get(qField + field.Key)
		if slices.ContainsFunc(field.Options, func(o setting.Option) bool { return o.Value == v }) {
			f.Fields = append(f.Fields, ticket.FieldFilter{Key: field.Key, Value: v, Topics: field.Topics})
			t.set(qField+field.Key, v)
		}
	}
	if sort := ticket.MineSort(q.Get(qSort)); sort.Known() {
		f.Sort = sort
		t.set(qSort, string(sort))
	}
	if n, ok := q.Int(qRows); ok && slices.Contains(ticket.MineSizes, n) {
		f.Size = n
		t.set(qRows, strconv.Itoa(n))
	}
	return t
}

func (t ticketQuery) set(name, value string) {
	if value != "" {
		t.values.Set(name, value)
	}
}

// href is the list with some names set to other values, "" to none, on its
// first page.
func (t ticketQuery) href(changes ...string) string { return t.at(link.Tickets, changes...) }

// at is href of another address with the same names.
func (t ticketQuery) at(path string, changes ...string) string {
	v := url.Values{}
	for name, values := range t.values {
		v[name] = values
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if v.Del(changes[i]); changes[i+1] != "" {
			v.Set(changes[i], changes[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// rest are the names that a form keeps hidden: all but those it asks for.
func (t ticketQuery) rest(without ...string) [][2]string {
	var out [][2]string
	for name := range t.values {
		if !slices.Contains(without, name) {
			out = append(out, [2]string{name, t.values.Get(name)})
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int {
		if a[0] < b[0] {
			return -1
		}
		return 1
	})
	return out
}

// narrowing are the names of what chips narrow by.
func (t ticketQuery) narrowing() []string {
	var out []string
	for name := range t.values {
		if name != qTab && name != qWhose && name != qQuery && name != qSort && name != qRows {
			out = append(out, name)
		}
	}
	return out
}

// bare is the list without what narrows it.
func (t ticketQuery) bare() string {
	changes := make([]string, 0, 2*len(t.values))
	for _, name := range append(t.narrowing(), qQuery) {
		changes = append(changes, name, "")
	}
	return t.href(changes...)
}
