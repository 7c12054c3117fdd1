package admin

import (
	"cmp"
	"context"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/topicform"
	"github.com/deskbell/deskbell/web/ui"
)

// previewView is a topic's form as customers fill it in.
type previewView struct {
	Topics []setting.TopicEdit
	Form   setting.TopicForm
	Lang   string
	Inputs topicform.View
}

// showFieldPreview is GET /admin/fields/preview: the form of a topic, in any
// language. What is typed into it goes nowhere.
func (h *Handler) showFieldPreview(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v := previewView{Lang: i18n.ReaderOf(r.Context()).Lang}
	if i18n.Known(q.Get("lang")) {
		v.Lang = q.Get("lang")
	}
	reader := i18n.Reader{Lang: v.Lang, Zone: i18n.ReaderOf(r.Context()).Zone}
	all, err := h.settings.AllTopics(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	id := q.ID("topic")
	for _, t := range all {
		if !t.Retired {
			v.Topics = append(v.Topics, t)
			if id == 0 && t.Preset {
				id = t.ID
			}
		}
	}
	if v.Form, err = h.settings.Preview(i18n.With(r.Context(), reader), httpx.Actor(r), id); err != nil {
		return err
	}
	v.Inputs = topicform.View{Fields: v.Form.Fields, Values: v.Form.Preset(), Priority: v.Form.Priority}
	p, err := h.layout(r, "fields", i18n.T(r.Context(), "admin.fields.preview_title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, previewPage(p, v, i18n.With(r.Context(), reader)))
}

func (v previewView) topicOptions(ctx context.Context) []ui.Option {
	options := make([]ui.Option, len(v.Topics))
	for i, t := range v.Topics {
		options[i] = ui.Option{Value: num(t.ID), Label: t.Name.In(i18n.ReaderOf(ctx).Lang), Selected: t.ID == v.Form.ID}
	}
	return options
}

func (v previewView) messageLabel(ctx context.Context) string {
	return cmp.Or(v.Form.MessageLabel, i18n.T(ctx, "portal.new.message"))
}

// previewForm prints the form in the language of reads.
func previewForm(v previewView, reads context.Context) templ.Component { //nolint:revive // reads is not this call's
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { return previewFields(v).Render(reads, w) })
}
