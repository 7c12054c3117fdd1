package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
)

// matrixColumns is how many help topics a page of the matrix shows.
const matrixColumns = 8

// matrixView is what customers may do with each field, by help topic (T5).
type matrixView struct {
	Who     setting.Audience
	Topics  []setting.TopicEdit // the columns
	Page    int                 // of the topics, from 0
	Pages   int
	Fields  []setting.Field // those in use
	Retired []setting.Field
	Stored  map[setting.Cell]setting.Rule
	Typed   map[setting.Cell]setting.Rule // what was chosen and is not saved
	Problem fault.Message
}

// showMatrix is GET /admin/fields: the customers' form, or with for=page the
// ticket's page.
func (h *Handler) showMatrix(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v, err := h.matrix(r, q)
	if err != nil {
		return err
	}
	return h.renderMatrix(w, r, http.StatusOK, v)
}

// matrix reads the page of the matrix that in names: for, page, or a topic to
// begin with.
func (h *Handler) matrix(r *http.Request, in httpx.Form) (matrixView, error) {
	ctx, by := r.Context(), httpx.Actor(r)
	v := matrixView{Who: setting.ForCustomer}
	if in.Get("for") == string(setting.OnPage) {
		v.Who = setting.OnPage
	}
	all, err := h.settings.AllTopics(ctx, by)
	if err != nil {
		return v, err
	}
	fields, err := h.settings.Fields(ctx, by)
	if err != nil {
		return v, err
	}
	v.Stored, err = h.settings.RulesFor(ctx, by, v.Who)
	v.Page, _ = in.Int("page")
	for _, t := range all {
		if t.Retired {
			continue
		}
		if t.ID == in.ID("topic") {
			v.Page = len(v.Topics) / matrixColumns
		}
		v.Topics = append(v.Topics, t)
	}
	v.Pages = (len(v.Topics) + matrixColumns - 1) / matrixColumns
	v.Page = min(max(v.Page, 0), max(v.Pages-1, 0))
	v.Topics = v.Topics[v.Page*matrixColumns : min((v.Page+1)*matrixColumns, len(v.Topics))]
	for _, f := range fields {
		if f.Retired {
			v.Retired = append(v.Retired, f)
		} else {
			v.Fields = append(v.Fields, f)
		}
	}
	return v, err
}

// postMatrix is POST /admin/fields: saves the matrix, or moves a field and
// keeps what was chosen.
func (h *Handler) postMatrix(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	versions, cells := postedRules(in)
	if to, key, ok := strings.Cut(in.Get("move"), ":"); ok {
		if err := h.settings.MoveField(ctx, by, key, places(to)); err != nil {
			return err
		}
		return h.rematrix(w, r, http.StatusOK, in, cells, nil)
	}
	who := setting.Audience(in.Get("for"))
	err = h.settings.SaveRules(ctx, by, who, versions, cells)
	if fault.Is(err, fault.Conflict) {
		return h.rematrix(w, r, httpx.Status(err), in, cells, fault.Of(err))
	}
	if err != nil {
		return err
	}
	return h.done(w, r, matrixHref(who, in.Get("page")), "admin.fields.rules_saved")
}

// rematrix shows the matrix with what was chosen over what is stored now.
func (h *Handler) rematrix(w http.ResponseWriter, r *http.Request, status int, in httpx.Form, cells map[setting.Cell]setting.Rule, refused *fault.Error) error {
	v, err := h.matrix(r, in)
	if err != nil {
		return err
	}
	v.Typed = cells
	if refused != nil {
		v.Problem = fault.Message{Key: refused.Key, Args: refused.Args}
	}
	return h.renderMatrix(w, r, status, v)
}

// postedRules reads "version.<topic>" and "rule.<topic>.<field>".
func postedRules(in httpx.Form) (map[int64]int, map[setting.Cell]setting.Rule) {
	versions, cells := map[int64]int{}, map[setting.Cell]setting.Rule{}
	for topic, version := range in.Under("version.") {
		id, _ := strconv.ParseInt(topic, 10, 64)
		versions[id], _ = strconv.Atoi(version)
	}
	for at, rule := range in.Under("rule.") {
		topic, field, _ := strings.Cut(at, ".")
		id, _ := strconv.ParseInt(topic, 10, 64)
		cells[setting.Cell{TopicID: id, Field: field}] = setting.Rule(rule)
	}
	return versions, cells
}

func (h *Handler) renderMatrix(w http.ResponseWriter, r *http.Request, status int, v matrixView) error {
	p, err := h.layout(r, "fields", i18n.T(r.Context(), "admin.fields.title"))
	if err != nil {
		return err
	}
	p.Actions = matrixActions(v)
	return httpx.Render(w, r, status, matrixPage(p, v))
}

func matrixHref(who setting.Audience, page string) string {
	return link.Query(link.Fields, "for", string(who), "page", page)
}

// rule is what a cell says: as chosen, else as stored.
func (v matrixView) rule(topic int64, field string) setting.Rule {
	at := setting.Cell{TopicID: topic, Field: field}
	if r, ok := v.Typed[at]; ok {
		return r
	}
	return v.stored(topic, field)
}

func (v matrixView) stored(topic int64, field string) setting.Rule {
	if r, ok := v.Stored[setting.Cell{TopicID: topic, Field: field}]; ok {
		return r
	}
	return setting.Hidden
}

// changed reports whether a field's row has a cell that is not saved.
func (v matrixView) changed(field string) bool {
	for _, t := range v.Topics {
		if v.rule(t.ID, field) != v.stored(t.ID, field) {
			return true
		}
	}
	return false
}

// unsaved counts the fields that are changed.
func (v matrixView) unsaved() int {
	n := 0
	for _, f := range v.Fields {
		if v.changed(f.Key) {
			n++
		}
	}
	return n
}

// first is the topic that "Preview" begins with.
func (v matrixView) first() string {
	if len(v.Topics) == 0 {
		return ""
	}
	return num(v.Topics[0].ID)
}

func ruleWord(ctx context.Context, r setting.Rule) string {
	switch r {
	case setting.Hidden:
		return i18n.T(ctx, "admin.fields.rule_hidden")
	case setting.View:
		return i18n.T(ctx, "admin.fields.rule_view")
	case setting.Edit:
		return i18n.T(ctx, "admin.fields.rule_edit")
	case setting.Required:
		return i18n.T(ctx, "admin.fields.rule_required")
	}
	return string(r)
}

func kindWord(ctx context.Context, k setting.Kind) string {
	switch k {
	case setting.KindText:
		return i18n.T(ctx, "admin.fields.kind_text")
	case setting.KindLongText:
		return i18n.T(ctx, "admin.fields.kind_long_text")
	case setting.KindNumber:
		return i18n.T(ctx, "admin.fields.kind_number")
	case setting.KindDate:
		return i18n.T(ctx, "admin.fields.kind_date")
	case setting.KindSelect:
		return i18n.T(ctx, "admin.fields.kind_select")
	case setting.KindMultiSelect:
		return i18n.T(ctx, "admin.fields.kind_multi_select")
	case setting.KindCheckbox:
		return i18n.T(ctx, "admin.fields.kind_checkbox")
	case setting.KindSerials:
		return i18n.T(ctx, "admin.fields.kind_serials")
	case setting.KindPriority:
		return i18n.T(ctx, "admin.fields.kind_priority")
	}
	return string(k)
}

// about is a field's kind with the number of its choices.
func about(ctx context.Context, f setting.Field) string {
	n := 0
	for _, o := range f.Options {
		if !o.Retired {
			n++
		}
	}
	if f.Kind == setting.KindPriority {
		n = 4
	}
	if n > 0 {
		return i18n.T(ctx, "admin.fields.kind_values", "kind", kindWord(ctx, f.Kind), "count", n)
	}
	return kindWord(ctx, f.Kind)
}
