package desk

import (
	"context"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/notice"
)

// attention is what the reader wants to hear of the ticket.
func (p answerPage) attention() notice.Attention {
	switch {
	case p.Attention.Muted:
		return notice.Silent
	case p.Attention.Watches || p.Attention.Company:
		return notice.Watching
	default:
		return notice.Usual
	}
}

func (p answerPage) attentionWord(ctx context.Context) string {
	switch p.attention() {
	case notice.Silent:
		return i18n.T(ctx, "notice.mute_set")
	case notice.Watching:
		return i18n.T(ctx, "notice.watching")
	default:
		return i18n.T(ctx, "notice.watch")
	}
}

// attentionChoice is one thing to choose in the star's menu.
type attentionChoice struct {
	to          notice.Attention
	icon, label string
}

func attentions(ctx context.Context) []attentionChoice {
	return []attentionChoice{
		{notice.Watching, "star", i18n.T(ctx, "notice.watch")},
		{notice.Usual, "bell", i18n.T(ctx, "notice.usual")},
		{notice.Silent, "eye", i18n.T(ctx, "notice.mute_ticket")},
	}
}
