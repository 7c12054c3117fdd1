package portal

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// mostRatings is how often one address on the internet may use signed links in
// an hour: they cannot be guessed, and need not be tried either.
const mostRatings = 120

// ratingForm is a rating as it was chosen, with what is wrong with it.
type ratingForm struct {
	number  int64
	key     ticket.RatingKey
	choice  string
	comment string
	wrong   fault.Message
	over    fault.Message // why it takes no rating
	done    bool
}

// showRating is GET /tickets/{number}/rating: with a mail's signed link the
// choice is set and waits for the button, since programs that check links open
// them too. Without one the ticket's own page has the form.
func (h *Handler) showRating(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	q := httpx.ReadQuery(r)
	if !q.Has("s") {
		return httpx.SeeOther(w, r, link.Ticket(number)+"#rating")
	}
	f := ratingForm{number: number, key: keyOf(q), choice: q.Get("rating")}
	if err := h.throttle(r.Context(), "rating:"+httpx.Network(httpx.ClientIP(r)), mostRatings, time.Hour); err != nil {
		return err
	}
	have, err := h.tickets.RatingBySignature(r.Context(), number, f.key)
	if fault.Is(err, fault.Conflict) {
		return h.renderRating(w, r, http.StatusConflict, f.overBy(err))
	}
	if err != nil {
		return err
	}
	if have != nil {
		f.comment = have.Comment
	}
	return h.renderRating(w, r, http.StatusOK, f)
}

func keyOf(f httpx.Form) ticket.RatingKey {
	cycle, _ := f.Int("c")
	return ticket.RatingKey{Cycle: cycle, Signature: f.Get("s")}
}

func (f ratingForm) overBy(err error) ratingForm {
	f.over = fault.Message{Key: fault.Of(err).Key}
	return f
}

// postRating is POST /tickets/{number}/rating, from the ticket's page or from
// the page of a signed link.
func (h *Handler) postRating(w http.ResponseWriter, r *http.Request) error {
	number, err := httpx.PathID(r, "number")
	if err != nil {
		return err
	}
	form, err := httpx.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Has("s") {
		return h.postSignedRating(w, r, number, form)
	}
	ctx, by := r.Context(), httpx.Actor(r)
	if !by.SignedIn() {
		return fault.New(fault.Unauthorized, "error.sign_in_first")
	}
	err = h.tickets.Rate(ctx, by, number, form.Get("rating"), form.Text("comment"))
	switch f := fault.Of(err); {
	case err == nil:
		return h.done(w, r, link.Ticket(number)+"#rating", "portal.rating.saved")
	case f.Kind == fault.Invalid:
		v := threadView{rating: ratingForm{choice: form.Get("rating"), comment: form.Text("comment"), wrong: only(f)}}
		return h.renderView(w, r, http.StatusUnprocessableEntity, number, v)
	case f.Kind == fault.Conflict:
		return h.renderRefused(w, r, number, fault.Message{Key: f.Key, Args: f.Args})
	default:
		return err
	}
}

func (h *Handler) postSignedRating(w http.ResponseWriter, r *http.Request, number int64, form httpx.Form) error {
	ctx := r.Context()
	if err := h.throttle(ctx, "rating:"+httpx.Network(httpx.ClientIP(r)), mostRatings, time.Hour); err != nil {
		return err
	}
	f := ratingForm{number: number, key: keyOf(form), choice: form.Get("rating"), comment: form.Text("comment")}
	err := h.tickets.RateBySignature(ctx, number, f.key, f.choice, f.comment)
	switch {
	case err == nil:
		f.done = true
		return h.renderRating(w, r, http.StatusOK, f)
	case fault.Is(err, fault.Invalid):
		f.wrong = only(fault.Of(err))
		return h.renderRating(w, r, http.StatusUnprocessableEntity, f)
	case fault.Is(err, fault.Conflict):
		return h.renderRating(w, r, http.StatusConflict, f.overBy(err))
	default:
		return err
	}
}

// only is what a fault says of one of its fields.
func only(f *fault.Error) fault.Message {
	for _, m := range f.Fields {
		return m
	}
	return fault.Message{Key: f.Key, Args: f.Args}
}

func (h *Handler) renderRating(w http.ResponseWriter, r *http.Request, status int, f ratingForm) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is the key
	w.Header().Set("Cache-Control", "no-store")
	page := ui.BarePage{Page: ui.Page{
		Title: i18n.T(r.Context(), "portal.rating.page_title", "number", f.number), Actor: httpx.Actor(r), Theme: httpx.Theme(r), Now: h.now(),
	}}
	return httpx.Render(w, r, status, ratingPage(page, f))
}

// ratingChoice is one of the two answers.
type ratingChoice struct{ value, icon, label string }

func ratingChoices(ctx context.Context) []ratingChoice {
	return []ratingChoice{
		{ticket.Good, "like", i18n.T(ctx, "portal.rating.good")},
		{ticket.Bad, "dislike", i18n.T(ctx, "portal.rating.bad")},
	}
}

// ratingNow is the rating form of the ticket's page: as it was sent and refused,
// else as it stands.
func (v threadView) ratingNow() ratingForm {
	f := v.rating
	if f.choice == "" && f.wrong.Key == "" && v.Rating != nil {
		f.choice, f.comment = v.Rating.Choice(), v.Rating.Comment
	}
	return f
}

// cycleText is a cycle as a form's hidden field has it.
func cycleText(n int) string { return strconv.Itoa(n) }
