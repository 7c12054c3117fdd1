package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// cannedPick is a canned reply as the editor's picker shows and inserts it.
type cannedPick struct {
	Ref   string
	Name  string
	Note  string
	HTML  string // with its placeholders filled in
	Files []canned.File
}

// pickMost is how many replies the picker shows at once.
const pickMost = 8

// showCannedPick is GET /agent/canned/pick?ticket=&requester=&q=: what the editor
// offers behind a "/", for the ticket's own words until something is typed. For a
// ticket that is not opened yet there are none, and placeholders stay.
func (h *Handler) showCannedPick(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	asked, lang, values, err := h.pickFor(ctx, by, q)
	if err != nil {
		return err
	}
	typed := q.Line("q")
	if typed != "" {
		asked = typed
	}
	hits, err := h.canned.Search(ctx, by, canned.Query{Text: asked, Lang: lang, Limit: pickMost, Prefix: typed != ""})
	if err != nil {
		return err
	}
	if typed == "" && len(hits) < pickMost {
		if hits, err = h.fillUp(r, hits, lang); err != nil {
			return err
		}
	}
	departments, err := h.settings.Departments(ctx)
	if err != nil {
		return err
	}
	picks := make([]cannedPick, len(hits))
	for i, hit := range hits {
		note := hit.Folder
		if note == "" {
			note = whose(ctx, departments, hit.Reply)
		}
		picks[i] = cannedPick{
			Ref: ticket.AnswerRef{Kind: ticket.CannedAnswer, ID: hit.ID}.String(), Name: hit.Name, Note: note,
			HTML: forEditor(values.Fill(hit.Text.Source, hit.Text.Kind), hit.Text.Kind), Files: hit.Files,
		}
	}
	return httpx.Render(w, r, http.StatusOK, pickList(picks))
}

// pickFor is what replies are picked for: the words of a ticket, the language of
// its requester and the values of its placeholders.
func (h *Handler) pickFor(ctx context.Context, by auth.Actor, q httpx.Form) (asked, lang string, values ticket.Values, err error) {
	if q.ID("ticket") == 0 && q.Get("ticket") == "" {
		lang, err = h.langOf(ctx, by, q.ID("requester"))
		return "", lang, nil, err
	}
	work, err := h.tickets.Work(ctx, by, q.ID("ticket"), ticket.ViewEnd, ticket.ReplyDraft)
	if err != nil {
		return "", "", nil, err
	}
	lang = work.Requester.Lang
	if lang == "" {
		lang = i18n.ReaderOf(ctx).Lang
	}
	return work.Asked, lang, work.Values(by), nil
}

// fillUp adds replies that say nothing of the ticket behind those that do.
func (h *Handler) fillUp(r *http.Request, hits []canned.Hit, lang string) ([]canned.Hit, error) {
	all, err := h.canned.List(r.Context(), httpx.Actor(r))
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, hit := range hits {
		seen[hit.ID] = true
	}
	for _, c := range all {
		if len(hits) == pickMost {
			break
		}
		if text, _ := c.In(lang, i18n.ReaderOf(r.Context()).Lang); !seen[c.ID] {
			hits = append(hits, canned.Hit{Reply: c, Text: text})
		}
	}
	return hits, nil
}

// showMentions is GET /agent/mentions?ticket=&q=: what the editor offers behind an "@".
func (h *Handler) showMentions(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	agents, err := h.tickets.Mentionable(r.Context(), httpx.Actor(r), q.ID("ticket"), q.Line("q"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, mentionList(agents))
}
