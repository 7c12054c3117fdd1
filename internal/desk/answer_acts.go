package desk

import (
	"context"
	"slices"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
)

// wrote reports whether an entry is the reader's own.
func (p answerPage) wrote(e ticket.Entry) bool {
	return e.AuthorID != nil && *e.AuthorID == p.Me.PersonID
}

func (p answerPage) mayActOn(e ticket.Entry) bool {
	return e.Kind == ticket.NoteEntry || ticket.MayRedact(p.Me, e.AuthorID)
}

func (p answerPage) redactHref(e ticket.Entry) string {
	return link.Query(link.AgentRedact(p.Number), string(e.Kind), num(e.ID), "view", string(p.From))
}

// actsLabel names the menu of one entry for who does not see where it is.
func actsLabel(ctx context.Context, e ticket.Entry) string {
	return i18n.T(ctx, "desk.answer.acts", "who", ticket.ActorName(ctx, e), "when", i18n.Date(ctx, e.At)+", "+i18n.Clock(ctx, e.At))
}

// mentions reports whether an agent was ticked in a note that was refused.
func (f writing) mentions(id int64) bool { return slices.Contains(f.Mentions, id) }
