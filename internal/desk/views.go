package desk

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// ViewDeps is what the pages of saved views are built from.
type ViewDeps struct {
	Inbox    *inbox.Service
	Tickets  *ticket.Service
	Settings *setting.Service
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Now      func() time.Time
}

// Views serves the pages of saved views and the form of lists.
type Views struct{ ViewDeps }

// NewViews returns those pages.
func NewViews(d ViewDeps) *Views { return &Views{d} }

// Routes adds them to r.
func (h *Views) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.Errors.Staff)
		r.Post("/agent/inbox/choices", h.Errors.Handle(h.postChoices))
		r.Get("/agent/views", h.Errors.Handle(h.showViews))
		r.Post("/agent/views", h.Errors.Handle(h.postView))
		r.Get("/agent/views/new", h.Errors.Handle(h.showNewView))
		r.Get("/agent/views/{id}", h.Errors.Handle(h.showView))
		r.Post("/agent/views/{id}", h.Errors.Handle(h.postView))
		r.Post("/agent/views/{id}/move", h.Errors.Handle(h.postViewMove))
		r.Post("/agent/views/{id}/delete", h.Errors.Handle(h.postViewDelete))
		r.Post("/agent/views/{id}/restore", h.Errors.Handle(h.postViewRestore))
	})
}

// viewsPage lists the reader's views.
type viewsPage struct {
	ui.AgentPage
	Views       []inbox.View
	Departments []setting.Department
}

// viewPage is the form of one view.
type viewPage struct {
	ui.AgentPage
	inbox.View
	Departments []setting.Department // that the reader may share with
	Wrong       fault.Field
	Refuse      fault.Message
	Count       string // of tickets that it has now
}

// layout is what surrounds a page. Taking the kept message spends it.
func (h *Views) layout(r *http.Request, title string) (ui.AgentPage, error) {
	return framed(r, h.Tickets, h.Sessions, h.Now(), title, "inbox")
}

// showViews is GET /agent/views.
func (h *Views) showViews(w http.ResponseWriter, r *http.Request) error {
	views, err := h.Inbox.Views(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p := viewsPage{Views: views}
	if p.Departments, err = h.Settings.Departments(r.Context()); err != nil {
		return err
	}
	if p.AgentPage, err = h.layout(r, i18n.T(r.Context(), "desk.view.title")); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, viewList(p))
}

// showNewView is GET /agent/views/new: a view made of the list that the address
// names.
func (h *Views) showNewView(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	l := readList(q)
	f := l.In.Filter()
	v := inbox.View{Scope: inbox.Mine, Colour: "blue", Sort: l.order()}
	if l.In == "" {
		f = ticket.Filter{}
	}
	if id := l.In.Saved(); id > 0 {
		saved, err := h.Inbox.View(r.Context(), httpx.Actor(r), id)
		if err != nil {
			return err
		}
		f, _ = h.Tickets.ReadFilter(r.Context(), saved.Query)
		v.Columns = saved.Columns
	}
	typed, err := h.Tickets.ReadFilter(r.Context(), l.Query)
	v.Query = f.And(typed).String()
	if err != nil {
		v.Query = strings.TrimSpace(f.String() + " " + l.Query)
	}
	return h.form(w, r, http.StatusOK, viewPage{View: v})
}

// showView is GET /agent/views/{id}.
func (h *Views) showView(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	v, err := h.Inbox.View(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	return h.form(w, r, http.StatusOK, viewPage{View: v})
}

// form shows the form of a view, with what is wrong with it.
func (h *Views) form(w http.ResponseWriter, r *http.Request, status int, p viewPage) error {
	ctx, by := r.Context(), httpx.Actor(r)
	title := i18n.T(ctx, "desk.view.new_title")
	if p.ID > 0 {
		title = i18n.T(ctx, "desk.view.edit_title", "name", p.Name)
	}
	all, err := h.Settings.Departments(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if inbox.MayShareWith(by, d.ID) {
			p.Departments = append(p.Departments, d)
		}
	}
	if f, err := h.Tickets.ReadFilter(ctx, p.Query); err == nil {
		n, err := h.Tickets.CountFilter(ctx, by, f)
		if err != nil {
			return err
		}
		p.Count = n.String()
	}
	if p.AgentPage, err = h.layout(r, title); err != nil {
		return err
	}
	return httpx.Render(w, r, status, viewForm(p))
}

// postView is POST /agent/views and /agent/views/{id}.
func (h *Views) postView(w http.ResponseWriter, r *http.Request) error {
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	version, _ := form.Int("version")
	v := inbox.View{
		Name: form.Line("name"), Colour: form.Get("colour"), Query: form.Line("q"), Sort: ticket.Sort(form.Get("sort")),
		Columns: form["column"], Scope: inbox.Scope(form.Get("scope")), Version: version,
	}
	if id := form.ID("department"); id > 0 {
		v.DepartmentID = &id
	}
	if chi.URLParam(r, "id") != "" {
		if v.ID, err = httpx.PathID(r, "id"); err != nil {
			return err
		}
	}
	if form.Get("try") != "" { // counts what the filter finds, saves nothing
		return h.refused(w, r, v, nil)
	}
	id, err := h.Inbox.Save(r.Context(), httpx.Actor(r), v)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Forbidden) && v.ID > 0 {
		return h.refused(w, r, v, err)
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.Sessions, "desk.view.saved", "name", v.Name)
	return httpx.SeeOther(w, r, link.InboxView(string(ticket.SideView{ID: id}.View())))
}

// refused shows the form again as it was sent; after a conflict saving once more
// puts it in the place of what somebody else saved.
func (h *Views) refused(w http.ResponseWriter, r *http.Request, v inbox.View, err error) error {
	p := viewPage{View: v}
	status := http.StatusOK
	if err != nil {
		f := fault.Of(err)
		p.Wrong, status = f.Fields, httpx.Status(err)
		if len(p.Wrong) == 0 {
			p.Refuse = fault.Message{Key: f.Key, Args: f.Args}
		}
	}
	if v.ID > 0 {
		now, err := h.Inbox.View(r.Context(), httpx.Actor(r), v.ID)
		if err != nil {
			return err
		}
		p.Version, p.OwnerID, p.OwnerName = now.Version, now.OwnerID, now.OwnerName
	}
	if f, err := h.Tickets.ReadFilter(r.Context(), v.Query); err != nil && len(p.Wrong) == 0 {
		p.Wrong = fault.Of(err).Fields
	} else if err == nil {
		p.Query = f.String()
	}
	return h.form(w, r, status, p)
}

// postViewMove is POST /agent/views/{id}/move.
func (h *Views) postViewMove(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(ctx context.Context, by auth.Actor, id int64, form httpx.Form) error {
		return h.Inbox.Move(ctx, by, id, inbox.Step(form.Get("step")))
	})
}

// postViewDelete is POST /agent/views/{id}/delete.
func (h *Views) postViewDelete(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(ctx context.Context, by auth.Actor, id int64, _ httpx.Form) error {
		name, err := h.Inbox.Delete(ctx, by, id)
		if err == nil {
			httpx.Flash(ctx, h.Sessions, "desk.view.deleted", "name", name, "undo", link.ViewRestore(id))
		}
		return err
	})
}

// postViewRestore is POST /agent/views/{id}/restore.
func (h *Views) postViewRestore(w http.ResponseWriter, r *http.Request) error {
	return h.act(w, r, func(ctx context.Context, by auth.Actor, id int64, _ httpx.Form) error {
		err := h.Inbox.Restore(ctx, by, id)
		if err == nil {
			httpx.Flash(ctx, h.Sessions, "desk.view.restored")
		}
		return err
	})
}

// act does something to a view and goes back to the list of them.
func (h *Views) act(w http.ResponseWriter, r *http.Request, do func(ctx context.Context, by auth.Actor, id int64, form httpx.Form) error) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), httpx.Actor(r), id, form); err != nil {
		return err
	}
	return httpx.SeeOther(w, r, link.Views)
}

// postChoices is POST /agent/inbox/choices.
func (h *Views) postChoices(w http.ResponseWriter, r *http.Request) error {
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	c := ticket.ListChoices{Form: form.Get("form"), Density: form.Get("density"), Columns: form["column"]}
	if err := h.Inbox.SaveChoices(r.Context(), httpx.Actor(r), c); err != nil {
		return err
	}
	to := form.Get("back")
	if !strings.HasPrefix(to, link.Inbox+"?") {
		to = link.Inbox
	}
	return httpx.SeeOther(w, r, to)
}
