package i18n

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed zones.txt
var zoneNames string

// Zones lists the IANA time zones that people live in, in order of their names.
// Their links (such as US/Pacific) are left out, and still understood.
var Zones = sync.OnceValue(func() []string { return strings.Fields(zoneNames) })

// ZoneLike is the name of the time zone that somebody means: in whatever case,
// with spaces for underscores, or a city alone when only one zone is named after
// it. What it does not know it returns as it came.
func ZoneLike(typed string) string {
	want := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(typed), " ", "_"))
	if want == "" {
		return ""
	}
	city := ""
	for _, name := range Zones() {
		lower := strings.ToLower(name)
		if lower == want {
			return name
		}
		if strings.HasSuffix(lower, "/"+want) {
			if city != "" {
				return typed
			}
			city = name
		}
	}
	if city != "" {
		return city
	}
	return typed
}
