package desk

import (
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// scheduledPage is what an agent has not sent yet.
type scheduledPage struct {
	ui.AgentPage
	ticket.UnsentList
}

// draftPage is a colleague's draft.
type draftPage struct {
	ui.AgentPage
	Number int64
	Draft  ticket.OthersDraft
}

// showScheduled is GET /agent/scheduled.
func (h *Handler) showScheduled(w http.ResponseWriter, r *http.Request) error {
	list, err := h.tickets.ListUnsent(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p := scheduledPage{h.page(r, i18n.T(r.Context(), "desk.send.list"), "scheduled"), list}
	beside(&p.AgentPage, list.Beside)
	return httpx.Render(w, r, http.StatusOK, scheduled(p))
}

// excerptSize is how much of a text a line of the list shows, in characters.
const excerptSize = 180

// excerpt is the beginning of a text, as words.
func excerpt(source string, kind richtext.Kind) string {
	words := []rune(strings.Join(strings.Fields(richtext.Text(source, kind)), " "))
	if len(words) <= excerptSize {
		return string(words)
	}
	return string(words[:excerptSize]) + "…"
}

// draftHref is where a draft is written on.
func draftHref(d ticket.WaitingText) string {
	t := tabWrite
	if d.Kind == ticket.NoteDraft {
		t = tabNote
	}
	return link.Query(link.AgentTicket(d.Number), "tab", string(t)) + "#write"
}
