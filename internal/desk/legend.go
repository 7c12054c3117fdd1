package desk

import (
	"context"
	"net/http"

	"github.com/deskbell/deskbell/internal/httpx"
	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/notice"
	"github.com/deskbell/deskbell/internal/ticket"
	"github.com/deskbell/deskbell/web/ui"
)

// showLegend is GET /agent/legend.
func (h *Notices) showLegend(w http.ResponseWriter, r *http.Request) error {
	p, err := h.page(r, i18n.T(r.Context(), "legend.title"))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, legend(p))
}

// legendStatus is a status as lists show it, and what it means.
type legendStatus struct {
	ui.StatusView
	about string
}

func legendStatuses(ctx context.Context) []legendStatus {
	var all []legendStatus
	for _, s := range ticket.Statuses {
		all = append(all, legendStatus{ui.StatusView{Status: string(s)}, i18n.T(ctx, "legend.status."+string(s))})
		if s == ticket.Open {
			all = append(all,
				legendStatus{ui.StatusView{Status: string(s), CustomerReply: true}, i18n.T(ctx, "legend.customer_reply")},
				legendStatus{ui.StatusView{Status: string(s), Reopened: true}, i18n.T(ctx, "legend.reopened")})
		}
	}
	return all
}

// legendIcon is an icon that buttons and lists have, with the word for it.
type legendIcon struct{ icon, label string }

func legendActs(ctx context.Context) []legendIcon {
	return []legendIcon{
		{"reply", i18n.T(ctx, "ui.keys.reply")},
		{"note", i18n.T(ctx, "ui.keys.note")},
		{"search", i18n.T(ctx, "ui.search")},
		{"check-circle", i18n.T(ctx, "desk.answer.resolve")},
		{"calendar", i18n.T(ctx, "desk.answer.postpone")},
		{"user", i18n.T(ctx, "desk.answer.take")},
		{"book", i18n.T(ctx, "desk.inbox.find_answer")},
		{"pencil", i18n.T(ctx, "desk.inbox.draft")},
		{"tag", i18n.T(ctx, "desk.tags.title")},
		{"pin", i18n.T(ctx, "desk.note.pin")},
		{"merge", i18n.T(ctx, "desk.more.merge")},
		{"shield", i18n.T(ctx, "desk.redact.action")},
		{"trash", i18n.T(ctx, "desk.trash.move")},
		{"star", i18n.T(ctx, "notice.watch")},
		{"clip", i18n.T(ctx, "legend.files")},
		{"send", i18n.T(ctx, "legend.sent")},
		{"lock", i18n.T(ctx, "legend.internal")},
		{"link", i18n.T(ctx, "legend.linked")},
		{"bolt", i18n.T(ctx, "legend.rule")},
		{"alert", i18n.T(ctx, "legend.alert")},
		{"up", i18n.T(ctx, "desk.answer.prev")},
		{"down", i18n.T(ctx, "desk.answer.next")},
		{"info", i18n.T(ctx, "desk.side.open")},
		{"mail", i18n.T(ctx, "desk.inbox.mark_unread")},
		{"external", i18n.T(ctx, "desk.inbox.open_page")},
		{"sliders", i18n.T(ctx, "desk.inbox.choices")},
		{"more", i18n.T(ctx, "desk.more.title")},
		{"bell", i18n.T(ctx, "notice.title")},
		{"sun", i18n.T(ctx, "ui.theme")},
	}
}

// legendNews are the events of notifications with their marks.
func legendNews(ctx context.Context) []legendIcon {
	var all []legendIcon
	for _, e := range notice.Events {
		all = append(all, legendIcon{noticeLooks[e.Event].Icon, notice.EventName(ctx, e.Event)})
	}
	return all
}
