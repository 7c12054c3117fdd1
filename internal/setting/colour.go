package setting

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// RGB is a colour of sRGB, each part from 0 to 1.
type RGB struct{ R, G, B float64 }

var hexColour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// ParseColour reads "#1a2b3c", in small or capital letters.
func ParseColour(s string) (RGB, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if !hexColour.MatchString(s) {
		return RGB{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return RGB{}, false
	}
	part := func(shift int) float64 { return float64(n>>shift&0xff) / 255 }
	return RGB{part(16), part(8), part(0)}, true
}

// Hex writes the colour as ParseColour reads it.
func (c RGB) Hex() string {
	part := func(v float64) int { return int(math.Round(max(0, min(1, v)) * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", part(c.R), part(c.G), part(c.B))
}

// Contrast is the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast
// ratio").
func Contrast(a, b RGB) float64 {
	light, dark := a.luminance(), b.luminance()
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c RGB) luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func encoded(v float64) float64 {
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// OKLCH is a colour by lightness (0 to 1), chroma and hue (degrees), as the
// style sheet's tokens are written.
type OKLCH struct{ L, C, H float64 }

// OKLCH returns the colour as the tokens name it. The matrices are Björn
// Ottosson's, "A perceptual color space for image processing" (2020).
func (c RGB) OKLCH() OKLCH {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	bigL := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	h := math.Atan2(y, x) * 180 / math.Pi
	if h < 0 {
		h += 360
	}
	return OKLCH{bigL, math.Hypot(x, y), h}
}

// RGB returns the nearest colour that a screen of sRGB shows.
func (c OKLCH) RGB() RGB {
	x, y := c.C*math.Cos(c.H*math.Pi/180), c.C*math.Sin(c.H*math.Pi/180)
	cube := func(v float64) float64 { return v * v * v }
	l := cube(c.L + 0.3963377774*x + 0.2158037573*y)
	m := cube(c.L - 0.1055613458*x - 0.0638541728*y)
	s := cube(c.L - 0.0894841775*x - 1.2914855480*y)
	fit := func(v float64) float64 { return encoded(max(0, min(1, v))) }
	return RGB{
		fit(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		fit(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		fit(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
	}
}
