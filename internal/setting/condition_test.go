package setting_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/setting"
)

func cond(effect setting.Effect, on string, op setting.Op, values ...string) *setting.Condition {
	return &setting.Condition{Effect: effect, On: on, Op: op, Values: values}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	options := []setting.Option{{Value: "fault"}, {Value: "setup"}}
	form := []setting.FormField{
		{Key: "type", Kind: setting.KindSelect, Rule: setting.Edit, Options: options},
		{Key: "serial", Kind: setting.KindText, Rule: setting.Required, Required: true, Show: cond(setting.Shows, "type", setting.Is, "fault")},
		{Key: "photo", Kind: setting.KindText, Rule: setting.Edit, Show: cond(setting.Shows, "serial", setting.Filled)},
		{Key: "why", Kind: setting.KindText, Rule: setting.Edit, Require: cond(setting.Requires, "type", setting.IsNot, "fault", "setup")},
		{Key: "lone", Kind: setting.KindText, Rule: setting.Edit, Show: cond(setting.Shows, "missing", setting.Is, "x")},
	}
	tests := []struct {
		name   string
		typed  map[string]string
		stored map[string]any
		wrong  []string
	}{
		{"a hidden required field is not demanded", map[string]string{"type": "setup"}, map[string]any{"type": "setup"}, nil},
		{"a shown one is", map[string]string{"type": "fault"}, map[string]any{"type": "fault"}, []string{"field.serial"}},
		{
			"what a condition hides is not stored, nor what depends on it",
			map[string]string{"type": "setup", "serial": "1", "photo": "p"},
			map[string]any{"type": "setup"},
			nil,
		},
		{
			"a chain of conditions holds",
			map[string]string{"type": "fault", "serial": "1", "photo": "p"},
			map[string]any{"type": "fault", "serial": "1", "photo": "p"},
			nil,
		},
		{"nothing chosen is none of the values", nil, map[string]any{}, []string{"field.why"}},
		{"a condition on a field that the form lacks does not count", map[string]string{"type": "setup", "lone": "x"}, map[string]any{"type": "setup", "lone": "x"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, wrong := setting.Check(form, tt.typed)
			if diff := cmp.Diff(tt.stored, got); diff != "" {
				t.Error(diff)
			}
			if len(wrong) != len(tt.wrong) {
				t.Errorf("wrong = %v, want %v", wrong, tt.wrong)
			}
			for _, key := range tt.wrong {
				if wrong[key].Key == "" {
					t.Errorf("wrong = %v, want %v", wrong, tt.wrong)
				}
			}
		})
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		field  setting.FormField
		typed  string
		wrong  string
		expect any
	}{
		{"too short", setting.FormField{Kind: setting.KindText, Bounds: setting.Bounds{Shortest: 3}}, "яя", "setting.field_too_short", nil},
		{"too long for the field", setting.FormField{Kind: setting.KindText, Bounds: setting.Bounds{Longest: 3}}, "яяяя", "setting.field_too_long", nil},
		{"not in the format", setting.FormField{Kind: setting.KindText, Bounds: setting.Bounds{Pattern: "[A-Z]{2}|x"}}, "xx", "setting.field_pattern", nil},
		{"in the format", setting.FormField{Kind: setting.KindText, Bounds: setting.Bounds{Pattern: "[A-Z]{2}|x"}}, "AB", "", "AB"},
		{"too small", setting.FormField{Kind: setting.KindNumber, Bounds: setting.Bounds{Min: "1,5"}}, "1.4", "setting.field_too_small", nil},
		{"too large", setting.FormField{Kind: setting.KindNumber, Bounds: setting.Bounds{Max: "2100"}}, "2101", "setting.field_too_large", nil},
		{"too early", setting.FormField{Kind: setting.KindDate, Bounds: setting.Bounds{Min: "2026-02-01"}}, "2026-01-31", "setting.field_too_early", nil},
		{"too late", setting.FormField{Kind: setting.KindDate, Bounds: setting.Bounds{Max: "2026-02-01"}}, "2026-02-02", "setting.field_too_late", nil},
		{"a retired choice", setting.FormField{Kind: setting.KindSelect, Options: []setting.Option{{Value: "a", Retired: true}}}, "a", "setting.field_not_offered", nil},
		{"a tick beside its empty twin", setting.FormField{Kind: setting.KindCheckbox}, ";1", "", true},
		{"no tick", setting.FormField{Kind: setting.KindCheckbox}, ";", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.field.Key, tt.field.Rule = "x", setting.Edit
			got, wrong := setting.Check([]setting.FormField{tt.field}, map[string]string{"x": tt.typed})
			if wrong["field.x"].Key != tt.wrong || !cmp.Equal(got["x"], tt.expect) {
				t.Errorf("got %v, wrong = %v", got, wrong)
			}
		})
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	form := []setting.FormField{
		{
			Key: "type", Kind: setting.KindSelect, Rule: setting.Edit, Label: "Type",
			Options: []setting.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "old", Label: "Old", Retired: true}},
		},
		{Key: "more", Kind: setting.KindText, Rule: setting.Required, Required: true, Show: cond(setting.Shows, "type", setting.Is, "a")},
		{Key: "seen", Kind: setting.KindText, Rule: setting.View},
		{Key: "priority", Kind: setting.KindPriority, Rule: setting.Edit},
	}
	tests := []struct {
		name           string
		current        map[string]any
		typed          map[string]string
		changed, wrong []string
	}{
		{"only what differs changes", map[string]any{"type": "b", "priority": int64(2)}, map[string]string{"type": "b", "priority": "3"}, []string{"priority=3"}, nil},
		{"what may only be seen is left alone", map[string]any{"seen": "x"}, map[string]string{"seen": "y", "unknown": "z"}, nil, nil},
		{"what the change hides is emptied", map[string]any{"type": "a", "more": "m"}, map[string]string{"type": "b"}, []string{"type=b", "more="}, nil},
		{"what the change asks for is demanded", map[string]any{"type": "b"}, map[string]string{"type": "a"}, []string{"type=a"}, []string{"field.more"}},
		{"what was missing before is not", map[string]any{"type": "a", "priority": int64(1)}, map[string]string{"priority": "4"}, []string{"priority=4"}, nil},
		{"a required field is not emptied", map[string]any{"type": "a", "more": "m"}, map[string]string{"more": " "}, nil, []string{"field.more"}},
		{"the priority is never empty", map[string]any{"priority": int64(2)}, map[string]string{"priority": ""}, nil, []string{"field.priority"}},
		{"a retired choice may stay", map[string]any{"type": "old"}, map[string]string{"type": "old"}, nil, nil},
		{"but not come", map[string]any{"type": "b"}, map[string]string{"type": "old"}, nil, []string{"field.type"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changes, wrong := setting.Changes(form, tt.current, tt.typed)
			var got, bad []string
			for _, c := range changes {
				got = append(got, c.Key+"="+setting.Typed(c.Value))
			}
			for key := range wrong {
				bad = append(bad, key)
			}
			if !cmp.Equal(got, tt.changed) || !cmp.Equal(bad, tt.wrong) {
				t.Errorf("changes = %v, wrong = %v", got, bad)
			}
		})
	}
}

// TestOnlyWhatTheAudienceMaySet types anything into forms of any rules and
// conditions: nothing is stored or changed that the form does not let one set.
func TestOnlyWhatTheAudienceMaySet(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	keys := []string{"a", "b", "c", "d", "e"}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for range 3000 {
		var form []setting.FormField
		for _, key := range keys[:1+r.IntN(len(keys))] {
			f := setting.FormField{Key: key, Kind: setting.KindText, Rule: setting.Rules[r.IntN(4)]}
			f.Required = f.Rule == setting.Required
			if r.IntN(2) == 0 {
				f.Show = cond(setting.Shows, pick(keys...), setting.Op(pick("filled", "empty")))
			}
			if r.IntN(3) == 0 {
				f.Require = cond(setting.Requires, pick(keys...), setting.Op(pick("filled", "empty")))
			}
			form = append(form, f)
		}
		typed, current := map[string]string{"unknown": "x"}, map[string]any{}
		for _, key := range keys {
			if r.IntN(2) == 0 {
				typed[key] = pick("", "x", "y")
			}
			if r.IntN(2) == 0 {
				current[key] = "z"
			}
		}
		may := map[string]setting.FormField{}
		for _, f := range form {
			may[f.Key] = f
		}
		stored, _ := setting.Check(form, typed)
		asks := setting.Asks(form, typed)
		for key := range stored {
			if f, ok := may[key]; !ok || !f.Settable() || f.Show != nil && may[f.Show.On].Settable() && !asks[key].Shown {
				t.Fatalf("%s was stored from %v by %+v", key, typed, form)
			}
		}
		changes, _ := setting.Changes(form, current, typed)
		for _, c := range changes {
			if f, ok := may[c.Key]; !ok || !f.Settable() {
				t.Fatalf("%s was changed by %v in %+v", c.Key, typed, form)
			}
		}
	}
}
