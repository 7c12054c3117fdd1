package ui

import (
	"context"
	"strconv"

	"github.com/deskbell/deskbell/internal/i18n"
)

// Unread is how many notices are unread, as the bell shows it: nothing for none.
func Unread(n int) string {
	switch {
	case n <= 0:
		return ""
	case n >= 100:
		return "99+"
	default:
		return strconv.Itoa(n)
	}
}

// BellLabel is the bell's name: with how many are unread.
func BellLabel(ctx context.Context, n int) string {
	if n <= 0 {
		return i18n.T(ctx, "notice.title")
	}
	return i18n.T(ctx, "notice.title_unread", "count", n)
}
