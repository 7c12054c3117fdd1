package admin

import (
	"context"

	"github.com/deskbell/deskbell/internal/i18n"
)

// changeAction is what was done to tags, macros, the trash or senders; "" when
// it is none.
func changeAction(ctx context.Context, action string) string {
	switch action {
	case "tag.renamed":
		return i18n.T(ctx, "admin.audit.tag_renamed")
	case "tag.merged":
		return i18n.T(ctx, "admin.audit.tag_merged")
	case "tag.deleted":
		return i18n.T(ctx, "admin.audit.tag_deleted")
	case "ticket.purged":
		return i18n.T(ctx, "admin.audit.ticket_purged")
	case "sender.blocked":
		return i18n.T(ctx, "admin.audit.sender_blocked")
	case "sender.unblocked":
		return i18n.T(ctx, "admin.audit.sender_unblocked")
	case "macro.made":
		return i18n.T(ctx, "admin.audit.macro_made")
	case "macro.changed":
		return i18n.T(ctx, "admin.audit.macro_changed")
	case "macro.deleted":
		return i18n.T(ctx, "admin.audit.macro_deleted")
	default:
		return ""
	}
}
