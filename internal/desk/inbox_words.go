package desk

import (
	"context"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// filterOffer is an entry of the menu of filters.
type filterOffer struct{ Text, Icon, Label string }

func filterOffers(ctx context.Context) []filterOffer {
	return []filterOffer{
		{"is:unread", "mail", i18n.T(ctx, "desk.filter.unread")},
		{"assignee:me", "user", i18n.T(ctx, "desk.filter.mine")},
		{"assignee:none", "inbox", i18n.T(ctx, "desk.filter.nobody")},
		{"priority:high,urgent", "bolt", i18n.T(ctx, "desk.filter.urgent")},
		{"is:reopened", "reopen", i18n.T(ctx, "desk.filter.reopened")},
		{"has:attachment", "clip", i18n.T(ctx, "desk.filter.attachment")},
		{"has:draft", "pencil", i18n.T(ctx, "desk.filter.draft")},
		{"created:7d", "calendar", i18n.T(ctx, "desk.filter.week")},
		{"updated:>7d", "clock", i18n.T(ctx, "desk.filter.silent")},
		{"promised:overdue", "hourglass", i18n.T(ctx, "desk.filter.promised")},
		{"rating:bad", "dislike", i18n.T(ctx, "desk.filter.bad")},
	}
}

// sortOffer is an entry of the menu of orders.
type sortOffer struct {
	Sort        ticket.Sort
	Icon, Label string
}

func sortOffers(ctx context.Context) []sortOffer {
	return []sortOffer{
		{ticket.SortNewest, "sort", i18n.T(ctx, "desk.inbox.sort_newest")},
		{ticket.SortOldest, "clock", i18n.T(ctx, "desk.inbox.sort_oldest")},
		{ticket.SortPriority, "bolt", i18n.T(ctx, "desk.inbox.sort_priority")},
		{ticket.SortDue, "hourglass", i18n.T(ctx, "desk.inbox.sort_due")},
		{ticket.SortPromised, "calendar", i18n.T(ctx, "desk.inbox.sort_promised")},
		{ticket.SortCreated, "plus", i18n.T(ctx, "desk.inbox.sort_created")},
		{ticket.SortFirstCome, "list", i18n.T(ctx, "desk.inbox.sort_first")},
	}
}

// with is what was typed and one more term, which replaces the same one.
func (p inboxPage) with(text string) ticket.Filter {
	more, err := ticket.ParseFilter(text, p.Fields...)
	if err != nil {
		return p.Typed
	}
	f := p.Typed
	f.Terms = slices.DeleteFunc(slices.Clone(f.Terms), func(t ticket.Term) bool { return t.Key == more.Terms[0].Key && t.String() == more.Terms[0].String() })
	return f.And(more)
}

// columns are what the table shows: the view's, else the reader's, else the preset.
// Rows of a list heed tags alone.
func (p inboxPage) columns() []string {
	for _, list := range [][]string{p.Saved.Columns, p.Choices.Columns} {
		if len(list) > 0 {
			return list
		}
	}
	if p.Choices.Form == "table" {
		return ticket.PresetColumns
	}
	return append(slices.Clone(ticket.PresetColumns), "tags")
}

// queueName is the department's name for rows and previews: "" for a member of one
// alone, whose tickets are nearly all of it.
func queueName(by auth.Actor, all []setting.Department, id *int64) string {
	if len(by.Departments) < 2 && !by.May(auth.AllDepartments) {
		return ""
	}
	return departmentName(all, id)
}

func (p inboxPage) queue(t ticket.InboxRow) string {
	return queueName(p.Actor, p.Departments, t.DepartmentID)
}

// roomForTags is how many letters two tags have beside a row's status.
const roomForTags = 14

// mostTags is how many tags a row has room for beside its marks.
func mostTags(t ticket.InboxRow, queue string, now time.Time) int {
	marked := queue != "" || t.Draft || broken(t, now)
	if !marked && len(t.Tags) == 2 && utf8.RuneCountInString(t.Tags[0]+t.Tags[1]) <= roomForTags {
		return 2
	}
	return 1
}

// broken reports whether that date came and nobody has answered since.
func broken(t ticket.InboxRow, now time.Time) bool {
	return t.Status != ticket.Postponed && t.PromisedUntil != nil && t.PromisedUntil.Before(now)
}

func hasColumn(p inboxPage, column string) bool { return slices.Contains(p.columns(), column) }

// columnOrders are the orders that a column's head switches between.
var columnOrders = map[string][]ticket.Sort{
	"created": {ticket.SortCreated, ticket.SortFirstCome}, "updated": {ticket.SortNewest, ticket.SortOldest},
	"priority": {ticket.SortPriority}, "due": {ticket.SortDue}, "promised": {ticket.SortPromised},
}

// columnSort is where a column's head leads; ok is false where it does not sort.
func columnSort(p inboxPage, column string) (to string, ok bool) {
	orders := columnOrders[column]
	if len(orders) == 0 {
		return "", false
	}
	next := orders[0]
	if p.Order == next && len(orders) > 1 {
		next = orders[1]
	}
	return p.sorted(next).href(), true
}

// sortedBy says whether a column gives the list its order.
func sortedBy(p inboxPage, column string) templ.Attributes {
	orders := columnOrders[column]
	if !slices.Contains(orders, p.Order) {
		return nil
	}
	if p.Order == ticket.SortOldest || p.Order == ticket.SortFirstCome || p.Order == ticket.SortDue || p.Order == ticket.SortPromised {
		return templ.Attributes{"aria-sort": "ascending"}
	}
	return templ.Attributes{"aria-sort": "descending"}
}

func panesClass(p inboxPage) string {
	if p.Choices.Form == "table" {
		return "panes panes--table"
	}
	return "panes panes--list"
}

// shown is the pane that a phone gets.
func shown(p inboxPage) string {
	if p.Open != nil {
		return "main"
	}
	return "list"
}

// besideHref is the ticket before or after this one in the list that it stands
// beside.
func (p answerPage) besideHref(step string) string {
	return link.AgentNext(p.Number, string(p.From), step) + "&pane=" + url.QueryEscape(p.Pane)
}

// readingNumber names the ticket that the pane shows, for the script.
func readingNumber(p *answerPage) templ.Attributes {
	if p == nil {
		return nil
	}
	return templ.Attributes{"data-number": num(p.Number)}
}

// firstNameOf is what the requester is called.
func firstNameOf(p answerPage) string {
	if p.Requester.FirstName != "" {
		return p.Requester.FirstName
	}
	return p.Requester.Name
}

// replyHref is the way to answer: to the draft when there is one.
func replyHref(p answerPage) string { return paneTab(p, tabWrite) }

// paneTab is a tab of the ticket's own page.
func paneTab(p answerPage, t tab) string {
	return link.Query(link.AgentTicket(p.Number), "view", string(p.From), "tab", string(t)) + "#write"
}
