package admin_test

import (
	"net/http"
	"testing"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/link"
)

func TestTopics(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.post(o.ada, link.Topics, "name.en", "Vineyards", "name.de", "Weinberge", "priority", "3", "offered", "all").
		leads(link.Query(link.Fields, "topic", "5"))
	o.get(o.ada, link.Topic(5)).is(http.StatusOK).shows("Vineyards", "Weinberge", "Robot policy")
	t.Run("what is wrong is said and what was typed kept", func(t *testing.T) {
		o.post(o.ada, link.Topic(5), "version", "1", "name.de", "Weinberge", "priority", "3", "offered", "listed").is(http.StatusUnprocessableEntity).
			shows("Choose at least one company", "Weinberge")
		o.post(o.ada, link.Topic(5), "version", "9", "name.en", "Vines", "priority", "3", "offered", "all").is(http.StatusConflict).
			shows(`value="Vines"`)
	})
	t.Run("companies are found and chosen", func(t *testing.T) {
		if _, err := o.db.Exec(t.Context(), `INSERT INTO companies (name, created_at, updated_at) VALUES ('100% Wine', now(), now())`); err != nil {
			t.Fatal(err)
		}
		o.post(o.ada, link.Topic(5), "version", "1", "name.en", "Vines", "priority", "3", "offered", "listed", "find", "100%", "search", "1").
			is(http.StatusOK).shows("100% Wine", `name="companies" value="1"`)
		o.post(o.ada, link.Topic(5), "version", "1", "name.en", "Vines", "priority", "3", "offered", "listed", "companies", "1").leads(link.Topics)
		o.get(o.ada, link.Topics).shows("Vines", "1 company")
		o.post(o.ada, link.Topic(5), "version", "2", "name.en", "Vines", "priority", "3", "offered", "listed", "companies", "77").
			is(http.StatusUnprocessableEntity).shows("not there any more")
	})
	t.Run("the order is changed", func(t *testing.T) {
		o.post(o.ada, link.TopicMove(5), "to", "up").leads(link.Topics + "#topic-5")
	})
}

func TestFields(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.get(o.ada, link.NewField).is(http.StatusOK).shows("List of several", "kind=multi_select")
	o.post(o.ada, link.NewField, "kind", "select", "label.en", "Cable", "option.0.label.en", "Copper", "option.1.label.en", "Fibre",
		"condition.0.effect", "show", "condition.0.on", "type", "condition.0.op", "is", "condition.0.values", "fault").
		leads(link.Fields + "#field-cable")
	o.get(o.ada, link.Field("cable")).is(http.StatusOK).shows("Copper", `value="fault" checked`, "field.cable")
	t.Run("rows are moved and added without saving", func(t *testing.T) {
		p := o.post(o.ada, link.Field("cable"), "version", "1", "label.en", "Cable type", "option.0.value", "copper", "option.0.label.en", "Copper",
			"option.1.value", "fibre", "option.1.label.en", "Fibre", "do", "down:0").is(http.StatusOK)
		p.shows(`name="option.0.value" value="fibre"`, `value="Cable type"`)
	})
	t.Run("what is wrong is said at its place", func(t *testing.T) {
		o.post(o.ada, link.NewField, "kind", "text", "label.en", "Rack", "longest", "many", "pattern", "(").is(http.StatusUnprocessableEntity).
			shows("Enter a number", `value="many"`)
		o.post(o.ada, link.Field("type"), "version", "1", "label.en", "Type", "condition.0.effect", "show", "condition.0.on", "cable", "condition.0.op", "filled").
			is(http.StatusUnprocessableEntity).shows("in a circle")
		o.get(o.ada, link.Field("nothing")).is(http.StatusNotFound)
	})
	t.Run("another field brings its values", func(t *testing.T) {
		o.get(o.ada, link.Query(link.FieldRule, "n", "0", "key", "cable", "on", "issue")).is(http.StatusOK).shows("I cannot sign in")
		o.get(o.ada, link.Query(link.FieldRule, "n", "x")).is(http.StatusNotFound)
	})
	t.Run("the matrix is saved, and moving a field keeps what was chosen", func(t *testing.T) {
		o.post(o.ada, link.Fields, "for", "customer", "version.1", "1", "rule.1.cable", "required", "move", "up:cable").is(http.StatusOK).
			shows(`name="rule.1.cable" data-stored="hidden"`, "Changed fields, not saved yet: 1")
		o.post(o.ada, link.Fields, "for", "customer", "page", "0", "version.1", "1", "rule.1.cable", "required").
			leads(link.Query(link.Fields, "for", "customer", "page", "0"))
		o.post(o.ada, link.Fields, "for", "customer", "version.1", "1", "rule.1.cable", "edit").is(http.StatusConflict)
		o.post(o.ada, link.Fields, "for", "customer", "version.1", "2", "rule.1.cable", "root").is(http.StatusUnprocessableEntity)
		o.post(o.ada, link.Fields, "for", "agent", "version.1", "2", "rule.1.cable", "edit").is(http.StatusUnprocessableEntity)
	})
	t.Run("the preview speaks the customer's language", func(t *testing.T) {
		o.get(o.ada, link.Query(link.FieldPreview, "topic", "3", "lang", "fr")).is(http.StatusOK).shows("Numéros de série", "Ticket fields")
	})
	o.get(o.ada, link.Audit).is(http.StatusOK).shows("Ticket field saved", "Fields of the form changed")
}

// TestTopicAndFieldPages is TestPages for the topics and fields.
func TestTopicAndFieldPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	paths := []string{
		link.Topics, link.NewTopic, link.Topic(1), link.Fields, link.Query(link.Fields, "for", "page"), link.NewField,
		link.Query(link.NewField, "kind", "select"), link.Field("brand"), link.Field("order_year"), link.Field("priority"),
		link.Query(link.FieldPreview, "topic", "3"), link.Query(link.FieldRule, "n", "0", "on", "brand"),
	}
	for _, lang := range []string{"en", "ru"} {
		o.lang = lang
		for _, path := range paths {
			o.sent.Store(0)
			o.get(o.ada, path).is(http.StatusOK)
			if n := o.sent.Load(); lang == "ru" && n > 1 {
				t.Errorf("%s: %d statements", path, n)
			}
			o.get(o.agent, path).is(http.StatusForbidden)
			o.get(o.customer, path).is(http.StatusNotFound)
			o.get(auth.Actor{}, path).is(http.StatusSeeOther)
		}
	}
	for _, path := range []string{link.Topics, link.Topic(1), link.TopicMove(1), link.Fields, link.NewField, link.Field("brand")} {
		o.post(o.agent, path).is(http.StatusForbidden)
		o.post(o.customer, path).is(http.StatusNotFound)
	}
	o.get(o.ada, link.Topic(99)).is(http.StatusNotFound)
}
