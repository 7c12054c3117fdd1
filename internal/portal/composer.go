package portal

import (
	"context"
	"slices"
	"strings"

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
	Guest   string // key of a visitor's form, who has no name to stage files under
}

// files is the part about its files of a form as it came in; the zero post is an
// empty form.
func (h *Handler) files(ctx context.Context, p post) filesForm {
	return filesForm{Uploads: p.Uploads, Refused: p.Refused, Rules: h.tickets.Limits(ctx)}
}

// view is the part as its component takes it, beside the text that may show some
// of the files.
func (f filesForm) view(ctx context.Context, text string) ui.UploadsView {
	v := ui.UploadsView{
		Label: i18n.T(ctx, "ui.files.label"), Refused: f.Refused, Error: f.Error, MaxTotal: f.Rules.MaxTotal, Accept: f.Rules.Accept(), Key: f.Guest,
		Hint:   i18n.T(ctx, "ui.files.hint", "types", strings.Join(f.Rules.Labels, ", "), "limit", i18n.Bytes(ctx, f.Rules.MaxTotal)),
		Camera: slices.Contains(f.Rules.Types, "image/jpeg"),
	}
	for _, u := range f.Uploads {
		v.Files = append(v.Files, ui.UploadView{ID: u.ID, Name: u.Name, MIME: u.Type, Size: u.Size, InText: u.InText(text)})
	}
	return v
}

// wrong lists what is wrong with the files for the summary above the form.
func (f filesForm) wrong(ctx context.Context) []ui.Field {
	var out []ui.Field
	for _, m := range append([]fault.Message{f.Error}, f.Refused...) {
		if m.Key != "" {
			out = append(out, ui.Field{Name: fieldFiles, Label: i18n.T(ctx, "ui.files.label"), Error: m})
		}
	}
	return out
}
