package desk

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

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
	Problem fault.Message
	Keep    templ.Attributes // what scripts keep while it is written
}

// showMacros is GET /agent/macros: all that the reader may run (A11).
func (h *Handler) showMacros(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	list, err := h.macros.List(ctx, by)
	if err != nil {
		return err
	}
	f := actForm{Me: by}
	acts := make([]ticket.Act, len(list))
	for i, m := range list {
		acts[i] = m.Act
	}
	if err := h.fillActWords(ctx, &f, acts...); err != nil {
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
	if !m.MayEdit(httpx.Actor(r)) {
		return fault.New(fault.Forbidden, "macro.shared_by_permission")
	}
	return h.renderMacro(w, r, http.StatusOK, macroPage{Macro: m, actForm: actForm{Act: m.Act}})
}

func (h *Handler) renderMacro(w http.ResponseWriter, r *http.Request, status int, p macroPage) error {
	ctx := r.Context()
	p.Me = httpx.Actor(r)
	if err := h.fillActForm(ctx, &p.actForm); err != nil {
		return err
	}
	title := i18n.T(ctx, "macro.new")
	if p.Macro.ID != 0 {
		title = p.Macro.Name
	}
	p.AgentPage = h.page(r, title, "macros")
	p.Keep = keep(p.Me, "macro:"+num(p.Macro.ID), status)
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
	written := actForm{Me: by, Act: m.Act}
	wrong, err := h.readOwner(ctx, form, &written)
	if err != nil {
		return err
	}
	m.Act = written.Act
	if err = wrong.Err(); err == nil {
		_, err = h.macros.Save(ctx, by, m)
	}
	if fault.Is(err, fault.Conflict) { // saving again replaces what the colleague wrote
		now, err := h.macros.Macro(ctx, by, m.ID)
		if err != nil {
			return err
		}
		m.Version = now.Version
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p := macroPage{Macro: m, actForm: written}
		p.Errors = fault.Of(err).Fields
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
	for _, d := range p.Departments {
		if !(macro.Macro{Scope: macro.Department, Department: d.ID}).MayShare(p.Me) {
			continue
		}
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

// withAct is f for another act.
func withAct(f actForm, m macro.Macro) actForm {
	f.Act = m.Act
	return f
}
