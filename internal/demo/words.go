package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// values are what one ticket's placeholders stand for.
type values map[string]string

// newValues makes up what a ticket of s is about.
func newValues(r *rand.Rand, s story) values {
	serial := func() string {
		year := 2 + r.IntN(4) // OE42 to OE45: made from 2022 on
		if s.key == "tftp-stops" || s.key == "ru-crc" {
			year = 2 + r.IntN(2)
		}
		letter := func() byte { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[r.IntN(26)] }
		return fmt.Sprintf("OE4%d%02d%c%c%02d", year, 10+r.IntN(42), letter(), letter(), r.IntN(100))
	}
	v := values{
		"serial": serial(), "serial2": serial(),
		"fw":       []string{"7.2.0", "7.2.1", "7.2.1"}[r.IntN(3)],
		"port":     strconv.Itoa(1 + r.IntN(24)),
		"vlan":     strconv.Itoa(100 + r.IntN(3800)),
		"ip":       fmt.Sprintf("10.%d.%d.%d", r.IntN(60), r.IntN(250), 2+r.IntN(250)),
		"order":    fmt.Sprintf("00000%05d", 10000+r.IntN(80000)),
		"invoice":  fmt.Sprintf("R-2026-%05d", 1000+r.IntN(8000)),
		"invoice2": fmt.Sprintf("R-2026-%05d", 9000+r.IntN(900)),
		"rma":      fmt.Sprintf("RMA-%d", 20100+r.IntN(900)),
		"parcel":   fmt.Sprintf("HX%08d", r.IntN(100_000_000)),
	}
	if len(s.models) > 0 {
		v["model"] = s.models[r.IntN(len(s.models))]
	}
	return v
}

// choice is "[[one|another]]".
var choice = regexp.MustCompile(`\[\[[^\[\]]+\|[^\[\]]+\]\]`)

// fillIn chooses and fills in.
func fillIn(r *rand.Rand, text string, v values) string {
	text = choice.ReplaceAllStringFunc(text, func(s string) string {
		options := strings.Split(s[2:len(s)-2], "|")
		return options[r.IntN(len(options))]
	})
	pairs := make([]string, 0, 2*len(v))
	for _, k := range sortedKeys(v) {
		pairs = append(pairs, "{"+k+"}", v[k])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
