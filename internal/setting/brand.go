package setting

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/i18n"
)

// Look is how the desk presents itself (P14).
type Look struct {
	Name       string             `json:"name"`
	Accent     string             `json:"accent"`      // buttons and links in the light theme, "#rrggbb"; "": ours
	AccentDark string             `json:"accent_dark"` // and in the dark one; "": made from Accent's hue
	Logo       string             `json:"logo"`        // hash of the picture, see Logo; "": ours
	Wordmark   bool               `json:"wordmark"`    // the picture shows the name
	Welcome    map[string]Welcome `json:"welcome"`     // language -> what the portal's first page says; without: ours
}

// Welcome is what greets a visitor of the portal.
type Welcome struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Brand is the desk's look.
var Brand = Value[Look]{Key: "brand", Preset: Look{Name: "Deskbell"}, Check: checkLook}

var logoHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Bounds of a look's words, in runes.
const (
	maxBrandName    = 40
	maxWelcomeTitle = 80
	maxWelcomeText  = 400
)

// minContrast is what text needs to be read (WCAG 2.2 AA, 1.4.3).
const minContrast = 4.5

// The extremes of the style sheet's surfaces (tokens.css) that the accent
// stands on, and the inks that stand on it.
var (
	white       = RGB{1, 1, 1}
	lightGround = OKLCH{0.964, 0.004, 75}.RGB()  // --hover, the darkest of the light theme
	darkGround  = OKLCH{0.262, 0.024, 230}.RGB() // --accent-soft, the lightest of the dark theme
	darkInk     = OKLCH{0.200, 0.030, 230}.RGB() // --accent-ink of the dark theme
)

func checkLook(l Look) error {
	var wrong fault.Field
	if n := utf8.RuneCountInString(strings.TrimSpace(l.Name)); n == 0 || n > maxBrandName {
		wrong.Add("name", "setting.brand_name", "max", maxBrandName)
	}
	if l.Logo != "" && !logoHash.MatchString(l.Logo) {
		wrong.Add("logo", "setting.logo_type")
	}
	checkAccent(&wrong, "accent", l.Accent, white, lightGround, -1)
	checkAccent(&wrong, "accent_dark", l.AccentDark, darkInk, darkGround, +1)
	for _, lang := range i18n.Langs {
		w := l.Welcome[lang.Tag]
		if utf8.RuneCountInString(w.Title) > maxWelcomeTitle {
			wrong.Add("welcome_title."+lang.Tag, "setting.field_too_long", "limit", maxWelcomeTitle)
		}
		if utf8.RuneCountInString(w.Text) > maxWelcomeText {
			wrong.Add("welcome_text."+lang.Tag, "setting.field_too_long", "limit", maxWelcomeText)
		}
	}
	return wrong.Err()
}

// checkAccent refuses a colour that cannot be read, with its ratio and the
// nearest of its hue that can: ink on it is a button, it on ground is a link.
// towards is the direction, -1 darker or +1 lighter, that mends it.
func checkAccent(wrong *fault.Field, field, typed string, ink, ground RGB, towards float64) {
	if typed == "" {
		return
	}
	c, ok := ParseColour(typed)
	if !ok {
		wrong.Add(field, "setting.brand_colour")
		return
	}
	ratio := readable(c, ink, ground)
	if ratio >= minContrast {
		return
	}
	wrong.Add(field, "setting.brand_contrast", "ratio", ratioText(ratio), "needed", ratioText(minContrast), "nearest", nearest(c, ink, ground, towards))
}

// readable is the worse of the two contrasts a colour lives with.
func readable(c, ink, ground RGB) float64 {
	return min(Contrast(c, ink), Contrast(c, ground))
}

// nearest is the colour of c's hue that can be read and differs least from c.
func nearest(c, ink, ground RGB, towards float64) string {
	const step = 0.002
	for k := c.OKLCH(); k.L > 0 && k.L < 1; k.L += towards * step {
		hex := k.RGB().Hex()
		if shown, _ := ParseColour(hex); readable(shown, ink, ground) >= minContrast {
			return hex
		}
	}
	if towards < 0 {
		return "#000000"
	}
	return "#ffffff"
}

// ratioText writes a ratio as it is quoted, never rounded up to one that would
// do.
func ratioText(r float64) string { return fmt.Sprintf("%.1f", math.Floor(r*10)/10) }

// Style is the style sheet that gives selector, such as ":root", the look's
// colours; "" when they are ours. It holds no byte of what was typed but
// checked colours.
func (l Look) Style(selector string) string {
	c, ok := ParseColour(l.Accent)
	if !ok {
		return ""
	}
	hue := fmt.Sprintf("%.1f", c.OKLCH().H)
	dark := "oklch(0.800 0.090 " + hue + ")"
	darkHover, darkText := "oklch(0.855 0.080 "+hue+")", "oklch(0.830 0.085 "+hue+")"
	if d, ok := ParseColour(l.AccentDark); ok {
		dark = d.Hex()
		darkHover, darkText = "color-mix(in oklch, "+dark+" 85%, white)", dark
	}
	light := c.Hex()
	rule := func(name, light, dark string) string { return name + ":light-dark(" + light + "," + dark + ");" }
	pair := func(name, light, dark string) string {
		return rule(name, "oklch("+light+" "+hue+")", "oklch("+dark+" "+hue+")")
	}
	return selector + "{--accent-h:" + hue + ";" +
		rule("--accent", light, dark) +
		rule("--accent-hover", "color-mix(in oklch, "+light+" 88%, black)", darkHover) +
		rule("--accent-ink", "oklch(1 0 0)", "oklch(0.200 0.030 "+hue+")") +
		rule("--accent-text", light, darkText) +
		pair("--accent-soft", "0.969 0.012", "0.262 0.024") +
		pair("--accent-line", "0.875 0.032", "0.400 0.050") +
		pair("--focus", "0.560 0.110", "0.800 0.100") + "}\n"
}
