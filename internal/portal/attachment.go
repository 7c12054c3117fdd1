package portal

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/ticket"
)

// showAttachment is GET /attachments/{id}: one file of a ticket, for whoever
// may see the ticket. A file that a stranger sent is never run on our origin:
// all but pictures are offered for saving, its type is the one found in its content, and
// should a browser open it after all, it does so in a sandbox.
func (h *Handler) showAttachment(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	f, err := h.tickets.Download(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	defer func() { _ = f.Body.Close() }()
	header := w.Header()
	header.Set("Content-Type", servedType(f.Type))
	header.Set("Content-Disposition", disposition(f.Upload))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, f.Body)
	return nil
}

// servedType is the type under which a file is sent. What a browser might run
// as a page of ours goes out as plain text, the unknown as bytes.
func servedType(found string) string {
	kind, _, err := mime.ParseMediaType(found)
	switch {
	case err != nil:
		return "application/octet-stream"
	case kind == "message/rfc822": // some browsers show mail, with its HTML
		return "application/octet-stream"
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "+xml"), kind == "application/xml", strings.HasSuffix(kind, "javascript"):
		return "text/plain; charset=utf-8"
	default:
		return kind
	}
}

// showThumbnail is GET /attachments/{id}/thumbnail: a picture of a ticket, drawn
// small by us, for whoever may see the ticket.
func (h *Handler) showThumbnail(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	body, err := h.tickets.Thumbnail(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	header := w.Header()
	header.Set("Content-Type", "image/jpeg")
	header.Set("Content-Disposition", "inline")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("Cache-Control", "private, max-age=604800")
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}

// disposition offers a file for saving under its name: filename for old clients
// in ASCII, filename* for the rest (RFC 6266 section 4.3, RFC 5987 section 3.2).
// A picture is shown.
func disposition(f ticket.Upload) string {
	way := "attachment"
	if f.Picture() {
		way = "inline"
	}
	return way + named(f.Name)
}

// named is the rest of a disposition: the file's name.
func named(name string) string {
	ascii := strings.Map(func(r rune) rune {
		switch {
		case r > unicode.MaxASCII, r < ' ', r == 0x7f, r == '"', r == '\\', r == '%', r == ';':
			return '_'
		default:
			return r
		}
	}, name)
	return `; filename="` + ascii + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
