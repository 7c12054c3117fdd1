package setting_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskbell/deskbell/internal/setting"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	options := []setting.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}
	tests := []struct {
		name  string
		kind  setting.Kind
		typed string
		want  any    // what is stored; nil: nothing
		wrong string // the message instead
	}{
		{"text is one line", setting.KindText, "  a \n b ", "a b", ""},
		{"text too long", setting.KindText, strings.Repeat("я", 201), nil, "setting.field_too_long"},
		{"long text keeps its lines", setting.KindLongText, "a\nb", "a\nb", ""},
		{"a whole number", setting.KindNumber, "2 026", int64(2026), ""},
		{"a number with a comma", setting.KindNumber, "1,5", 1.5, ""},
		{"no number", setting.KindNumber, "NaN", nil, "setting.field_number"},
		{"a date", setting.KindDate, "2026-02-28", "2026-02-28", ""},
		{"a day that does not exist", setting.KindDate, "2026-02-30", nil, "setting.field_date"},
		{"a choice", setting.KindSelect, "b", "b", ""},
		{"a choice that is not offered", setting.KindSelect, "c", nil, "setting.field_not_offered"},
		{"several choices", setting.KindMultiSelect, "b;a;b", []string{"b", "a"}, ""},
		{"one of several not offered", setting.KindMultiSelect, "a;c", nil, "setting.field_not_offered"},
		{"a tick", setting.KindCheckbox, "1", true, ""},
		{"serial numbers, each once", setting.KindSerials, "123; 456 ;;789\n123", []string{"123", "456", "789"}, ""},
		{"too many serial numbers", setting.KindSerials, strings.Repeat("1;", 1) + manySerials(101), nil, "setting.field_serials_many"},
		{"a serial number too long", setting.KindSerials, strings.Repeat("9", 65), nil, "setting.field_serial_long"},
		{"a priority by number", setting.KindPriority, "3", int64(3), ""},
		{"a priority by name", setting.KindPriority, "Urgent", int64(4), ""},
		{"no priority", setting.KindPriority, "5", nil, "setting.field_not_offered"},
		{"nothing typed", setting.KindSelect, " ", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			form := []setting.FormField{{Key: "x", Kind: tt.kind, Rule: setting.Edit, Options: options}}
			got, wrong := setting.Check(form, map[string]string{"x": tt.typed})
			if diff := cmp.Diff(tt.want, got["x"]); diff != "" {
				t.Error(diff)
			}
			if wrong["field.x"].Key != tt.wrong {
				t.Errorf("wrong = %v, want %q", wrong, tt.wrong)
			}
		})
	}
	t.Run("a required field must be there, in words of its kind", func(t *testing.T) {
		t.Parallel()
		for kind, key := range map[setting.Kind]string{
			setting.KindText: "setting.field_missing", setting.KindSelect: "setting.field_choose",
			setting.KindSerials: "setting.field_serials_missing", setting.KindCheckbox: "setting.field_tick",
		} {
			form := []setting.FormField{{Key: "x", Kind: kind, Rule: setting.Required, Required: true, Options: options}}
			for _, typed := range []string{"", " \n", ";"} {
				if kind == setting.KindText && typed == ";" || kind == setting.KindSelect && typed == ";" || kind == setting.KindCheckbox && typed == ";" {
					continue
				}
				if _, wrong := setting.Check(form, map[string]string{"x": typed}); wrong["field.x"].Key != key {
					t.Errorf("%s %q: %v, want %s", kind, typed, wrong, key)
				}
			}
		}
	})
	t.Run("what may only be seen cannot be set", func(t *testing.T) {
		t.Parallel()
		form := []setting.FormField{{Key: "x", Kind: setting.KindText, Rule: setting.View}}
		got, wrong := setting.Check(form, map[string]string{"x": "1", "unknown": "2"})
		if len(got) != 0 || len(wrong) != 0 {
			t.Errorf("got %v, %v", got, wrong)
		}
	})
}

func manySerials(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("a", 1+i%40))
		b.WriteString(strings.Repeat("b", 1+i/40))
		b.WriteByte(';')
	}
	return b.String()
}

func TestShow(t *testing.T) {
	t.Parallel()
	form := []setting.FormField{
		{Key: "brand", Label: "Brand", Rule: setting.View, Options: []setting.Option{{Value: "a", Label: "Acme"}}},
		{Key: "year", Label: "Year", Rule: setting.Edit},
		{Key: "serials", Label: "Serial numbers", Rule: setting.Edit},
		{Key: "urgent", Label: "Urgent", Rule: setting.Edit},
		{Key: "secret", Label: "Secret", Rule: setting.Hidden},
		{Key: "empty", Label: "Empty", Rule: setting.Edit},
	}
	values := map[string]any{"brand": "a", "year": float64(2026), "serials": []any{"1", "2"}, "urgent": true, "secret": "x"}
	want := []setting.Shown{{"brand", "Brand", "Acme"}, {"year", "Year", "2026"}, {"serials", "Serial numbers", "1; 2"}, {"urgent", "Urgent", "Yes"}}
	if diff := cmp.Diff(want, setting.Show(form, values, "Yes")); diff != "" {
		t.Error(diff)
	}
}
