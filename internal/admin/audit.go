package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// auditView is the record of changes.
type auditView struct {
	setting.AuditPage
	Paged bool
}

// showAudit is GET /admin/audit: who changed what, the newest first.
func (h *Handler) showAudit(w http.ResponseWriter, r *http.Request) error {
	after := httpx.ReadQuery(r).Get("after")
	v := auditView{Paged: after != ""}
	var err error
	if v.AuditPage, err = h.settings.AuditLog(r.Context(), httpx.Actor(r), after); err != nil {
		return err
	}
	p, err := h.layout(r, "audit", i18n.T(r.Context(), "admin.audit.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, auditPage(p, v))
}

func (v auditView) pager() ui.PagerView { return ui.Forward(link.Audit, v.Paged, v.Next) }

// auditLine is one value that changed.
type auditLine struct{ Key, Before, After string }

// lines lists what an entry changed, by name.
func lines(e setting.AuditEntry) []auditLine {
	before, after := values(e.Before), values(e.After)
	keys := map[string]bool{}
	for k := range before {
		keys[k] = true
	}
	for k := range after {
		keys[k] = true
	}
	var out []auditLine
	for k := range keys {
		if before[k] != after[k] {
			out = append(out, auditLine{k, before[k], after[k]})
		}
	}
	slices.SortFunc(out, func(a, b auditLine) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// values writes a record's values as text.
func values(raw json.RawMessage) map[string]string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		switch v := v.(type) {
		case nil:
		case string:
			out[k] = v
		case []any:
			parts := make([]string, len(v))
			for i, one := range v {
				parts[i] = fmt.Sprint(one)
			}
			out[k] = strings.Join(parts, ", ")
		case map[string]any:
			b, _ := json.Marshal(v)
			out[k] = string(b)
		default:
			out[k] = fmt.Sprint(v)
		}
	}
	return out
}

// subjectHref is the page of what was changed; "" when it has none.
func subjectHref(e setting.AuditEntry) string {
	kind, id, _ := strings.Cut(e.Subject, ":")
	if kind == "field" {
		return link.Field(id)
	}
	var n int64
	if _, err := fmt.Sscan(id, &n); err != nil {
		return ""
	}
	switch kind {
	case "company":
		return link.Company(n)
	case "person":
		return link.User(n)
	case "role":
		return link.Role(n)
	case "topic":
		if strings.HasPrefix(e.Action, "topic.") {
			return link.Topic(n)
		}
		return link.LifecyclePolicy(n)
	case "calendar":
		return link.Calendar
	default:
		return ""
	}
}

// subjectName is what was changed, in words.
func subjectName(e setting.AuditEntry) string {
	if e.Name != "" {
		return e.Name
	}
	return e.Subject
}
