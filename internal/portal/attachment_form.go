package portal

import (
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// Names of the fields that every form with files has.
const (
	fieldFiles  = ui.FieldFiles
	fieldUpload = ui.FieldUpload
	fieldDrop   = ui.FieldDrop
	fieldKey    = "key" // the form's idempotency key
)

// postLimits bound a message. Files over the limit of a message are refused one
// by one, in words, so the whole request may be larger; beyond that we stop
// reading.
var postLimits = httpx.Limits{Body: 4*ticket.MaxUploads + 1<<20, Files: 100}

// post is a form with files as it came in. The files that are good are staged:
// they outlive a form that has to be shown again.
type post struct {
	httpx.Form
	IDs     []int64         // of all files that shall go with the message, also ones that are gone
	Uploads []ticket.Upload // those of them that are there
	Refused []fault.Message // why other files were not taken, each naming its file
}

// Kind is the form of the message: HTML of the editor, else Markdown.
func (p post) Kind() richtext.Kind {
	if p.Get("message_kind") == string(richtext.KindHTML) {
		return richtext.KindHTML
	}
	return richtext.KindMarkdown
}

// readPost reads a form with files, staging each file while it streams in. A
// file that is refused is noted; the form and the other files stay good. Beside
// an error the form is good when it is not nil, so that it can be shown again.
func (h *Handler) readPost(r *http.Request) (post, error) {
	ctx, by := r.Context(), httpx.Actor(r)
	var p post
	var fresh []ticket.Upload
	room := h.tickets.Limits(ctx).MaxTotal
	values, err := httpx.Multipart(r, postLimits, func(field, name string, f io.Reader) error {
		if field != fieldFiles {
			return nil
		}
		u, err := h.take(r, by, name, f, room)
		if fault.Is(err, fault.TooMany) {
			p.Refused = append(p.Refused, fault.Message{Key: "ui.files.slow_down", Args: []any{"name", name}})
			return nil
		}
		if why, ok := refusal(err); ok {
			p.Refused = append(p.Refused, why)
			return nil
		}
		if err != nil {
			return err
		}
		room -= u.Size
		fresh = append(fresh, u)
		return nil
	})
	if values == nil {
		return p, err
	}
	p.Form = httpx.Form(values)
	if err != nil && !fault.Is(err, fault.TooLarge) {
		return p, err
	}
	if e := h.collect(ctx, by, &p, fresh); e != nil {
		return p, e
	}
	return p, err
}

// take stages a file of a form as it streams in.
func (h *Handler) take(r *http.Request, by auth.Actor, name string, f io.Reader, room int64) (ticket.Upload, error) {
	if by.SignedIn() {
		return h.tickets.Stage(r.Context(), by, name, f, room)
	}
	return h.takeGuest(r, name, f)
}

// takeGuest stages a file of a visitor. It belongs to their form, whose key
// stands in the form's address. They choose the key: fault.TooMany counts the
// files that come from their place.
func (h *Handler) takeGuest(r *http.Request, name string, f io.Reader) (ticket.Upload, error) {
	if err := h.throttle(r.Context(), "upload:"+whose(r), guestUploads, uploadsWindow); err != nil {
		return ticket.Upload{}, err
	}
	return h.tickets.StageGuest(r.Context(), r.URL.Query().Get(fieldKey), name, f)
}

// waiting are those of ids that came with an earlier try.
func (h *Handler) waiting(ctx context.Context, by auth.Actor, f httpx.Form, ids []int64) ([]ticket.Upload, error) {
	if by.SignedIn() {
		return h.tickets.Staged(ctx, by, ids)
	}
	return h.tickets.StagedGuest(ctx, f.Get(fieldKey), ids)
}

// collect puts the files of earlier tries before the fresh ones. Fresh files for
// which there is no room beside them are refused.
func (h *Handler) collect(ctx context.Context, by auth.Actor, p *post, fresh []ticket.Upload) error {
	kept := slices.DeleteFunc(p.Form.IDs(fieldUpload), func(id int64) bool {
		return slices.Contains(p.Form.IDs(fieldDrop), id)
	})
	earlier, err := h.waiting(ctx, by, p.Form, kept)
	if err != nil {
		return err
	}
	p.IDs, p.Uploads = kept, earlier
	total, most := int64(0), h.tickets.Limits(ctx).MaxTotal
	for _, u := range earlier {
		total += u.Size
	}
	for _, u := range fresh {
		if total+u.Size > most {
			p.Refused = append(p.Refused, fault.Message{Key: "ui.files.no_room", Args: []any{"name", u.Name, "limit", most / 1_000_000}})
			continue
		}
		total += u.Size
		p.IDs, p.Uploads = append(p.IDs, u.ID), append(p.Uploads, u)
	}
	return nil
}

// refusal is why a file was not taken, when err says so.
func refusal(err error) (fault.Message, bool) {
	if !fault.Is(err, fault.Invalid) {
		return fault.Message{}, false
	}
	why, ok := fault.Of(err).Fields[fieldFiles]
	return why, ok
}

// fileViews are a message's files as chips.
func fileViews(files []ticket.Upload) []ui.FileView {
	views := make([]ui.FileView, 0, len(files))
	for _, f := range files {
		v := ui.FileView{Name: f.Name, Size: f.Size, MIME: f.Type, Href: link.Attachment(f.ID)}
		if f.Picture() {
			v.Thumb = link.Thumbnail(f.ID)
		}
		views = append(views, v)
	}
	return views
}
