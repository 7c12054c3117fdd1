package portal

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// fact is one property of a ticket: a field's label with its values.
type fact struct {
	label  string
	values []string
	class  string // of the values
}

// facts are the fields of the ticket's form, as customers may see it, that have
// a value, in the form's order and words. The priority stands by itself.
func facts(ctx context.Context, form setting.TopicForm, th ticket.Thread) []fact {
	shown := setting.Show(form.Fields, allFields(th), i18n.T(ctx, "portal.details.yes"))
	facts := make([]fact, 0, len(shown))
	for _, s := range shown {
		at := slices.IndexFunc(form.Fields, func(f setting.FormField) bool { return f.Key == s.Key })
		facts = append(facts, factOf(ctx, form.Fields[at].Kind, s))
	}
	return facts
}

func factOf(ctx context.Context, kind setting.Kind, s setting.Shown) fact {
	f := fact{label: s.Label, values: []string{s.Value}}
	switch kind {
	case setting.KindSerials:
		f.values, f.class = strings.Split(s.Value, "; "), "mono"
	case setting.KindDate:
		f.class = "num"
		if day, err := time.ParseInLocation(time.DateOnly, s.Value, i18n.ReaderOf(ctx).Zone); err == nil {
			f.values = []string{i18n.Date(ctx, day)}
		}
	case setting.KindNumber:
		f.class = "num"
	case setting.KindText, setting.KindLongText, setting.KindSelect, setting.KindMultiSelect, setting.KindCheckbox, setting.KindPriority:
	}
	return f
}

// typedValues are a ticket's fields as a form would send them.
func typedValues(th ticket.Thread) map[string]string {
	return setting.TypedAll(allFields(th))
}

// allFields are a ticket's fields with its priority among them.
func allFields(th ticket.Thread) map[string]any {
	values := map[string]any{setting.PriorityField: int64(th.Priority)}
	maps.Copy(values, th.Fields)
	return values
}

// serviceStages are the stages of the equipment's way, without who recorded
// them.
func (v threadView) serviceStages() []ui.ServiceView {
	views := make([]ui.ServiceView, len(v.Service))
	for i, s := range v.Service {
		views[i] = ui.ServiceView{Stage: string(s.Stage), On: s.On}
		for _, f := range s.Stage.Fields() {
			if value := s.Details[f.Key]; value != "" {
				views[i].Facts = append(views[i].Facts, ui.ServiceFact{Key: f.Key, Value: value, Closed: f.Options != nil, Day: f.Date})
			}
		}
	}
	return views
}
