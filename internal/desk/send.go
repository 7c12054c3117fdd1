package desk

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// The ways to send that a button's name "send" says. Without one a reply goes
// at once, as for whoever posts without the page.
const (
	sendHeld  = "held"
	sendLater = "later"
)

// heldFlash tells the ticket's page that a reply has just been held.
const heldFlash = "desk.send.held"

// sendRoutes adds what belongs to replies and drafts on their way.
func (h *Handler) sendRoutes(r chi.Router) {
	r.Get("/agent/presence", h.errors.Handle(h.showPresence))
	r.Post("/agent/tickets/{number}/presence", h.errors.Handle(h.postPresence))
	r.Get("/agent/scheduled", h.errors.Handle(h.showScheduled))
	r.Post("/agent/held/{id}/undo", h.errors.Handle(h.postHeldUndo))
	r.Post("/agent/held/{id}/send", h.errors.Handle(h.postHeldSend))
	r.Post("/agent/spare/{id}/use", h.errors.Handle(h.postSpareUse))
	r.Post("/agent/spare/{id}/drop", h.errors.Handle(h.postSpareDrop))
	r.Post("/agent/tickets/{number}/keep-promise", h.errors.Handle(h.postKeepPromise))
	r.Get("/agent/tickets/{number}/drafts/{id}", h.errors.Handle(h.showColleaguesDraft))
	h.versionRoutes(r)
}

// laterForm is when a reply is to be sent, as the form has it.
type laterForm struct {
	At          string // as a datetime-local input has it, in the agent's zone
	UnlessReply bool
}

func readLater(form httpx.Form) laterForm {
	return laterForm{At: form.Line("send_at_local"), UnlessReply: form.On("unless_reply")}
}

// time is the moment of the button that was pressed, or of the date field. No
// time is the zero one, which is refused as past.
func (l laterForm) time(ctx context.Context, form httpx.Form) time.Time {
	if at, err := time.Parse(time.RFC3339, form.Get("send_at")); err == nil {
		return at
	}
	if at := localTime(ctx, l.At); at != nil {
		return *at
	}
	return time.Time{}
}

// preset is a time to send that one press chooses.
type preset struct {
	Label string
	At    time.Time
}

func (p preset) value() string { return p.At.UTC().Format(time.RFC3339) }

// inZone is ctx with another zone, for a time that is shown on somebody else's
// clock.
func inZone(ctx context.Context, zone *time.Location) context.Context {
	r := i18n.ReaderOf(ctx)
	r.Zone = zone
	return i18n.With(ctx, r)
}

// sentAt writes when a reply goes, by the customer's clock too where it is
// another than the agent's.
func (p answerPage) sentAt(ctx context.Context, at time.Time) string {
	theirs, mine := httpx.ZoneNamed(p.Requester.Zone), i18n.ReaderOf(ctx).Zone
	if theirs == nil || at.In(theirs).Format(inputTime) == at.In(mine).Format(inputTime) {
		return i18n.Weekday(ctx, at)
	}
	yours := i18n.Clock(ctx, at)
	if at.In(theirs).Day() != at.In(mine).Day() {
		yours = i18n.Weekday(ctx, at)
	}
	return i18n.T(ctx, "desk.send.two_clocks", "theirs", i18n.Weekday(inZone(ctx, theirs), at), "yours", yours)
}

// presets are the times that the menu beside "Send" offers: the customer's next
// working morning by their clock, and two by the agent's.
func (p answerPage) presets(ctx context.Context) []preset {
	zone := i18n.ReaderOf(ctx).Zone
	now := p.Now.In(zone)
	at := func(days int) time.Time { return time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, zone) }
	untilMonday := (8 - int(now.Weekday())) % 7
	if untilMonday == 0 {
		untilMonday = 7
	}
	var all []preset
	if p.Morning != nil {
		all = append(all, preset{i18n.T(ctx, "desk.send.customer_morning"), *p.Morning})
	}
	all = append(all, preset{i18n.T(ctx, "desk.send.tomorrow"), at(1)})
	if untilMonday != 1 {
		all = append(all, preset{i18n.T(ctx, "desk.send.monday"), at(untilMonday)})
	}
	return all
}

// postHeldUndo is POST /agent/held/{id}/undo: the reply is in the editor again.
// With stay=1 the agent stays on the list.
func (h *Handler) postHeldUndo(w http.ResponseWriter, r *http.Request) error {
	return h.held(w, r, "desk.send.taken_back", func(id int64) (int64, error) {
		return h.tickets.TakeBack(r.Context(), httpx.Actor(r), id)
	})
}

// postHeldSend is POST /agent/held/{id}/send: the reply goes now.
func (h *Handler) postHeldSend(w http.ResponseWriter, r *http.Request) error {
	return h.held(w, r, "desk.answer.sent", func(id int64) (int64, error) {
		return h.tickets.SendNow(r.Context(), httpx.Actor(r), id)
	})
}

// held runs a use case on a held reply. One that was sent meanwhile is said so
// where the agent came from.
func (h *Handler) held(w http.ResponseWriter, r *http.Request, done string, do func(id int64) (int64, error)) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	number, err := do(id)
	if fault.Is(err, fault.Conflict) {
		done, number = fault.Of(err).Key, form.ID("number")
	} else if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, done)
	switch {
	case form.On("stay") || number == 0:
		return httpx.SeeOther(w, r, link.Scheduled)
	case done == "desk.send.taken_back":
		return httpx.SeeOther(w, r, link.Query(link.AgentTicket(number), "view", string(viewOf(form)), "tab", string(tabWrite))+"#write")
	default:
		return httpx.SeeOther(w, r, back(number, form))
	}
}

// postSpareUse is POST /agent/spare/{id}/use.
func (h *Handler) postSpareUse(w http.ResponseWriter, r *http.Request) error {
	return h.spare(w, r, "desk.send.spare_used", func(id int64) (int64, ticket.DraftKind, error) {
		return h.tickets.UseSpare(r.Context(), httpx.Actor(r), id)
	})
}

// postSpareDrop is POST /agent/spare/{id}/drop.
func (h *Handler) postSpareDrop(w http.ResponseWriter, r *http.Request) error {
	return h.spare(w, r, "desk.send.discarded", func(id int64) (int64, ticket.DraftKind, error) {
		return h.tickets.DropSpare(r.Context(), httpx.Actor(r), id)
	})
}

func (h *Handler) spare(w http.ResponseWriter, r *http.Request, done string, do func(id int64) (int64, ticket.DraftKind, error)) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	by := httpx.Actor(r)
	f, form, err := h.readWriting(r, by)
	if form == nil {
		return err
	}
	if err != nil { // a file that is not taken: nothing else is lost for it
		s := showing{View: viewOf(form), Tab: tabWrite}
		if ticket.DraftKind(form.Get("kind")) == ticket.NoteDraft {
			s.Tab = tabNote
		}
		return h.writingRefused(w, r, form.ID("ticket"), s, f, err)
	}
	if n := form.ID("ticket"); n > 0 { // what stands in the editor stays too
		_, err := h.tickets.SaveDraft(r.Context(), by, n, f.draft(form))
		if err != nil {
			return err
		}
	}
	number, kind, err := do(id)
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, done)
	return httpx.SeeOther(w, r, writeHref(number, kind))
}

// postKeepPromise is POST /agent/tickets/{number}/keep-promise.
func (h *Handler) postKeepPromise(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "desk.answer.status_set", func(number int64, _ httpx.Form) error {
		return h.tickets.KeepPromise(r.Context(), httpx.Actor(r), number)
	})
}

// showColleaguesDraft is GET /agent/tickets/{number}/drafts/{id}: what a
// colleague is writing, to read.
func (h *Handler) showColleaguesDraft(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	person, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	d, err := h.tickets.ColleaguesDraft(r.Context(), httpx.Actor(r), number, person)
	if err != nil {
		return err
	}
	p := draftPage{h.page(r, d.Name, "inbox"), number, d}
	if err := h.count(r.Context(), httpx.Actor(r), &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, colleaguesDraft(p))
}

// overtake puts what came while a refused reply was written above its text, in
// place of the refusal. The form then knows it: sent again, the reply goes.
func (p *answerPage) overtake() {
	if p.Form.Problem.Key != "ticket.answer_crossed" {
		return
	}
	p.Overtakers = ticket.Overtaking(p.Entries, p.Form.Seen, p.Me.PersonID)
	p.Form.Seen = p.TimelineSeq
	if len(p.Overtakers) > 0 {
		p.Form.Problem = fault.Message{}
	}
}
