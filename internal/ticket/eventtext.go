package ticket

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
)

// EventText is an event entry as a sentence in the reader's language.
func EventText(ctx context.Context, e Entry) string {
	who := ActorName(ctx, e)
	switch e.Event {
	case Submitted:
		if e.Why == OpenedFor {
			return i18n.T(ctx, "ticket.event.opened_for", "who", who)
		}
		if e.New != "" {
			return i18n.T(ctx, "ticket.event.submitted_follow_up", "who", who, "number", e.New)
		}
		return i18n.T(ctx, "ticket.event.submitted", "who", who)
	case StatusChanged:
		return statusText(ctx, e, who)
	case Assigned:
		return assignedText(ctx, e, who)
	case ServiceRecorded:
		return i18n.T(ctx, "ticket.event.service."+e.New, "who", who)
	case ServiceReturned:
		return i18n.T(ctx, "ticket.event.service_back", "who", who)
	case RequesterSet:
		return i18n.T(ctx, "ticket.event.requester_set", "who", who, "old", e.Old, "new", e.New)
	case DepartmentSet:
		return departmentText(ctx, e, who)
	case PriorityChanged:
		return i18n.T(ctx, "ticket.event.priority", "who", who, "old", i18n.T(ctx, "ticket.priority."+e.Old), "new", i18n.T(ctx, "ticket.priority."+e.New))
	case PlanMoved:
		_, at := stepAndTime(e.New)
		step, _ := stepAndTime(e.New)
		return i18n.T(ctx, "ticket.event.plan_moved", "who", who, "step", i18n.T(ctx, "ticket.step_name."+step), "when", i18n.Weekday(ctx, at))
	case PlanHeld:
		return i18n.T(ctx, "ticket.event.plan_held", "who", who)
	case PlanResumed:
		return i18n.T(ctx, "ticket.event.plan_resumed", "who", who)
	case PromiseDue:
		return i18n.T(ctx, "ticket.event.promise_due")
	case CompanySet:
		return i18n.T(ctx, "ticket.event.company_set", "who", who, "company", e.New)
	case CopiesSet:
		return i18n.T(ctx, "ticket.event.copies_set", "who", who, "address", e.New)
	case CopiesTaken:
		return i18n.T(ctx, "ticket.event.copies_taken", "who", who, "address", e.Old)
	case Rated:
		return ratedText(ctx, e, who)
	case FollowedUp:
		return i18n.T(ctx, "ticket.event.followed_up", "number", e.New)
	case FieldSet, FieldSetInside:
		return fieldText(ctx, e, who)
	case Undelivered:
		return i18n.T(ctx, "ticket.event.undelivered", "address", e.New, "reason", e.Old)
	default:
		return deskText(ctx, e, who)
	}
}

// deskText is EventText for what agents do with whole tickets and with what is
// written on them.
func deskText(ctx context.Context, e Entry, who string) string {
	switch e.Event {
	case TagsSet:
		return tagsText(ctx, e, who)
	case TopicChanged:
		var name map[string]string
		_ = json.Unmarshal([]byte(e.New), &name) // what cannot be read is not said
		return i18n.T(ctx, "ticket.event.topic", "who", who, "topic", inLang(name, i18n.ReaderOf(ctx).Lang))
	case Trashed:
		if e.New == string(Spam) {
			return i18n.T(ctx, "ticket.event.spam", "who", who)
		}
		return i18n.T(ctx, "ticket.event.trashed", "who", who)
	case CallLogged:
		return callText(ctx, e, who)
	case MacroRun:
		return i18n.T(ctx, "ticket.event.macro", "who", who, "name", e.New)
	case Restored:
		return i18n.T(ctx, "ticket.event.restored", "who", who)
	case NotePinned:
		return i18n.T(ctx, "ticket.event.note_pinned", "who", who)
	case NoteUnpinned:
		return i18n.T(ctx, "ticket.event.note_unpinned", "who", who)
	case WordsRedacted:
		return i18n.T(ctx, "ticket.event.words_redacted", "who", who, "reason", e.New)
	case ReplyReturned:
		return i18n.T(ctx, "ticket.returned."+e.New, "name", e.Old, "who", who)
	case Merged:
		return i18n.T(ctx, "ticket.event.merged", "who", who, "number", e.New)
	case MergedInto:
		return i18n.T(ctx, "ticket.event.merged_into", "who", who, "number", e.New)
	case Unmerged:
		return i18n.T(ctx, "ticket.event.unmerged", "who", who, "number", e.New)
	case UnmergedFrom:
		return i18n.T(ctx, "ticket.event.unmerged_from", "who", who, "number", e.Old)
	case SplitOff:
		return i18n.T(ctx, "ticket.event.split_off", "who", who, "number", e.New)
	case SplitFrom:
		return i18n.T(ctx, "ticket.event.split_from", "who", who, "number", e.Old)
	case LinkSet:
		relation, number := linkOf(ctx, e.New)
		return i18n.T(ctx, "ticket.event.link_set", "who", who, "relation", relation, "number", number)
	case LinkTaken:
		relation, number := linkOf(ctx, e.Old)
		return i18n.T(ctx, "ticket.event.link_taken", "who", who, "relation", relation, "number", number)
	default:
		return string(e.Event)
	}
}

// ActorName is the entry's author for people to read: the robot has a name of
// its own.
func ActorName(ctx context.Context, e Entry) string {
	switch e.AuthorKind {
	case ByRobot:
		return i18n.T(ctx, "ticket.robot.name")
	case BySystem:
		return i18n.T(ctx, "ticket.system_name")
	case ByCustomer, ByAgent:
		return e.AuthorName
	default:
		return e.AuthorName
	}
}

func statusText(ctx context.Context, e Entry, who string) string {
	status, until := stepAndTime(e.New)
	switch {
	case e.Why == Undone:
		return i18n.T(ctx, "ticket.event.status_undone", "who", who, "status", i18n.T(ctx, "ticket.status."+status))
	case e.Why == RobotResolved:
		return i18n.T(ctx, "ticket.event.robot_resolved")
	case e.Why == RobotClosed:
		return i18n.T(ctx, "ticket.event.robot_closed")
	case e.Why == RobotWoke:
		return i18n.T(ctx, "ticket.event.robot_woke")
	case e.Why == CustomerSolved:
		return i18n.T(ctx, "ticket.event.solved", "who", who)
	case e.Why == CustomerReopened, e.Why == ClosedReopened, e.Why == CustomerReplied && e.Old == string(Resolved):
		return i18n.T(ctx, "ticket.event.reopened", "who", who)
	case Status(status) == Resolved:
		return i18n.T(ctx, "ticket.event.resolved", "who", who)
	case Status(status) == Closed:
		return i18n.T(ctx, "ticket.event.closed", "who", who)
	case Status(status) == Postponed:
		return i18n.T(ctx, "ticket.event.postponed", "who", who, "until", i18n.Date(ctx, until))
	default:
		return i18n.T(ctx, "ticket.event.status", "who", who, "status", i18n.T(ctx, "ticket.status."+status))
	}
}

func tagsText(ctx context.Context, e Entry, who string) string {
	switch {
	case e.Old == "":
		return i18n.T(ctx, "ticket.event.tagged", "who", who, "tags", e.New)
	case e.New == "":
		return i18n.T(ctx, "ticket.event.untagged", "who", who, "tags", e.Old)
	default:
		return i18n.T(ctx, "ticket.event.retagged", "who", who, "tags", e.New, "old", e.Old)
	}
}

func departmentText(ctx context.Context, e Entry, who string) string {
	if e.New == "" {
		return i18n.T(ctx, "ticket.event.department_left", "who", who, "name", eventWords(ctx, e.Old))
	}
	return i18n.T(ctx, "ticket.event.department_set", "who", who, "name", eventWords(ctx, e.New))
}

func assignedText(ctx context.Context, e Entry, who string) string {
	if e.Why == Dealt {
		return i18n.T(ctx, "ticket.event.dealt", "name", e.New)
	}
	switch e.New {
	case "":
		return i18n.T(ctx, "ticket.event.unassigned", "who", who, "name", e.Old)
	case e.AuthorName:
		return i18n.T(ctx, "ticket.event.took", "who", who)
	default:
		return i18n.T(ctx, "ticket.event.assigned", "who", who, "name", e.New)
	}
}

func ratedText(ctx context.Context, e Entry, who string) string {
	switch {
	case e.New == Good && e.Old != "":
		return i18n.T(ctx, "ticket.event.rated_good_again", "who", who)
	case e.New == Good:
		return i18n.T(ctx, "ticket.event.rated_good", "who", who)
	case e.Old != "":
		return i18n.T(ctx, "ticket.event.rated_bad_again", "who", who)
	default:
		return i18n.T(ctx, "ticket.event.rated_bad", "who", who)
	}
}

// stepAndTime reads "<word> <RFC 3339>"; without a time it is zero.
func stepAndTime(s string) (string, time.Time) {
	word, stamp, _ := strings.Cut(s, " ")
	at, _ := time.Parse(time.RFC3339, stamp)
	return word, at
}
