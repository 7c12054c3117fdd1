package portal

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/deskbell/deskbell/internal/account"
	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/setting"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// How often visitors may send the form from one network address, and how many
// letters one mail address gets because of it.
const (
	guestsFromPlace = 10
	guestsToAddress = 3
	guestsWindow    = time.Hour
)

// guestForm is what a visitor says about themselves.
type guestForm struct {
	First, Last, Email string
	Consent            bool
	Puzzle             account.Puzzle
}

func postedGuest(p post) guestForm {
	return guestForm{First: p.Line("first_name"), Last: p.Line("last_name"), Email: p.Line("email"), Consent: p.On("consent")}
}

// guests lets visitors write tickets where the setting says so; else they sign
// in first.
func (h *Handler) guests(next http.Handler) http.Handler {
	signedIn := h.errors.SignedIn(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rules, _ := setting.Get(r.Context(), h.settings, setting.Guests)
		if rules.Enabled {
			next.ServeHTTP(w, r)
			return
		}
		signedIn.ServeHTTP(w, r)
	})
}

// postGuest holds a visitor's ticket and says that a letter is on its way.
func (h *Handler) postGuest(w http.ResponseWriter, r *http.Request, p post, form ticketForm) error {
	ctx := r.Context()
	err := h.throttle(ctx, "guest:place:"+httpx.Network(httpx.ClientIP(r)), guestsFromPlace, guestsWindow)
	if err == nil {
		err = h.prove(r, p.Form)
	}
	if err == nil && len(p.Refused) > 0 {
		err = &fault.Error{Kind: fault.Invalid, Key: "error.form_invalid", Fields: map[string]fault.Message{}}
	}
	if err == nil {
		g := ticket.Guest{FirstName: form.Guest.First, LastName: form.Guest.Last, Email: form.Guest.Email, Lang: i18n.ReaderOf(ctx).Lang, Place: httpx.ClientIP(r)}
		if form.Guest.Consent {
			g.Consent, g.ConsentText = h.consent(ctx)
		}
		err = h.tickets.SubmitGuest(ctx, g, form.submission(p.IDs), h.mayWriteTo)
	}
	switch f := fault.Of(err); {
	case err == nil:
		return httpx.SeeOther(w, r, link.GuestSent)
	case f.Kind == fault.Invalid:
		form.Errors, form.Files.Error = f.Fields, f.Fields[fieldFiles]
	case f.Kind == fault.TooMany:
		form.Problem = fault.Message{Key: f.Key, Args: f.Args}
	default:
		return err
	}
	return h.renderNewTicket(w, r, httpx.Status(err), form)
}

// mayWriteTo counts a letter to a visitor's address.
func (h *Handler) mayWriteTo(ctx context.Context, email string) error {
	err := h.throttle(ctx, "guest:letter:"+email, guestsToAddress, guestsWindow)
	if fault.Is(err, fault.TooMany) {
		return fault.New(fault.TooMany, "register.too_many")
	}
	return err
}

// prove checks the visitor's proof.
func (h *Handler) prove(r *http.Request, f httpx.Form) error {
	if h.accounts == nil {
		return nil
	}
	return h.accounts.Prove(r.Context(), account.Proof{Payload: f.Get("altcha"), Ticket: f.Get("ticket"), Answer: f.Get("answer")}, httpx.ClientIP(r))
}

func (h *Handler) puzzle() account.Puzzle {
	if h.accounts == nil {
		return account.Puzzle{}
	}
	return h.accounts.Puzzle()
}

// consent is the text that people agree to now, and its version.
func (h *Handler) consent(ctx context.Context) (int, string) {
	if h.accounts == nil {
		return 1, ""
	}
	rules := h.accounts.Rules(ctx)
	return rules.ConsentVersion, rules.Consent(i18n.ReaderOf(ctx).Lang)
}

// fields are the visitor's own inputs with what is wrong with them.
func (g guestForm) fields(ctx context.Context, wrong map[string]fault.Message) []ui.Field {
	consent := ui.Field{Name: "consent", Label: i18n.T(ctx, "portal.guest.consent"), Error: wrong["consent"], Required: true}
	if g.Consent {
		consent.Value = "1"
	}
	return []ui.Field{
		{Name: "first_name", Label: i18n.T(ctx, "portal.guest.first_name"), Value: g.First, Error: wrong["first_name"], Required: true, Autocomplete: "given-name", MaxLength: 100},
		{Name: "last_name", Label: i18n.T(ctx, "portal.guest.last_name"), Value: g.Last, Error: wrong["last_name"], Required: true, Autocomplete: "family-name", MaxLength: 100},
		{
			Name: "email", Type: "email", Label: i18n.T(ctx, "portal.guest.email"), Hint: i18n.T(ctx, "portal.guest.email_hint"), Value: g.Email,
			Error: wrong["email"], Required: true, Autocomplete: "email", MaxLength: 254,
		},
		consent,
		g.proof(wrong).answer(ctx),
	}
}

// proof is the part of the form that shows that somebody is no robot, as on the
// page where people register.
func (g guestForm) proof(wrong map[string]fault.Message) registerForm {
	return registerForm{Puzzle: g.Puzzle, Errors: wrong}
}

// showGuestSent is GET /tickets/sent: the letter is on its way.
func (h *Handler) showGuestSent(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, guestSentPage(h.layout(r, "new", i18n.T(r.Context(), "portal.guest.sent_title"))))
}

// showConfirm is GET /tickets/confirm/{token}: the page behind the letter's
// link. It changes nothing: programs that check letters open links.
func (h *Handler) showConfirm(w http.ResponseWriter, r *http.Request) error {
	token := chi.URLParam(r, "token")
	held, err := h.tickets.HeldTicket(r.Context(), token)
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	return httpx.Render(w, r, http.StatusOK, confirmPage(h.layout(r, "new", i18n.T(r.Context(), "portal.guest.confirm_title")), held, token, h.hours(r.Context())))
}

// postConfirm is POST /tickets/confirm/{token}: only now agents see the ticket.
func (h *Handler) postConfirm(w http.ResponseWriter, r *http.Request) error {
	ctx, token := r.Context(), chi.URLParam(r, "token")
	if err := h.throttle(ctx, "confirm:"+httpx.Network(httpx.ClientIP(r)), 4*guestsFromPlace, guestsWindow); err != nil {
		return err
	}
	if _, err := h.tickets.ConfirmGuest(ctx, token); err != nil {
		return err
	}
	return httpx.SeeOther(w, r, link.ConfirmTicket(token))
}
