package desk

import (
	"encoding/json"
	"net/http"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// postTags is POST /agent/tickets/{number}/tags: tags put on and taken off.
func (h *Handler) postTags(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "desk.tags.set", func(number int64, form httpx.Form) error {
		_, err := h.tickets.Apply(r.Context(), httpx.Actor(r), number, ticket.Changes{
			AddTags: ticket.ReadTags(form.Text("tags")), RemoveTags: form["remove"],
		})
		return err
	})
}

// showTagNames is GET /agent/tags: tags that begin with q, for the script that
// offers them.
func (h *Handler) showTagNames(w http.ResponseWriter, r *http.Request) error {
	tags, err := h.tickets.SuggestTags(r.Context(), httpx.Actor(r), httpx.ReadQuery(r).Line("q"))
	if err != nil {
		return err
	}
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.Name
	}
	b, err := json.Marshal(names)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the client is gone; nothing to do about it
	return nil
}

// postBin serves what moves a ticket into and out of the trash.
func (h *Handler) postBin(to ticket.Bin, done string) func(w http.ResponseWriter, r *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		number, err := httpx.PathID(r, "number")
		if err != nil {
			return err
		}
		form, err := httpx.ReadForm(r)
		if err != nil {
			return err
		}
		_, err = h.tickets.Apply(r.Context(), httpx.Actor(r), number, ticket.Changes{Bin: to})
		if fault.Is(err, fault.Conflict) {
			return h.refuse(w, r, number, form, err, showing{Problem: message(err)})
		}
		if err != nil {
			return err
		}
		said := []any{"number", number}
		if to == ticket.Restore {
			httpx.Flash(r.Context(), h.sessions, done, said...)
			return httpx.SeeOther(w, r, back(number, form))
		}
		said = append(said, "undo", link.AgentRestore(number))
		httpx.Flash(r.Context(), h.sessions, done, said...)
		return httpx.SeeOther(w, r, backToList(form))
	}
}

// postPurge is POST /agent/tickets/{number}/purge: a ticket of the trash is
// deleted for ever.
func (h *Handler) postPurge(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	if err := h.tickets.Purge(r.Context(), httpx.Actor(r), number); err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.trash.purged", "number", number)
	return httpx.SeeOther(w, r, link.TrashView)
}
