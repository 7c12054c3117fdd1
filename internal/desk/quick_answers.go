package desk

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// quickList is what a search for quick answers found, and the one looked at.
type quickList struct {
	Ticket  int64            // the ticket it is for; 0 none
	From    ticket.InboxView // the view the agent works through
	Query   string           // as typed; "": ranked by the ticket's own words
	Items   []quickAnswer
	Chosen  quickAnswer
	Preview string             // of the chosen one, safe HTML
	Focus   bool               // the search is what the agent came for
	Used    []ticket.AnswerRef // what the draft came from
}

// quickMost is how many answers are offered at once.
const quickMost = 10

// helpfulTone marks answers that most readers were helped by.
func helpfulTone(percent int) string {
	if percent >= 80 {
		return "tone-green"
	}
	return "tone-neutral"
}

// quickAnswers searches for answers to a ticket, by the ticket's own words as
// long as nothing is typed, and shows the chosen one, else the best, as the mail
// that it would become. w is nil outside a ticket.
func (h *Handler) quickAnswers(ctx context.Context, by auth.Actor, query string, chosen ticket.AnswerRef, w *ticket.Work) (quickList, error) {
	l := quickList{Query: query}
	asked, lang := query, i18n.ReaderOf(ctx).Lang
	if w != nil {
		l.Ticket = w.Number
		if w.Draft != nil {
			l.Used = usedRefs(w.Draft.Form["used"])
		}
		if w.Requester.Lang != "" {
			lang = w.Requester.Lang
		}
		if query == "" {
			asked = w.Asked
		}
	}
	var err error
	if l.Items, err = h.findAnswers(ctx, by, asked, lang, l.Ticket, query != ""); err != nil {
		return l, err
	}
	if chosen.ID == 0 && len(l.Items) > 0 {
		chosen = l.Items[0].Ref
	}
	if chosen.ID == 0 {
		return l, nil
	}
	l.Chosen, err = h.previewOf(ctx, by, chosen, lang, l.Items)
	if err != nil {
		return l, err
	}
	if w == nil {
		l.Preview = richtext.Render(l.Chosen.Source, l.Chosen.Kind)
		return l, nil
	}
	l.Preview = filledPreview(l.Chosen, w.Values(by), w.Signed(by))
	return l, nil
}

// previewOf is an answer of the list with its text, read only when the list has
// none.
func (h *Handler) previewOf(ctx context.Context, by auth.Actor, ref ticket.AnswerRef, lang string, items []quickAnswer) (quickAnswer, error) {
	if i := slices.IndexFunc(items, func(a quickAnswer) bool { return a.Ref == ref }); i >= 0 && items[i].Source != "" {
		return items[i], nil
	}
	return h.quickAnswer(ctx, by, ref, lang)
}

// showQuickAnswers is GET /agent/quick-answers: the results of a search beside
// a ticket as the script wants them, or a page of its own. A script that asks
// for one answer gets its preview alone, so that the list keeps the focus.
func (h *Handler) showQuickAnswers(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	var work *ticket.Work
	if number := q.ID("ticket"); number > 0 {
		found, err := h.tickets.Work(ctx, by, number, ticket.ViewEnd, ticket.ReplyDraft)
		if err != nil {
			return err
		}
		work = &found
	}
	l, err := h.quickAnswers(ctx, by, q.Line("q"), ticket.ParseAnswerRef(q.Get("answer")), work)
	if err != nil {
		return err
	}
	l.From = viewOf(q)
	switch {
	case httpx.Partial(r) && q.Has("answer"):
		return httpx.Render(w, r, http.StatusOK, quickPreview(l))
	case httpx.Partial(r):
		return httpx.Render(w, r, http.StatusOK, quickBoth(l))
	}
	p := h.page(r, "", "inbox")
	if err := h.count(ctx, by, &p, work); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, quickPage(p, l))
}

// count fills in the sidebar's numbers, from work where it has them already.
func (h *Handler) count(ctx context.Context, by auth.Actor, p *ui.AgentPage, work *ticket.Work) error {
	if work != nil {
		beside(p, work.Beside)
		return nil
	}
	side, err := h.tickets.Sidebar(ctx, by)
	beside(p, side)
	return err
}

// lookHref is the search with one answer looked at: on the ticket's page, or on
// the page of its own.
func (l quickList) lookHref(a ticket.AnswerRef) string {
	if l.Ticket == 0 {
		return link.Query(link.QuickAnswers, "q", l.Query, "answer", a.String())
	}
	return link.Query(link.AgentTicket(l.Ticket), "view", string(l.From), "tab", string(tabChoose), "q", l.Query, "answer", a.String()) + "#write"
}

// previewHref is where a script gets the preview of an answer.
func (l quickList) previewHref(a ticket.AnswerRef) string {
	ticket := ""
	if l.Ticket > 0 {
		ticket = num(l.Ticket)
	}
	return link.Query(link.QuickAnswers, "ticket", ticket, "view", string(l.From), "q", l.Query, "answer", a.String())
}

// insertHref puts an answer into the reply, also one that was put in before.
func (l quickList) insertHref(a ticket.AnswerRef) string {
	again := ""
	if slices.Contains(l.Used, a) {
		again = "1"
	}
	return link.Query(link.AgentTicket(l.Ticket), "view", string(l.From), "tab", string(tabWrite), "answer", a.String(), "again", again) + "#write"
}

// useHref is what choosing an answer does: beside a ticket it goes into the
// reply, elsewhere it is shown.
func (l quickList) useHref(a ticket.AnswerRef) string {
	if l.Ticket == 0 {
		return l.lookHref(a)
	}
	return l.insertHref(a)
}

// quickIcon marks where an answer is from.
func quickIcon(k ticket.AnswerKind) string {
	switch k {
	case ticket.ArticleAnswer:
		return "book"
	case ticket.CannedAnswer:
		return "bolt"
	case ticket.EarlierAnswer:
		return "reply"
	}
	return "book"
}

// searchAttrs let whoever came for the search type at once.
func (l quickList) searchAttrs() templ.Attributes {
	if !l.Focus {
		return nil
	}
	return templ.Attributes{"autofocus": true}
}
