package portal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// How often one browser may ask what is like the ticket that it writes, and
// open what it finds.
const (
	helpAtOnce = 300
	openAtOnce = 60
	helpWindow = 5 * time.Minute
)

// whose is what tells one asker from another when they are counted.
func whose(r *http.Request) string {
	if by := httpx.Actor(r); by.SignedIn() {
		return "person:" + num(by.PersonID)
	}
	return "ip:" + httpx.Network(httpx.ClientIP(r))
}

// showHelp is GET /tickets/new/help: what a script shows while the subject is
// typed: articles that may answer it, and open tickets that ask the same.
func (h *Handler) showHelp(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	if err := h.throttle(ctx, "help:"+whose(r), helpAtOnce, helpWindow); err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	form := ticketForm{Topic: q.ID("topic"), Subject: q.Line("subject"), Values: q.Under("field."), Follows: q.ID("follows"), Key: q.Get(fieldKey), Anyway: q.Has("anyway")}
	if !httpx.Partial(r) {
		return httpx.SeeOther(w, r, link.Query(link.NewTicket, "subject", form.Subject))
	}
	hits, err := h.suggest(ctx, by, form.Subject)
	if err != nil {
		return err
	}
	if form.Similar, err = h.similar(ctx, by, form); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, ticketHelp(newTicketView{form: form, hits: hits, me: by}))
}

// suggest finds articles for a subject that is still being typed.
func (h *Handler) suggest(ctx context.Context, by auth.Actor, subject string) ([]kb.Hit, error) {
	if strings.TrimSpace(subject) == "" {
		return nil, nil
	}
	hits, err := h.kb.Search(ctx, by, kb.Query{Text: subject, Lang: i18n.ReaderOf(ctx).Lang, Limit: suggestions, Prefix: true})
	return strong(hits), err
}

// similar finds open tickets that by may see and that ask what the form asks.
func (h *Handler) similar(ctx context.Context, by auth.Actor, form ticketForm) ([]ticket.Similar, error) {
	if !by.SignedIn() {
		return nil, nil
	}
	serials, err := h.serials(ctx, by, form)
	if err != nil {
		return nil, err
	}
	found, err := h.tickets.Similar(ctx, by, form.Key, form.Subject, serials)
	if err != nil || form.Follows == 0 {
		return found, err
	}
	var others []ticket.Similar
	for _, t := range found {
		if t.Number != form.Follows {
			others = append(others, t)
		}
	}
	return others, nil
}

// serials are the serial numbers typed into the topic's fields of that kind.
func (h *Handler) serials(ctx context.Context, by auth.Actor, form ticketForm) ([]string, error) {
	if len(form.Values) == 0 || form.Topic == 0 {
		return nil, nil
	}
	tf, err := h.settings.TopicForm(ctx, by, form.Topic)
	if err != nil && !fault.Is(err, fault.NotFound) { // an unknown topic is told elsewhere
		return nil, err
	}
	var all []string
	for _, f := range tf.Fields {
		if f.Kind == setting.KindSerials {
			all = append(all, strings.FieldsFunc(form.Values[f.Key], func(r rune) bool { return r == ';' || r == ',' || r == '\n' })...)
		}
	}
	return all, nil
}

// showSuggested is GET /kb/suggest/{slug}: an article opened from the form for a
// new ticket, which is counted. A script shows it in a panel; without one it is
// the article's page.
func (h *Handler) showSuggested(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := h.throttle(ctx, "suggested:"+whose(r), openAtOnce, helpWindow); err != nil {
		return err
	}
	slug := httpx.Clean(chi.URLParam(r, "slug"))
	a, err := h.kb.Opened(ctx, httpx.Actor(r), slug, httpx.ReadQuery(r).Get("key"))
	if err != nil {
		return err
	}
	if !httpx.Partial(r) {
		return httpx.SeeOther(w, r, link.Article(slug))
	}
	return httpx.Render(w, r, http.StatusOK, suggestedArticle(a))
}

// postSolved is POST /tickets/new/solved: an article was the answer, no ticket
// is needed.
func (h *Handler) postSolved(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	f, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := h.kb.Closed(ctx, f.Get(fieldKey), kb.Solved); err != nil {
		return err
	}
	if by.SignedIn() {
		if err := h.tickets.DropUnsent(ctx, by, f.ID("follows")); err != nil {
			return err
		}
	}
	return h.done(w, r, link.Home, "portal.new.solved")
}
