package portal

import (
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/topicform"
)

// postFields is POST /tickets/{number}/fields: the properties that the topic
// lets customers change on the ticket's page (T5). What they may only see, or
// not even that, is left alone whatever is sent.
func (h *Handler) postFields(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	if by.Staff() {
		return httpx.SeeOther(w, r, link.AgentTicket(number))
	}
	err = h.tickets.SetFields(r.Context(), by, number, topicform.Changed(form))
	switch f := fault.Of(err); {
	case err == nil:
		return h.done(w, r, link.Ticket(number), "portal.details.saved")
	case f.Kind == fault.Invalid:
		v := threadView{props: topicform.View{Values: topicform.Typed(form), Errors: f.Fields}}
		return h.renderView(w, r, http.StatusUnprocessableEntity, number, v)
	case f.Kind == fault.Conflict:
		return h.renderRefused(w, r, number, fault.Message{Key: f.Key, Args: f.Args})
	default:
		return err
	}
}

// properties is the form of the ticket's properties: as it was sent and refused,
// else as the ticket has them.
func (v threadView) properties(fields []setting.FormField) topicform.View {
	p := v.props
	p.Fields, p.Editing, p.IDs = fields, true, "prop-"
	typed := typedValues(v.Thread)
	for key, value := range p.Values {
		typed[key] = value
	}
	p.Values = typed
	return p
}

// editable reports whether there is a property that the reader may change.
func (v threadView) editable() bool { return v.Can.Fields && len(v.props.Inputs()) > 0 }
