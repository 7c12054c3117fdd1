package desk

import (
	"crypto/rand"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// ticketMacros are the macros that can be run on a ticket, and what the chosen
// one does.
type ticketMacros struct {
	ui.AgentPage
	actForm
	Number  int64
	View    ticket.InboxView
	List    []macro.Macro
	Chosen  macro.Macro
	Key     string
	Seen    int64 // where the ticket's timeline ends
	Problem fault.Message
}

// showTicketMacros is GET /agent/tickets/{number}/macros: one is chosen, and
// shows what it will do before it does.
func (h *Handler) showTicketMacros(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	return h.renderTicketMacros(w, r, http.StatusOK, ticketMacros{Number: number, View: viewOf(q), Chosen: macro.Macro{ID: q.ID("macro")}, Key: rand.Text()})
}

// renderTicketMacros shows the macros; of the chosen one only the id is asked.
func (h *Handler) renderTicketMacros(w http.ResponseWriter, r *http.Request, status int, p ticketMacros) error {
	ctx := r.Context()
	p.Me = httpx.Actor(r)
	var err error
	if p.List, err = h.macros.List(ctx, p.Me); err != nil {
		return err
	}
	if id := p.Chosen.ID; id != 0 {
		i := slices.IndexFunc(p.List, func(m macro.Macro) bool { return m.ID == id })
		if i < 0 {
			return fault.New(fault.NotFound, "macro.not_found")
		}
		p.Chosen = p.List[i]
	}
	shown, err := h.tickets.Show(ctx, p.Me, p.Number, p.Chosen.Act)
	if err != nil {
		return err
	}
	p.Act, p.Seen = shown.Act, shown.Seen
	if err := h.fillActWords(ctx, &p.actForm, p.Act); err != nil {
		return err
	}
	p.AgentPage = h.page(r, i18n.T(ctx, "macro.run"), "inbox")
	if err := h.count(ctx, p.Me, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, ticketMacrosPage(p))
}

// postTicketMacro is POST /agent/tickets/{number}/macros: a macro is run as it was
// shown. What it refuses is said above what it would do now.
func (h *Handler) postTicketMacro(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	in := macro.Run{Macro: form.ID("macro"), Key: form.Line("key"), Seen: form.ID("seen")}
	in.Version, _ = form.Int("version")
	did, failed := h.macros.Run(r.Context(), httpx.Actor(r), number, in)
	if fault.Is(failed, fault.Invalid) || fault.Is(failed, fault.Conflict) {
		var f actForm
		if f.Fields, err = h.settings.AgentFields(r.Context()); err != nil {
			return err
		}
		why := f.problem(r.Context(), failed)
		if why.Key == "ticket.answer_crossed" {
			why.Key = "macro.crossed"
		}
		return h.renderTicketMacros(w, r, httpx.Status(failed), ticketMacros{Number: number, View: viewOf(form), Chosen: macro.Macro{ID: in.Macro}, Key: in.Key, Problem: why})
	}
	if failed != nil {
		return failed
	}
	if did.Held.ID != 0 {
		httpx.Flash(r.Context(), h.sessions, heldFlash)
		return httpx.SeeOther(w, r, link.Query(link.AgentTicket(number), "view", string(viewOf(form)))+"#held")
	}
	httpx.Flash(r.Context(), h.sessions, "macro.done")
	return httpx.SeeOther(w, r, back(number, form))
}
