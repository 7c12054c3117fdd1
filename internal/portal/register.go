package portal

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/web"
	"github.com/deskbell/deskbell/web/ui"
)

// answerAfter is how long a page takes that must not tell, by being quicker,
// whether an address is known. The work behind it takes a tenth of that.
const answerAfter = 250 * time.Millisecond

// evenly does the work and returns no sooner than answerAfter.
func evenly(ctx context.Context, work func() error) error {
	done := time.NewTimer(answerAfter)
	defer done.Stop()
	err := work()
	select {
	case <-done.C:
	case <-ctx.Done():
	}
	return err
}

// registerForm is a registration as typed and what is wrong with it.
type registerForm struct {
	Last, First, Middle, Email string
	Consent                    bool
	Puzzle                     account.Puzzle
	Errors                     map[string]fault.Message
	Problem                    fault.Message
}

// showRegister is GET /register (P1).
func (h *SignIn) showRegister(w http.ResponseWriter, r *http.Request) error {
	return h.renderRegister(w, r, http.StatusOK, registerForm{})
}

// postRegister is POST /register. The answer is the same for a taken address,
// and takes as long.
func (h *SignIn) postRegister(w http.ResponseWriter, r *http.Request) error {
	in, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	f := registerForm{
		Last: in.Line("last_name"), First: in.Line("first_name"), Middle: in.Line("middle_name"),
		Email: in.Line("email"), Consent: in.On("consent"),
	}
	ctx := r.Context()
	err = evenly(ctx, func() error {
		return h.accounts.Register(ctx, account.Registration{
			Email: f.Email, Name: account.Name{First: f.First, Middle: f.Middle, Last: f.Last}, Consent: f.Consent,
			Lang: i18n.ReaderOf(ctx).Lang, Place: httpx.ClientIP(r),
			Proof: account.Proof{Payload: in.Get("altcha"), Ticket: in.Get("ticket"), Answer: in.Get("answer")},
		})
	})
	wrong := fault.Of(err)
	switch {
	case err == nil:
		return h.renderSent(w, r, f)
	case wrong.Kind == fault.Invalid:
		f.Errors = wrong.Fields
	case wrong.Kind == fault.TooMany:
		f.Problem = fault.Message{Key: "register.too_many"}
	case wrong.Kind == fault.Forbidden: // closed meanwhile: the page says so
	default:
		return err
	}
	return h.renderRegister(w, r, httpx.Status(err), f)
}

func (h *SignIn) renderRegister(w http.ResponseWriter, r *http.Request, status int, f registerForm) error {
	ctx := r.Context()
	rules := h.accounts.Rules(ctx)
	p := h.bare(w, r, i18n.T(ctx, "register.title"))
	if rules.Mode == account.Closed {
		p.Title = i18n.T(ctx, "register.closed_title")
		return httpx.Render(w, r, status, closedPage(p, paragraphs(rules.Help(i18n.ReaderOf(ctx).Lang))))
	}
	f.Puzzle = h.accounts.Puzzle()
	p.Script = "captcha.js"
	return httpx.Render(w, r, status, registerPage(p, f, rules.Mode == account.ByDomain))
}

// renderSent says that a mail is on its way, whoever has the address.
func (h *SignIn) renderSent(w http.ResponseWriter, r *http.Request, f registerForm) error {
	p := h.bare(w, r, i18n.T(r.Context(), "register.sent_title"))
	p.Script = "captcha.js"
	f.Puzzle = h.accounts.Puzzle()
	return httpx.Render(w, r, http.StatusOK, registerSentPage(p, f))
}

// showConsent is GET /register/consent: what people agree to.
func (h *SignIn) showConsent(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	rules := h.accounts.Rules(ctx)
	p := h.bare(w, r, i18n.T(ctx, "register.consent_title"))
	return httpx.Render(w, r, http.StatusOK, consentPage(p, paragraphs(rules.Consent(i18n.ReaderOf(ctx).Lang)), rules.ConsentVersion))
}

// paragraphs are what stands between empty lines.
func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// field is one of the form with what is wrong with it.
func (f registerForm) field(name, label, value, complete string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: value, Error: f.Errors[name], Autocomplete: complete, MaxLength: 254}
}

func (f registerForm) last(ctx context.Context) ui.Field {
	field := f.field("last_name", i18n.T(ctx, "register.last_name"), f.Last, "family-name")
	field.Required = true
	return field
}

func (f registerForm) first(ctx context.Context) ui.Field {
	field := f.field("first_name", i18n.T(ctx, "register.first_name"), f.First, "given-name")
	field.Required = true
	return field
}

func (f registerForm) middle(ctx context.Context) ui.Field {
	field := f.field("middle_name", i18n.T(ctx, "register.middle_name"), f.Middle, "additional-name")
	field.Optional = true
	return field
}

func (f registerForm) email(ctx context.Context) ui.Field {
	field := f.field("email", i18n.T(ctx, "register.email"), f.Email, "email")
	field.Type, field.Required = "email", true
	field.Attrs = map[string]any{"autocapitalize": "none", "spellcheck": "false"}
	return field
}

func (f registerForm) consent(ctx context.Context) ui.Field {
	return ui.Field{Name: "consent", Label: i18n.T(ctx, "register.consent_label"), Value: ui.Ticked(f.Consent), Error: f.Errors["consent"], Required: true}
}

func (f registerForm) answer(ctx context.Context) ui.Field {
	field := ui.Field{
		Name: "answer", Label: i18n.T(ctx, "register.question", "a", f.Puzzle.A, "b", f.Puzzle.B), Hint: i18n.T(ctx, "register.question_hint"),
		Error: f.Errors["answer"], Required: true, InputMode: "numeric", Autocomplete: "off", MaxLength: 4, Class: "input--num",
	}
	if field.Error.Key == "" {
		field.Error = f.Errors["proof"]
	}
	return field
}

// all are the form's inputs, for the summary of what is wrong.
func (f registerForm) all(ctx context.Context) []ui.Field {
	return []ui.Field{f.last(ctx), f.first(ctx), f.middle(ctx), f.email(ctx), f.consent(ctx), f.answer(ctx)}
}

// proofAttrs are what the script of the proof of work needs.
func (f registerForm) proofAttrs(ctx context.Context) templ.Attributes {
	asked := f.Errors["proof"].Key != "" || f.Errors["answer"].Key != ""
	return templ.Attributes{
		"data-asked": asked, "data-work": f.Puzzle.Work, "data-worker": web.Path("altcha-worker.js"), "data-label": i18n.T(ctx, "register.proof_label"),
		"data-verifying": i18n.T(ctx, "register.proof_working"), "data-verified": i18n.T(ctx, "register.proof_done"),
		"data-error": i18n.T(ctx, "register.proof_failed"), "data-expired": i18n.T(ctx, "register.proof_expired"),
		"data-wait": i18n.T(ctx, "register.proof_wait"), "data-required": i18n.T(ctx, "register.proof_required"),
	}
}
