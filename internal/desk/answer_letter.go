package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/mail"
	"github.com/deskbell/deskbell/internal/ticket"
)

// postLetter is POST /agent/tickets/{number}/letters: send a letter that failed
// once more.
func (h *Handler) postLetter(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, "admin.outbox.retry_done", func(_ int64, form httpx.Form) error {
		return h.letters.Again(r.Context(), httpx.Actor(r), form.ID("delivery"))
	})
}

func deliveryText(ctx context.Context, d ticket.Delivery) string {
	to := d.Name
	if to == "" {
		to = d.Recipient
	}
	return i18n.T(ctx, "desk.delivery."+string(d.State), "to", to)
}

// deliveryWhy says why somebody was written to; how somebody came on copy, as
// long as they are.
func (p answerPage) deliveryWhy(ctx context.Context, d ticket.Delivery) string {
	switch d.Stake {
	case ticket.Asked:
		return i18n.T(ctx, "desk.delivery.why_requester")
	case ticket.Reads:
		return i18n.T(ctx, "desk.delivery.why_company")
	case ticket.Copy, ticket.NoSuch:
		for _, c := range p.Participants {
			if d.To(c) {
				return copyReason(ctx, c)
			}
		}
		return i18n.T(ctx, "desk.delivery.why_copy")
	}
	return ""
}

// deliveryHint is all that is known of a letter.
func deliveryHint(ctx context.Context, d ticket.Delivery) string {
	if d.Detail == "" {
		return d.Recipient
	}
	return i18n.T(ctx, "desk.delivery.last", "to", d.Recipient, "detail", d.Detail)
}

func deliveryTone(d ticket.Delivery) string {
	if d.State == mail.Failed {
		return "tone-red letters__one--failed"
	}
	return "tone-neutral"
}

func deliveryIcon(d ticket.Delivery) string {
	switch d.State {
	case mail.Sent:
		return "check"
	case mail.Failed:
		return "alert"
	case mail.Queued:
		return "clock"
	case mail.Kept:
		return "mail"
	case mail.Unwanted:
		return "x"
	}
	return "mail"
}
