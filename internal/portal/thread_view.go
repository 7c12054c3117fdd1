package portal

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/link"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// status is where the ticket stands, in a word. What that asks of the customer,
// and until when, stands above the conversation.
func (v threadView) status() ui.StatusView {
	return ui.StatusView{Status: string(v.Status), Reopened: v.Reopened}
}

// messageKind is the look of a message by who wrote it.
func messageKind(e ticket.Entry) string {
	switch e.AuthorKind {
	case ticket.ByAgent:
		return "agent"
	case ticket.ByRobot, ticket.BySystem:
		return "bot"
	case ticket.ByCustomer:
		return "customer"
	default:
		return "customer"
	}
}

// message is an entry of the timeline as a box with its author and files.
func (v threadView) message(ctx context.Context, e ticket.Entry) ui.MessageView {
	m := ui.MessageView{
		Seq: e.Seq, Kind: messageKind(e), Who: e.AuthorName, At: e.At, Now: v.now, Files: fileViews(e.Listed()), Href: link.TicketAt(v.Number, e.Seq),
	}
	switch {
	case m.Kind == "bot":
		m.Who, m.Role = ticket.ActorName(ctx, e), i18n.T(ctx, "portal.thread.role_robot")
	case m.Kind == "agent":
		m.Role = i18n.T(ctx, "portal.thread.role_agent")
	case e.AuthorID != nil && *e.AuthorID == v.me.PersonID:
		m.Role = i18n.T(ctx, "portal.thread.role_you")
	}
	if from := v.origin(ctx, e); from != "" {
		m.Role = strings.TrimPrefix(m.Role+" · "+from, " · ")
	}
	return m
}

// event is the look of a change in the timeline.
func (v threadView) event(e ticket.Entry) ui.EventView {
	ev := ui.EventView{Seq: e.Seq, At: e.At, Now: v.now, Icon: "info"}
	switch e.Event {
	case ticket.StatusChanged:
		to, _, _ := strings.Cut(e.New, " ")
		s := ui.StatusView{Status: to, Reopened: e.Old == string(ticket.Resolved) || e.Old == string(ticket.Closed), Portal: true}
		ev.Icon, ev.Tone = s.Icon(), s.Tone()
		if e.AuthorKind == ticket.ByRobot {
			ev.Icon = "bot"
		}
	case ticket.Submitted:
		ev.Icon = "st-new"
	case ticket.Assigned:
		ev.Icon = "user"
	case ticket.CopiesSet, ticket.CopiesTaken:
		ev.Icon = "users"
	case ticket.Rated:
		ev.Icon, ev.Tone = "like", "tone-green"
		if e.New == ticket.Bad {
			ev.Icon, ev.Tone = "dislike", "tone-amber"
		}
	case ticket.FollowedUp, ticket.LinkSet, ticket.LinkTaken:
		ev.Icon = "link"
	case ticket.Merged, ticket.MergedInto, ticket.Unmerged, ticket.UnmergedFrom, ticket.SplitOff, ticket.SplitFrom:
		ev.Icon = "merge"
	case ticket.PriorityChanged:
		ev.Icon = "bolt"
	case ticket.FieldSet, ticket.FieldSetInside, ticket.Undelivered, ticket.PlanMoved, ticket.PlanHeld, ticket.PlanResumed, ticket.PromiseDue, ticket.CompanySet,
		ticket.DepartmentSet, ticket.ServiceRecorded, ticket.ServiceReturned, ticket.RequesterSet, ticket.TagsSet, ticket.TopicChanged,
		ticket.NotePinned, ticket.NoteUnpinned, ticket.WordsRedacted, ticket.Trashed, ticket.Restored, ticket.MacroRun, ticket.ReplyReturned, ticket.CallLogged:
	}
	return ev
}

// windowSize is how far the links to earlier and later entries go.
const windowSize = 40

// earlierHref is the page that ends before the entries shown.
func (v threadView) earlierHref() string {
	end := v.TimelineSeq
	if v.view > 0 {
		end = min(int64(v.view), end)
	}
	return link.Query(link.Ticket(v.Number), "at", num(max(end-windowSize, 1)))
}

// laterHref is the page that begins after the entries shown.
func (v threadView) laterHref() string {
	return link.Query(link.Ticket(v.Number), "at", num(int64(v.view)+windowSize))
}

// checkHref is this page again, which then says what is new.
func (v threadView) checkHref() string {
	return link.Query(link.Ticket(v.Number), "since", num(v.TimelineSeq)) + "#thread-notice"
}

// stream is where the page hears of news; a page of earlier entries does not
// listen.
func (v threadView) stream() string {
	if v.Later > 0 {
		return ""
	}
	return link.TicketLive(v.Number)
}

// seen is the last place of the timeline that the page shows; 0 when it shows
// earlier ones.
func (v threadView) seen() int64 {
	if v.Later > 0 {
		return 0
	}
	return v.TimelineSeq
}

// news are the entries after since.
func (v threadView) news() []ticket.Entry {
	at := slices.IndexFunc(v.Entries, func(e ticket.Entry) bool { return e.Seq > v.since })
	if at < 0 {
		return nil
	}
	return v.Entries[at:]
}

// files are those of the entries shown, for the list beside them.
func (v threadView) files() []ui.FileView {
	var files []ui.FileView
	for _, e := range v.Entries {
		files = append(files, fileViews(e.Files)...)
	}
	return files
}

// planned returns when the robot will take step, if it will.
func (v threadView) planned(step ticket.Step) (time.Time, bool) {
	for _, p := range v.Plan {
		if p.Step == step {
			return p.At, true
		}
	}
	return time.Time{}, false
}

// waitingText says what happens to a waiting ticket if the customer stays
// silent (T3a).
func (v threadView) waitingText(ctx context.Context) string {
	at, ok := v.planned(ticket.Resolve)
	if !ok {
		return i18n.T(ctx, "portal.thread.waiting_no_plan")
	}
	if remind, ok := v.planned(ticket.Remind); ok {
		return i18n.T(ctx, "portal.thread.waiting_plan_remind", "when", i18n.Long(ctx, at), "remind", i18n.Long(ctx, remind))
	}
	return i18n.T(ctx, "portal.thread.waiting_plan", "when", i18n.Long(ctx, at))
}

// resolvedTitle says who resolved the ticket and when.
func (v threadView) resolvedTitle(ctx context.Context) string {
	day := i18n.LongDay(ctx, v.StatusSince)
	for i := len(v.Entries) - 1; i >= 0; i-- {
		e := v.Entries[i]
		if e.Event != ticket.StatusChanged || e.New != string(ticket.Resolved) {
			continue
		}
		switch {
		case e.AuthorKind == ticket.ByRobot:
			return i18n.T(ctx, "portal.thread.resolved_by_robot", "date", day)
		case e.AuthorID != nil && *e.AuthorID == v.me.PersonID:
			return i18n.T(ctx, "portal.thread.resolved_by_you", "date", day)
		case e.AuthorName != "":
			return i18n.T(ctx, "portal.thread.resolved_by", "name", e.AuthorName, "date", day)
		}
		break
	}
	return i18n.T(ctx, "portal.thread.resolved", "date", day)
}

// reopenText says until when a finished ticket can be taken up again.
func (v threadView) reopenText(ctx context.Context) string {
	if v.ReopenUntil == nil {
		return i18n.T(ctx, "portal.thread.reopen_any_time")
	}
	return i18n.T(ctx, "portal.thread.reopen_until", "when", i18n.Long(ctx, *v.ReopenUntil))
}

// stepText is a step of the plan in few words, beside its time.
func stepText(ctx context.Context, s ticket.Step) string {
	switch s {
	case ticket.Remind:
		return i18n.T(ctx, "portal.plan.remind")
	case ticket.Resolve:
		return i18n.T(ctx, "portal.plan.resolve")
	case ticket.Close:
		return i18n.T(ctx, "portal.plan.close")
	case ticket.Wake:
		return i18n.T(ctx, "portal.plan.wake")
	default:
		return string(s)
	}
}

func stepLook(s ticket.Step) ui.StatusView {
	switch s {
	case ticket.Remind:
		return ui.StatusView{Status: "waiting"}
	case ticket.Resolve:
		return ui.StatusView{Status: "resolved"}
	case ticket.Close:
		return ui.StatusView{Status: "closed"}
	case ticket.Wake:
		return ui.StatusView{Status: "postponed"}
	default:
		return ui.StatusView{}
	}
}

// wrong lists what is wrong with a reply, for the summary above it.
func (f replyForm) wrong(ctx context.Context) []ui.Field {
	message := ui.Field{Name: "message", Label: i18n.T(ctx, "portal.thread.your_reply"), Error: f.Wrong}
	return append([]ui.Field{message}, f.Files.wrong(ctx)...)
}

// composer is the reply as the editor takes it.
func (f replyForm) composer(ctx context.Context) composerView {
	return composerView{
		Label: i18n.T(ctx, "portal.thread.your_reply"), Placeholder: i18n.T(ctx, "portal.thread.placeholder"),
		Value: f.Message, Kind: f.Kind, Wrong: f.Wrong, Rows: 5, Files: f.Files,
	}
}
