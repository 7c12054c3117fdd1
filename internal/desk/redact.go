package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/auth"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// redactPage asks what to take out of a message or note.
type redactPage struct {
	ui.AgentPage
	Number int64
	Sent   ticket.Sent
	In     ticket.Redaction
	All    bool // the reader may take it out of the whole conversation
	View   string
	Errors map[string]fault.Message
	Keep   templ.Attributes // what scripts keep while it is written: never the secret
}

// showRedact is GET /agent/tickets/{number}/redact. What the reader has marked is
// put in by a script: a secret has no place in an address.
func (h *Handler) showRedact(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	in := ticket.Redaction{MessageID: q.ID("message"), NoteID: q.ID("note"), Everywhere: true}
	return h.renderRedact(w, r, http.StatusOK, redactPage{Number: number, In: in, View: string(viewOf(q))})
}

// postRedact is POST /agent/tickets/{number}/redact.
func (h *Handler) postRedact(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	in := ticket.Redaction{
		MessageID: form.ID("message"), NoteID: form.ID("note"), Secrets: lines(form.Text("secrets")), Files: form.IDs("file"),
		Everywhere: form.On("everywhere"), Reason: form.Line("reason"),
	}
	done, err := h.tickets.Redact(r.Context(), httpx.Actor(r), number, in)
	if fault.Is(err, fault.Invalid) && len(fault.Of(err).Fields) > 0 {
		p := redactPage{Number: number, In: in, View: string(viewOf(form)), Errors: fault.Of(err).Fields}
		return h.renderRedact(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	httpx.Flash(r.Context(), h.sessions, "desk.redact.done", "places", done.Places, "files", done.Files)
	return httpx.SeeOther(w, r, link.Query(link.AgentTicket(number), "view", string(viewOf(form))))
}

func (h *Handler) renderRedact(w http.ResponseWriter, r *http.Request, status int, p redactPage) error {
	ctx, by := r.Context(), httpx.Actor(r)
	var err error
	if p.Sent, err = h.tickets.Redactable(ctx, by, p.Number, p.In); err != nil {
		return err
	}
	p.AgentPage, p.All = h.page(r, i18n.T(ctx, "desk.redact.title"), "inbox"), by.May(auth.RedactMessages)
	p.Keep = keep(by, "redact:"+num(p.Number)+":"+num(p.In.MessageID)+":"+num(p.In.NoteID), status)
	p.AgentPage.View = p.View
	if err := h.count(ctx, by, &p.AgentPage, nil); err != nil {
		return err
	}
	return httpx.Render(w, r, status, redactForm(p))
}

// lines are the lines of a text that have something in them.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

// back is where the reader came from.
func (p redactPage) back() string {
	return link.Query(link.AgentTicket(p.Number), "view", p.View) + "#m" + num(p.Sent.Seq)
}

// takes reports whether a file was ticked in a form that was refused.
func (p redactPage) takes(id int64) bool { return slices.Contains(p.In.Files, id) }

func (p redactPage) secrets(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "secrets", Label: i18n.T(ctx, "desk.redact.secrets"), Hint: i18n.T(ctx, "desk.redact.secrets_hint"),
		Value: strings.Join(p.In.Secrets, "\n"), Rows: 3, Autocomplete: "off", Error: p.Errors["secrets"], Attrs: templ.Attributes{"data-secret": true},
	}
}

func (p redactPage) reason(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "reason", Label: i18n.T(ctx, "desk.redact.reason"), Hint: i18n.T(ctx, "desk.redact.reason_hint"),
		Value: p.In.Reason, Required: true, Autocomplete: "off", Error: p.Errors["reason"],
	}
}

// sentBy is who wrote what is redacted.
func sentBy(ctx context.Context, s ticket.Sent) string {
	return ticket.ActorName(ctx, ticket.Entry{AuthorKind: s.AuthorKind, AuthorName: s.AuthorName})
}

func sentKind(s ticket.Sent) string {
	return messageKind(ticket.Entry{Kind: s.Kind, AuthorKind: s.AuthorKind})
}
