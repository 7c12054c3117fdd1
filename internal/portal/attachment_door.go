package portal

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/ticket"
)

// How many files one person may send ahead of their message, and visitors from
// one address ahead or with it. A message has 50 at most.
const (
	uploadsAtOnce = 200
	guestUploads  = 20
	uploadsWindow = 10 * time.Minute
)

// postAttachment is POST /attachments: a script sends one file while its
// message is still being written, and gets the staged file as JSON
// {"id", "name", "type", "size"}; for a file that is not taken {"message"} with
// status 422.
func (h *Handler) postAttachment(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	if by.SignedIn() {
		if err := h.throttle(ctx, "upload:"+whose(r), uploadsAtOnce, uploadsWindow); err != nil {
			return err
		}
	}
	var u ticket.Upload
	limits := httpx.Limits{Body: h.tickets.Limits(ctx).MaxTotal + 4<<20, Files: 1}
	_, err := httpx.Multipart(r, limits, func(_, name string, f io.Reader) (err error) {
		if by.SignedIn() {
			u, err = h.tickets.StageAhead(ctx, by, name, f)
		} else {
			u, err = h.takeGuest(r, name, f)
		}
		return err
	})
	return answerUpload(w, r, u, err)
}

// answerUpload tells a script what became of its file.
func answerUpload(w http.ResponseWriter, r *http.Request, u ticket.Upload, err error) error {
	if why, ok := refusal(err); ok {
		return writeJSON(w, http.StatusUnprocessableEntity, map[string]string{"message": told(r.Context(), why)})
	}
	if err != nil {
		return err
	}
	if u.ID == 0 {
		return fault.New(fault.Invalid, "error.bad_request")
	}
	return writeJSON(w, http.StatusCreated, u)
}

// postAttachmentDrop is POST /attachments/{id}/drop: a file that was sent ahead
// is not wanted any more.
func (h *Handler) postAttachmentDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if by := httpx.Actor(r); by.SignedIn() {
		err = h.tickets.Unstage(r.Context(), by, id)
	} else {
		err = h.tickets.UnstageGuest(r.Context(), r.URL.Query().Get(fieldKey), id)
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b) // nobody is left to tell
	return nil
}
