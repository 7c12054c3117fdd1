package portal

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// composerView is a message that a customer writes: what they typed so far and
// what is wrong with it. Files.Rules has to be set, see Handler.files.
type composerView struct {
	Label       string // of the text, in the reader's language
	Placeholder string
	Hint        string        // for those who write without scripts; may be empty
	Value       string        // as typed, in Kind
	Kind        richtext.Kind // "": Markdown
	Wrong       fault.Message // with the text
	Rows        int           // 0: 7
	Files       filesForm
}

// pictures is where pictures that are pasted into the text are sent. A visitor's
// are attached: nobody else may see them before the ticket is confirmed.
func (v composerView) pictures() string {
	if v.Files.Guest != "" {
		return ""
	}
	return link.Attachments
}

// withText are the files, with the text that may show some of them.
func (v composerView) withText() filesForm {
	f := v.Files
	f.Text = v.Value
	return f
}

// source is what stands in the text area.
func (v composerView) source() string {
	if v.Kind == richtext.KindHTML {
		return richtext.Render(v.Value, richtext.KindHTML)
	}
	return v.Value
}

// html is what the editor begins with; a script alone reads it.
func (v composerView) html() string {
	if strings.TrimSpace(v.Value) == "" {
		return ""
	}
	kind := v.Kind
	if kind == "" {
		kind = richtext.KindMarkdown
	}
	return richtext.Render(v.Value, kind)
}

func (v composerView) wrongID() string {
	if v.Wrong.Key == "" {
		return ""
	}
	return "message-h"
}

func (v composerView) hintID() string {
	if v.Hint == "" {
		return ""
	}
	return "message-hint"
}

// filesForm is the part of a form about its files.
type filesForm struct {
	Uploads []ticket.Upload
	Refused []fault.Message
	Error   fault.Message
	Rules   ticket.UploadRules
	Text    string // that may show some of them
	Guest   string // key of a visitor's form, who has no name to stage files under
}

// files is the part about its files of a form as it came in; the zero post is an
// empty form.
func (h *Handler) files(ctx context.Context, p post) filesForm {
	return filesForm{Uploads: p.Uploads, Refused: p.Refused, Rules: h.tickets.Limits(ctx)}
}

// hint says before anything is chosen what may be.
func (f filesForm) hint(ctx context.Context) string {
	return i18n.T(ctx, "portal.files.hint", "types", strings.Join(f.Rules.Labels, ", "), "limit", i18n.Bytes(ctx, f.Rules.MaxTotal))
}

// accept is what the file chooser offers first. The picture types make phones
// offer their camera.
func (f filesForm) accept() string {
	return strings.Join(append(slices.Clone(f.Rules.Types), f.Rules.Extensions...), ",")
}

// pictures reports whether a photo would be taken.
func (f filesForm) pictures() bool {
	return slices.Contains(f.Rules.Types, "image/jpeg")
}

// words are what the script needs to say in the reader's language.
func (f filesForm) words(ctx context.Context) templ.Attributes {
	return templ.Attributes{
		"data-to":         link.Query(link.Attachments, "key", f.Guest),
		"data-drop":       link.Query(link.AttachmentDrop(0), "key", f.Guest),
		"data-name":       fieldUpload,
		"data-limit":      num(f.Rules.MaxTotal),
		"data-units":      i18n.T(ctx, "ui.files.units"),
		"data-uploaded":   i18n.T(ctx, "portal.files.uploaded", "size", "{size}"),
		"data-sending":    i18n.T(ctx, "portal.files.sending", "done", "{done}", "size", "{size}"),
		"data-waiting":    i18n.T(ctx, "portal.files.waiting", "size", "{size}"),
		"data-progress":   i18n.T(ctx, "portal.files.progress", "name", "{name}"),
		"data-remove":     i18n.T(ctx, "portal.files.remove_file", "name", "{name}"),
		"data-cancel":     i18n.T(ctx, "portal.files.cancel", "name", "{name}"),
		"data-dismiss":    i18n.T(ctx, "portal.files.dismiss"),
		"data-retry":      i18n.T(ctx, "portal.files.retry"),
		"data-retry-file": i18n.T(ctx, "portal.files.retry_file", "name", "{name}"),
		"data-failed":     i18n.T(ctx, "portal.files.failed", "name", "{name}"),
		"data-slow-down":  i18n.T(ctx, "portal.files.slow_down", "name", "{name}"),
		"data-signed-out": i18n.T(ctx, "portal.files.signed_out", "name", "{name}"),
		"data-no-room":    i18n.T(ctx, "portal.files.no_room", "name", "{name}", "limit", f.Rules.MaxTotal/1_000_000),
		"data-empty":      i18n.T(ctx, "ticket.file_empty", "name", "{name}"),
		"data-done":       i18n.T(ctx, "portal.files.done", "name", "{name}"),
		"data-unfinished": i18n.T(ctx, "portal.files.unfinished"),
		"data-wait":       i18n.T(ctx, "portal.files.wait"),
	}
}

// wrong lists what is wrong with the files for the summary above the form.
func (f filesForm) wrong(ctx context.Context) []ui.Field {
	var out []ui.Field
	for _, m := range append([]fault.Message{f.Error}, f.Refused...) {
		if m.Key != "" {
			out = append(out, ui.Field{Name: fieldFiles, Label: i18n.T(ctx, "portal.files.label"), Error: m})
		}
	}
	return out
}
