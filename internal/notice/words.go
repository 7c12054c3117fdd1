package notice

import (
	"context"
	"strings"
	"time"

	"github.com/deskbell/deskbell/internal/i18n"
)

// Sentence says what happened, in ctx's language: "Elena Orlova replied". A line
// whose ticket its reader may not see any more says that.
func Sentence(ctx context.Context, r Row) string {
	if r.TicketID != 0 && r.Number == 0 {
		return i18n.T(ctx, "notice.hidden")
	}
	who := r.ActorName
	if who == "" && r.Event == Assigned {
		who = r.Department // which gave it by itself
	}
	if who == "" {
		who = i18n.T(ctx, "notice.the_robot")
	}
	if r.Event == BulkEnded {
		return bulkSentence(ctx, r.Detail)
	}
	if r.Event == StatusChanged {
		return i18n.T(ctx, "notice.event.status_changed", "who", who, "status", status(ctx, r.Detail))
	}
	return i18n.T(ctx, "notice.event."+string(r.Event), "who", who, "address", r.Detail)
}

// status is a status as events keep it, in words.
func status(ctx context.Context, value string) string {
	name, date, _ := strings.Cut(value, " ")
	text := i18n.T(ctx, "ticket.status."+name)
	if until, err := time.Parse(time.RFC3339, date); err == nil {
		text = i18n.T(ctx, "mail.parts.until", "status", text, "date", i18n.Date(ctx, until))
	}
	return text
}

// Why says why a line is somebody's: the answer to "why did I get this?".
func Why(ctx context.Context, r Row) string { return i18n.T(ctx, "notice.why."+string(r.Reason)) }

// EventName is an event as the matrix names it.
func EventName(ctx context.Context, e Event) string { return i18n.T(ctx, "notice.name."+string(e)) }

// ScopeName is a scope as the matrix names it.
func ScopeName(ctx context.Context, s Scope) string { return i18n.T(ctx, "notice.scope."+string(s)) }

// ChannelName is a channel as the matrix names it.
func ChannelName(ctx context.Context, c Channel) string {
	return i18n.T(ctx, "notice.channel."+string(c))
}
