package desk

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/topicform"
)

// fieldsForm are a ticket's fields: in words, and as inputs.
type fieldsForm struct {
	Shown  []setting.Shown
	Inputs topicform.View            // those that the topic asks for
	More   topicform.View            // the others
	Open   bool                      // the form was refused
	Merged map[int64][]setting.Shown // by number: what tickets that were merged into this one say otherwise
	typed  map[string]string
	errors map[string]fault.Message
}

// fillFields reads the fields of the ticket's topic and lays over them what was
// sent and refused.
func (h *Handler) fillFields(ctx context.Context, p *answerPage, sent *fieldsForm) error {
	form, err := h.settings.TicketForm(ctx, p.TopicID, setting.ForAgent)
	if err != nil {
		return err
	}
	values := setting.TypedAll(p.Work.Fields)
	if sent != nil {
		p.Fields = *sent
		maps.Copy(values, sent.typed)
	}
	p.Fields.Shown = setting.Show(form.Fields, p.Work.Fields, i18n.T(ctx, "desk.yes"))
	p.Fields.Merged = otherFields(form.Fields, p.Work, i18n.T(ctx, "desk.yes"))
	unknown := maps.Clone(values) // of fields that the settings do not have, as imports may leave
	var asked, more []setting.FormField
	for _, f := range form.Fields {
		delete(unknown, f.Key)
		switch {
		case f.Kind == setting.KindPriority: // has a menu of its own
		case f.Asked || values[f.Key] != "":
			asked = append(asked, f)
		default:
			more = append(more, f)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(unknown)) {
		p.Fields.Shown = append(p.Fields.Shown, setting.Shown{Key: key, Label: key, Value: unknown[key]})
	}
	view := topicform.View{Values: values, Errors: p.Fields.errors, Editing: true}
	p.Fields.Inputs, p.Fields.More = view, view
	p.Fields.Inputs.Fields, p.Fields.More.Fields = asked, more
	return nil
}

// otherFields are the fields of the tickets that were merged into one, as far as
// it says something else there.
func otherFields(form []setting.FormField, t ticket.Work, yes string) map[int64][]setting.Shown {
	all := map[int64][]setting.Shown{}
	own := setting.TypedAll(t.Fields)
	for _, m := range t.Merges {
		typed := setting.TypedAll(m.Fields)
		all[m.Number] = slices.DeleteFunc(setting.Show(form, m.Fields, yes), func(s setting.Shown) bool { return typed[s.Key] == own[s.Key] })
	}
	return all
}

// postFields is POST /agent/tickets/{number}/fields.
func (h *Handler) postFields(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	err = h.tickets.SetFields(r.Context(), httpx.Actor(r), number, topicform.Changed(form))
	if fault.Is(err, fault.Invalid) {
		sent := fieldsForm{Open: true, typed: topicform.Typed(form), errors: fault.Of(err).Fields}
		return h.refuse(w, r, number, form, err, showing{Fields: &sent})
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.fields.saved")
	return httpx.SeeOther(w, r, back(number, form))
}
