package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/macro"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// macroPage is a macro while it is written.
type macroPage struct {
	ui.AgentPage
	actForm
	Macro   macro.Macro
	Places  []macro.Place
	Problem fault.Message
}

// showMacros is GET /agent/macros: all that the reader may run (A11).
func (h *Handler) showMacros(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	list, err := h.macros.List(ctx, by)
	if err != nil {
		return err
	}
	f := actForm{Me: by}
	if err := h.fillActForm(ctx, &f); err != nil {
		return err
	}
	p := h.page(r, i18n.T(ctx, "macro.title"), "macros")
	if err := h.count(ctx, by, &p, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, macroList(p, f, list))
}

// showNewMacro is GET /agent/macros/new.
func (h *Handler) showNewMacro(w http.ResponseWriter, r *http.Request) error {
	return h.renderMacro(w, r, http.StatusOK, macroPage{Macro: macro.Macro{Scope: macro.Mine}})
}

// showMacro is GET /agent/macros/{id}.
func (h *Handler) showMacro(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	m, err := h.macros.Macro(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	return h.renderMacro(w, r, http.StatusOK, macroPage{Macro: m, actForm: actForm{Act: m.Act}})
}

func (h *Handler) renderMacro(w http.ResponseWriter, r *http.Request, status int, p macroPage) error {
	ctx := r.Context()
	p.Me = httpx.Actor(r)
	if err := h.fillActForm(ctx, &p.actForm); err != nil {
		return err
	}
	var err error
	if p.Places, err = h.macros.Places(ctx, p.Me); err != nil {
		return err
	}
	title := i18n.T(ctx, "macro.new")
	if p.Macro.ID != 0 {
		title = p.Macro.Name
	}
	p.AgentPage = h.page(r, title, "macros")
	if err := h.count(ctx, p.Me, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, macroEdit(p))
}

// postMacro is POST /agent/macros and /agent/macros/{id}.
func (h *Handler) postMacro(w http.ResponseWriter, r *http.Request) error {
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	m := macro.Macro{Name: form.Line("name"), Folder: form.Line("folder"), Act: readAct(ctx, form)}
	if strings.HasPrefix(r.URL.Path, link.Macros+"/") {
		if m.ID, err = httpx.PathID(r, "id"); err != nil {
			return err
		}
	}
	m.Version, _ = form.Int("version")
	scope, department, _ := strings.Cut(form.Get("scope"), ":")
	m.Scope = macro.Scope(scope)
	m.Department, _ = strconv.ParseInt(department, 10, 64)
	_, err = h.macros.Save(ctx, by, m)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p := macroPage{Macro: m, actForm: actForm{Act: m.Act, Errors: fault.Of(err).Fields}}
		if len(p.Errors) == 0 {
			p.Problem = message(err)
		}
		return h.renderMacro(w, r, httpx.Status(err), p)
	}
	if err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "macro.saved")
	return httpx.SeeOther(w, r, link.Macros)
}

// postMacroDelete is POST /agent/macros/{id}/delete.
func (h *Handler) postMacroDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.macros.Delete(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "macro.deleted")
	return httpx.SeeOther(w, r, link.Macros)
}

// scope is the value of the scope's select.
func (p macroPage) scope() string {
	if p.Macro.Scope == macro.Department {
		return "department:" + num(p.Macro.Department)
	}
	return string(p.Macro.Scope)
}

func (p macroPage) scopes(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: string(macro.Mine), Label: i18n.T(ctx, "macro.mine")}}
	if !p.Me.May(auth.ShareCanned) {
		return all
	}
	for _, d := range p.Places {
		all = append(all, ui.Option{Value: "department:" + num(d.ID), Label: i18n.T(ctx, "macro.department", "name", d.Name)})
	}
	return append(all, ui.Option{Value: string(macro.Everybody), Label: i18n.T(ctx, "macro.everybody")})
}

func (p macroPage) action() string {
	if p.Macro.ID == 0 {
		return link.Macros
	}
	return link.Macro(p.Macro.ID)
}

// macroScope says who may run a macro.
func macroScope(ctx context.Context, m macro.Macro) string {
	switch m.Scope {
	case macro.Department:
		return i18n.T(ctx, "macro.department", "name", m.DepartmentIn)
	case macro.Everybody:
		return i18n.T(ctx, "macro.everybody")
	case macro.Mine:
		return i18n.T(ctx, "macro.mine")
	}
	return ""
}

// ticketMacros are the macros that can be run on a ticket, and what the chosen
// one does.
type ticketMacros struct {
	ui.AgentPage
	actForm
	Number int64
	View   ticket.InboxView
	List   []macro.Macro
	Chosen macro.Macro
	Key    string
}

// showTicketMacros is GET /agent/tickets/{number}/macros: one is chosen, and
// shows what it will do before it does.
func (h *Handler) showTicketMacros(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, q := r.Context(), httpx.ReadQuery(r)
	p := ticketMacros{Number: number, View: viewOf(q), Key: rand.Text()}
	p.Me = httpx.Actor(r)
	if _, err := h.tickets.Preview(ctx, p.Me, number); err != nil {
		return err
	}
	if p.List, err = h.macros.List(ctx, p.Me); err != nil {
		return err
	}
	if id := q.ID("macro"); id != 0 {
		if p.Chosen, err = h.macros.Macro(ctx, p.Me, id); err != nil {
			return err
		}
		if p.Act = p.Chosen.Act; p.Act.Reply != "" {
			if p.Act.Reply, err = h.tickets.Filled(ctx, p.Me, number, p.Act.Reply); err != nil {
				return err
			}
		}
		if err := h.fillActForm(ctx, &p.actForm); err != nil {
			return err
		}
	}
	p.AgentPage = h.page(r, i18n.T(ctx, "macro.run"), "inbox")
	return httpx.Render(w, r, http.StatusOK, ticketMacrosPage(p))
}

// postTicketMacro is POST /agent/tickets/{number}/macros: a macro is run.
func (h *Handler) postTicketMacro(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	return h.change(w, r, "macro.done", func(number int64, form httpx.Form) error {
		m, err := h.macros.Macro(ctx, by, form.ID("macro"))
		if err != nil {
			return err
		}
		if _, err := h.tickets.Perform(ctx, by, number, m.Act, form.Line("key")); err != nil {
			return err
		}
		return h.macros.CountUse(ctx, m.ID)
	})
}

// withAct is f for another act.
func withAct(f actForm, m macro.Macro) actForm {
	f.Act = m.Act
	return f
}
