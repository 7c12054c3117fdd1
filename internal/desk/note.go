package desk

import (
	"net/http"
	"strconv"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// postNote is POST /agent/tickets/{number}/notes.
func (h *Handler) postNote(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	f, form, err := h.readWriting(r, by)
	var seq int64
	if err == nil {
		seq, err = h.tickets.AddNote(r.Context(), by, number, ticket.NewNote{
			Message: f.Message, MessageKind: f.Kind, Mentions: f.Mentions, Uploads: f.uploadIDs(), Key: f.Key, DraftVersion: f.Version,
		})
	}
	if err != nil {
		return h.writingRefused(w, r, number, showing{View: viewOf(form), Tab: tabNote}, f, err)
	}
	httpx.Flash(r.Context(), h.sessions, "desk.note.added")
	return httpx.SeeOther(w, r, link.Query(link.AgentTicket(number), "view", string(viewOf(form)))+"#m"+strconv.FormatInt(seq, 10))
}
