package ticket_test

import (
	"context"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
)

// withFields gives the world the settings' fields: Ann's page may edit the brand
// and the priority, and see the impact; the order year is hidden from her.
func withFields(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	_, err := w.db.Exec(t.Context(), `INSERT INTO field_rules (topic_id, field_key, audience, rule) VALUES
		($1, 'brand', 'page', 'required'), ($1, 'priority', 'page', 'edit'), ($1, 'impact', 'page', 'view')`, w.topic)
	if err != nil {
		t.Fatal(err)
	}
	settings := setting.New(w.db, setting.Hooks{}, w.now)
	w.svc = ticket.NewService(w.db, nil, ticket.Hooks{
		ChangeFields: func(ctx context.Context, by auth.Actor, topic int64, current map[string]any, values map[string]string) ([]ticket.FieldChange, error) {
			changes, err := settings.ChangeFields(ctx, by, topic, current, values)
			var out []ticket.FieldChange
			for _, c := range changes {
				out = append(out, ticket.FieldChange{Key: c.Key, Value: c.Value, Label: c.Label, Old: c.Old, New: c.New, Shown: c.Shown})
			}
			return out, err
		},
		CheckSet: settings.CheckSet,
		FilterFields: func(ctx context.Context) ([]ticket.FilterField, error) {
			fields, err := settings.AgentFields(ctx)
			var out []ticket.FilterField
			for _, f := range fields {
				one := ticket.FilterField{Key: f.Key, Kind: ticket.FieldKind(f.Kind), Label: f.Label, Retired: f.Retired}
				for _, o := range f.Options {
					one.Options = append(one.Options, ticket.FilterOption{Value: o.Value, Label: o.Label, Retired: o.Retired})
				}
				if f.Kind != setting.KindPriority {
					out = append(out, one)
				}
			}
			return out, err
		},
	}, w.now)
	return w
}

func TestSetFields(t *testing.T) {
	t.Parallel()
	everything := map[string]string{"brand": "snr", "priority": "4", "impact": "one", "order_year": "2020", "status": "closed"}
	t.Run("customers set what they may edit, whatever they send", func(t *testing.T) {
		t.Parallel()
		w := withFields(t)
		n := w.submit(t, w.ann)
		if err := w.svc.SetFields(t.Context(), w.ann, n, everything); err != nil {
			t.Fatal(err)
		}
		th := w.thread(t, n)
		if len(th.Fields) != 1 || th.Fields["brand"] != "snr" || th.Priority != ticket.Urgent || th.Status != ticket.New {
			t.Errorf("fields = %v, priority %d, status %s", th.Fields, th.Priority, th.Status)
		}
		last := th.Entries[len(th.Entries)-2]
		if got := ticket.EventText(t.Context(), last); got != "Ann Test set Brand to SNR" {
			t.Errorf("the history says %q", got)
		}
		if err := w.svc.SetFields(t.Context(), w.ann, n, map[string]string{"brand": ""}); key(err) != "error.form_invalid" {
			t.Errorf("a required field was emptied: %v", err)
		}
	})
	t.Run("agents set every field; the history of hidden ones is theirs", func(t *testing.T) {
		t.Parallel()
		w := withFields(t)
		n := w.submit(t, w.ann)
		if err := w.svc.SetFields(t.Context(), w.eve, n, everything); err != nil {
			t.Fatal(err)
		}
		said := map[string]bool{}
		th, err := w.svc.Thread(t.Context(), w.ann, n, ticket.ViewAll)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range th.Entries {
			said[ticket.EventText(i18n.With(t.Context(), i18n.Reader{Lang: "ru"}), e)] = true
		}
		if !said["Eve Test: в поле «Бренд» указано «SNR»"] || len(th.Fields) != 3 || th.Fields["order_year"] != float64(2020) {
			t.Errorf("Ann reads %v of %v", said, th.Fields)
		}
		for s := range said {
			if s == "Eve Test: в поле «Год заказа» указано «2020»" {
				t.Error("Ann reads of a field that she does not see")
			}
		}
	})
	t.Run("a closed ticket keeps its fields for customers; strangers have no ticket", func(t *testing.T) {
		t.Parallel()
		w := withFields(t)
		n := w.ticketIn(t, ticket.Closed)
		if err := w.svc.SetFields(t.Context(), w.ann, n, everything); key(err) != "ticket.fields_closed" {
			t.Error(err)
		}
		if err := w.svc.SetFields(t.Context(), w.bob, n, everything); key(err) != "ticket.not_found" {
			t.Error(err)
		}
		if err := w.svc.SetFields(t.Context(), w.eve, n, everything); err != nil {
			t.Error(err)
		}
	})
}
