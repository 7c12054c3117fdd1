package account

import (
	"context"
	"strings"

	"github.com/deskbell/deskbell/internal/i18n"
)

// mark is what a User-Agent contains and what it stands for.
type mark struct{ part, name string }

// Browsers name their forebears too, so the more particular ones come first.
var browserMarks = []mark{
	{"YaBrowser/", "Yandex Browser"},
	{"Edg", "Edge"},
	{"OPR/", "Opera"},
	{"Opera", "Opera"},
	{"SamsungBrowser/", "Samsung Internet"},
	{"Vivaldi/", "Vivaldi"},
	{"FxiOS/", "Firefox"},
	{"Firefox/", "Firefox"},
	{"CriOS/", "Chrome"},
	{"Chromium/", "Chromium"},
	{"Chrome/", "Chrome"},
	{"Safari/", "Safari"},
}

var systemMarks = []mark{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
}

func marked(agent string, marks []mark) string {
	for _, m := range marks {
		if strings.Contains(agent, m.part) {
			return m.name
		}
	}
	return ""
}

// Words says what a device is, such as "Firefox on Windows".
func (d Device) Words(ctx context.Context) string {
	browser, system := marked(d.Agent, browserMarks), marked(d.Agent, systemMarks)
	switch {
	case browser != "" && system != "":
		return i18n.T(ctx, "account.device_on", "browser", browser, "system", system)
	case browser != "" || system != "":
		return browser + system
	default:
		return i18n.T(ctx, "account.device_unknown")
	}
}
