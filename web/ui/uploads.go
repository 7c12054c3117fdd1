package ui

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
)

// Names of the fields that every form with files has.
const (
	FieldFiles  = "attachments" // the file input
	FieldUpload = "upload"      // id of a file that came ahead of the form, or with an earlier try
	FieldDrop   = "drop"        // id of such a file that is not wanted any more
)

// UploadView is a file that waits with a form.
type UploadView struct {
	ID     int64
	Name   string
	MIME   string
	Size   int64 // bytes
	InText bool  // a picture that stands in the message: it goes along unlisted
}

// UploadsView is the part of a form about its files.
type UploadsView struct {
	Label    string
	Files    []UploadView
	Refused  []fault.Message // why others were not taken, each naming its file
	Error    fault.Message   // what is wrong with all of them
	MaxTotal int64           // bytes that they may have together
	Accept   string          // what the file chooser offers first; "": everything
	Hint     string          // said before anything is chosen; may be empty
	Camera   bool            // phones offer their camera
	Key      string          // of a visitor's form, who has no name to keep files under
}

// words are what the script needs to say in the reader's language.
func (v UploadsView) words(ctx context.Context) templ.Attributes {
	return templ.Attributes{
		"data-to":         link.Query(link.Attachments, "key", v.Key),
		"data-drop":       link.Query(link.AttachmentDrop(0), "key", v.Key),
		"data-name":       FieldUpload,
		"data-limit":      strconv.FormatInt(v.MaxTotal, 10),
		"data-units":      i18n.T(ctx, "ui.files.units"),
		"data-uploaded":   i18n.T(ctx, "ui.files.uploaded", "size", "{size}"),
		"data-sending":    i18n.T(ctx, "ui.files.sending", "done", "{done}", "size", "{size}"),
		"data-waiting":    i18n.T(ctx, "ui.files.waiting", "size", "{size}"),
		"data-progress":   i18n.T(ctx, "ui.files.progress", "name", "{name}"),
		"data-remove":     i18n.T(ctx, "ui.files.remove_file", "name", "{name}"),
		"data-cancel":     i18n.T(ctx, "ui.files.cancel", "name", "{name}"),
		"data-dismiss":    i18n.T(ctx, "ui.files.dismiss"),
		"data-retry":      i18n.T(ctx, "ui.files.retry"),
		"data-retry-file": i18n.T(ctx, "ui.files.retry_file", "name", "{name}"),
		"data-failed":     i18n.T(ctx, "ui.files.failed", "name", "{name}"),
		"data-slow-down":  i18n.T(ctx, "ui.files.slow_down", "name", "{name}"),
		"data-signed-out": i18n.T(ctx, "ui.files.signed_out", "name", "{name}"),
		"data-no-room":    i18n.T(ctx, "ui.files.no_room", "name", "{name}", "limit", v.MaxTotal/1_000_000),
		"data-empty":      i18n.T(ctx, "ticket.file_empty", "name", "{name}"),
		"data-done":       i18n.T(ctx, "ui.files.done", "name", "{name}"),
		"data-unfinished": i18n.T(ctx, "ui.files.unfinished"),
		"data-wait":       i18n.T(ctx, "ui.files.wait"),
	}
}

// describe ties the input to what is wrong with the files, else to the hint.
func (v UploadsView) describe() templ.Attributes {
	switch {
	case v.Error.Key != "":
		return templ.Attributes{"aria-invalid": "true", "aria-describedby": "files-h"}
	case v.Hint != "":
		return templ.Attributes{"aria-describedby": "files-hint"}
	default:
		return nil
	}
}
