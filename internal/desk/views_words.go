package desk

import (
	"context"
	"slices"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/inbox"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// viewAction is where the form of a view is posted.
func viewAction(p viewPage) string {
	if p.ID == 0 {
		return link.Views
	}
	return link.View(p.ID)
}

func sortOptions(ctx context.Context, chosen ticket.Sort) []ui.Option {
	var list []ui.Option
	for _, s := range sortOffers(ctx) {
		list = append(list, ui.Option{Value: string(s.Sort), Label: s.Label, Selected: s.Sort == chosen})
	}
	return list
}

// scopeOptions are who may see the view; a department only when there is one to
// share with.
func scopeOptions(ctx context.Context, p viewPage) []ui.Option {
	var list []ui.Option
	for _, s := range inbox.Scopes {
		if s != inbox.Department || len(p.Departments) > 0 {
			list = append(list, ui.Option{Value: string(s), Label: i18n.T(ctx, "desk.view.scope_"+string(s)), Selected: s == p.Scope})
		}
	}
	return list
}

func departmentOptions(ctx context.Context, p viewPage) []ui.Option {
	list := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.view.department_none")}}
	for _, d := range p.Departments {
		list = append(list, ui.Option{Value: num(d.ID), Label: d.Name, Selected: p.DepartmentID != nil && *p.DepartmentID == d.ID})
	}
	return list
}

func hasText(list []string, one string) bool { return slices.Contains(list, one) }
