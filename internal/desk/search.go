package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/find"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// SearchDeps is what the agents' search page is built from.
type SearchDeps struct {
	Find     *find.Service
	Macros   *macro.Service // what the palette runs
	Tickets  *ticket.Service
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Now      func() time.Time
}

// Search serves the agents' search page.
type Search struct {
	find     *find.Service
	macros   *macro.Service
	tickets  *ticket.Service
	sessions *scs.SessionManager
	errors   httpx.ErrorPage
	now      func() time.Time
}

// NewSearch returns the agents' search page.
func NewSearch(d SearchDeps) *Search {
	return &Search{find: d.Find, macros: d.Macros, tickets: d.Tickets, sessions: d.Sessions, errors: d.Errors, now: d.Now}
}

// Routes adds the page to r.
func (h *Search) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.errors.Staff)
		r.Get("/agent/search", h.errors.Handle(h.showSearch))
		r.Get(link.Palette, h.errors.Handle(h.showPalette))
	})
}

// searchPage is what was found for what was typed.
type searchPage struct {
	ui.AgentPage
	find.Results
	Query   string
	In      find.Group
	Next    []find.Suggestion // how the last word may go on
	Half    bool              // the last filter is wrong, or not finished
	Problem fault.Message     // what is wrong with the filters, if somebody wants to know yet
}

// showSearch is GET /agent/search. A ticket's number goes straight to the
// ticket when somebody sends it; while it is typed it may become longer.
func (h *Search) showSearch(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	p := searchPage{Query: q.Line("q"), In: groupOf(q.Get("in"))}
	if n := ticket.TypedNumber(p.Query); n > 0 && !httpx.Partial(r) {
		_, err := h.tickets.Preview(ctx, by, n)
		if err == nil {
			return httpx.SeeOther(w, r, link.AgentTicket(n))
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if err := h.fill(ctx, by, &p, httpx.Partial(r)); err != nil {
		return err
	}
	if httpx.Partial(r) {
		p.Now = h.now()
		return httpx.Render(w, r, http.StatusOK, found(p))
	}
	var err error
	if p.AgentPage, err = framed(r, h.tickets, h.sessions, h.now(), p.heading(ctx), "search"); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, searchView(p))
}

// fill searches. A filter that is not finished yet is no problem while one
// types: what stands before it is looked for.
func (h *Search) fill(ctx context.Context, by auth.Actor, p *searchPage, typing bool) (err error) { //nolint:revive // typing is a fact of the request
	q := find.Query{Text: p.Query, Group: p.In, Typing: typing, Lang: i18n.ReaderOf(ctx).Lang}
	if p.Next, err = h.find.Suggest(ctx, by, p.Query); err != nil {
		return err
	}
	p.Results, err = h.find.Search(ctx, by, q)
	if fault.Is(err, fault.Invalid) {
		p.Half, p.Problem = true, fault.Of(err).Fields["q"]
		q.Text = find.Before(p.Query)
		p.Results, err = h.find.Search(ctx, by, q)
		if typing && !fault.Is(err, fault.Invalid) {
			p.Problem = fault.Message{}
		}
	}
	if fault.Is(err, fault.Invalid) {
		err = nil
	}
	return err
}

func groupOf(typed string) find.Group {
	if g := find.Group(typed); slices.Contains(find.Groups, g) {
		return g
	}
	return find.GroupAll
}

func (p searchPage) heading(ctx context.Context) string {
	if p.Query == "" {
		return i18n.T(ctx, "find.title")
	}
	return i18n.T(ctx, "find.title_for", "query", p.Query)
}

// href is the page with another group or other words.
func (p searchPage) href(query string, in find.Group) string {
	return link.Query(link.AgentSearch, "q", query, "in", string(in))
}

// number is how many results a group has, as the page knows.
func (p searchPage) number(g find.Group) int {
	switch g {
	case find.GroupTickets:
		return len(p.Tickets)
	case find.GroupMessages:
		return len(p.Messages)
	case find.GroupPeople:
		return len(p.People)
	case find.GroupCompanies:
		return len(p.Companies)
	case find.GroupArticles:
		return len(p.Articles)
	case find.GroupAll:
	}
	return 0
}

// any reports whether anything was found.
func (p searchPage) any() bool {
	return slices.ContainsFunc(find.Groups, func(g find.Group) bool { return p.number(g) > 0 })
}

// shows reports whether a group is on the page.
func (p searchPage) shows(g find.Group) bool {
	return p.number(g) > 0 && (p.In == find.GroupAll || p.In == g)
}

// tabs are the groups that found something.
func (p searchPage) tabs(ctx context.Context) []ui.Tab {
	tabs := []ui.Tab{{Href: p.href(p.Query, find.GroupAll), Label: i18n.T(ctx, "find.group.all"), Current: p.In == find.GroupAll}}
	for _, g := range find.Groups {
		if p.number(g) > 0 || p.In == g {
			tabs = append(tabs, ui.Tab{Href: p.href(p.Query, g), Label: groupTitle(ctx, g), Current: p.In == g})
		}
	}
	return tabs
}

func groupTitle(ctx context.Context, g find.Group) string {
	return i18n.T(ctx, "find.group."+string(g))
}

// hitHref leads to the very message.
func hitHref(h find.Hit) string {
	if h.Old {
		return link.AgentOldMessage(h.Number, h.Seq)
	}
	return link.AgentMessage(h.Number, h.Seq)
}

func hitIcon(k find.HitKind) string {
	switch k {
	case find.NoteHit:
		return "note"
	case find.FileHit:
		return "file"
	case find.MessageHit:
	}
	return "mail"
}

// hitWhat says what was found.
func hitWhat(ctx context.Context, h find.Hit) string {
	author := h.Author
	if author == "" {
		author = i18n.T(ctx, "find.robot")
	}
	switch h.Kind {
	case find.NoteHit:
		return i18n.T(ctx, "find.hit.note", "name", author)
	case find.FileHit:
		return i18n.T(ctx, "find.hit.file", "name", author, "file", h.File)
	case find.MessageHit:
	}
	return i18n.T(ctx, "find.hit.message", "name", author)
}

func foundStatus(t find.Ticket) ui.StatusView {
	return statusView(t.Status, t.Reopened, t.LastReplier, t.PostponedUntil)
}

// idle reports whether something was typed in which is nothing to look for.
func (p searchPage) idle() bool {
	return p.Query != "" && !p.Words && len(p.Filter.Terms) == 0 && !p.Half
}

// nothing reports whether something was looked for and not found.
func (p searchPage) nothing() bool {
	if p.idle() {
		return true
	}
	if !p.Words && len(p.Filter.Terms) > 0 {
		return len(p.Tickets) == 0
	}
	if p.In != find.GroupAll {
		return p.Words && p.number(p.In) == 0
	}
	return p.Words && !p.any()
}

func (p searchPage) empty(ctx context.Context) ui.EmptyView {
	v := ui.EmptyView{Icon: "search", Title: i18n.T(ctx, "find.nothing"), Text: i18n.T(ctx, "find.nothing_text")}
	if len(p.Filter.Terms) > 0 {
		v.Title, v.Text = i18n.T(ctx, "find.no_tickets"), i18n.T(ctx, "find.no_tickets_text")
	}
	if p.any() {
		v.Text, v.Href, v.Action = i18n.T(ctx, "find.elsewhere"), p.href(p.Query, find.GroupAll), i18n.T(ctx, "find.show_all")
	}
	return v
}

// foundWords is what a screen reader hears when results came.
func foundWords(ctx context.Context, p searchPage) string {
	if !p.Words && len(p.Filter.Terms) == 0 {
		return ""
	}
	n := 0
	for _, g := range find.Groups {
		n += p.number(g)
	}
	return i18n.T(ctx, "find.count", "count", n)
}

// searchAttrs let the input answer while one types.
func searchAttrs(p searchPage) templ.Attributes {
	return templ.Attributes{
		"data-get": link.AgentSearch, "data-trigger": "input", "data-wait": "150", "data-target": "#found", "data-push": true,
		"autocomplete": "off", "autofocus": p.Query == "", "aria-controls": "found",
	}
}

func anchor(id string) string {
	if id == "" {
		return ""
	}
	return "#" + id
}

// joined are the parts that are not empty, on one line.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// findExamples are filters that the help shows; each of them finds something on
// a desk that is used.
var findExamples = []string{"status:open", "is:unsolved", "has:attachment", "assignee:me", "after:2026-01-01", "tag:"}
