package admin

import (
	"context"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// showDepartments is GET /admin/departments: the departments in their order (A6).
func (h *Handler) showDepartments(w http.ResponseWriter, r *http.Request) error {
	list, err := h.settings.AllDepartments(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p, err := h.layout(r, "departments", i18n.T(r.Context(), "admin.departments.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, departmentsPage(p, list))
}

func (h *Handler) departments() ordered[setting.DepartmentEdit] {
	return ordered[setting.DepartmentEdit]{
		all: h.settings.AllDepartments, id: func(one setting.DepartmentEdit) int64 { return one.ID }, unknown: "setting.department_not_found",
		move: h.settings.MoveDepartment, place: func(id int64) string { return link.Departments + "#department-" + num(id) },
	}
}

// departmentForm is a department as typed and what is wrong with it.
type departmentForm struct {
	setting.DepartmentEdit
	Agents []setting.Agent
	refusal
}

// showNewDepartment is GET /admin/departments/new.
func (h *Handler) showNewDepartment(w http.ResponseWriter, r *http.Request) error {
	return h.renderDepartment(w, r, http.StatusOK, departmentForm{DepartmentEdit: setting.DepartmentEdit{Kind: setting.Supports, Mode: setting.ModeNone}})
}

// showDepartment is GET /admin/departments/{id}.
func (h *Handler) showDepartment(w http.ResponseWriter, r *http.Request) error {
	d, err := h.departments().named(r)
	if err != nil {
		return err
	}
	return h.renderDepartment(w, r, http.StatusOK, departmentForm{DepartmentEdit: d})
}

// postDepartment is POST /admin/departments, a new one, and POST
// /admin/departments/{id}.
func (h *Handler) postDepartment(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	var old setting.DepartmentEdit
	if strings.TrimSuffix(r.URL.Path, "/") != link.Departments {
		if old, err = h.departments().named(r); err != nil {
			return err
		}
	}
	f := departmentForm{DepartmentEdit: setting.DepartmentEdit{
		ID: old.ID, Key: old.Key, Name: typedWords(in, "name"), Kind: setting.DepartmentKind(in.Get("kind")), Mode: setting.Mode(in.Get("mode")),
		Closed: in.On("closed"), Retired: in.On("retired"), Members: in.IDs("members"),
	}}
	f.Version, _ = in.Int("version")
	_, err = h.settings.SaveDepartment(r.Context(), httpx.Actor(r), f.DepartmentEdit)
	switch {
	case err == nil:
		return h.done(w, r, link.Departments, "admin.departments.saved")
	case !f.took(err):
		return err
	case fault.Is(err, fault.Conflict) && f.ID != 0:
		now, gone := h.departments().named(r)
		if gone != nil {
			return gone
		}
		f.Version = now.Version // what was typed stays; saving again is then a decision
	}
	return h.renderDepartment(w, r, httpx.Status(err), f)
}

func (h *Handler) renderDepartment(w http.ResponseWriter, r *http.Request, status int, f departmentForm) error {
	var err error
	if f.Agents, err = h.settings.Agents(r.Context(), httpx.Actor(r)); err != nil {
		return err
	}
	title := i18n.T(r.Context(), "admin.departments.new")
	if f.ID != 0 {
		title = f.Name.In(i18n.ReaderOf(r.Context()).Lang)
	}
	p, err := h.layout(r, "departments", title)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, departmentPage(p, f))
}

func (f departmentForm) action() string {
	if f.ID == 0 {
		return link.Departments
	}
	return link.Department(f.ID)
}

func (f departmentForm) name(ctx context.Context) wordsForm {
	return wordsForm{Name: "name", Label: i18n.T(ctx, "admin.departments.name"), Words: f.Name, Errors: f.Errors, Required: true}
}

func (f departmentForm) kind(ctx context.Context) ui.Field {
	return ui.Field{Name: "kind", Label: i18n.T(ctx, "admin.departments.kind"), Value: string(f.Kind), Error: f.Errors["kind"], Hint: i18n.T(ctx, "admin.departments.kind_hint")}
}

func (f departmentForm) mode(ctx context.Context) ui.Field {
	return ui.Field{Name: "mode", Label: i18n.T(ctx, "admin.departments.mode"), Value: string(f.Mode), Error: f.Errors["mode"], Hint: i18n.T(ctx, "admin.departments.mode_hint")}
}

func (f departmentForm) members(ctx context.Context) ui.Field {
	return ui.Field{Name: "members", Label: i18n.T(ctx, "admin.departments.members"), Error: f.Errors["members"]}
}

// all are the form's inputs, for the summary of what is wrong.
func (f departmentForm) all(ctx context.Context) []ui.Field {
	return append(f.name(ctx).all(ctx), f.kind(ctx), f.mode(ctx), f.members(ctx))
}

func kindOptions(ctx context.Context) []ui.Option {
	options := make([]ui.Option, len(setting.DepartmentKinds))
	for i, k := range setting.DepartmentKinds {
		options[i] = ui.Option{Value: string(k), Label: i18n.T(ctx, "admin.departments.kinds."+string(k))}
	}
	return options
}

func modeOptions(ctx context.Context) []ui.Option {
	options := make([]ui.Option, len(setting.Modes))
	for i, m := range setting.Modes {
		options[i] = ui.Option{Value: string(m), Label: i18n.T(ctx, "admin.departments.modes."+string(m))}
	}
	return options
}

// departmentFacts is the small print of a department in the list.
func departmentFacts(ctx context.Context, d setting.DepartmentEdit) string {
	return i18n.T(ctx, "admin.departments.members_count", "count", len(d.Members)) + " · " + i18n.T(ctx, "admin.departments.modes."+string(d.Mode))
}

// departmentOptions are what a help topic can bring its tickets to.
func departmentOptions(ctx context.Context, all []setting.DepartmentEdit, now int64) []ui.Option {
	options := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.assign.no_department")}}
	for _, d := range all {
		if !d.Retired || d.ID == now {
			options = append(options, ui.Option{Value: num(d.ID), Label: d.Name.In(i18n.ReaderOf(ctx).Lang)})
		}
	}
	return options
}
