package desk

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// notePage is an internal note with its history and, for its writer, the form
// to edit it.
type notePage struct {
	ui.AgentPage
	ticket.NoteHistory
	Form writing
	Keep templ.Attributes // what scripts keep while it is edited
}

// showNote is GET /agent/tickets/{number}/notes/{note}.
func (h *Handler) showNote(w http.ResponseWriter, r *http.Request) error {
	number, note, err := noteIn(r)
	if err != nil {
		return err
	}
	n, err := h.tickets.Note(r.Context(), httpx.Actor(r), number, note)
	if err != nil {
		return err
	}
	return h.renderNote(w, r, http.StatusOK, n, writing{Message: n.Source, Kind: n.SourceKind})
}

// postNoteEdit is POST /agent/tickets/{number}/notes/{note}.
func (h *Handler) postNoteEdit(w http.ResponseWriter, r *http.Request) error {
	number, note, err := noteIn(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := writing{Message: form.Text("message"), Kind: richtext.Kind(form.Get("message_kind")), Mentions: form.IDs("mention")}
	seen, _ := form.Int("version")
	err = h.tickets.EditNote(ctx, by, number, note, ticket.EditedNote{Message: f.Message, MessageKind: f.Kind, Mentions: f.Mentions, Seen: seen})
	if err == nil {
		n, err := h.tickets.Note(ctx, by, number, note)
		if err != nil {
			return err
		}
		httpx.Flash(ctx, h.sessions, "desk.note.saved")
		return httpx.SeeOther(w, r, link.AgentMessage(number, n.Seq))
	}
	status, ok := f.refused(err)
	if !ok {
		return err
	}
	n, failed := h.tickets.Note(ctx, by, number, note)
	if failed != nil {
		return failed
	}
	return h.renderNote(w, r, status, n, f)
}

// postNotePin is POST /agent/tickets/{number}/notes/{note}/pin.
func (h *Handler) postNotePin(w http.ResponseWriter, r *http.Request) error {
	note, err := httpx.PathID(r, "note")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	return h.change(w, r, "desk.note.pin_set", func(number int64, form httpx.Form) error {
		if form.On("pinned") {
			return h.tickets.PinNote(ctx, by, number, note)
		}
		return h.tickets.UnpinNote(ctx, by, number, note)
	})
}

func (h *Handler) renderNote(w http.ResponseWriter, r *http.Request, status int, n ticket.NoteHistory, f writing) error {
	p := notePage{NoteHistory: n, Form: f, Keep: keep(httpx.Actor(r), "note:"+num(n.ID), status)}
	p.AgentPage = h.page(r, i18n.T(r.Context(), "desk.note.title", "number", n.Number), "inbox")
	p.Editor = n.CanEdit
	if err := h.count(r.Context(), httpx.Actor(r), &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, noteHistoryPage(p))
}

// noteIn reads a ticket's number and a note's id from the path.
func noteIn(r *http.Request) (number, note int64, err error) {
	if number, err = httpx.PathID(r, "number"); err != nil {
		return 0, 0, err
	}
	note, err = httpx.PathID(r, "note")
	return number, note, err
}

// writtenAt is when a version of the note began to stand.
func (p notePage) writtenAt(version int) time.Time {
	for _, v := range p.Before {
		if v.Version == version {
			return v.WrittenAt
		}
	}
	if p.EditedAt != nil {
		return *p.EditedAt
	}
	return p.CreatedAt
}
