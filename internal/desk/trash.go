package desk

import (
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// trashPage is one page of the trash.
type trashPage struct {
	ui.AgentPage
	ticket.TrashPage
	Days int // until a ticket is deleted for ever
}

// showTrash is GET /agent/trash.
func (h *Handler) showTrash(w http.ResponseWriter, r *http.Request) error {
	list, err := h.tickets.TrashList(r.Context(), httpx.Actor(r), httpx.ReadQuery(r).ID("after"))
	if err != nil {
		return err
	}
	rules, _ := setting.Get(r.Context(), h.settings, setting.Trash)
	p := trashPage{AgentPage: h.page(r, i18n.T(r.Context(), "desk.trash.title"), "trash"), TrashPage: list, Days: rules.Days}
	beside(&p.AgentPage, list.Beside)
	return httpx.Render(w, r, http.StatusOK, trashList(p))
}

func (p trashPage) older() string {
	if p.Next == "" {
		return ""
	}
	return link.Query(link.TrashView, "after", p.Next)
}

// trashAge is how long a ticket lies in the trash before it is deleted.
func (h *Handler) trashAge(r *http.Request) time.Duration {
	rules, _ := setting.Get(r.Context(), h.settings, setting.Trash)
	return rules.Age()
}

// tagHref is the inbox with all tickets of a tag.
func tagHref(tag string) string {
	return link.Query(link.Inbox, "q", ticket.TagTerm(tag))
}
