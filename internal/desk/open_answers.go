package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// openAnswers are the quick answers that a new ticket's first message can begin
// with.
type openAnswers struct {
	Query string
	Items []quickAnswer
}

// showOpenAnswers is GET /agent/tickets/answers: the answers that answer_q finds,
// as buttons for the form of a new ticket.
func (h *Handler) showOpenAnswers(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	p := openPage{Answers: openAnswers{Query: q.Line("answer_q")}, In: ticket.OnBehalf{RequesterID: q.ID("requester")}}
	if err := h.findFirst(r.Context(), httpx.Actor(r), &p); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, openAnswerList(p.Answers))
}

// findFirst finds answers as soon as somebody looks for one.
func (h *Handler) findFirst(ctx context.Context, by auth.Actor, p *openPage) error {
	if p.Answers.Query == "" {
		return nil
	}
	lang, err := h.langOf(ctx, by, p.In.RequesterID)
	if err != nil {
		return err
	}
	p.Answers.Items, err = h.findAnswers(ctx, by, p.Answers.Query, lang, 0, true)
	return err
}

// insertFirst puts an answer into the first message of a new ticket. Values of
// the ticket and its requester stay placeholders until there is one.
func (h *Handler) insertFirst(ctx context.Context, by auth.Actor, p *openPage, ref ticket.AnswerRef) error {
	if ref.ID == 0 {
		return nil
	}
	lang, err := h.langOf(ctx, by, p.In.RequesterID)
	if err != nil {
		return err
	}
	a, err := h.quickAnswer(ctx, by, ref, lang)
	if err != nil {
		return err
	}
	p.Form.insert(a, ref, nil, "")
	return nil
}

// langOf is the language that somebody is answered in: theirs, else the reader's.
func (h *Handler) langOf(ctx context.Context, by auth.Actor, personID int64) (string, error) {
	lang := i18n.ReaderOf(ctx).Lang
	if personID == 0 {
		return lang, nil
	}
	one, err := h.tickets.Somebody(ctx, by, personID)
	if fault.Is(err, fault.NotFound) || err == nil && one.Lang == "" {
		return lang, nil
	}
	return one.Lang, err
}

// editor is the first message, with canned replies behind "/".
func (p openPage) editor(ctx context.Context) ui.RichTextView {
	v := p.Form.editorView(i18n.T(ctx, "desk.open.message"))
	requester := ""
	if p.In.RequesterID > 0 {
		requester = num(p.In.RequesterID)
	}
	v.Canned = link.Query(link.CannedPick, "requester", requester)
	if p.Errors["message"].Key != "" {
		v.Wrong = "message-error"
	}
	return v
}

// findAnswer is the search for answers, which a script sends as one types.
func (p openPage) findAnswer(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "answer_q", Label: i18n.T(ctx, "desk.quick.search"), Value: p.Answers.Query, Autocomplete: "off",
		Attrs: map[string]any{"data-get": link.OpenAnswers, "data-target": "#open-answers", "data-trigger": "input", "data-wait": "250", "data-min": "2", "aria-controls": "open-answers"},
	}
}
