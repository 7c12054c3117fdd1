package setting_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/setting"
)

func TestSaveTopic(t *testing.T) {
	t.Parallel()
	t.Run("a topic for some companies is offered to their contacts alone", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		var company int64
		if err := d.db.QueryRow(t.Context(), `INSERT INTO companies (name, created_at, updated_at) VALUES ('Uralsvyaz', now(), now()) RETURNING id`).Scan(&company); err != nil {
			t.Fatal(err)
		}
		found, err := d.CompaniesFor(t.Context(), admin, nil, "URAL")
		if err != nil || len(found) != 1 {
			t.Fatalf("found %v, %v", found, err)
		}
		id, err := d.SaveTopic(t.Context(), admin, setting.TopicEdit{
			Name: setting.Words{"en": "Vineyard lines"}, Priority: 3, Limited: true, Companies: []int64{company},
		})
		if err != nil {
			t.Fatal(err)
		}
		ours := auth.Actor{Kind: auth.Person, PersonID: 2, Companies: []auth.Membership{{CompanyID: company}}}
		offered := func(by auth.Actor) bool {
			list, err := d.Topics(t.Context(), by)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(list, func(t setting.Topic) bool { return t.ID == id })
		}
		if !offered(ours) || !offered(agent) || offered(customer) || offered(auth.Actor{}) {
			t.Error("offered to the wrong people")
		}
		_, err = d.TopicForm(t.Context(), customer, id)
		wantKind(t, err, fault.NotFound, "setting.topic_not_found")
		_, err = d.CheckFields(t.Context(), customer, id, nil)
		wantKind(t, err, fault.NotFound, "setting.topic_not_found")
		if _, err := d.CheckFields(t.Context(), ours, id, nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("what would leave nobody a form is refused", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		all, err := d.AllTopics(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		preset := all[0]
		preset.Preset = false
		_, err = d.SaveTopic(t.Context(), admin, preset)
		wantKind(t, err, fault.Conflict, "setting.topic_preset_stays")
		second := all[1]
		second.Preset = true
		if _, err := d.SaveTopic(t.Context(), admin, second); err != nil {
			t.Fatal(err)
		}
		_, err = d.SaveTopic(t.Context(), admin, second)
		wantKind(t, err, fault.Conflict, "setting.changed")
		for _, t2 := range all[2:] {
			t2.Retired = true
			if _, err := d.SaveTopic(t.Context(), admin, t2); err != nil {
				t.Fatal(err)
			}
		}
		first := all[0]
		first.Version++ // it lost the preset
		first.Preset, first.Retired = false, true
		if _, err := d.SaveTopic(t.Context(), admin, first); err != nil {
			t.Fatal(err)
		}
		now, err := d.AllTopics(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		last := now[1]
		last.Limited, last.Companies = true, []int64{1}
		_, err = d.SaveTopic(t.Context(), admin, last)
		wantKind(t, err, fault.Conflict, "setting.topic_last")
	})
	t.Run("the order is changed", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		all, _ := d.AllTopics(t.Context(), admin)
		if err := d.MoveTopic(t.Context(), admin, all[3].ID, -1); err != nil {
			t.Fatal(err)
		}
		now, _ := d.AllTopics(t.Context(), admin)
		if now[2].ID != all[3].ID || now[3].ID != all[2].ID {
			t.Errorf("the order is %v", now)
		}
		wantKind(t, d.MoveTopic(t.Context(), agent, all[0].ID, 1), fault.Forbidden, "error.forbidden")
	})
}

func TestSaveField(t *testing.T) {
	t.Parallel()
	t.Run("a field is made, put on a form and kept when a choice goes", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		topics, _ := d.AllTopics(t.Context(), admin)
		key, err := d.SaveField(t.Context(), admin, setting.Field{
			Kind: setting.KindSelect, Label: setting.Words{"en": "Rack unit"}, Preset: "upper_half",
			Options: []setting.FieldOption{{Label: setting.Words{"en": "Upper half", "de": "Oben"}}, {Label: setting.Words{"en": "Lower half"}}},
		})
		if err != nil || key != "rack_unit" {
			t.Fatalf("key = %q, err = %v", key, err)
		}
		cells := map[setting.Cell]setting.Rule{{TopicID: topics[0].ID, Field: key}: setting.Required, {TopicID: topics[1].ID, Field: key}: setting.View}
		versions := map[int64]int{topics[0].ID: topics[0].Version, topics[1].ID: topics[1].Version}
		if err := d.SaveRules(t.Context(), admin, setting.ForCustomer, versions, cells); err != nil {
			t.Fatal(err)
		}
		cells[setting.Cell{TopicID: topics[0].ID, Field: key}] = setting.Edit
		wantKind(t, d.SaveRules(t.Context(), admin, setting.ForCustomer, versions, cells), fault.Conflict, "setting.changed")

		_, err = d.CheckFields(t.Context(), customer, topics[0].ID, map[string]string{"brand": "snr"})
		wantField(t, err, "field.rack_unit", "setting.field_choose")
		got, err := d.CheckFields(t.Context(), customer, topics[1].ID, map[string]string{"brand": "snr", "issue": "data", key: "lower_half"})
		if err != nil || got[key] != "upper_half" {
			t.Errorf("a field that may only be viewed is %v, %v", got[key], err)
		}

		f, err := d.Field(t.Context(), admin, key)
		if err != nil {
			t.Fatal(err)
		}
		f.Options, f.Preset = f.Options[1:], ""
		if _, err := d.SaveField(t.Context(), admin, f); err != nil {
			t.Fatal(err)
		}
		form, err := d.TopicForm(i18n.With(t.Context(), i18n.Reader{Lang: "de"}), customer, topics[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		last := form.Fields[len(form.Fields)-1]
		if len(last.Offers("")) != 1 || len(last.Offers("upper_half")) != 2 {
			t.Errorf("offers %v", last.Options)
		}
		if shown := setting.Show(form.Fields, map[string]any{key: "upper_half"}, "ja"); len(shown) != 1 || shown[0].Value != "Oben" {
			t.Errorf("an old ticket shows %v", shown)
		}
	})
	t.Run("what makes no field is refused by name", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		save := func(f setting.Field) error {
			if f.Label == nil {
				f.Label = setting.Words{"en": "X"}
			}
			_, err := d.SaveField(t.Context(), admin, f)
			return err
		}
		text := setting.KindText
		on := func(on string, op setting.Op, values ...string) []setting.Condition {
			return []setting.Condition{{Effect: setting.Shows, On: on, Op: op, Values: values}}
		}
		wantField(t, save(setting.Field{Kind: text, Key: "Brand"}), "key", "setting.field_key_bad")
		wantField(t, save(setting.Field{Kind: text, Key: "preview"}), "key", "setting.field_key_bad")
		wantField(t, save(setting.Field{Kind: text, Key: "brand"}), "key", "setting.field_key_taken")
		wantField(t, save(setting.Field{Kind: setting.KindPriority}), "kind", "setting.field_not_offered")
		wantField(t, save(setting.Field{Kind: setting.KindSelect}), "options", "setting.options_missing")
		wantField(t, save(setting.Field{Kind: text, Bounds: setting.Bounds{Pattern: "(", Words: setting.Words{"en": "w"}}}), "pattern", "setting.pattern_bad")
		wantField(t, save(setting.Field{Kind: text, Bounds: setting.Bounds{Pattern: "a"}}), "words.en", "setting.pattern_words")
		wantField(t, save(setting.Field{Kind: setting.KindNumber, Bounds: setting.Bounds{Min: "5", Max: "4"}}), "max", "setting.field_too_small")
		wantField(t, save(setting.Field{Kind: setting.KindNumber, Preset: "x"}), "preset", "setting.field_number")
		wantField(t, save(setting.Field{Kind: text, Key: "me", Conditions: on("me", setting.Filled)}), "condition.0", "setting.condition_itself")
		wantField(t, save(setting.Field{Kind: text, Conditions: on("brand", setting.Is, "nokia")}), "condition.0", "setting.condition_values")
		wantField(t, save(setting.Field{Kind: text, Conditions: on("order_year", setting.Is, "1")}), "condition.0", "setting.condition_op")
		_, err := d.SaveField(t.Context(), agent, setting.Field{})
		wantKind(t, err, fault.Forbidden, "error.forbidden")
	})
	t.Run("conditions do not run in a circle", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		depend := func(key, on string, topic int64) error {
			f, err := d.Field(t.Context(), admin, key)
			if err != nil {
				t.Fatal(err)
			}
			f.Conditions = []setting.Condition{{TopicID: topic, Effect: setting.Shows, On: on, Op: setting.Filled}}
			_, err = d.SaveField(t.Context(), admin, f)
			return err
		}
		for _, pair := range [][2]string{{"type", "brand"}, {"issue", "type"}} {
			if err := depend(pair[0], pair[1], 0); err != nil {
				t.Fatal(err)
			}
		}
		wantField(t, depend("brand", "issue", 0), "condition.0", "setting.condition_circle")
		wantField(t, depend("brand", "issue", 1), "condition.0", "setting.condition_circle")
	})
	t.Run("the shipped forms say everything in every language", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		topics, _ := d.Topics(t.Context(), customer)
		for _, l := range i18n.Langs {
			ctx := i18n.With(t.Context(), i18n.Reader{Lang: l.Tag})
			for _, topic := range topics {
				form, err := d.TopicForm(ctx, customer, topic.ID)
				if err != nil || form.Name == "" {
					t.Fatal(err)
				}
				for _, f := range form.Fields {
					if l.Tag != "en" && f.Label == d.english(t, topic.ID, f.Key) && !slices.Contains([]string{"it", "fr"}, l.Tag) {
						t.Errorf("%s is %q in %s", f.Key, f.Label, l.Tag)
					}
				}
			}
		}
	})
	t.Run("changes are recorded", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		if err := d.MoveField(t.Context(), admin, "order_year", -20); err != nil {
			t.Fatal(err)
		}
		fields, _ := d.Fields(t.Context(), admin)
		log, err := d.AuditLog(t.Context(), admin, "")
		if err != nil || fields[0].Key != "order_year" || log.Rows[0].Name != "Order year" {
			t.Errorf("first = %s, log = %v, %v", fields[0].Key, log.Rows, err)
		}
		if diff := cmp.Diff("field.moved", log.Rows[0].Action); diff != "" {
			t.Error(diff)
		}
	})
}

func (d *desk) english(t *testing.T, topic int64, key string) string {
	t.Helper()
	form, err := d.TopicForm(t.Context(), customer, topic)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range form.Fields {
		if f.Key == key {
			return f.Label
		}
	}
	return ""
}

func TestWhoMeetsAnotherProcessesChangeOfATopicMaySaveAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	all, err := d.AllTopics(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.twin().SaveTopic(t.Context(), admin, all[1]); err != nil {
		t.Fatal(err)
	}
	_, err = d.SaveTopic(t.Context(), admin, all[1])
	wantKind(t, err, fault.Conflict, "setting.changed")
	if all, err = d.AllTopics(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	if _, err = d.SaveTopic(t.Context(), admin, all[1]); err != nil {
		t.Error(err)
	}
}
