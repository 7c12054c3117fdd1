package portal

import (
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// mostDrafts is how often a person may save in a minute: scripts save every two
// seconds at most, in a few windows.
const mostDrafts = 240

// postReplyDraft is POST /tickets/{number}/draft. Scripts save while the
// customer types and get 204; the buttons without scripts (save=1, discard=1)
// come back to the page.
func (h *Handler) postReplyDraft(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	if err := h.throttle(ctx, "draft:reply:"+num(by.PersonID), mostDrafts, time.Minute); err != nil {
		return err
	}
	p, err := h.readPost(r)
	if p.Form == nil {
		return err
	}
	form := replyForm{Message: p.Text("message"), Kind: p.Kind(), Key: p.Get(fieldKey), Files: h.files(ctx, p)}
	draft := ticket.Draft{Kind: ticket.ReplyDraft, Body: form.Message, BodyKind: form.Kind, Uploads: p.Uploads, BaseSeq: p.ID(fieldSeen)}
	if p.On("discard") {
		draft = ticket.Draft{Kind: ticket.ReplyDraft}
	}
	at, saved := h.tickets.SaveDraft(ctx, by, number, draft)
	if err == nil {
		err = saved
	}
	switch {
	case !p.On("save") && !p.On("discard"):
		if err != nil {
			return err
		}
		w.Header().Set("X-Saved-At", i18n.Clock(ctx, at.At))
		w.WriteHeader(http.StatusNoContent)
		return nil
	case fault.Is(err, fault.Invalid):
		form.Wrong = fault.Of(err).Fields["message"]
		return h.renderThread(w, r, http.StatusUnprocessableEntity, number, form)
	case err != nil:
		return err
	case len(p.Refused) > 0:
		return h.renderThread(w, r, http.StatusUnprocessableEntity, number, form)
	case p.On("discard"):
		return h.done(w, r, link.Ticket(number), "portal.thread.draft_gone")
	default:
		return h.done(w, r, link.Ticket(number), "portal.thread.draft_kept")
	}
}

// draft puts the reader's draft into an empty form.
func (v threadView) draft(f replyForm) replyForm {
	d := v.Draft
	if d == nil || f.Message != "" {
		return f
	}
	f.Message, f.Kind, f.Files.Uploads, f.SavedAt = d.Body, d.BodyKind, d.Uploads, &d.UpdatedAt
	f.Since = v.newMessages(d.BaseSeq)
	return f
}

// newMessages counts what others than the reader wrote after a place of the
// timeline.
func (v threadView) newMessages(after int64) int {
	n := 0
	for _, e := range v.Entries {
		if e.Kind == ticket.MessageEntry && e.Seq > after && (e.AuthorID == nil || *e.AuthorID != v.me.PersonID) {
			n++
		}
	}
	return n
}

// firstNew is the place of the first entry after since; 0 when there is none.
func (v threadView) firstNew() int64 {
	for _, e := range v.Entries {
		if e.Seq > v.since {
			return e.Seq
		}
	}
	return 0
}
