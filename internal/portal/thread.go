package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/richtext"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/internal/topicform"
)

// replyForm is what the customer typed into the ticket's page and what is
// wrong with it.
type replyForm struct {
	Message string
	Kind    richtext.Kind // of Message
	Key     string
	Wrong   fault.Message // with the message
	Files   filesForm
	Late    bool       // the ticket was closed while this was written: offer to take it along
	Crossed bool       // somebody else wrote meanwhile: read it first
	SavedAt *time.Time // of the draft on the server
	Since   int        // messages of others since the draft was begun
}

// showThread is GET /tickets/{number}: the ticket page (P7).
func (h *Handler) showThread(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	if works, err := h.works(r, number); err != nil {
		return err
	} else if works {
		return httpx.SeeOther(w, r, link.AgentTicket(number))
	}
	if httpx.Partial(r) && httpx.ReadQuery(r).Has("after") {
		return h.renderNews(w, r, number)
	}
	if httpx.ReadQuery(r).On("new") {
		return h.showCreated(w, r, number)
	}
	return h.renderThread(w, r, http.StatusOK, number, replyForm{})
}

// works reports whether the reader is an agent whose page of the ticket is the
// answering page. What a closed department has of them they read as who asked.
func (h *Handler) works(r *http.Request, number int64) (bool, error) {
	by := httpx.Actor(r)
	if !by.Staff() {
		return false, nil
	}
	seen, err := h.tickets.Seen(r.Context(), by, []int64{number})
	return len(seen) == 1, err
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
		Message: form.Message, MessageKind: form.Kind, Uploads: p.IDs, Key: form.Key, Seen: p.ID(fieldSeen),
	})
	switch f := fault.Of(err); {
	case err == nil:
		return httpx.SeeOther(w, r, link.TicketMessage(number, seq))
	case f.Kind == fault.Invalid:
		form.Wrong, form.Files.Error = f.Fields["message"], f.Fields[fieldFiles]
		return h.renderThread(w, r, http.StatusUnprocessableEntity, number, form)
	case f.Kind == fault.Conflict:
		form.Crossed = f.Key == "ticket.reply_crossed"
		form.Late = !form.Crossed
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

// fieldSeen is the hidden field with the last place of the timeline that the
// writer of a reply had before them.
const fieldSeen = "seen"

// threadView is one ticket as its page shows it.
type threadView struct {
	ticket.Thread
	fields  []fact
	queue   string         // the name of the department that works the ticket; "" none
	props   topicform.View // those that the reader may change
	me      auth.Actor
	form    replyForm
	rating  ratingForm    // as it was sent and refused
	refused fault.Message // a change that the ticket did not allow
	now     time.Time
	view    ticket.View
	looked  bool  // the reader asks what came after since
	since   int64 // a place of the timeline
}

func (h *Handler) renderThread(w http.ResponseWriter, r *http.Request, status int, number int64, form replyForm) error {
	return h.renderView(w, r, status, number, threadView{form: form})
}

func (h *Handler) renderRefused(w http.ResponseWriter, r *http.Request, number int64, why fault.Message) error {
	return h.renderView(w, r, http.StatusConflict, number, threadView{refused: why})
}

// renderView fills v with the ticket and shows it.
func (h *Handler) renderView(w http.ResponseWriter, r *http.Request, status int, number int64, v threadView) error {
	q := httpx.ReadQuery(r)
	v.view = ticket.View(q.ID("at"))
	if q.On("all") {
		v.view = ticket.ViewAll
	}
	v.looked, v.since = q.Has("since"), q.ID("since")
	if err := h.fill(r, number, &v); err != nil {
		return err
	}
	if to, ok := h.elsewhere(r, number, v); ok {
		return httpx.SeeOther(w, r, to)
	}
	if v.LeadsTo != nil { // what was sent to the old number comes along
		return h.renderView(w, r, status, *v.LeadsTo, v)
	}
	layout := h.layout(r, "tickets", v.Subject)
	httpx.NoStore(w)
	return httpx.Render(w, r, status, threadPage(layout, v))
}

// fill reads the ticket that v shows. A form that was not sent begins with the
// reader's draft.
func (h *Handler) fill(r *http.Request, number int64, v *threadView) error {
	ctx, by := r.Context(), httpx.Actor(r)
	th, err := h.tickets.Thread(ctx, by, number, v.view)
	if err != nil {
		return err
	}
	form, err := h.settings.TicketForm(ctx, th.TopicID, setting.OnPage)
	if err != nil {
		return err
	}
	v.fields = facts(ctx, form, th)
	if v.queue, err = h.departmentOf(ctx, th.DepartmentID); err != nil {
		return err
	}
	v.Thread, v.me, v.now = th, by, h.now()
	v.props = v.properties(form.Fields)
	if v.form.Key == "" {
		v.form = v.draft(v.form)
		v.form.Key = rand.Text()
	}
	v.form.Files.Rules = h.tickets.Limits(ctx)
	return nil
}

// departmentOf is what a department is called, for the reader; "" for none.
func (h *Handler) departmentOf(ctx context.Context, id *int64) (string, error) {
	if id == nil {
		return "", nil
	}
	words, err := h.settings.DepartmentWords(ctx, *id)
	return words.In(i18n.ReaderOf(ctx).Lang), err
}

// renderNews is GET /tickets/{number}?after=… for a script: the entries after
// that place and every part that may look different now.
func (h *Handler) renderNews(w http.ResponseWriter, r *http.Request, number int64) error {
	v := threadView{looked: true, since: httpx.ReadQuery(r).ID("after")}
	if err := h.fill(r, number, &v); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if v.LeadsTo != nil {
		return httpx.Render(w, r, http.StatusOK, threadMoved(link.Ticket(*v.LeadsTo)))
	}
	if v.Moved != nil && v.since <= *v.Moved { // the page shows places that are no more
		return httpx.Render(w, r, http.StatusOK, threadMoved(link.Ticket(number)))
	}
	return httpx.Render(w, r, http.StatusOK, threadNews(v))
}
