package admin

import (
	"context"

	"github.com/deskbell/deskbell/internal/i18n"
)

// actionWord says what was done; what it was done to follows. An action that
// this build does not know is shown as it is recorded.
func actionWord(ctx context.Context, action string) string {
	for _, word := range []func(context.Context, string) string{personAction, companyAction, settingAction, changeAction} {
		if w := word(ctx, action); w != "" {
			return w
		}
	}
	return action
}

// personAction is what was done to a person or their role; "" when it is none.
func personAction(ctx context.Context, action string) string {
	switch action {
	case "user.added":
		return i18n.T(ctx, "admin.audit.user_added")
	case "user.edited":
		return i18n.T(ctx, "admin.audit.user_edited")
	case "user.disabled":
		return i18n.T(ctx, "admin.audit.user_disabled")
	case "user.enabled":
		return i18n.T(ctx, "admin.audit.user_enabled")
	case "user.password_reset":
		return i18n.T(ctx, "admin.audit.user_password_reset")
	case "user.absence_set":
		return i18n.T(ctx, "admin.audit.absence_set")
	case "user.absence_ended":
		return i18n.T(ctx, "admin.audit.absence_ended")
	case "user.registered":
		return i18n.T(ctx, "admin.audit.user_registered")
	case "user.email_changed":
		return i18n.T(ctx, "admin.audit.user_email_changed")
	case "user.password_changed":
		return i18n.T(ctx, "admin.audit.user_password_changed")
	case "role.saved":
		return i18n.T(ctx, "admin.audit.role_saved")
	case "profile.edited":
		return i18n.T(ctx, "admin.audit.profile_edited")
	case "person.erased":
		return i18n.T(ctx, "admin.audit.person_erased")
	case "erasure.done":
		return i18n.T(ctx, "admin.audit.erasure_done")
	}
	return ""
}

// companyAction is what was done to a company, its contacts or its sites; "" when it is none.
func companyAction(ctx context.Context, action string) string {
	switch action {
	case "company.added":
		return i18n.T(ctx, "admin.audit.company_added")
	case "company.edited":
		return i18n.T(ctx, "admin.audit.company_edited")
	case "ticket.purged":
		return i18n.T(ctx, "admin.audit.ticket_purged")
	case "company.contact_linked":
		return i18n.T(ctx, "admin.audit.contact_linked")
	case "company.contact_unlinked":
		return i18n.T(ctx, "admin.audit.contact_unlinked")
	case "company.contact_sees":
		return i18n.T(ctx, "admin.audit.contact_sees")
	case "company.site_added":
		return i18n.T(ctx, "admin.audit.site_added")
	case "company.site_edited":
		return i18n.T(ctx, "admin.audit.site_edited")
	case "company.site_removed":
		return i18n.T(ctx, "admin.audit.site_removed")
	case "company.privacy_set":
		return i18n.T(ctx, "admin.audit.privacy_set")
	}
	return ""
}

// settingAction is what was done to the settings; "" when it is none.
func settingAction(ctx context.Context, action string) string {
	switch action {
	case "topic.saved":
		return i18n.T(ctx, "admin.audit.topic_saved")
	case "topic.moved":
		return i18n.T(ctx, "admin.audit.topic_moved")
	case "topic.rules_customer":
		return i18n.T(ctx, "admin.audit.topic_rules_customer")
	case "topic.rules_page":
		return i18n.T(ctx, "admin.audit.topic_rules_page")
	case "department.saved":
		return i18n.T(ctx, "admin.audit.department_saved")
	case "department.moved":
		return i18n.T(ctx, "admin.audit.department_moved")
	case "field.saved":
		return i18n.T(ctx, "admin.audit.field_saved")
	case "field.moved":
		return i18n.T(ctx, "admin.audit.field_moved")
	case "calendar.saved":
		return i18n.T(ctx, "admin.audit.calendar_saved")
	case "lifecycle.saved":
		return i18n.T(ctx, "admin.audit.lifecycle_saved")
	case "option.saved":
		return i18n.T(ctx, "admin.audit.option_saved")
	case "lifecycle.dropped":
		return i18n.T(ctx, "admin.audit.lifecycle_dropped")
	}
	return ""
}
