package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
)

// keptInput is how a kept field appears: with a label when a person typed it,
// hidden when the form carried it for itself.
type keptInput struct {
	field KeptField
	id    string
	label string // "" = hidden
	long  bool
}

func keptView(ctx context.Context, i int, f KeptField) keptInput {
	v := keptInput{field: f, id: "kept-" + strconv.Itoa(i)}
	switch f.Name {
	case "message":
		v.label, v.long = i18n.T(ctx, "ui.kept.message"), true
	case "note":
		v.label, v.long = i18n.T(ctx, "ui.kept.note"), true
	case "subject":
		v.label = i18n.T(ctx, "ui.kept.subject")
	case "email":
		v.label = i18n.T(ctx, "ui.kept.email")
	case "name":
		v.label = i18n.T(ctx, "ui.kept.name")
	}
	return v
}

// rich reports whether the message among fields was written in the rich-text
// editor, which then shows it again.
func rich(fields []KeptField) bool { return slices.Contains(fields, KeptField{"message_kind", "html"}) }

func lostFiles(ctx context.Context, names []string) string {
	return i18n.T(ctx, "ui.failure.lost", "files", strings.Join(names, ", "))
}

func failureTone(status int) string {
	if status >= 500 {
		return "tone-red"
	}
	return "tone-amber"
}

func failureIcon(status int) string {
	switch status {
	case 401, 403:
		return "lock"
	case 404:
		return "search"
	case 429:
		return "hourglass"
	default:
		return "alert"
	}
}

func failureTitle(ctx context.Context, v FailureView) string {
	switch v.Status {
	case 401:
		return i18n.T(ctx, "ui.failure.title_sign_in")
	case 403:
		return i18n.T(ctx, "ui.failure.title_forbidden")
	case 404:
		return i18n.T(ctx, "ui.failure.title_not_found")
	case 409:
		return i18n.T(ctx, "ui.failure.title_conflict")
	case 413:
		return i18n.T(ctx, "ui.failure.title_too_large")
	case 429:
		return i18n.T(ctx, "ui.failure.title_too_many")
	case 503:
		return i18n.T(ctx, "ui.failure.title_unavailable")
	}
	if v.Status >= 500 {
		return i18n.T(ctx, "ui.failure.title_internal")
	}
	return i18n.T(ctx, "ui.failure.title_bad_request")
}
