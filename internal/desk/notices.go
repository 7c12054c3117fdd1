package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web"
	"github.com/deskbell/deskbell/web/ui"
)

// NoticeDeps is what the pages about notifications are built from.
type NoticeDeps struct {
	Notices  *notice.Service
	Tickets  *ticket.Service // the counts in the sidebar
	Sessions *scs.SessionManager
	Errors   httpx.ErrorPage
	Now      func() time.Time
}

// Notices serves the notifications of staff.
type Notices struct {
	notices  *notice.Service
	tickets  *ticket.Service
	sessions *scs.SessionManager
	errors   httpx.ErrorPage
	now      func() time.Time
}

// NewNotices returns the handler of the pages about notifications.
func NewNotices(d NoticeDeps) *Notices {
	return &Notices{notices: d.Notices, tickets: d.Tickets, sessions: d.Sessions, errors: d.Errors, now: d.Now}
}

// Routes adds the pages to r. Each person has their own and nobody else's.
func (h *Notices) Routes(r chi.Router) {
	r.Group(func(r chi.Router) {
		r.Use(h.errors.Staff)
		r.Get(link.Notices, h.errors.Handle(h.showNotices))
		r.Get(link.NoticesCount, h.errors.Handle(h.showCount))
		r.Post(link.NoticesRead, h.errors.Handle(h.postRead))
		r.Get("/agent/notifications/{id}", h.errors.Handle(h.openNotice))
		r.Get("/agent/notifications/{id}/why", h.errors.Handle(h.showWhy))
		r.Post("/agent/notifications/{id}/mute", h.errors.Handle(h.postMute))
		r.Post("/agent/notifications/{id}/unread", h.errors.Handle(h.postUnread))
		r.Post("/agent/tickets/{number}/watch", h.errors.Handle(h.postWatch))
		r.Get(link.Legend, h.errors.Handle(h.showLegend))
		r.Get(link.PushWorker, h.pushWorker)
	})
}

// noticesPage is one page of the centre, or what the bell opens.
type noticesPage struct {
	ui.AgentPage
	notice.List
	Unreads bool // only those
	At      time.Time
}

// bellSize is how many lines the bell shows.
const bellSize = 8

// showNotices is GET /agent/notifications: the page, or for the bell's script
// the newest lines alone.
func (h *Notices) showNotices(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), httpx.Actor(r), httpx.ReadQuery(r)
	f := notice.Filter{Unread: q.Get("show") == "unread", After: q.Get("cursor")}
	if q.On("bell") {
		f.Limit = bellSize
	}
	list, err := h.notices.List(ctx, by, f)
	if err != nil {
		return err
	}
	p := noticesPage{List: list, Unreads: f.Unread, At: h.now()}
	if q.On("bell") {
		p.Now = h.now()
		return httpx.Render(w, r, http.StatusOK, bellList(p))
	}
	if p.AgentPage, err = h.page(r, i18n.T(ctx, "notice.title")); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, noticeList(p))
}

func (h *Notices) page(r *http.Request, title string) (ui.AgentPage, error) {
	return framed(r, h.tickets, h.sessions, h.now(), title, "notices")
}

// showCount is GET /agent/notifications/count, for the script that heard of a
// change.
func (h *Notices) showCount(w http.ResponseWriter, r *http.Request) error {
	n, err := h.notices.Unread(r.Context(), httpx.Actor(r))
	if err != nil {
		return err
	}
	b, err := json.Marshal(map[string]string{"unread": ui.Unread(n), "label": ui.BellLabel(r.Context(), n)})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the client is gone; nothing to do about it
	return nil
}

// openNotice is GET /agent/notifications/{id}: on to what it is about.
func (h *Notices) openNotice(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	n, err := h.notices.One(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	if err := h.notices.MarkRead(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	if to := n.Href(); to != "" {
		return httpx.SeeOther(w, r, to)
	}
	return httpx.SeeOther(w, r, link.Notices)
}

// postRead is POST /agent/notifications/read: the lines named by id, those of a
// ticket, or all that the page showed.
func (h *Notices) postRead(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	switch {
	case in.ID("ticket") > 0:
		err = h.notices.MarkTicket(ctx, by, in.ID("ticket"))
	case in.Has("upto"):
		upto, unreadable := time.Parse(time.RFC3339Nano, in.Get("upto"))
		if unreadable != nil {
			return fault.New(fault.Invalid, "error.bad_request")
		}
		err = h.notices.MarkAll(ctx, by, upto)
	default:
		err = h.notices.MarkRead(ctx, by, in.IDs("id")...)
	}
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Request") != "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return httpx.SeeOther(w, r, link.Notices)
}

// postUnread is POST /agent/notifications/{id}/unread.
func (h *Notices) postUnread(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.notices.MarkUnread(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	return httpx.SeeOther(w, r, link.Notices)
}

// whyPage says why somebody got a notice.
type whyPage struct {
	ui.AgentPage
	notice.Row
}

// showWhy is GET /agent/notifications/{id}/why.
func (h *Notices) showWhy(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	p := whyPage{}
	if p.Row, err = h.notices.One(ctx, by, id); err != nil {
		return err
	}
	if p.AgentPage, err = h.page(r, i18n.T(ctx, "notice.why_title")); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, noticeWhy(p))
}

// postMute is POST /agent/notifications/{id}/mute: others like it, or all about
// its ticket.
func (h *Notices) postMute(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), httpx.Actor(r)
	if in.Get("what") == "ticket" {
		n, err := h.notices.MuteTicket(ctx, by, id)
		if err != nil {
			return err
		}
		httpx.Flash(ctx, h.sessions, "notice.ticket_muted", "number", n.Number)
		return httpx.SeeOther(w, r, link.Notices)
	}
	if _, err := h.notices.Mute(ctx, by, id); err != nil {
		return err
	}
	httpx.Flash(ctx, h.sessions, "notice.muted")
	return httpx.SeeOther(w, r, link.Notices)
}

// attended are the words of success of what somebody wants to hear of a ticket.
var attended = map[notice.Attention]string{
	notice.Usual: "notice.usual_set", notice.Watching: "notice.watch_set", notice.Silent: "notice.mute_set",
}

// postWatch is POST /agent/tickets/{number}/watch.
func (h *Notices) postWatch(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	to := notice.Attention(in.Get("attention"))
	if attended[to] == "" {
		return fault.New(fault.NotFound, "error.page_not_found")
	}
	if err := h.notices.Attend(r.Context(), httpx.Actor(r), number, to); err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, attended[to])
	return httpx.SeeOther(w, r, back(number, in))
}

// pushWorker is GET /agent/worker.js, the script that a browser runs to show
// what is pushed. Its place gives it the agents' pages and nothing else.
func (h *Notices) pushWorker(w http.ResponseWriter, r *http.Request) {
	web.ServeWorker(w, r, "worker.js")
}

// noticeLook is how a line's event appears.
type noticeLook struct{ Icon, Tone string }

var noticeLooks = map[notice.Event]noticeLook{
	notice.Mentioned:     {"user", "tone-violet"},
	notice.Assigned:      {"inbox", "tone-accent"},
	notice.Routed:        {"users", "tone-accent"},
	notice.Undelivered:   {"alert", "tone-red"},
	notice.HeldReply:     {"hourglass", "tone-amber"},
	notice.PromiseDue:    {"calendar", "tone-violet"},
	notice.CustomerReply: {"reply", "tone-blue"},
	notice.NewTicket:     {"st-new", "tone-blue"},
	notice.ColleagueSays: {"send", "tone-green"},
	notice.NoteWritten:   {"note", "tone-amber"},
	notice.StatusChanged: {"st-open", "tone-neutral"},
	notice.BulkEnded:     {"check-circle", "tone-green"},
}

func lookOf(r notice.Row) noticeLook {
	if l, ok := noticeLooks[r.Event]; ok {
		return l
	}
	return noticeLook{"bell", "tone-neutral"}
}

// more says how many other things a line stands for; "" none.
func more(ctx context.Context, r notice.Row) string {
	if r.Count < 2 {
		return ""
	}
	return i18n.T(ctx, "notice.more", "count", r.Count-1)
}

// about is the ticket of a line; "" when there is none to show.
func about(r notice.Row) string {
	if r.Number == 0 {
		return ""
	}
	return "#" + strconv.FormatInt(r.Number, 10) + " " + r.Subject
}

// older is the page after this one; "" at the end.
func (p noticesPage) older() string {
	if p.Older == "" {
		return ""
	}
	show := ""
	if p.Unreads {
		show = "unread"
	}
	return link.Query(link.Notices, "show", show, "cursor", p.Older)
}
