package admin

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/notify"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/web/ui"
)

// outboxView is the list of letters and whether they go out.
type outboxView struct {
	notify.OutboxPage
	notify.Health
	State  mail.State
	Paged  bool
	Server string // "": none is set up
}

// showOutbox is GET /admin/outbox: the letters, the newest first.
func (h *Handler) showOutbox(w http.ResponseWriter, r *http.Request) error {
	q := httpx.ReadQuery(r)
	v := outboxView{State: mail.State(q.Get("state")), Paged: q.Get("after") != ""}
	if !slices.Contains(mail.States, v.State) {
		v.State = ""
	}
	if h.letters.Sends() {
		v.Server = h.letters.Server.String()
	}
	var err error
	v.OutboxPage, v.Health, err = h.letters.List(r.Context(), httpx.Actor(r), notify.OutboxFilter{State: v.State, Before: q.Get("after")})
	if err != nil {
		return err
	}
	p, err := h.layout(r, "outbox", i18n.T(r.Context(), "admin.outbox.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, outboxPage(p, v))
}

func (v outboxView) pager() ui.PagerView {
	return ui.Forward(link.Outbox, v.Paged, v.Next, "state", string(v.State))
}

func (v outboxView) tabs(ctx context.Context) []ui.Tab {
	tabs := []ui.Tab{{Href: link.Outbox, Label: i18n.T(ctx, "admin.outbox.all"), Current: v.State == ""}}
	for _, s := range mail.States {
		tabs = append(tabs, ui.Tab{Href: link.Query(link.Outbox, "state", string(s)), Label: stateWord(ctx, s), Current: v.State == s})
	}
	return tabs
}

func stateWord(ctx context.Context, s mail.State) string {
	return i18n.T(ctx, "admin.outbox."+string(s))
}

func stateTone(s mail.State) string {
	switch s {
	case mail.Sent:
		return "tone-green"
	case mail.Failed:
		return "tone-red"
	case mail.Queued:
		return "tone-blue"
	case mail.Kept, mail.Unwanted:
		return "tone-neutral"
	}
	return "tone-neutral"
}

// letterView is one letter.
type letterView struct {
	notify.Letter
	Sends bool
}

// showLetter is GET /admin/outbox/{id}.
func (h *Handler) showLetter(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	v := letterView{Sends: h.letters.Sends()}
	if v.Letter, err = h.letters.Letter(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	p, err := h.layout(r, "outbox", v.Subject)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", w.Header().Get("Content-Security-Policy")+"; frame-src 'self'")
	return httpx.Render(w, r, http.StatusOK, letterPage(p, v))
}

// framePolicy lets a letter show itself and nothing else: no script, no form,
// no picture from elsewhere. Its links open a window of their own.
const framePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; " +
	"sandbox allow-popups allow-popups-to-escape-sandbox"

// showLetterPage is GET /admin/outbox/{id}/page: the letter's HTML, for the
// frame on its page.
func (h *Handler) showLetterPage(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	l, err := h.letters.Letter(r.Context(), httpx.Actor(r), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", framePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, strings.Replace(l.HTML, "<head>", `<head><base target="_blank">`, 1))
	return err
}

// postLetterRetry is POST /admin/outbox/{id}/retry.
func (h *Handler) postLetterRetry(w http.ResponseWriter, r *http.Request) error {
	id, err := httpx.PathID(r, "id")
	if err != nil {
		return err
	}
	if err := h.letters.Again(r.Context(), httpx.Actor(r), id); err != nil {
		return err
	}
	return h.done(w, r, link.OutboxLetter(id), "admin.outbox.retry_done")
}

// senderForm is the sender of letters as typed.
type senderForm struct {
	setting.Sender
	Preset  string // the address while none is set
	Version int
	refusal
}

// showSender is GET /admin/mail.
func (h *Handler) showSender(w http.ResponseWriter, r *http.Request) error {
	set, version := setting.Get(r.Context(), h.settings, setting.MailSender)
	return h.renderSender(w, r, http.StatusOK, senderForm{Sender: set, Version: version})
}

// postSender is POST /admin/mail.
func (h *Handler) postSender(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := senderForm{Sender: setting.Sender{Name: in.Line("name"), Address: in.Line("address")}}
	f.Version, _ = in.Int("version")
	err = setting.Put(r.Context(), h.settings, httpx.Actor(r), setting.MailSender, f.Version, f.Sender)
	if err == nil {
		return h.done(w, r, link.MailSender, "admin.sender.saved")
	}
	if !f.took(err) {
		return err
	}
	if fault.Is(err, fault.Conflict) {
		_, f.Version = setting.Get(r.Context(), h.settings, setting.MailSender)
	}
	return h.renderSender(w, r, httpx.Status(err), f)
}

func (h *Handler) renderSender(w http.ResponseWriter, r *http.Request, status int, f senderForm) error {
	f.Preset = h.presetSender
	p, err := h.layout(r, "outbox", i18n.T(r.Context(), "admin.sender.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, senderPage(p, f))
}

func (f senderForm) name(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "name", Label: i18n.T(ctx, "admin.sender.name"), Hint: i18n.T(ctx, "admin.sender.name_hint"),
		Value: f.Name, Error: f.Errors["name"], Autocomplete: "off",
	}
}

func (f senderForm) address(ctx context.Context) ui.Field {
	return ui.Field{
		Name: "address", Type: "email", Label: i18n.T(ctx, "admin.sender.address"), Value: f.Address, Error: f.Errors["address"],
		Hint: i18n.T(ctx, "admin.sender.address_hint", "address", f.Preset), Autocomplete: "off",
	}
}
