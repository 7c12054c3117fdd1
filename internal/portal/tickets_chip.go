package portal

import (
	"context"
	"strconv"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// chip is one way to narrow My tickets: a menu of values, and the chosen one
// with a way to give it up.
type chip struct {
	ID      string // of its menu
	Label   string
	Value   string // chosen, in words; "" when none
	Clear   string // where it is given up
	Options []chipOption
}

type chipOption struct {
	Href, Text string
	Current    bool
}

// chips are the filter's menus. Which there are depends on what the reader
// sees: without colleagues there is nobody to choose.
func (v ticketsView) chips(ctx context.Context) []chip {
	list := []chip{v.statusChip(ctx), v.topicChip(ctx), v.priorityChip(ctx)}
	if v.page.SeesCompany && len(v.choices.People) > 1 {
		c := v.chip(qFrom, i18n.T(ctx, "portal.tickets.column.from"))
		for _, p := range v.choices.People {
			c.offer(v, qFrom, num(p.ID), p.Name, v.query.FromID == p.ID)
		}
		list = append(list, c)
	}
	if len(v.me.Companies) > 1 {
		c := v.chip(qCompany, i18n.T(ctx, "portal.tickets.column.company"))
		for _, m := range v.me.Companies {
			id := num(m.CompanyID) // the one chosen for all lists is given up at the switch
			c.offer(v, qCompany, id, m.Company, v.query.values.Get(qCompany) == id)
		}
		list = append(list, c)
	}
	if len(v.choices.Sites) > 0 {
		c := v.chip(qSite, i18n.T(ctx, "portal.tickets.column.site"))
		for _, s := range v.choices.Sites {
			name := s.Name
			if len(v.me.Companies) > 1 {
				name += " · " + s.Company
			}
			c.offer(v, qSite, num(s.ID), name, v.query.SiteID == s.ID)
		}
		list = append(list, c)
	}
	return list
}

func (v ticketsView) chip(name, label string) chip {
	return chip{ID: "f-" + name, Label: label, Clear: v.query.href(name, "")}
}

func (c *chip) offer(v ticketsView, name, value, text string, current bool) { //nolint:revive // current is the state of the option
	c.Options = append(c.Options, chipOption{Href: v.query.href(name, value), Text: text, Current: current})
	if current {
		c.Value = text
	}
}

func (v ticketsView) statusChip(ctx context.Context) chip {
	c := v.chip(qStatus, i18n.T(ctx, "portal.tickets.column.status"))
	for _, s := range statuses {
		done := s == ticket.Resolved || s == ticket.Closed
		if v.query.Tab == ticket.TabOpen && done || v.query.Tab == ticket.TabResolved && !done {
			continue
		}
		c.offer(v, qStatus, string(s), ui.StatusView{Status: string(s), Portal: true}.Text(ctx), v.query.Status == s)
	}
	if v.query.Status != "" && c.Value == "" { // it is not of this tab
		c.Value = ui.StatusView{Status: string(v.query.Status), Portal: true}.Text(ctx)
	}
	return c
}

func (v ticketsView) topicChip(ctx context.Context) chip {
	c := v.chip(qTopic, i18n.T(ctx, "portal.tickets.column.topic"))
	for _, t := range v.settings.topics {
		c.offer(v, qTopic, num(t.ID), t.Name, v.query.TopicID == t.ID)
	}
	return c
}

func (v ticketsView) priorityChip(ctx context.Context) chip {
	c := v.chip(qPriority, i18n.T(ctx, "portal.tickets.column.priority"))
	for p := ticket.Urgent; p >= ticket.Low; p-- {
		c.offer(v, qPriority, strconv.Itoa(int(p)), ui.PriorityText(ctx, int(p)), v.query.Priority == p)
	}
	return c
}

// more are the chips of what the form of further filters set.
func (v ticketsView) more(ctx context.Context) []chip {
	var list []chip
	add := func(name, label, value string) {
		c := v.chip(name, label)
		c.Value = value
		list = append(list, c)
	}
	if !v.query.After.IsZero() {
		add(qAfter, i18n.T(ctx, "portal.tickets.created_from"), i18n.Date(ctx, v.query.After))
	}
	if !v.query.Before.IsZero() {
		add(qBefore, i18n.T(ctx, "portal.tickets.created_to"), i18n.Date(ctx, v.query.Before.Add(-time.Hour)))
	}
	if v.query.Replier != "" {
		add(qReplier, i18n.T(ctx, "portal.tickets.column.replier"), replierWord(ctx, v.query.Replier))
	}
	for _, f := range v.settings.fields {
		for _, o := range f.Options {
			if v.query.values.Get(qField+f.Key) == o.Value {
				add(qField+f.Key, f.Label, o.Label)
			}
		}
	}
	return list
}

// moreNames are the names that the form of further filters asks for.
func (v ticketsView) moreNames() []string {
	names := []string{qAfter, qBefore, qReplier}
	for _, f := range v.settings.fields {
		names = append(names, qField+f.Key)
	}
	return names
}

func replierWord(ctx context.Context, a ticket.AuthorKind) string {
	switch a {
	case ticket.ByAgent:
		return i18n.T(ctx, "portal.tickets.replier.agent")
	case ticket.ByCustomer:
		return i18n.T(ctx, "portal.tickets.replier.customer")
	case ticket.ByRobot, ticket.BySystem:
	}
	return i18n.T(ctx, "ticket.robot.name")
}

func (v ticketsView) replierOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "portal.tickets.any")}}
	for _, a := range repliers {
		out = append(out, ui.Option{Value: string(a), Label: replierWord(ctx, a)})
	}
	return out
}

func fieldOptions(ctx context.Context, f setting.PageField) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "portal.tickets.any")}}
	for _, o := range f.Options {
		out = append(out, ui.Option{Value: o.Value, Label: o.Label})
	}
	return out
}

// column is a heading of the list; Sort is "" when the list is not sorted by it.
type column struct {
	Label string
	Sort  ticket.MineSort
}

func (v ticketsView) columns(ctx context.Context) []column {
	list := []column{
		{i18n.T(ctx, "portal.tickets.column.subject"), ""},
		{i18n.T(ctx, "portal.tickets.column.number"), ticket.MineByCreated},
		{i18n.T(ctx, "portal.tickets.column.priority"), ticket.MineByPriority},
		{i18n.T(ctx, "portal.tickets.column.topic"), ""},
		{i18n.T(ctx, "portal.tickets.column.replier"), ""},
		{i18n.T(ctx, "portal.tickets.column.activity"), ticket.MineByActivity},
		{i18n.T(ctx, "portal.tickets.column.status"), ticket.MineByStatus},
		{i18n.T(ctx, "portal.tickets.column.from"), ""},
	}
	if v.showsCompany() {
		list = append(list, column{i18n.T(ctx, "portal.tickets.column.company"), ""})
	}
	return list
}

// showsCompany reports whether the list says of which company a ticket is:
// where it may be of several.
func (v ticketsView) showsCompany() bool { return len(v.me.Companies) > 1 && v.query.CompanyID == 0 }

// sorted says how the list is ordered by a column: "" is not.
func (v ticketsView) sorted(c column) string {
	if c.Sort == v.page.Filter.Sort {
		return "descending"
	}
	if c.Sort.Turned() == v.page.Filter.Sort {
		return "ascending"
	}
	return ""
}

// sortHref is the list ordered by a column, the other way round when it is so
// already.
func (v ticketsView) sortHref(c column) string {
	if v.page.Filter.Sort == c.Sort {
		return v.query.href(qSort, string(c.Sort.Turned()))
	}
	return v.query.href(qSort, string(c.Sort))
}
