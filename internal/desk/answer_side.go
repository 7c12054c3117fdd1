package desk

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
	"github.com/deskbell/deskbell/internal/ticket"
)

// stepName is a step of the robot as the sidebar's list has it.
func stepName(ctx context.Context, s ticket.Step) string {
	return i18n.T(ctx, "ticket.step_name."+string(s))
}

// phone is a number as a tel: address wants it.
func phone(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, typed)
}
