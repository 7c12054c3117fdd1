package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// quickList is what a search for quick answers found, and the one looked at.
type quickList struct {
	Ticket  int64            // the ticket it is for; 0 none
	From    ticket.InboxView // the view the agent works through
	Query   string
	Items   []kb.Hit
	Chosen  kb.Answer
	Preview string // of the chosen one, safe HTML
}

// quickMost is how many answers are offered at once.
const quickMost = 8

// helpfulTone marks answers that most readers were helped by.
func helpfulTone(percent int) string {
	if percent >= 80 {
		return "tone-green"
	}
	return "tone-neutral"
}

// quickAnswers searches the knowledge base for answers to a ticket and shows
// the chosen one, else the best, as the mail that it would become. w is nil
// outside a ticket.
func (h *Handler) quickAnswers(ctx context.Context, by auth.Actor, query string, chosen int64, w *ticket.Work) (quickList, error) {
	l := quickList{Query: query}
	q := kb.Query{Text: query, Lang: i18n.ReaderOf(ctx).Lang, Limit: quickMost, Prefix: true}
	if w != nil && w.Requester.Lang != "" {
		q.Lang = w.Requester.Lang
	}
	var err error
	if l.Items, err = h.kb.QuickAnswers(ctx, by, q); err != nil {
		return l, err
	}
	if chosen == 0 && len(l.Items) > 0 {
		chosen = l.Items[0].ID
	}
	if chosen == 0 {
		return l, nil
	}
	if l.Chosen, err = h.kb.Answer(ctx, by, chosen); err != nil {
		return l, err
	}
	if w == nil {
		l.Preview = richtext.Render(l.Chosen.Source, richtext.KindMarkdown)
		return l, nil
	}
	l.Ticket = w.Number
	l.Preview = filledPreview(l.Chosen, *w, by)
	return l, nil
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
	l, err := h.quickAnswers(ctx, by, q.Line("q"), q.ID("answer"), work)
	if err != nil {
		return err
	}
	l.From = viewOf(q)
	switch {
	case httpx.Partial(r) && q.Has("answer"):
		return httpx.Render(w, r, http.StatusOK, quickPreview(l))
	case httpx.Partial(r):
		return httpx.Render(w, r, http.StatusOK, quickResults(l))
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
		p.Counts = counts(work.Counts)
		return nil
	}
	n, err := h.tickets.Counts(ctx, by)
	p.Counts = counts(n)
	return err
}

// searchHref is the search with one answer chosen: on the ticket's page, or
// on the page of its own.
func (l quickList) searchHref(answer int64) string {
	if l.Ticket == 0 {
		return link.Query(link.QuickAnswers, "q", l.Query, "answer", num(answer))
	}
	return link.Query(link.AgentTicket(l.Ticket), "view", string(l.From), "tab", string(tabChoose), "q", l.Query, "answer", num(answer)) + "#write"
}

// previewHref is where a script gets the preview of an answer.
func (l quickList) previewHref(answer int64) string {
	ticket := ""
	if l.Ticket > 0 {
		ticket = num(l.Ticket)
	}
	return link.Query(link.QuickAnswers, "ticket", ticket, "view", string(l.From), "q", l.Query, "answer", num(answer))
}

// insertHref puts the chosen answer into the reply.
func (l quickList) insertHref() string {
	return link.Query(link.AgentTicket(l.Ticket), "view", string(l.From), "tab", string(tabWrite), "answer", num(l.Chosen.ID)) + "#write"
}
