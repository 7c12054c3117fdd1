package desk

import (
	"context"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/canned"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// whose says who may use a reply: its owner, a department by its name, everybody.
func whose(ctx context.Context, all []setting.Department, c canned.Reply) string {
	if c.Scope == canned.Department {
		if name := departmentName(all, c.DepartmentID); name != "" {
			return name
		}
	}
	return i18n.T(ctx, "canned.scope."+string(c.Scope))
}

// readScope reads a value of the select of scopes: a scope, of a department with
// its id behind it.
func readScope(value string) (canned.Scope, int64) {
	scope, id, _ := strings.Cut(value, ":")
	department, _ := strconv.ParseInt(id, 10, 64) // 0 is refused as a department
	return canned.Scope(scope), department
}

func scopeValue(s canned.Scope, department int64) string {
	if s == canned.Department {
		return string(s) + ":" + num(department)
	}
	return string(s)
}

func (f cannedForm) scopeField(ctx context.Context) (ui.Field, []ui.Option) {
	var options []ui.Option
	add := func(s canned.Scope, department int64, label string) {
		options = append(options, ui.Option{Value: scopeValue(s, department), Label: label, Selected: s == f.Scope && department == f.Department})
	}
	add(canned.Me, 0, i18n.T(ctx, "canned.scope.me"))
	for _, d := range f.Departments {
		if now := f.Reply.DepartmentID; canned.MayShare(f.Me, d.ID) && (!d.Retired || now != nil && *now == d.ID) {
			add(canned.Department, d.ID, i18n.T(ctx, "canned.of_department", "name", d.Name))
		}
	}
	if f.Me.May(auth.ShareCanned) {
		add(canned.All, 0, i18n.T(ctx, "canned.scope.all"))
	}
	return ui.Field{Name: "scope", Label: i18n.T(ctx, "canned.who"), Error: f.Text.Errors["scope"]}, options
}

// tabs narrow the list by who may use its replies; that of departments is there
// for those who have one.
func (l cannedList) tabs(ctx context.Context) []ui.Tab {
	tab := func(whose, label string) ui.Tab {
		return ui.Tab{Href: link.Query(link.Canned, "whose", whose, "q", l.Query), Label: label, Current: l.Whose == whose}
	}
	tabs := []ui.Tab{tab("", i18n.T(ctx, "canned.all")), tab("mine", i18n.T(ctx, "canned.mine"))}
	if len(l.Me.Departments) > 0 || l.Me.May(auth.AllDepartments) {
		tabs = append(tabs, tab("department", i18n.T(ctx, "canned.departments")))
	}
	return append(tabs, tab("shared", i18n.T(ctx, "canned.shared")))
}

// shows reports whether a reply is behind the tab that was chosen.
func (l cannedList) shows(c canned.Reply) bool {
	switch l.Whose {
	case "mine":
		return c.Scope == canned.Me
	case "department":
		return c.Scope == canned.Department
	case "shared":
		return c.Scope == canned.All
	default:
		return true
	}
}
