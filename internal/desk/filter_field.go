package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// listed reports whether a field's values are offered: others are written.
func listed(f ticket.FilterField) bool {
	return f.Kind == ticket.FieldSelect || f.Kind == ticket.FieldMulti || f.Kind == ticket.FieldTick
}

// fieldValue is a value of a term as the reader calls it.
func fieldValue(ctx context.Context, f *ticket.FilterField, value string) string {
	switch {
	case value == "none":
		return i18n.T(ctx, "desk.filter.field_none")
	case f.Kind == ticket.FieldTick && value == "yes":
		return i18n.T(ctx, "desk.filter.field_yes")
	case f.Kind == ticket.FieldTick:
		return i18n.T(ctx, "desk.filter.field_no")
	default:
		return f.Say(value)
	}
}

// termWords is a term as its chip says it: a field in the reader's words, anything
// else as it is typed.
func termWords(ctx context.Context, t ticket.Term) string {
	f := t.Field()
	if f == nil {
		return t.String()
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = fieldValue(ctx, f, strings.ToLower(v))
		if values[i] == strings.ToLower(v) {
			values[i] = v
		}
	}
	words := f.Label + ": " + strings.Join(values, ", ")
	if t.Not {
		return i18n.T(ctx, "desk.filter.not", "filter", words)
	}
	return words
}

// addFieldFilter goes to the list that is narrowed by a field too; ok is false
// when the address asks for no such thing.
func addFieldFilter(w http.ResponseWriter, r *http.Request, q httpx.Form, l inboxList) (ok bool, err error) {
	if !q.Has("field") {
		return false, nil
	}
	term, value := q.Line("field"), strings.ReplaceAll(q.Line("value"), `"`, "")
	if key, written := strings.CutSuffix(term, ":"); written {
		if term = ""; value != "" {
			term = ticket.Term{Key: key, Values: []string{value}}.String()
		}
	}
	text := strings.TrimSpace(l.Query + " " + term)
	return true, httpx.SeeOther(w, r, link.Query(link.Inbox, "view", q.Get("view"), "q", text, "sort", l.Sort))
}
