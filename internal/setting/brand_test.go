package setting_test

import (
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/fault"
	"github.com/deskbell/deskbell/internal/setting"
)

func TestAColourThatCannotBeReadIsRefusedWithItsRatio(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		accent, dark string
		field, key   string
		ratio        string
	}{
		{"", "", "", "", ""},
		{"#005f6b", "", "", "", ""},
		{"#005F6B", "#7fd4e0", "", "", ""},
		{"#ffcc00", "", "accent", "setting.brand_contrast", "1.3"},
		{"#777777", "", "accent", "setting.brand_contrast", "4.0"},
		{"#005f6b", "#003040", "accent_dark", "setting.brand_contrast", "1.0"},
		{"red", "", "accent", "setting.brand_colour", ""},
		{"#005f6b;}body{display:none", "", "accent", "setting.brand_colour", ""},
	} {
		err := setting.Brand.Check(setting.Look{Name: "Halden", Accent: c.accent, AccentDark: c.dark})
		if c.field == "" {
			if err != nil {
				t.Errorf("%q, %q: %v", c.accent, c.dark, err)
			}
			continue
		}
		wantField(t, err, c.field, c.key)
		if m := fault.Of(err).Fields[c.field]; c.ratio != "" {
			if m.Args[1] != c.ratio {
				t.Errorf("%q: ratio %v, want %s", c.accent, m.Args[1], c.ratio)
			}
			nearest, _ := m.Args[5].(string)
			better := setting.Look{Name: "Halden", Accent: c.accent, AccentDark: c.dark}
			if c.field == "accent" {
				better.Accent = nearest
			} else {
				better.AccentDark = nearest
			}
			if err := setting.Brand.Check(better); err != nil {
				t.Errorf("%q: the colour we proposed, %q, is refused too: %v", c.accent, nearest, err)
			}
		}
	}
}

func TestColoursComeBackFromOKLCH(t *testing.T) {
	t.Parallel()
	for _, hex := range []string{"#000000", "#ffffff", "#005f6b", "#ff0000", "#12ab9f", "#808080"} {
		c, ok := setting.ParseColour(hex)
		if got := c.OKLCH().RGB().Hex(); !ok || got != hex {
			t.Errorf("%s came back as %s", hex, got)
		}
	}
}

func TestAStyleHoldsNothingThatWasTyped(t *testing.T) {
	t.Parallel()
	evil := setting.Look{Accent: "#005f6b", AccentDark: "#fff}body{display:none"}
	if s := evil.Style(":root"); strings.Contains(s, "body") || !strings.Contains(s, "#005f6b") {
		t.Errorf("got %s", s)
	}
	if s := (setting.Look{Accent: "url(x)"}).Style(":root"); s != "" {
		t.Errorf("got %s", s)
	}
}
