package desk

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/web/ui"
)

// uploads is the part of a reply or note about its files.
func (f writing) uploads(ctx context.Context) ui.UploadsView {
	v := ui.UploadsView{
		Label: i18n.T(ctx, "desk.answer.files"), MaxTotal: f.Rules.MaxTotal, Accept: f.Rules.Accept(), Camera: slices.Contains(f.Rules.Types, "image/jpeg"),
	}
	for _, u := range f.Uploads {
		v.Files = append(v.Files, ui.UploadView{ID: u.ID, Name: u.Name, MIME: u.Type, Size: u.Size, InText: u.InText(f.Message)})
	}
	return v
}

// keepForm lets scripts keep what the server could not take (keep.js). They learn
// which form saved the draft last, so that they see whether it has all they kept.
func (p answerPage) keepForm(status int) templ.Attributes {
	at := keep(p.Me, "write-"+string(p.Tab)+":"+num(p.Number), status)
	at["data-writer"], at["data-writer-n"] = p.Form.Writer, num(p.Form.WriterN)
	return at
}
