package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// How often a form may be kept: every two seconds of typing, in a few windows.
const (
	draftsAtOnce = 300
	draftsWindow = 5 * time.Minute
)

// unsent is the form as it is kept for its writer.
func (f ticketForm) unsent() ticket.Unsent {
	return ticket.Unsent{
		Follows: f.Follows, TopicID: f.Topic, CompanyID: f.Company, Subject: f.Subject, Message: f.Message, Kind: f.Kind,
		Fields: f.Values, Uploads: f.Files.Uploads, Key: f.Key,
	}
}

// recall puts what by typed before into a form that was asked for, and reports
// whether there was any. What the address asks for stands only where nothing
// was typed: no word is lost to a link.
func (h *Handler) recall(ctx context.Context, by auth.Actor, form *ticketForm) (bool, error) {
	if !by.SignedIn() {
		return false, nil
	}
	u, err := h.tickets.Unsent(ctx, by, form.Follows)
	if err != nil || u == nil {
		return false, err
	}
	if u.Subject != "" {
		form.Subject = u.Subject
	}
	if u.TopicID != 0 {
		form.Topic = u.TopicID
	}
	if len(u.Fields) > 0 {
		form.Values = u.Fields
	}
	if u.Message != "" {
		form.Message, form.Kind = u.Message, u.Kind
	}
	form.Company, form.Key, form.Kept = u.CompanyID, u.Key, &u.UpdatedAt
	form.Files.Uploads = u.Uploads
	return true, nil
}

// postDraft is POST /tickets/new/draft: a script keeps what is typed, every two
// seconds at most.
func (h *Handler) postDraft(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	if err := h.throttle(ctx, "draft:new:"+num(by.PersonID), draftsAtOnce, draftsWindow); err != nil {
		return err
	}
	f, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	form := h.postedTicket(ctx, post{Form: f})
	for _, id := range f.IDs(fieldUpload) {
		form.Files.Uploads = append(form.Files.Uploads, ticket.Upload{ID: id})
	}
	if _, err := h.tickets.SaveUnsent(ctx, by, form.unsent()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// postDiscard is POST /tickets/new/discard: "Discard draft".
func (h *Handler) postDiscard(w http.ResponseWriter, r *http.Request) error {
	f, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	follows := f.ID("follows")
	if err := h.tickets.DropUnsent(r.Context(), httpx.Actor(r), follows); err != nil {
		return err
	}
	to := link.NewTicket
	if follows != 0 {
		to = link.FollowUp(follows)
	}
	return h.done(w, r, to, "portal.new.discarded")
}
