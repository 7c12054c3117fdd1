package testkit

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axeJS string

// violation is one rule of axe that a page breaks.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		Target []any  `json:"target"`
		HTML   string `json:"html"`
		Why    string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe fails the test for every rule of accessibility that the page breaks as it
// is shown now; with names, for those rules alone.
func (b *Browser) Axe(rules ...string) {
	b.tb.Helper()
	for _, broken := range b.violations(rules...) {
		b.tb.Errorf("axe, %s at %s: %s", b.Path(), b.Look, broken)
	}
}

func (b *Browser) violations(rules ...string) []string {
	b.tb.Helper()
	if b.Look.NoScript { // axe itself waits for timers
		b.scripts(false)
		defer b.scripts(true)
	}
	if !eval[bool](b, `typeof window.axe === 'object'`) {
		run(b, "load axe", chromedp.Evaluate[chromedp.Void](axeJS+";undefined"))
	}
	b.until("has loaded all its parts", `!document.querySelector('[aria-busy=true]')`)
	b.settle()
	options := `{resultTypes: ['violations'], iframes: false` // a frame for previews lets no script in
	if len(rules) > 0 {
		options += `, runOnly: ["` + strings.Join(rules, `", "`) + `"]`
	}
	found := evalAsync[[]violation](b, `axe.run(document, `+options+`}).then(r => r.violations)`)
	var broken []string
	for _, v := range found {
		var where strings.Builder
		for _, n := range v.Nodes {
			fmt.Fprintf(&where, "\n  %v\n    %s\n    %s", n.Target, clip(n.HTML, 200), strings.ReplaceAll(n.Why, "\n", "\n    "))
		}
		broken = append(broken, v.ID+": "+v.Help+where.String())
	}
	return broken
}

// scripts turns the page's own scripts off or on.
func (b *Browser) scripts(off bool) {
	b.tb.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off}); err != nil {
		b.tb.Fatal(err)
	}
}

// Fits fails the test when the page is wider than the window.
func (b *Browser) Fits() {
	b.tb.Helper()
	if wide := b.sideways(); len(wide) > 0 {
		b.tb.Errorf("%s scrolls sideways in a window of %d:\n  %s", b.Path(), b.Look.Width, strings.Join(wide, "\n  "))
	}
}

func (b *Browser) sideways() []string {
	b.tb.Helper()
	return eval[[]string](b, `(() => {
	const w = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= w && document.body.scrollWidth <= w) return [];
	return ['the page is ' + Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) + ' wide'].concat(
		[...document.body.querySelectorAll('*')].filter(e => seen(e) && (e.getBoundingClientRect().right > w + 1 || e.getBoundingClientRect().left + e.scrollWidth > w + 1 && getComputedStyle(e).overflowX === 'visible')).slice(0, 5)
			.map(e => e.outerHTML.slice(0, 120) + ' ends at ' + Math.round(Math.max(e.getBoundingClientRect().right, e.getBoundingClientRect().left + e.scrollWidth))));
})()`)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
