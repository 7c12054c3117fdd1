package admin

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/privacy"
	"github.com/deskbell/deskbell/web/ui"
)

// personalRoutes adds the pages about people's own data.
func (h *Handler) personalRoutes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.errors.AnyOf(auth.ManageUsers))
		r.Get(link.Privacy, h.errors.Handle(h.showErasures))
		r.Get("/admin/privacy/{id}", h.errors.Handle(h.showErasure))
		r.Post("/admin/privacy/{id}", h.errors.Handle(h.postErasure))
	})
	r.Group(func(r chi.Router) {
		r.Use(h.errors.AnyOf(auth.ManageSettings))
		r.Get(link.ProfileFields, h.errors.Handle(h.showProfileFields))
		r.Post(link.ProfileFields, h.errors.Handle(h.postProfileFields))
	})
}

// erasuresView are the open requests to delete an account.
type erasuresView struct {
	privacy.ErasurePage
	after string
	now   time.Time
}

func (v erasuresView) pager() ui.PagerView { return ui.Forward(link.Privacy, v.after != "", v.Next) }

// showErasures is GET /admin/privacy (S3).
func (h *Handler) showErasures(w http.ResponseWriter, r *http.Request) error {
	after := httpx.ReadQuery(r).Get("after")
	list, err := h.privacy.Erasures(r.Context(), httpx.Actor(r), after)
	if err != nil {
		return err
	}
	p, err := h.layout(r, "privacy", i18n.T(r.Context(), "admin.privacy.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, erasuresPage(p, erasuresView{list, after, h.now()}))
}

// showErasure is GET /admin/privacy/{id}: what will be removed and what stays.
func (h *Handler) showErasure(w http.ResponseWriter, r *http.Request) error {
	return h.renderErasure(w, r, http.StatusOK, fault.Message{}, fault.Message{})
}

// postErasure is POST /admin/privacy/{id}: the account is deleted, for good.
func (h *Handler) postErasure(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if !in.On("sure") {
		return h.renderErasure(w, r, http.StatusUnprocessableEntity, fault.Message{Key: "admin.privacy.sure_missing"}, fault.Message{})
	}
	err = h.privacy.Erase(r.Context(), httpx.Actor(r), id)
	if f := fault.Of(err); err != nil && f.Kind == fault.Conflict {
		return h.renderErasure(w, r, http.StatusConflict, fault.Message{}, fault.Message{Key: f.Key, Args: f.Args})
	}
	if err != nil {
		return err
	}
	return h.done(w, r, link.Privacy, "admin.privacy.done")
}

// renderErasure shows a request; wrong is about the tick, problem about the
// whole.
func (h *Handler) renderErasure(w http.ResponseWriter, r *http.Request, status int, wrong, problem fault.Message) error {
	ctx := r.Context()
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	row, err := h.privacy.Erasure(ctx, httpx.Actor(r), id)
	if err != nil {
		return err
	}
	p, err := h.layout(r, "privacy", i18n.T(ctx, "admin.privacy.confirm_title", "name", row.Name))
	if err != nil {
		return err
	}
	sure := ui.Field{Name: "sure", Label: i18n.T(ctx, "admin.privacy.sure"), Error: wrong}
	return httpx.Render(w, r, status, erasurePage(p, row, sure, problem))
}
