package desk

import (
	"context"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// overtaker says who wrote what while a reply was written.
func overtaker(ctx context.Context, e ticket.Entry) string {
	if e.Kind == ticket.NoteEntry {
		return i18n.T(ctx, "desk.send.crossed_note", "who", ticket.ActorName(ctx, e))
	}
	return i18n.T(ctx, "desk.send.crossed_message", "who", ticket.ActorName(ctx, e))
}

// returnText says why a reply is a draft again.
func returnText(ctx context.Context, why ticket.Return) string {
	return i18n.T(ctx, "desk.send.returned."+string(why))
}

// spareText names a text beside the draft.
func spareText(ctx context.Context, s ticket.Spare) string {
	if s.Returned != "" {
		return returnText(ctx, s.Returned)
	}
	return i18n.T(ctx, "desk.send.spare", "when", i18n.Clock(ctx, s.UpdatedAt))
}
