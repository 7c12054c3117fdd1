package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait for a page. It is generous: only a broken page
// uses it up.
const patience = time.Minute

// Look is how a browser presents itself: the size of its window, its colour
// scheme, whether it runs scripts.
type Look struct {
	Width, Height int64
	Dark          bool
	NoScript      bool
}

// The looks that pages are checked in.
var (
	Desktop     = Look{Width: 1440, Height: 900}
	DesktopDark = Look{Width: 1440, Height: 900, Dark: true}
	Phone       = Look{Width: 390, Height: 844}
	PhoneDark   = Look{Width: 390, Height: 844, Dark: true}
)

// String names a look, as for a file.
func (l Look) String() string {
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	return fmt.Sprintf("%d_%s", l.Width, scheme)
}

// Browser is one person's browser: a tab with cookies of its own. Whatever goes
// wrong in it that nobody asked for fails the test: errors in the console,
// exceptions, violations of the content security policy, requests that fail or
// leave the origin.
type Browser struct {
	Look Look

	tb     testing.TB
	origin string
	ctx    context.Context //nolint:containedctx // chromedp keeps the tab in it
	watch  *watch
}

// NewBrowser opens a browser on the desk at origin, with cookies of its own. It
// is closed when tb ends.
func NewBrowser(tb testing.TB, origin string, look Look) *Browser {
	tb.Helper()
	b := &Browser{tb: tb, origin: origin, watch: newWatch(origin)}
	ctx, cancel := chromedp.NewContext(chromium(tb),
		chromedp.WithNewBrowserContext(), chromedp.WithListener(b.watch.see))
	b.ctx = ctx
	tb.Cleanup(func() {
		b.Quiet()
		cancel()
	})
	b.do("open a tab", chromedp.Func(func(context.Context, *chromedp.Target) error { return nil }))
	b.Show(look)
	return b
}

// For is the same browser for a subtest, which then is the one that fails.
func (b *Browser) For(tb testing.TB) *Browser {
	tb.Helper()
	sub := *b
	sub.tb = tb
	return &sub
}

// Show changes the look of the page that is open and of those to come.
func (b *Browser) Show(look Look) {
	b.tb.Helper()
	b.Look = look
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	b.do("set the look", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, size := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: look.Width, Height: look.Height, DeviceScaleFactor: 1,
		})
		_, media := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // nothing is half faded when it is looked at
		}})
		// each tab believes that it is the one in front, so that it shows where its focus is
		_, front := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		_, script := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: look.NoScript})
		return errors.Join(size, media, front, script)
	}))
	b.settle()
}

// settle ends what the page fades or slides, which goes by the screen's frames,
// and a tab that nobody looks at has none.
func (b *Browser) settle() {
	b.tb.Helper()
	eval[bool](b, `(() => {
	document.body?.offsetWidth;
	for (const a of document.getAnimations()) try { a.finish(); } catch {}
	return true;
})()`)
}

// SetCookie sets a cookie as the desk would.
func (b *Browser) SetCookie(name, value string) {
	b.tb.Helper()
	b.do("set a cookie", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.origin})
		return err
	}))
}

// ClearCookies forgets who was signed in and what was chosen.
func (b *Browser) ClearCookies() {
	b.tb.Helper()
	b.do("clear the cookies", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// Open goes to path. The page must answer with 200.
func (b *Browser) Open(path string) {
	b.tb.Helper()
	b.OpenStatus(path, 200)
}

// OpenStatus goes to path, whose page must answer with status.
func (b *Browser) OpenStatus(path string, status int64) {
	b.tb.Helper()
	b.load("open "+path, status, func() {
		b.do("open "+path, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			res, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: b.origin + path})
			if err == nil && res.ErrorText != "" {
				err = errors.New(res.ErrorText)
			}
			return err
		}))
	})
}

// Back goes to the page before, whatever it answers with.
func (b *Browser) Back() {
	b.tb.Helper()
	b.load("go back", 0, func() { eval[bool](b, `(history.back(), true)`) })
}

// load does what leads to another page and waits until that is there; 0 stands
// for any status.
func (b *Browser) load(what string, status int64, do func()) {
	b.tb.Helper()
	before := b.watch.loaded()
	do()
	Await(b.tb, patience, what+" leads to a page", func() bool { return b.watch.loaded() > before })
	if got, at := b.watch.document(); status != 0 && got != status {
		b.tb.Fatalf("%s: %s answered %d, not %d:\n%s", what, at, got, status, b.Text("body"))
	}
}

// Path is the path and query of the page that is open.
func (b *Browser) Path() string {
	b.tb.Helper()
	at, err := url.Parse(eval[string](b, `location.href`))
	if err != nil {
		b.tb.Fatal(err)
	}
	return at.RequestURI()
}

// Status is the status that the page that is open was answered with.
func (b *Browser) Status() int64 {
	status, _ := b.watch.document()
	return status
}

// Quiet fails the test with what went wrong in the browser since the last call.
func (b *Browser) Quiet() {
	b.tb.Helper()
	for _, trouble := range b.watch.take() {
		b.tb.Errorf("in the browser: %s", trouble)
	}
}

// Forgive returns and forgets what went wrong since the last call, for tests
// that provoke it.
func (b *Browser) Forgive() []string { return b.watch.take() }

func (b *Browser) do(what string, a chromedp.Action[chromedp.Void]) {
	b.tb.Helper()
	run(b, what, a)
}

func run[T any](b *Browser, what string, a chromedp.Action[T]) T {
	b.tb.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.tb.Fatalf("%s: %v", what, err)
	}
	return v
}

// watch follows what happens in a tab.
type watch struct {
	origin string

	mu       sync.Mutex
	troubles []string
	loads    int
	status   int64
	at       string
}

func newWatch(origin string) *watch { return &watch{origin: origin} }

// see is called for every event of the tab, in order.
func (w *watch) see(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *page.EventLoadEventFired:
		w.loads++
	case *runtime.EventExceptionThrown:
		w.trouble("exception: %s", exception(ev.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			w.trouble("console.%s: %s", ev.Type, arguments(ev.Args))
		}
	case *log.EventEntryAdded:
		// What the network does we follow below, with more to say.
		if e := ev.Entry; e.Source != log.EntrySourceNetwork && (e.Level == log.EntryLevelError || e.Level == log.EntryLevelWarning) {
			w.trouble("%s %s: %s (%s)", e.Source, e.Level, e.Text, e.URL)
		}
	case *network.EventRequestWillBeSent:
		if to := ev.Request.URL; !strings.HasPrefix(to, w.origin+"/") && !local(to) {
			w.trouble("a request leaves the origin: %s", to)
		}
	case *network.EventResponseReceived:
		if ev.Type == network.ResourceTypeDocument {
			w.status, w.at = ev.Response.Status, ev.Response.URL
		} else if ev.Response.Status >= 400 {
			w.trouble("%s answered %d", ev.Response.URL, ev.Response.Status)
		}
	case *network.EventLoadingFailed:
		if !ev.Canceled && ev.ErrorText != "net::ERR_ABORTED" { // left behind by going to another page
			w.trouble("a request failed: %s %s %s", ev.Type, ev.ErrorText, ev.BlockedReason)
		}
	}
}

func (w *watch) trouble(format string, args ...any) {
	w.troubles = append(w.troubles, fmt.Sprintf(format, args...))
}

func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.troubles
	w.troubles = nil
	return all
}

func (w *watch) loaded() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loads
}

func (w *watch) document() (status int64, at string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status, w.at
}

// local reports whether an address needs no network.
func local(to string) bool {
	return strings.HasPrefix(to, "data:") || strings.HasPrefix(to, "blob:") || strings.HasPrefix(to, "about:")
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Text + " " + d.Exception.Description
	}
	return fmt.Sprintf("%s at %s:%d", d.Text, d.URL, d.LineNumber)
}

func arguments(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		word := a.Description
		if len(a.Value) > 0 {
			word = string(a.Value)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

var shared struct {
	sync.Once
	ctx    context.Context //nolint:containedctx // chromedp keeps the browser in it
	cancel []context.CancelFunc
	err    error
}

// chromium returns the context of the one Chromium of this test process.
func chromium(tb testing.TB) context.Context {
	tb.Helper()
	shared.Do(func() {
		path, err := findChromium()
		if err != nil {
			shared.err = err
			return
		}
		flags := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.DisableGPU,
			chromedp.NoSandbox, // it opens our own pages alone; containers and bare systems cannot make a sandbox
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("hide-scrollbars", true),
			chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,OptimizationHints,MediaRouter"),
		)
		alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), flags...)
		ctx, cancel := chromedp.NewContext(alloc)
		shared.ctx, shared.cancel = ctx, []context.CancelFunc{cancel, cancelAlloc}
		shared.err = chromedp.Do(ctx)
	})
	if shared.err != nil {
		tb.Fatalf("start Chromium: %v", shared.err)
	}
	return shared.ctx
}

// closeBrowser ends the Chromium of this test process.
func closeBrowser() {
	for _, cancel := range shared.cancel {
		cancel()
	}
}

// findChromium returns the path of Chromium, or of what CHROMIUM names. The one
// without windows comes first: it takes half of the processor time.
func findChromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil && name != "" {
			return path, nil
		}
	}
	return "", errors.New("no chromium, chromium-browser or google-chrome in PATH: install one, name it in CHROMIUM, or run `make test`, which installs it")
}
