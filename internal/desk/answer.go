package desk

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// tab is one of the ways to act on a ticket.
type tab string

const (
	tabChoose tab = "answer" // an existing answer
	tabWrite  tab = "write"
	tabNote   tab = "note"
)

// showing is how a ticket's page is to be shown.
type showing struct {
	View    ticket.InboxView // that the agent works through; "" none
	Tab     tab              // "": writing when there is a draft, else choosing
	Query   *string          // for quick answers; nil: the ticket's own words
	Answer  ticket.AnswerRef // the chosen or inserted quick answer
	Again   bool             // it goes into the reply once more
	All     bool             // the whole timeline
	Form    *writing         // as it was sent and refused
	Problem fault.Message    // why a change was refused
	Fields  *fieldsForm      // as they were sent and refused

	Handover ticket.Handover // as it was sent and refused
	Refused  refusedForm
}

// answerPage is everything that a ticket's page prints.
type answerPage struct {
	ticket.Work
	ui.AgentPage
	Me         auth.Actor
	From       ticket.InboxView
	Tab        tab
	All        bool
	Sent       bool           // a reply has just been sent: offer the view's next ticket
	JustHeld   bool           // a reply has just been held, and is sent in a moment
	Overtakers []ticket.Entry // what came while the refused reply was written
	Quick      quickList
	Form       writing
	Refuse     fault.Message
	Fields     fieldsForm
	TrashAge   time.Duration // how long it lies in the trash

	Pane        string // the list that the ticket stands beside; "" on its own page
	Departments []setting.Department
	Handover    ticket.Handover // as it was sent and refused
	Refused     refusedForm     // a small form, as it was sent
}

// showTicket is GET /agent/tickets/{number}.
func (h *Handler) showTicket(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	s := showing{
		View: viewOf(q), Tab: tab(q.Get("tab")), Answer: ticket.ParseAnswerRef(q.Get("answer")), Again: q.On("again"), All: q.On("all"),
	}
	if q.Has("q") {
		query := q.Line("q")
		s.Query = &query
	}
	return h.renderTicket(w, r, http.StatusOK, number, s)
}

func (h *Handler) renderTicket(w http.ResponseWriter, r *http.Request, status int, number int64, s showing) error {
	ctx, by := r.Context(), httpx.Actor(r)
	extent, kind := ticket.ViewEnd, ticket.ReplyDraft
	if s.All {
		extent = ticket.ViewAll
	}
	if s.Tab == tabNote {
		kind = ticket.NoteDraft
	}
	work, err := h.tickets.Work(ctx, by, number, extent, kind)
	if err != nil {
		return err
	}
	if work.LeadsTo != nil && r.Method == http.MethodGet {
		return httpx.SeeOther(w, r, leadOn(link.AgentTicket(*work.LeadsTo), r))
	}
	if work.LeadsTo != nil { // what was typed under the old number comes along
		return h.renderTicket(w, r, status, *work.LeadsTo, s)
	}
	p := answerPage{
		Work: work, AgentPage: h.page(r, work.Subject, "inbox"), Me: by,
		From: s.View, Tab: s.chosenTab(work), All: s.All, Refuse: s.Problem, Handover: s.Handover, Refused: s.Refused,
	}
	if p.Departments, err = h.settings.Departments(ctx); err != nil {
		return err
	}
	p.JustHeld = p.Flash.Key == heldFlash
	p.View = string(s.View)
	beside(&p.AgentPage, work.Beside)
	if p.Sent = p.Flash.Key == sentFlash && s.View != ""; p.Sent || p.JustHeld {
		p.Flash = fault.Message{} // said beside the way to the next ticket
	}
	if err := h.fillTab(ctx, &p, s); err != nil {
		return err
	}
	if err := h.fillFields(ctx, &p, s.Fields); err != nil {
		return err
	}
	p.TrashAge = h.trashAge(r)
	if p.Editor = p.Tab != tabChoose; p.Editor {
		p.Form.Keep, p.Form.Rules = p.keepForm(status), h.tickets.Limits(ctx)
		httpx.NoStore(w)
	}
	return httpx.Render(w, r, status, ticketPage(p))
}

// leadOn is the page of the ticket that a merged one leads to, asked the same.
func leadOn(path string, r *http.Request) string {
	if r.URL.RawQuery == "" {
		return path
	}
	return path + "?" + r.URL.RawQuery
}

// chosenTab is the tab asked for; without a wish a waiting draft comes first,
// then the existing answers.
func (s showing) chosenTab(w ticket.Work) tab {
	switch {
	case !w.Can.Reply:
		return tabNote
	case s.Tab == tabChoose || s.Tab == tabWrite || s.Tab == tabNote:
		return s.Tab
	case w.Draft != nil || len(w.Carried) > 0:
		return tabWrite
	default:
		return tabChoose
	}
}

// fillTab reads what the open tab needs beside the ticket.
func (h *Handler) fillTab(ctx context.Context, p *answerPage, s showing) error {
	if p.Tab == tabChoose {
		query := ""
		if s.Query != nil {
			query = *s.Query
		}
		var err error
		p.Quick, err = h.quickAnswers(ctx, p.Me, query, s.Answer, &p.Work)
		acted := p.Flash.Key != "" || s.Problem.Key != "" // then keys go on working
		p.Quick.From, p.Quick.Focus = s.View, s.Tab == tabChoose && !acted
		return err
	}
	if s.Form != nil {
		p.Form = *s.Form
		p.overtake()
		return nil
	}
	draft := p.Draft
	if draft != nil && (draft.Kind == ticket.NoteDraft) != (p.Tab == tabNote) {
		draft = nil // a closed ticket has the note alone
	}
	p.Form = fromDraft(draft)
	p.Form.Seen = p.TimelineSeq
	if p.Tab == tabWrite && s.Answer.ID > 0 {
		return h.insert(ctx, p, s)
	}
	return nil
}

// showNext is GET /agent/tickets/{number}/next: the ticket before or after
// this one in the view, or in the list that it stands beside; at the end the list
// itself. Finding it costs statements only when somebody goes there.
func (h *Handler) showNext(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	l := inboxList{In: viewOf(q)}
	list := paneOf(q)
	if list != "" {
		l = listAt(list)
	}
	step := ticket.After
	if q.Get("step") == string(ticket.Before) {
		step = ticket.Before
	}
	next, err := h.tickets.Neighbour(r.Context(), httpx.Actor(r), number, h.listed(r.Context(), l), step)
	if err != nil {
		return err
	}
	if next == 0 {
		httpx.Flash(r.Context(), h.sessions, "desk.answer.no_more")
		return httpx.SeeOther(w, r, backToList(q))
	}
	if list != "" {
		l.Ticket = next
		return httpx.SeeOther(w, r, l.href())
	}
	return httpx.SeeOther(w, r, ticketHref(next, l.In))
}

// ticketHref is a ticket's page under a view.
func ticketHref(number int64, view ticket.InboxView) string {
	return link.Query(link.AgentTicket(number), "view", string(view))
}

// toText is where the keyboard is wanted for writing: the text, in whichever
// editor.
const toText = "#write textarea, #write .rich"

// tabHref is one of the page's tabs.
func (p answerPage) tabHref(t tab) string {
	return link.Query(link.AgentTicket(p.Number), "view", string(p.From), "tab", string(t)) + "#write"
}

// inboxHref is where the agent came from.
func (p answerPage) inboxHref() string {
	if p.Pane == "" {
		return link.InboxView(string(p.From))
	}
	l := listAt(p.Pane)
	l.Ticket = 0
	return l.href()
}

func (p answerPage) inboxTitle(ctx context.Context) string {
	if v, ok := p.Beside.View(p.From); ok {
		return v.Name
	}
	return ui.ViewTitle(ctx, string(p.From))
}

func (p answerPage) status() ui.StatusView {
	return statusView(p.Status, p.Reopened, p.LastReplier, p.PostponedUntil)
}

// assignee is the name of who works the ticket; "" nobody yet.
func (p answerPage) assignee() string {
	if p.AssigneeName == nil {
		return ""
	}
	return *p.AssigneeName
}

// mine reports whether the reader works the ticket.
func (p answerPage) mine() bool { return p.AssigneeID != nil && *p.AssigneeID == p.Me.PersonID }

// policyPlan reports whether the robot's next step may be moved: waking a
// postponed ticket is the promise to the customer, which its status keeps.
func (p answerPage) policyPlan() bool { return len(p.Plan) > 0 && p.Plan[0].Step != ticket.Wake }

// until is the value of the date field: as typed, else the ticket's own date,
// else in a week.
func (p answerPage) until(ctx context.Context, typed string) string {
	switch {
	case typed != "":
		return typed
	case p.PostponedUntil != nil:
		return inputValue(ctx, *p.PostponedUntil)
	default:
		return inputValue(ctx, nextWeek(ctx, p.Now))
	}
}

// nextWeek is ten in the morning a week from now, for the reader.
func nextWeek(ctx context.Context, now time.Time) time.Time {
	t := now.In(i18n.ReaderOf(ctx).Zone).AddDate(0, 0, 7)
	return time.Date(t.Year(), t.Month(), t.Day(), 10, 0, 0, 0, t.Location())
}

// statusView is a ticket's status as marks and words.
func statusView(s ticket.Status, reopened bool, last ticket.AuthorKind, until *time.Time) ui.StatusView {
	return ui.StatusView{Status: string(s), Reopened: reopened, CustomerReply: last == ticket.ByCustomer, Until: until}
}

// localClock is the time of day where the contact is; "" when we do not know.
func localClock(now time.Time, zone string) string {
	z := httpx.ZoneNamed(zone)
	if z == nil {
		return ""
	}
	return now.In(z).Format("15:04")
}

// body is an entry as safe HTML.
func body(e ticket.Entry) string {
	if e.Kind == ticket.NoteEntry {
		return richtext.RenderNote(e.Source, e.SourceKind)
	}
	return richtext.Render(e.Source, e.SourceKind)
}

// files are an entry's attachments.
func files(uploads []ticket.Upload) []ui.FileView {
	all := make([]ui.FileView, len(uploads))
	for i, u := range uploads {
		all[i] = ui.FileView{Name: u.Name, Size: u.Size, Href: link.Attachment(u.ID), MIME: u.Type}
	}
	return all
}

func num(n int64) string { return strconv.FormatInt(n, 10) }
