package desk

import "testing"

func TestLengthsOfTimeAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int{
		"45": 45, " 45 min ": 45, "90m": 90, "1:30": 90, "0:05": 5, "1h": 60, "1 h 30 min": 90, "1h30": 90, "1h 30m": 90, "1.5": 90, "1,5": 90, "1,5 h": 90,
		"0.25": 15, "2,75h": 165, "1 ч 30 мин": 90, "1 Std. 30 Min.": 90, "2 ore": 120, "2 Stunden": 120, "1.05": 63,
		"": 0, "x": 0, "-5": 0, "1:5": 0, "1:75": 0, "1h 75m": 0, "1:30 h": 0, "5 days": 0, "1.5 min": 0, "30 min 20": 0, "99999": 0, "1h 30h": 0,
	} {
		if got := minutesOf(typed); got != want {
			t.Errorf("%q is %d minutes, want %d", typed, got, want)
		}
	}
}
