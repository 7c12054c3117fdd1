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

// showTopics is GET /admin/topics: the help topics in their order (T5).
func (h *Handler) showTopics(w http.ResponseWriter, r *http.Request) error {
	list, err := h.settings.AllTopics(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	p, err := h.layout(r, "topics", i18n.T(r.Context(), "admin.topics.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, topicsPage(p, list))
}

func (h *Handler) topics() ordered[setting.TopicEdit] {
	return ordered[setting.TopicEdit]{
		all: h.settings.AllTopics, id: func(one setting.TopicEdit) int64 { return one.ID }, unknown: "setting.topic_not_found",
		move: h.settings.MoveTopic, place: func(id int64) string { return link.Topics + "#topic-" + num(id) },
	}
}

// topicForm is a help topic as typed and what is wrong with it.
type topicForm struct {
	setting.TopicEdit
	Find   string // a company's name, or part of it
	Found  []setting.CompanyRef
	Queues []setting.DepartmentEdit
	refusal
}

// showNewTopic is GET /admin/topics/new.
func (h *Handler) showNewTopic(w http.ResponseWriter, r *http.Request) error {
	return h.renderTopic(w, r, http.StatusOK, topicForm{TopicEdit: setting.TopicEdit{Priority: 2}})
}

// showTopic is GET /admin/topics/{id}.
func (h *Handler) showTopic(w http.ResponseWriter, r *http.Request) error {
	t, err := h.topics().named(r)
	if err != nil {
		return err
	}
	return h.renderTopic(w, r, http.StatusOK, topicForm{TopicEdit: t})
}

// postTopic is POST /admin/topics, a new one, and POST /admin/topics/{id}.
func (h *Handler) postTopic(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	var old setting.TopicEdit
	if strings.TrimSuffix(r.URL.Path, "/") != link.Topics {
		if old, err = h.topics().named(r); err != nil {
			return err
		}
	}
	f := postedTopic(in, old)
	if in.Has("search") {
		return h.renderTopic(w, r, http.StatusOK, f)
	}
	id, err := h.settings.SaveTopic(r.Context(), httpx.Actor(r), f.TopicEdit)
	switch {
	case err == nil && f.ID == 0:
		return h.done(w, r, link.Query(link.Fields, "topic", num(id)), "admin.topics.added")
	case err == nil:
		return h.done(w, r, link.Topics, "admin.topics.saved")
	case !f.took(err):
		return err
	case fault.Is(err, fault.Conflict) && f.ID != 0:
		now, gone := h.topics().named(r)
		if gone != nil {
			return gone
		}
		f.Version = now.Version // what was typed stays; saving again is then a decision
	}
	return h.renderTopic(w, r, httpx.Status(err), f)
}

func postedTopic(in httpx.Form, old setting.TopicEdit) topicForm {
	f := topicForm{Find: in.Line("find"), TopicEdit: setting.TopicEdit{
		ID: old.ID, Key: old.Key, Name: typedWords(in, "name"), SubjectHint: typedWords(in, "subject_hint"),
		MessageLabel: typedWords(in, "message_label"), MessageHint: typedWords(in, "message_hint"),
		Preset: in.On("preset"), Limited: in.Get("offered") == "listed", Companies: in.IDs("companies"), Retired: in.On("retired"),
	}}
	f.DepartmentID = in.ID("department")
	f.Priority, _ = in.Int("priority")
	f.Version, _ = in.Int("version")
	return f
}

func (h *Handler) renderTopic(w http.ResponseWriter, r *http.Request, status int, f topicForm) error {
	var err error
	if len(f.Companies) > 0 || f.Find != "" {
		if f.Found, err = h.settings.CompaniesFor(r.Context(), httpx.Actor(r), f.Companies, f.Find); err != nil {
			return err
		}
	}
	if f.Queues, err = h.settings.AllDepartments(r.Context(), httpx.Actor(r)); err != nil {
		return err
	}
	title := i18n.T(r.Context(), "admin.topics.new")
	if f.ID != 0 {
		title = f.Name.In(i18n.ReaderOf(r.Context()).Lang)
	}
	p, err := h.layout(r, "topics", title)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, topicPage(p, f))
}

func (f topicForm) action() string {
	if f.ID == 0 {
		return link.Topics
	}
	return link.Topic(f.ID)
}

func (f topicForm) words(ctx context.Context) []wordsForm {
	return []wordsForm{
		{Name: "name", Label: i18n.T(ctx, "admin.topics.name"), Words: f.Name, Errors: f.Errors, Required: true},
		{
			Name: "subject_hint", Label: i18n.T(ctx, "admin.topics.subject_hint"), Words: f.SubjectHint, Errors: f.Errors,
			Hint: i18n.T(ctx, "admin.topics.subject_hint_hint"), Area: true,
		},
		{
			Name: "message_label", Label: i18n.T(ctx, "admin.topics.message_label"), Words: f.MessageLabel, Errors: f.Errors,
			Hint: i18n.T(ctx, "admin.topics.message_label_hint"),
		},
		{
			Name: "message_hint", Label: i18n.T(ctx, "admin.topics.message_hint"), Words: f.MessageHint, Errors: f.Errors,
			Hint: i18n.T(ctx, "admin.topics.message_hint_hint"), Area: true,
		},
	}
}

func (f topicForm) priority(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "priority", Label: i18n.T(ctx, "admin.topics.priority"), Value: num(int64(f.Priority)), Error: f.Errors["priority"],
		Hint: i18n.T(ctx, "admin.topics.priority_hint"),
	}
}

func (f topicForm) department(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "department", Label: i18n.T(ctx, "admin.topics.department"), Value: num(f.DepartmentID), Error: f.Errors["department"],
		Hint: i18n.T(ctx, "admin.topics.department_hint"),
	}
}

func (f topicForm) find(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "find", Label: i18n.T(ctx, "admin.topics.find"), Value: f.Find, Error: f.Errors["companies"], Autocomplete: "off",
		Hint: i18n.T(ctx, "admin.topics.find_hint"),
	}
}

// all are the form's inputs, for the summary of what is wrong.
func (f topicForm) all(ctx context.Context) []ui.Field {
	var fields []ui.Field
	for _, w := range f.words(ctx) {
		fields = append(fields, w.all(ctx)...)
	}
	return append(fields, f.priority(ctx), f.department(ctx), f.find(ctx), ui.Field{Name: "retired", Label: i18n.T(ctx, "admin.topics.retired"), Error: f.Errors["retired"]})
}

func priorityOptions(ctx context.Context) []ui.Option {
	options := make([]ui.Option, 0, 4)
	for level := 1; level <= 4; level++ {
		options = append(options, ui.Option{Value: num(int64(level)), Label: ui.PriorityText(ctx, level)})
	}
	return options
}

// offered says to whom a topic is offered.
func offered(ctx context.Context, t setting.TopicEdit) string {
	if t.Limited {
		return i18n.T(ctx, "admin.topics.for_companies", "count", len(t.Companies))
	}
	return i18n.T(ctx, "admin.topics.for_all")
}
