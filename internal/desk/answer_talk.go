package desk

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// messageKind is the look of a message: notes are unmistakable, the robot is
// no person.
func messageKind(e ticket.Entry) string {
	switch {
	case e.Kind == ticket.NoteEntry:
		return "note"
	case e.AuthorKind == ticket.ByRobot:
		return "bot"
	case e.AuthorKind == ticket.ByAgent:
		return "agent"
	default:
		return "customer"
	}
}

// role is the small print beside an author: which ticket it came from, who got
// copies, and whether the answer is kept from the suggestions.
func (p answerPage) role(ctx context.Context, e ticket.Entry) string {
	var parts []string
	if from := p.originText(ctx, e); from != "" {
		parts = append(parts, from)
	}
	if e.AuthorKind == ticket.ByRobot {
		parts = append(parts, i18n.T(ctx, "desk.answer.automatic"))
	}
	if len(e.CC) > 0 {
		parts = append(parts, i18n.T(ctx, "desk.answer.copy_to", "addresses", strings.Join(e.CC, ", ")))
	}
	if len(e.Skipped) > 0 {
		parts = append(parts, i18n.T(ctx, "desk.answer.not_mailed", "addresses", strings.Join(e.Skipped, ", ")))
	}
	if e.Edits > 0 {
		parts = append(parts, i18n.T(ctx, "desk.note.edited"))
	}
	if e.Personal {
		parts = append(parts, i18n.T(ctx, "desk.answer.is_personal"))
	}
	return strings.Join(parts, " · ")
}

// eventIcon is the mark of what happened.
func eventIcon(e ticket.Entry) string {
	switch e.Event {
	case ticket.Submitted:
		return "plus"
	case ticket.StatusChanged:
		status, _, _ := strings.Cut(e.New, " ")
		return statusView(ticket.Status(status), e.Why == ticket.CustomerReopened, ticket.ByAgent, nil).Icon()
	case ticket.Assigned:
		return "user"
	case ticket.ServiceRecorded, ticket.ServiceReturned:
		return "wrench"
	case ticket.RequesterSet:
		return "user"
	case ticket.CallLogged:
		return "phone"
	case ticket.DepartmentSet:
		return "users"
	case ticket.PriorityChanged:
		return "chart"
	case ticket.PlanMoved, ticket.PlanHeld, ticket.PlanResumed:
		return "clock"
	case ticket.PromiseDue:
		return "calendar"
	case ticket.CompanySet:
		return "building"
	case ticket.CopiesSet:
		return "mail"
	case ticket.FollowedUp, ticket.LinkSet, ticket.LinkTaken:
		return "link"
	case ticket.NotePinned, ticket.NoteUnpinned:
		return "pin"
	case ticket.WordsRedacted:
		return "shield"
	case ticket.Merged, ticket.MergedInto, ticket.Unmerged, ticket.UnmergedFrom:
		return "merge"
	case ticket.SplitOff, ticket.SplitFrom:
		return "external"
	case ticket.Undelivered:
		return "alert"
	default:
		return "bolt"
	}
}

func assigneeLabel(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "desk.answer.unassigned_now")
	}
	return i18n.T(ctx, "desk.answer.assignee_now", "name", name)
}
