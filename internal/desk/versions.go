package desk

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// versionsPage is what an unsent text of the reader's says and said before.
type versionsPage struct {
	ui.AgentPage
	ticket.DraftHistory
}

func (h *Handler) versionRoutes(r chi.Router) {
	r.Get("/agent/tickets/{number}/versions", h.errors.Handle(h.showVersions))
	r.Post("/agent/versions/{id}/use", h.errors.Handle(h.postVersionUse))
}

// showVersions is GET /agent/tickets/{number}/versions; kind=note are those of
// the note.
func (h *Handler) showVersions(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	kind, title := ticket.ReplyDraft, i18n.T(ctx, "desk.version.of_reply")
	if httpx.ReadQuery(r).Get("kind") == string(ticket.NoteDraft) {
		kind, title = ticket.NoteDraft, i18n.T(ctx, "desk.version.of_note")
	}
	history, err := h.tickets.DraftHistory(ctx, by, number, kind)
	if err != nil {
		return err
	}
	p := versionsPage{h.page(r, title, "inbox"), history}
	if err := h.count(ctx, by, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, versions(p))
}

// postVersionUse is POST /agent/versions/{id}/use.
func (h *Handler) postVersionUse(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	number, kind, err := h.tickets.UseVersion(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.version.used")
	return httpx.SeeOther(w, r, writeHref(number, kind))
}

// writeHref is where a reply or a note to a ticket is written.
func writeHref(number int64, kind ticket.DraftKind) string {
	to := tabWrite
	if kind == ticket.NoteDraft {
		to = tabNote
	}
	return link.Query(link.AgentTicket(number), "tab", string(to)) + "#write"
}
