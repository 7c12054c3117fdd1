package portal

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/kb"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
)

// ticketForm is what the customer typed into the form for a new ticket and what
// is wrong with it.
type ticketForm struct {
	Topic   int64 // 0: the preset one
	Subject string
	Message string
	Kind    richtext.Kind     // of Message
	Values  map[string]string // of the topic's fields, by key
	Follows int64             // number of the closed ticket that this one follows; 0: none
	Company int64             // that it is for; 0: the only one, or none
	Key     string
	Files   filesForm
	Errors  map[string]fault.Message
	Problem fault.Message    // that belongs to no field
	Similar []ticket.Similar // open tickets that ask the same
	Stopped bool             // they kept the form from being sent
	Anyway  bool             // they shall not
	Kept    *time.Time       // when this was kept for its writer; nil: it was not
	Fresh   bool             // the page was asked for, not answered with
	Guest   guestForm
}

// showNewTicket is GET /tickets/new: the form for a new ticket (P5), empty or
// begun by an address: topic, subject, message, follows.
func (h *Handler) showNewTicket(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	form := ticketForm{Topic: q.ID("topic"), Subject: q.Line("subject"), Message: q.Text("message"), Values: q.Under("field."), Follows: q.ID("follows"), Fresh: true}
	kept, err := h.recall(r.Context(), httpx.Actor(r), &form)
	if err == nil && !kept {
		err = h.carry(r.Context(), httpx.Actor(r), &form)
	}
	if err != nil {
		return err
	}
	return h.renderNewTicket(w, r, http.StatusOK, form)
}

// showTopicFields is GET /tickets/new/fields: what changes in the form when
// another topic is chosen.
func (h *Handler) showTopicFields(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v, err := h.newTicketView(r.Context(), httpx.Actor(r), ticketForm{Topic: q.ID("topic"), Values: q.Under("field.")})
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, topicParts(v))
}

// postTicket is POST /tickets.
func (h *Handler) postTicket(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), httpx.Actor(r)
	p, err := h.readPost(r)
	form := h.postedTicket(ctx, p)
	if fault.Is(err, fault.TooLarge) && p.Form != nil {
		form.Files.Error = tooMuch
		return h.renderNewTicket(w, r, http.StatusRequestEntityTooLarge, form)
	}
	if err != nil {
		return err
	}
	if p.Has("carry") {
		if err := h.carry(ctx, by, &form); err != nil {
			return err
		}
	}
	if p.Has("refresh") { // "Update fields", for browsers without scripts
		return h.renderNewTicket(w, r, http.StatusOK, form)
	}
	if !by.SignedIn() {
		return h.postGuest(w, r, p, form)
	}
	status, err := h.doubts(ctx, by, p, &form)
	if err != nil {
		return err
	}
	if status != 0 {
		return h.refuse(w, r, status, form)
	}
	number, err := h.tickets.Submit(ctx, by, form.submission(p.IDs))
	if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
		form.Errors, form.Files.Error = f.Fields, f.Fields[fieldFiles]
		return h.refuse(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	if err := h.kb.Closed(ctx, form.Key, kb.Sent); err != nil {
		slog.WarnContext(ctx, "the ticket is there, what was read before it is not counted", "number", number, "err", err)
	}
	return httpx.SeeOther(w, r, link.CreatedTicket(number))
}

// submission is the form as the use case takes it.
func (f ticketForm) submission(uploads []int64) ticket.Submission {
	return ticket.Submission{
		TopicID: f.Topic, Subject: f.Subject, Message: f.Message, MessageKind: f.Kind,
		Fields: f.Values, CompanyID: f.Company, Follows: f.Follows, Uploads: uploads, Key: f.Key,
	}
}

// refuse shows a form that has to be mended, and keeps it for its writer.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, status int, form ticketForm) error {
	if by := httpx.Actor(r); by.SignedIn() {
		if _, err := h.tickets.SaveUnsent(r.Context(), by, form.unsent()); err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	return h.renderNewTicket(w, r, status, form)
}

func (h *Handler) postedTicket(ctx context.Context, p post) ticketForm {
	return ticketForm{
		Topic: p.ID("topic"), Subject: p.Line("subject"), Message: p.Text("message"), Kind: p.Kind(), Values: p.Under("field."),
		Follows: p.ID("follows"), Company: p.ID("company"), Key: p.Get(fieldKey), Files: h.files(ctx, p), Guest: postedGuest(p), Anyway: p.Has("anyway"),
	}
}

// carry begins a follow-up with what the closed ticket says. Nothing that was
// typed is replaced. fault.NotFound when the ticket is not by's to see.
func (h *Handler) carry(ctx context.Context, by auth.Actor, form *ticketForm) error {
	if form.Follows == 0 {
		return nil
	}
	old, err := h.tickets.Thread(ctx, by, form.Follows, ticket.ViewEnd)
	if err != nil {
		return err
	}
	if form.Topic == 0 {
		form.Topic = old.TopicID
	}
	if form.Subject == "" {
		form.Subject = old.Subject
	}
	if len(form.Values) == 0 {
		form.Values = typedValues(old)
	}
	return nil
}

// doubts finds all that keeps the form from being sent, so that it is met at
// once: what has to be mended, and open tickets that ask the same. It returns the
// status to answer with; 0: nothing does.
func (h *Handler) doubts(ctx context.Context, by auth.Actor, p post, form *ticketForm) (status int, err error) {
	err = h.tickets.Check(ctx, by, form.submission(nil))
	if fault.Is(err, fault.Invalid) {
		form.Errors, err = fault.Of(err).Fields, nil
	}
	if err != nil {
		return 0, err
	}
	if p.Has("warn") && !form.Anyway {
		if form.Similar, err = h.similar(ctx, by, *form); err != nil {
			return 0, err
		}
		form.Stopped = len(form.Similar) > 0
	}
	switch {
	case len(p.Refused) > 0, len(form.Errors) > 0:
		return http.StatusUnprocessableEntity, nil
	case form.Stopped:
		return http.StatusConflict, nil
	default:
		return 0, nil
	}
}

func (h *Handler) renderNewTicket(w http.ResponseWriter, r *http.Request, status int, form ticketForm) error {
	ctx := r.Context()
	if form.Key == "" {
		form.Key = rand.Text()
	}
	if form.Anyway && len(form.Similar) == 0 { // the answer is kept beside what it answers
		var err error
		if form.Similar, err = h.similar(ctx, httpx.Actor(r), form); err != nil {
			return err
		}
	}
	form.Files.Rules = h.tickets.Limits(ctx)
	if !httpx.Actor(r).SignedIn() {
		form.Files.Guest = form.Key
	}
	v, err := h.newTicketView(ctx, httpx.Actor(r), form)
	if err != nil {
		return err
	}
	v.me, v.hours = httpx.Actor(r), h.hours(ctx)
	if !v.me.SignedIn() {
		v.form.Guest.Puzzle = h.puzzle()
	}
	if form.Subject != "" { // browsers without scripts get the suggestions with the next page
		hits, err := h.kb.Search(ctx, httpx.Actor(r), kb.Query{Text: form.Subject, Lang: i18n.ReaderOf(ctx).Lang, Limit: suggestions})
		if err != nil {
			return err
		}
		v.hits = strong(hits)
	}
	layout := h.layout(r, "new", i18n.T(ctx, "portal.new.title"))
	if !v.me.SignedIn() {
		layout.Script = "captcha.js"
	}
	if v.me.SignedIn() {
		httpx.NoStore(w)
	}
	return httpx.Render(w, r, status, newTicketPage(layout, v))
}
