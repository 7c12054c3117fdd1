package desk

import (
	"regexp"
	"strconv"
	"strings"
)

// durations are what people write for a length of time: "45", "1:30", "1.5",
// "1,5 h", "90 min", "1h 30m", and so in the languages that we print it in.
var durations = regexp.MustCompile(`^(\d{1,4})(?:([:.,])(\d{1,2}))?\s*(\pL*)\.?(?:\s*(\d{1,2})\s*(\pL*)\.?)?$`)

// minutesOf reads a length of time; a bare whole number is minutes, one with a
// point or comma hours. 0: it cannot be read.
func minutesOf(typed string) int {
	m := durations.FindStringSubmatch(strings.ToLower(strings.TrimSpace(typed)))
	if m == nil {
		return 0
	}
	whole, _ := strconv.Atoi(m[1])
	rest, _ := strconv.Atoi(m[3])
	unit, more := unitOf(m[4]), m[5] != ""
	extra, _ := strconv.Atoi(m[5])
	switch {
	case unit == "" || m[6] != "" && unitOf(m[6]) != "m" || more && (unit != "h" || m[2] != "" || extra > 59):
		return 0
	case m[2] == ":":
		if m[4] != "" || len(m[3]) != 2 || rest > 59 {
			return 0
		}
		return whole*60 + rest
	case m[2] != "":
		if unit == "m" && m[4] != "" {
			return 0
		}
		tenths := rest
		if len(m[3]) == 1 {
			tenths *= 10
		}
		return whole*60 + (tenths*60+50)/100
	case unit == "h":
		return whole*60 + extra
	default:
		return whole
	}
}

// unitOf is what a unit begins with in one of our languages: h for hours, m for
// minutes, which no unit stands for too; "": neither.
func unitOf(word string) string {
	for _, u := range []struct{ begins, is string }{{"h", "h"}, {"ч", "h"}, {"st", "h"}, {"or", "h"}, {"m", "m"}, {"м", "m"}} {
		if strings.HasPrefix(word, u.begins) {
			return u.is
		}
	}
	if word == "" {
		return "m"
	}
	return ""
}
