package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// postReply is POST /agent/tickets/{number}/replies.
func (h *Handler) postReply(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	f, form, err := h.readWriting(r, by)
	var done sending
	if err == nil {
		done, err = h.send(r.Context(), by, number, f, form)
	}
	if err != nil {
		return h.writingRefused(w, r, number, showing{View: viewOf(form), Tab: tabWrite}, f, err)
	}
	httpx.Flash(r.Context(), h.sessions, done.flash)
	next := link.Query(link.AgentTicket(number), "view", string(viewOf(form))) + "#" + done.anchor
	if done.flash != sentFlash {
		return httpx.SeeOther(w, r, next) // the status comes with the reply
	}
	return h.afterStatus(w, r, number, f.Status, next)
}

// sending is what became of a reply: where its page shows it and what it says.
type sending struct{ anchor, flash string }

// send sends the reply at once, in ten seconds or at the time that the agent
// chose.
func (h *Handler) send(ctx context.Context, by auth.Actor, number int64, f writing, form httpx.Form) (sending, error) {
	hold := ticket.Hold{Why: ticket.ForUndo, Form: kept(form)}
	switch {
	case form.Get("send") == sendLater || form.Get("send_at") != "":
		hold.Why, hold.At, hold.UnlessReply = ticket.ForLater, f.Later.time(ctx, form), f.Later.UnlessReply
		_, err := h.tickets.Hold(ctx, by, number, f.reply(ctx), hold)
		return sending{"held", "desk.send.scheduled"}, err
	case form.Get("send") == sendHeld:
		_, err := h.tickets.Hold(ctx, by, number, f.reply(ctx), hold)
		return sending{"held", heldFlash}, err
	default:
		seq, err := h.tickets.Answer(ctx, by, number, f.reply(ctx))
		return sending{"m" + strconv.FormatInt(seq, 10), sentFlash}, err
	}
}

// sentFlash tells the ticket's page that a reply has just been sent, so that
// it offers the next ticket.
const sentFlash = "desk.answer.sent"

// writingRefused shows a reply or note again with all that was typed and what
// to mend, or hands on an error that is not its writer's to mend.
func (h *Handler) writingRefused(w http.ResponseWriter, r *http.Request, number int64, s showing, f writing, err error) error {
	status, ok := f.refused(err)
	if !ok {
		return err
	}
	s.Form = &f
	return h.renderTicket(w, r, status, number, s)
}

// postDraft is POST /agent/tickets/{number}/draft. Scripts save while the
// agent types and get 204 with the time; the button without scripts (save=1)
// comes back to the form.
func (h *Handler) postDraft(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	f, form, err := h.readWriting(r, by)
	if form == nil {
		return err
	}
	kind := ticket.DraftKind(form.Get("kind"))
	if form.On("discard") {
		f, form, err = writing{Key: f.Key, Version: f.Version}, httpx.Form{"kind": form["kind"], "discard": form["discard"], "view": form["view"]}, nil
	}
	at, saved := h.tickets.SaveDraft(r.Context(), by, number, f.draft(form))
	if saved != nil {
		err = saved
	}
	if !form.On("save") && !form.On("discard") {
		if err != nil {
			return err
		}
		w.Header().Set("X-Saved-At", i18n.Clock(r.Context(), at.At))
		if at.Aside {
			w.Header().Set("X-Saved-Aside", "1")
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	s := showing{View: viewOf(form), Tab: tabWrite}
	if kind == ticket.NoteDraft {
		s.Tab = tabNote
	}
	if err != nil {
		return h.writingRefused(w, r, number, s, f, err)
	}
	if form.On("discard") {
		httpx.Flash(r.Context(), h.sessions, "desk.send.discarded")
		return httpx.SeeOther(w, r, ticketHref(number, s.View))
	}
	httpx.Flash(r.Context(), h.sessions, "desk.answer.draft_saved")
	return httpx.SeeOther(w, r, writingAgain(number, s))
}

// writingAgain is the page with the draft.
func writingAgain(number int64, s showing) string {
	q := url.Values{"tab": {string(s.Tab)}}
	if s.View != "" {
		q.Set("view", string(s.View))
	}
	return link.AgentTicket(number) + "?" + q.Encode() + "#write"
}

// viewOf is the inbox's view that the agent works through; "" when they came
// from elsewhere.
func viewOf(form httpx.Form) ticket.InboxView {
	if v := ticket.InboxView(form.Get("view")); known(v) {
		return v
	}
	return ""
}

// back is where the form was: the ticket's page under the view the agent came
// from, or the list that the ticket stood beside.
func back(number int64, form httpx.Form) string {
	if list := paneOf(form); list != "" {
		return list
	}
	return link.Query(link.AgentTicket(number), "view", string(viewOf(form)), "tab", form.Get("tab"))
}

// message is a fault as one sentence: that of its only field, or its own.
func message(err error) fault.Message {
	f := fault.Of(err)
	for _, m := range f.Fields {
		return m
	}
	return fault.Message{Key: f.Key, Args: f.Args}
}
