package testkit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Selectors are CSS. "button|Send" adds words to one: the first element that is
// seen, matches it and has the words in its text or label.

// finder is JavaScript that finds what a selector means. It works without the
// page's own scripts.
const finder = `
const seen = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden'; };
const words = e => ((e.getAttribute('aria-label') || '') + ' ' + (e.innerText || '') + ' ' + (e.labels ? [...e.labels].map(l => l.innerText).join(' ') : '')).replace(/\s+/g, ' ');
const all = s => { const [css, ...w] = s.split('|'); return [...document.querySelectorAll(css)].filter(e => !w.length || (seen(e) && words(e).includes(w.join('|')))); };
const one = s => { const a = all(s); return a.find(seen) || a[0]; };
`

// eval runs JavaScript that stands for a value.
func eval[T any](b *Browser, js string) T {
	b.tb.Helper()
	return run(b, js, chromedp.Evaluate[T]("(() => {"+finder+"return ("+js+")})()"))
}

func quoted(s string) string {
	out, _ := json.Marshal(s) // a string always can
	return string(out)
}

// Has reports whether something that is seen matches sel now.
func (b *Browser) Has(sel string) bool {
	b.tb.Helper()
	return eval[bool](b, "all("+quoted(sel)+").some(seen)")
}

// Count is how many elements match sel now.
func (b *Browser) Count(sel string) int {
	b.tb.Helper()
	return eval[int](b, "all("+quoted(sel)+").length")
}

// Await waits until something that is seen matches sel.
func (b *Browser) Await(sel string) {
	b.tb.Helper()
	b.until("shows "+sel, "all("+quoted(sel)+").some(seen)")
}

// AwaitGone waits until nothing that is seen matches sel.
func (b *Browser) AwaitGone(sel string) {
	b.tb.Helper()
	b.until("no longer shows "+sel, "!all("+quoted(sel)+").some(seen)")
}

// See waits until the page shows words.
func (b *Browser) See(words ...string) {
	b.tb.Helper()
	for _, w := range words {
		b.until(fmt.Sprintf("says %q", w), "(document.body?.innerText || '').replace(/\\s+/g, ' ').includes("+quoted(w)+")")
	}
}

// SeeNot fails when the page shows one of the words now.
func (b *Browser) SeeNot(words ...string) {
	b.tb.Helper()
	text := b.Text("body")
	for _, w := range words {
		if strings.Contains(text, w) {
			b.tb.Errorf("%s says %q:\n%s", b.Path(), w, text)
		}
	}
}

// AwaitText waits until the element at sel says exactly text.
func (b *Browser) AwaitText(sel, text string) {
	b.tb.Helper()
	b.until(fmt.Sprintf("says %q at %s", text, sel), "(one("+quoted(sel)+")?.innerText || '').trim() === "+quoted(text))
}

// AwaitValue waits until the control at sel holds a value that contains text.
func (b *Browser) AwaitValue(sel, text string) {
	b.tb.Helper()
	b.until(fmt.Sprintf("holds %q in %s", text, sel), "(one("+quoted(sel)+")?.value || '').includes("+quoted(text)+")")
}

// until waits for a condition in JavaScript; when it does not come true, the
// failure shows the page.
func (b *Browser) until(what, js string) {
	b.tb.Helper()
	for deadline := time.After(patience); !eval[bool](b, js); {
		select {
		case <-deadline:
			b.tb.Fatalf("%s never %s; it says:\n%s\n%s", b.Path(), what, b.Text("body"), strings.Join(b.watch.take(), "\n"))
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// Text is what the reader sees of the element at sel.
func (b *Browser) Text(sel string) string {
	b.tb.Helper()
	return strings.TrimSpace(eval[string](b, "one("+quoted(sel)+")?.innerText || ''"))
}

// Value is what the control at sel holds.
func (b *Browser) Value(sel string) string {
	b.tb.Helper()
	return eval[string](b, "one("+quoted(sel)+")?.value || ''")
}

// Attr is an attribute of the element at sel.
func (b *Browser) Attr(sel, name string) string {
	b.tb.Helper()
	return eval[string](b, "one("+quoted(sel)+")?.getAttribute("+quoted(name)+") || ''")
}

// Each is JavaScript applied to every element e that matches sel, as text.
func (b *Browser) Each(sel, js string) []string {
	b.tb.Helper()
	return eval[[]string](b, "all("+quoted(sel)+").map(e => String("+js+"))")
}

// Words are all texts that the page says to a reader or a screen reader, node by
// node, with its title; messages and articles are their authors' words.
func (b *Browser) Words() []string {
	b.tb.Helper()
	return eval[[]string](b, `(() => {
	const out = new Set([document.title]);
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, n => n.parentElement.closest('script, style, noscript, .msg__body, .prose, .answer-text, .answers__text, .peek__text') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
	while (walk.nextNode()) out.add(walk.currentNode.data);
	const foreign = e => e.closest('[lang]').lang !== document.documentElement.lang; // words said to be of another language
	for (const e of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
		if (!foreign(e)) for (const name of ['aria-label', 'title', 'placeholder', 'alt']) out.add(e.getAttribute(name) || '');
	return [...out].map(s => s.replace(/\s+/g, ' ').trim()).filter(Boolean);
})()`)
}

// Click clicks the element at sel with the mouse. It must be where a person
// could click it, not below another.
func (b *Browser) Click(sel string) {
	b.tb.Helper()
	at := b.point(sel)
	b.mouse(input.DispatchMouseEventTypeMouseMoved, at, input.MouseButtonNone)
	b.mouse(input.DispatchMouseEventTypeMousePressed, at, input.MouseButtonLeft)
	b.mouse(input.DispatchMouseEventTypeMouseReleased, at, input.MouseButtonLeft)
}

// Follow clicks what leads to another page and waits for that, which must answer
// with 200.
func (b *Browser) Follow(sel string) {
	b.tb.Helper()
	b.FollowStatus(sel, 200)
}

// FollowStatus is Follow to a page that answers with status.
func (b *Browser) FollowStatus(sel string, status int64) {
	b.tb.Helper()
	b.load("click "+sel, status, func() { b.Click(sel) })
}

// Hover moves the mouse over the element at sel.
func (b *Browser) Hover(sel string) {
	b.tb.Helper()
	b.mouse(input.DispatchMouseEventTypeMouseMoved, point{}, input.MouseButtonNone)
	b.mouse(input.DispatchMouseEventTypeMouseMoved, b.point(sel), input.MouseButtonNone)
}

type point struct {
	X, Y  float64
	Wrong string // why it cannot be clicked
}

// point is the middle of the element at sel, scrolled into view.
func (b *Browser) point(sel string) point {
	b.tb.Helper()
	b.Await(sel)
	var at point
	Await(b.tb, patience, sel+" can be clicked", func() bool {
		at = eval[point](b, `(() => {
	const e = one(`+quoted(sel)+`);
	if (!e) return {Wrong: 'nothing there'};
	e.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
	const boxes = [...e.getClientRects()].filter(r => r.width && r.height);
	if (!boxes.length) return {Wrong: 'not shown'};
	const r = boxes[0], x = r.x + r.width / 2, y = r.y + r.height / 2;
	const top = document.elementFromPoint(x, y);
	const ours = top && (e.contains(top) || top.contains(e) && top.closest('label, a, button') || [...(e.labels || [])].some(l => l.contains(top)));
	return {X: x, Y: y, Wrong: ours ? '' : 'covered by ' + (top ? top.outerHTML.slice(0, 120) : 'nothing')};
})()`)
		return at.Wrong == ""
	})
	return at
}

func (b *Browser) mouse(kind input.DispatchMouseEventType, at point, button input.MouseButton) {
	b.tb.Helper()
	b.do("mouse", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		params := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: button}
		if button != input.MouseButtonNone {
			params.ClickCount = 1
		}
		_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, params)
		return err
	}))
}

// Fill replaces what the text control at sel holds.
func (b *Browser) Fill(sel, text string) {
	b.tb.Helper()
	b.Await(sel)
	eval[bool](b, `(() => { const e = one(`+quoted(sel)+`); e.focus();
	if (e.isContentEditable) { getSelection().selectAllChildren(e); } else if (e.select) { e.select(); } return true; })()`)
	if text == "" {
		b.Key("Delete")
		return
	}
	b.Type(text)
	if got := b.Value(sel); got != "" && got != strings.ReplaceAll(text, "\r\n", "\n") {
		b.tb.Fatalf("%s holds %q after typing %q", sel, got, text)
	}
}

// Set sets a control that takes no typed text, such as a date, and tells the
// page so.
func (b *Browser) Set(sel, value string) {
	b.tb.Helper()
	b.Await(sel)
	eval[bool](b, `(() => { const e = one(`+quoted(sel)+`); e.value = `+quoted(value)+`;
	e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
}

// Mark marks words of a text on the page, as a pointer drawn over them does.
func (b *Browser) Mark(sel, words string) {
	b.tb.Helper()
	b.Await(sel)
	if !eval[bool](b, `(() => {
	const walk = document.createTreeWalker(one(`+quoted(sel)+`), NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const at = n.data.indexOf(`+quoted(words)+`);
		if (at >= 0) { getSelection().setBaseAndExtent(n, at, n, at + `+quoted(words)+`.length); return true; }
	}
	return false;
})()`) {
		b.tb.Fatalf("%s has no %q to mark", sel, words)
	}
}

// Type types text where the focus is.
func (b *Browser) Type(text string) {
	b.tb.Helper()
	b.do("type", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// Select chooses an option by its value.
func (b *Browser) Select(sel, value string) {
	b.tb.Helper()
	b.until("offers "+value+" in "+sel, `[...(one(`+quoted(sel)+`)?.options || [])].some(o => o.value === `+quoted(value)+`)`)
	b.Set(sel, value)
}

// SelectText chooses the option that says text.
func (b *Browser) SelectText(sel, text string) {
	b.tb.Helper()
	b.until("offers "+text+" in "+sel, `[...(one(`+quoted(sel)+`)?.options || [])].some(o => o.text.includes(`+quoted(text)+`))`)
	b.Set(sel, eval[string](b, `[...one(`+quoted(sel)+`).options].find(o => o.text.includes(`+quoted(text)+`)).value`))
}

// Attach chooses files in the file control at sel.
func (b *Browser) Attach(sel string, files ...string) {
	b.tb.Helper()
	b.do("attach "+sel, chromedp.SetUploadFiles(chromedp.CSS(sel), files))
}

// Focused describes the element that has the focus.
func (b *Browser) Focused() string {
	b.tb.Helper()
	return eval[string](b, `(() => { const e = document.activeElement; return e ? e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.name ? '[name=' + e.name + ']' : '') + ' ' + words(e).trim().slice(0, 60) : ''; })()`)
}

// TabTo presses Tab until the element at sel has the focus; it fails when the
// keyboard alone does not get there.
func (b *Browser) TabTo(sel string) {
	b.tb.Helper()
	var way []string
	for range 150 {
		if eval[bool](b, "all("+quoted(sel)+").includes(document.activeElement)") {
			return
		}
		b.Key("Tab")
		way = append(way, b.Focused())
	}
	b.tb.Fatalf("%s: the keyboard does not reach %s; it went\n%s", b.Path(), sel, strings.Join(way, "\n"))
}

// keys are the keys that have no letter.
var keys = map[string]struct {
	code int64
	text string
}{
	"Tab": {9, ""}, "Enter": {13, "\r"}, "Escape": {27, ""}, "Delete": {46, ""}, "Backspace": {8, ""}, "Space": {32, " "},
	"ArrowUp": {38, ""}, "ArrowDown": {40, ""}, "Home": {36, ""}, "End": {35, ""},
}

// Key presses one key: a name as "Tab" or a letter, "Control+" before it.
func (b *Browser) Key(name string) {
	b.tb.Helper()
	var modifiers int64
	if rest, ok := strings.CutPrefix(name, "Control+"); ok {
		name, modifiers = rest, int64(chromedp.ModifierCtrl)
	}
	down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: name, Code: name, Modifiers: modifiers}
	if k, ok := keys[name]; ok {
		down.WindowsVirtualKeyCode, down.Text = k.code, k.text
	} else {
		down.Text = name
		if len(name) == 1 && name[0] >= 'a' && name[0] <= 'z' {
			down.Code = "Key" + strings.ToUpper(name)
		}
	}
	if modifiers != 0 {
		down.Text = ""
	}
	if down.Text != "" {
		down.Type = input.DispatchKeyEventTypeKeyDown
	}
	if name == "Space" {
		down.Key = " "
	}
	up := down
	up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
	b.do("press "+name, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, down); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, up)
		return err
	}))
}

// KeyFollow presses a key that leads to another page, which must answer with 200.
func (b *Browser) KeyFollow(name string) {
	b.tb.Helper()
	b.load("press "+name, 200, func() { b.Key(name) })
}

// Shot is a picture of the window.
func (b *Browser) Shot() []byte {
	b.tb.Helper()
	return run(b, "take a picture", chromedp.CaptureScreenshot())
}

// evalAsync is eval for JavaScript that stands for a promise.
func evalAsync[T any](b *Browser, js string) T {
	b.tb.Helper()
	return run(b, "evaluate", chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise, func(p *runtime.EvaluateParams) { p.ReturnByValue = new(true) }))
}
