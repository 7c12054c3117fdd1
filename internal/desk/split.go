package desk

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// splitView is the page on which messages of a ticket become a new one.
type splitView struct {
	ticket.Work
	Messages  []int64 // chosen
	Notes     []int64
	NewName   string // subject of the new ticket
	Requester int64  // 0: the author of the first message chosen
	Tell      bool
	Key       string
	Errors    map[string]fault.Message
}

// showSplit is GET /agent/tickets/{number}/split.
func (h *Handler) showSplit(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	return h.renderSplit(w, r, http.StatusOK, splitView{Messages: q.IDs("message"), Notes: q.IDs("note"), Key: rand.Text()})
}

// postSplit is POST /agent/tickets/{number}/split.
func (h *Handler) postSplit(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	v := splitView{
		Messages: form.IDs("message"), Notes: form.IDs("note"), NewName: form.Line("subject"), Requester: form.ID("requester"),
		Tell: form.On("tell"), Key: form.Line("key"),
	}
	fresh, err := h.tickets.Split(r.Context(), httpx.Actor(r), number, ticket.Splitting{
		Messages: v.Messages, Notes: v.Notes, Subject: v.NewName, RequesterID: v.Requester, Tell: v.Tell, Key: v.Key,
	})
	if f := fault.Of(err); err != nil && f.Kind == fault.Invalid {
		v.Errors = f.Fields
		return h.renderSplit(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.split.done", "number", num(number))
	return httpx.SeeOther(w, r, link.AgentTicket(fresh))
}

func (h *Handler) renderSplit(w http.ResponseWriter, r *http.Request, status int, v splitView) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	ctx := r.Context()
	work, err := h.tickets.Work(ctx, httpx.Actor(r), number, ticket.ViewAll, ticket.ReplyDraft)
	if err != nil {
		return err
	}
	if work.LeadsTo != nil {
		return httpx.SeeOther(w, r, link.AgentSplit(*work.LeadsTo))
	}
	v.Work = work
	if v.NewName == "" && v.Errors == nil {
		v.NewName = work.Subject
	}
	p := h.page(r, i18n.T(ctx, "desk.split.title", "number", num(number)), "inbox")
	beside(&p, work.Beside)
	return httpx.Render(w, r, status, splitPage(p, v))
}

// said are the entries that can be chosen: what somebody wrote.
func (v splitView) said() []ticket.Entry {
	return slices.DeleteFunc(slices.Clone(v.Entries), func(e ticket.Entry) bool { return e.Kind == ticket.EventEntry })
}

func isChosen(e ticket.Entry, messages, notes []int64) bool {
	if e.Kind == ticket.NoteEntry {
		return slices.Contains(notes, e.ID)
	}
	return slices.Contains(messages, e.ID)
}

// entryField is the name under which an entry is chosen.
func entryField(e ticket.Entry) string {
	if e.Kind == ticket.NoteEntry {
		return "note"
	}
	return "message"
}

// requesters are whom the new ticket may belong to: the author of the first
// message chosen, unless one of those who asked is named.
func (v splitView) requesters(ctx context.Context) []ui.Option {
	all := []ui.Option{{Value: "0", Label: i18n.T(ctx, "desk.split.author")}}
	seen := map[int64]bool{}
	add := func(id int64, name string) {
		if !seen[id] && name != "" {
			seen[id] = true
			all = append(all, ui.Option{Value: num(id), Label: name, Selected: id == v.Requester})
		}
	}
	add(v.Work.Requester.ID, v.Work.Requester.Name)
	for _, e := range v.Entries {
		if e.Kind == ticket.MessageEntry && e.AuthorKind == ticket.ByCustomer && e.AuthorID != nil {
			add(*e.AuthorID, e.AuthorName)
		}
	}
	for _, p := range v.Participants {
		if p.PersonID != nil {
			add(*p.PersonID, p.Name)
		}
	}
	return all
}
