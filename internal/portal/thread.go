package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// replyForm is what the customer typed into the ticket's page and what is
// wrong with it.
type replyForm struct {
	Message string
	Kind    richtext.Kind // of Message
	Key     string
	Wrong   fault.Message // with the message
	Files   filesForm
	Late    bool // the ticket was closed while this was written: offer to take it along
}

// showThread is GET /tickets/{number}: the ticket page (P7).
func (h *Handler) showThread(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	if httpx.Actor(r).Staff() {
		return httpx.SeeOther(w, r, link.AgentTicket(number))
	}
	return h.renderThread(w, r, http.StatusOK, number, replyForm{})
}

// postReply is POST /tickets/{number}/replies.
func (h *Handler) postReply(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	if by.Staff() {
		return httpx.SeeOther(w, r, link.AgentTicket(number))
	}
	p, err := h.readPost(r)
	form := replyForm{Message: p.Text("message"), Kind: p.Kind(), Key: p.Get(fieldKey), Files: h.files(ctx, p)}
	if fault.Is(err, fault.TooLarge) && p.Form != nil {
		form.Files.Error = tooMuch
		return h.renderThread(w, r, http.StatusRequestEntityTooLarge, number, form)
	}
	if err != nil {
		return err
	}
	if len(p.Refused) > 0 {
		if strings.TrimSpace(form.Message) == "" {
			form.Wrong = fault.Message{Key: "ticket.message_empty"}
		}
		return h.renderThread(w, r, http.StatusUnprocessableEntity, number, form)
	}
	seq, err := h.tickets.Reply(ctx, by, number, ticket.CustomerReply{
		Message: form.Message, MessageKind: form.Kind, Uploads: p.IDs, Key: form.Key,
	})
	switch f := fault.Of(err); {
	case err == nil:
		return httpx.SeeOther(w, r, link.TicketMessage(number, seq))
	case f.Kind == fault.Invalid:
		form.Wrong, form.Files.Error = f.Fields["message"], f.Fields[fieldFiles]
		return h.renderThread(w, r, http.StatusUnprocessableEntity, number, form)
	case f.Kind == fault.Conflict:
		form.Late = true
		return h.renderThread(w, r, http.StatusConflict, number, form)
	default:
		return err
	}
}

// postResolve is POST /tickets/{number}/resolve: "My issue is solved".
func (h *Handler) postResolve(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	err = h.tickets.Solve(r.Context(), httpx.Actor(r), number)
	return h.moved(w, r, number, err, "portal.thread.solved")
}

// postReopen is POST /tickets/{number}/reopen.
func (h *Handler) postReopen(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	err = h.tickets.Reopen(r.Context(), httpx.Actor(r), number)
	return h.moved(w, r, number, err, "portal.thread.reopened")
}

// moved answers a button that changes the ticket. When the ticket does not
// allow the change any more, because somebody was quicker, the ticket page says
// so and shows how it stands now.
func (h *Handler) moved(w http.ResponseWriter, r *http.Request, number int64, err error, done string) error {
	f := fault.Of(err)
	switch {
	case err == nil:
		return h.done(w, r, link.Ticket(number), done)
	case f.Kind == fault.Conflict:
		return h.renderRefused(w, r, number, fault.Message{Key: f.Key, Args: f.Args})
	default:
		return err
	}
}

// threadView is one ticket as its page shows it.
type threadView struct {
	ticket.Thread
	fields  []fact
	me      auth.Actor
	form    replyForm
	refused fault.Message // a change that the ticket did not allow
	now     time.Time
}

func (h *Handler) renderThread(w http.ResponseWriter, r *http.Request, status int, number int64, form replyForm) error {
	return h.renderView(w, r, status, number, threadView{form: form})
}

func (h *Handler) renderRefused(w http.ResponseWriter, r *http.Request, number int64, why fault.Message) error {
	return h.renderView(w, r, http.StatusConflict, number, threadView{refused: why})
}

// renderView fills v with the ticket and shows it.
func (h *Handler) renderView(w http.ResponseWriter, r *http.Request, status int, number int64, v threadView) error {
	ctx, by := r.Context(), httpx.Actor(r)
	view := ticket.ViewEnd
	if httpx.ReadQuery(r).On("all") {
		view = ticket.ViewAll
	}
	th, err := h.tickets.Thread(ctx, by, number, view)
	if err != nil {
		return err
	}
	if v.fields, err = h.facts(ctx, th); err != nil {
		return err
	}
	v.Thread, v.me, v.now = th, by, h.now()
	if v.form.Key == "" {
		v.form.Key = newKey()
	}
	v.form.Files.Rules = h.tickets.Limits(ctx)
	layout := h.layout(r, "tickets", th.Subject)
	return httpx.Render(w, r, status, threadPage(layout, v))
}

// files are those of the entries shown, for the list beside them.
func (v threadView) files() []ui.FileView {
	var files []ui.FileView
	for _, e := range v.Entries {
		files = append(files, fileViews(e.Files)...)
	}
	return files
}
