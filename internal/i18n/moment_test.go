package i18n

import (
	"testing"
	"time"
)

func TestMomentGivesTheTimeOfDayOfOlderLines(t *testing.T) {
	t.Parallel()
	ctx := With(t.Context(), Reader{Lang: "en", Zone: time.UTC})
	now := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		now.Add(-3 * time.Hour):      "3 h ago",
		now.AddDate(0, 0, -3):        "Thu 19 Nov, 12:00",
		now.AddDate(-1, 0, 0):        "22 Nov 2025, 12:00",
		now.Add(-24*time.Hour + 1e9): "23 h ago",
	} {
		if got := Moment(ctx, at, now); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}
