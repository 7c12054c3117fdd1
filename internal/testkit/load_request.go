package testkit

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/deskbell/deskbell/internal/link"
)

// Kind is one sort of request that benchmarks make.
type Kind struct {
	Name   string
	By     string // sign-in of who makes it
	Method string
	Path   func(i int) string     // of the i-th request
	Form   func(i int) url.Values // of a POST
	Status int                    // what a good answer has
}

// Kinds are what the desk is measured by: the pages that people wait for most,
// and what they send. Replies go to the tickets that fresh names, which a
// benchmark has submitted before, so that no thread grows beyond what is usual.
func (l Loaded) Kinds(fresh func(i int) int64) []Kind {
	page := func(name, by string, path func(i int) string) Kind {
		return Kind{Name: name, By: by, Method: http.MethodGet, Path: path, Status: http.StatusOK}
	}
	post := func(name, by string, path func(i int) string, form func(i int) url.Values) Kind {
		return Kind{Name: name, By: by, Method: http.MethodPost, Path: path, Form: form, Status: http.StatusSeeOther}
	}
	same := func(path string) func(int) string { return func(int) string { return path } }
	const message = "Hello,\n\nthe transfer over TFTP stops at 83 % and the device keeps image 7.1.9.\n\n```\ntftp: block 41203 timeout\n```\n"
	return []Kind{
		page("inbox", l.Agent, same(link.InboxView("open"))),
		page("inbox, sorted", l.Agent, same(link.Query(link.Inbox, "view", "closed", "sort", "priority"))),
		page("inbox, filters", l.Agent, same(link.Query(link.Inbox, "q", "is:unsolved -status:waiting priority:high,urgent created:30d is:unread"))),
		page("inbox, rare", l.Agent, same(link.Query(link.Inbox, "q", "channel:telegram priority:low replier:robot"))),
		page("inbox, pane", l.Agent, func(i int) string { return link.AgentPane(l.Open[i%len(l.Open)]) }),
		page("counts", l.Agent, same(link.InboxCounts)),
		page("ticket", l.Agent, func(i int) string { return link.AgentTicket(l.Open[i%len(l.Open)]) }),
		page("my tickets", l.Customer, same(link.Tickets)),
		page("company's tickets", l.Manager, same(link.Query(link.Tickets, "tab", "all"))),
		page("customer's ticket", l.Customer, func(i int) string { return link.Ticket(l.Own[i%len(l.Own)]) }),
		page("portal home", l.Customer, same(link.Home)),
		page("new ticket", l.Customer, same(link.NewTicket)),
		page("search", l.Customer, same(link.Query(link.KBSearch, "q", l.Query))),
		page("quick answers", l.Agent, same(link.Query(link.QuickAnswers, "q", l.Query))),
		post("submit", l.Customer, same(link.Tickets), func(i int) url.Values {
			return url.Values{
				"topic": {strconv.FormatInt(l.Topic, 10)}, "subject": {"Firmware update fails on S2962-24T"}, "message": {message},
				"field.brand": {"halden"}, "key": {fmt.Sprintf("submit-%d", i)},
			}
		}),
		post("agent's reply", l.Agent, func(i int) string { return link.AgentReplies(fresh(i)) }, func(i int) url.Values {
			return url.Values{"message": {message}, "message_kind": {"markdown"}, "status": {"waiting"}, "key": {fmt.Sprintf("answer-%d", i)}}
		}),
		post("customer's reply", l.Customer, func(i int) string { return link.Replies(fresh(i)) }, func(i int) url.Values {
			return url.Values{"message": {message}, "key": {fmt.Sprintf("reply-%d", i)}}
		}),
	}
}
