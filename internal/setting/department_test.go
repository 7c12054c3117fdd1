package setting_test

import (
	"slices"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/setting"
)

func TestSaveDepartment(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var ann int64
	if err := d.db.QueryRow(t.Context(), `INSERT INTO people (first_name, created_at) VALUES ('Ann', now()) RETURNING id`).Scan(&ann); err != nil {
		t.Fatal(err)
	}
	in := setting.DepartmentEdit{Name: setting.Words{"en": "Second line", "ru": "Вторая линия"}, Kind: setting.Supports, Mode: setting.ModeRoundRobin, Members: []int64{ann, ann}}
	id, err := d.SaveDepartment(t.Context(), admin, in)
	if err != nil {
		t.Fatal(err)
	}
	all, err := d.AllDepartments(t.Context(), admin)
	if err != nil || len(all) != 1 || all[0].Key != "second_line" || !slices.Equal(all[0].Members, []int64{ann}) {
		t.Fatalf("saved %+v, %v", all, err)
	}
	for name, tt := range map[string]struct {
		change func(*setting.DepartmentEdit)
		kind   fault.Kind
		key    string
	}{
		"without a name":                    {func(d *setting.DepartmentEdit) { d.Name = nil }, fault.Invalid, "error.form_invalid"},
		"with a mode of its own":            {func(d *setting.DepartmentEdit) { d.Mode = "lottery" }, fault.Invalid, "error.form_invalid"},
		"with members who do not exist":     {func(d *setting.DepartmentEdit) { d.Members = []int64{99} }, fault.Invalid, "error.form_invalid"},
		"closed, and nobody in it":          {func(d *setting.DepartmentEdit) { d.Closed, d.Members = true, nil }, fault.Invalid, "error.form_invalid"},
		"of which somebody saved a version": {func(d *setting.DepartmentEdit) { d.Version = 7 }, fault.Conflict, "setting.changed"},
		"that does not exist":               {func(d *setting.DepartmentEdit) { d.ID = 99 }, fault.NotFound, "setting.department_not_found"},
	} {
		edit := all[0]
		tt.change(&edit)
		_, err := d.SaveDepartment(t.Context(), admin, edit)
		t.Run(name, func(t *testing.T) { wantKind(t, err, tt.kind, tt.key) })
	}
	_, err = d.SaveDepartment(t.Context(), agent, in)
	wantKind(t, err, fault.Forbidden, "error.forbidden")

	topic, err := d.SaveTopic(t.Context(), admin, setting.TopicEdit{Name: setting.Words{"en": "Lines"}, Priority: 2, DepartmentID: id})
	if err != nil {
		t.Fatal(err)
	}
	edit := all[0]
	edit.Retired = true
	_, err = d.SaveDepartment(t.Context(), admin, edit)
	wantKind(t, err, fault.Conflict, "setting.department_has_topic")
	_, err = d.SaveTopic(t.Context(), admin, setting.TopicEdit{Name: setting.Words{"en": "Other"}, Priority: 2, DepartmentID: 99})
	wantKind(t, err, fault.Invalid, "error.form_invalid")
	topics, err := d.AllTopics(t.Context(), admin)
	if err != nil || !slices.ContainsFunc(topics, func(x setting.TopicEdit) bool { return x.ID == topic && x.DepartmentID == id }) {
		t.Errorf("the topic lost its department: %v", err)
	}
}
