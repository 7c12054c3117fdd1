package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/presence"
)

// postPresence is POST /agent/tickets/{number}/presence: a page says that it is
// open, and gets who else is there. With leave=1 it says that it was closed.
func (h *Handler) postPresence(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	if form.On("leave") {
		err := h.presence.Leave(r.Context(), by, number, form.Line("page"))
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
	all, err := h.presence.Beat(r.Context(), by, number, form.Line("page"), presence.Doing(form.Get("doing")))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, hereOnTicket(all))
}

// showPresence is GET /agent/presence?ticket=…: who is on the tickets of a list.
func (h *Handler) showPresence(w http.ResponseWriter, r *http.Request) error {
	all, err := h.presence.On(r.Context(), httpx.Actor(r), httpx.ReadQuery(r).IDs("ticket"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, hereOnList(byTicket(all)))
}

// byTicket keeps one entry a ticket: whoever writes stands before who looks.
func byTicket(all []presence.Here) []presence.Here {
	at := map[int64]int{}
	var one []presence.Here
	for _, p := range all {
		i, there := at[p.Number]
		switch {
		case !there:
			at[p.Number] = len(one)
			one = append(one, p)
		case one[i].Doing == presence.Viewing && p.Doing != presence.Viewing:
			one[i] = p
		}
	}
	return one
}

// hereText says what somebody does on a ticket.
func hereText(ctx context.Context, p presence.Here) string {
	switch p.Doing {
	case presence.Replying:
		return i18n.T(ctx, "desk.here.replying", "name", p.Name)
	case presence.Noting:
		return i18n.T(ctx, "desk.here.noting", "name", p.Name)
	case presence.Viewing:
		return i18n.T(ctx, "desk.here.viewing", "name", p.Name)
	default:
		return p.Name
	}
}

// hereShort is hereText for a row of a list, where the avatar stands beside it.
func hereShort(ctx context.Context, p presence.Here) string {
	first, _, _ := strings.Cut(p.Name, " ")
	if p.Doing == presence.Viewing {
		return first
	}
	return i18n.T(ctx, "desk.here.writes", "name", first)
}
