package testkit

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// serve serves one page under a strict policy, so that a test can see what the
// browser makes of it.
func serve(t *testing.T, html string) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src * data:; style-src 'self'")
			_, _ = w.Write([]byte(`<!doctype html><html lang="en"><head><title>Page</title><link rel="icon" href="data:,"></head><body><main>` + html + `</main></body></html>`))
		case "/script.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write([]byte(`document.querySelector('h1').textContent = 'Scripted'; document.querySelector('form')?.addEventListener('change', e => console.error('changed', e.target.name));`))
		case "/sent":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(`<!doctype html><title>Sent</title><link rel="icon" href="data:,"><p>` + r.FormValue("subject") + `/` + r.FormValue("colour")))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestBrowserTroubles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ html, trouble string }{
		"a style that the policy forbids":  {`<p style="color:red">x</p>`, "Content Security Policy"},
		"an inline script":                 {`<script>1</script>`, "Content Security Policy"},
		"a picture from elsewhere":         {`<img alt="" src="http://127.0.0.1:9/x.png">`, "leaves the origin"},
		"a picture that is missing":        {`<img alt="" src="/missing.png">`, "missing.png answered 404"},
		"a script that throws":             {`<p>no heading</p><script src="/script.js"></script>`, "exception"},
		"a message in the console":         {`<h1>x</h1><form><input name="a"></form><script src="/script.js"></script>`, `"changed"`},
		"nothing, on a page that is right": {`<h1>x</h1><script src="/script.js"></script>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := NewBrowser(t, serve(t, c.html).URL, Desktop)
			b.Open("/")
			if c.trouble == `"changed"` {
				b.Set("input[name=a]", "x")
			}
			troubles := b.Forgive()
			if c.trouble == "" && len(troubles) == 0 {
				return
			}
			if !slices.ContainsFunc(troubles, func(s string) bool { return c.trouble != "" && strings.Contains(s, c.trouble) }) {
				t.Errorf("troubles are %q, want one with %q", troubles, c.trouble)
			}
		})
	}
}

func TestBrowserLooks(t *testing.T) {
	t.Parallel()
	t.Run("without scripts the page's own do not run, and axe still does", func(t *testing.T) {
		t.Parallel()
		b := NewBrowser(t, serve(t, `<h1>Plain</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script src="/script.js"></script><noscript><p>No scripts</p></noscript>`).URL,
			Look{Width: 390, Height: 844, NoScript: true})
		b.Open("/")
		b.See("Plain", "No scripts")
		if v := b.violations(); len(v) != 1 || !strings.HasPrefix(v[0], "image-alt") {
			t.Errorf("violations are %q", v)
		}
		b.Open("/")
		b.See("Plain", "No scripts")
	})
	t.Run("a wide page scrolls sideways", func(t *testing.T) {
		t.Parallel()
		b := NewBrowser(t, serve(t, `<h1>x</h1><pre>`+strings.Repeat("wide", 200)+`</pre>`).URL, Phone)
		b.Open("/")
		if len(b.sideways()) < 2 {
			t.Error("nothing seen of it")
		}
	})
}

func TestBrowserActs(t *testing.T) {
	t.Parallel()
	form := `<h1>Form</h1><form action="/sent" method="post"><label>Subject <input name="subject"></label>
<label>Colour <select name="colour"><option value="r">Red<option value="b">Blue</select></label><button>Send it</button></form>`
	t.Run("with the mouse", func(t *testing.T) {
		t.Parallel()
		b := NewBrowser(t, serve(t, form).URL, Desktop)
		b.Open("/")
		b.Fill("[name=subject]", "old")
		b.Fill("[name=subject]", "new")
		b.SelectText("[name=colour]", "Blue")
		b.Follow("button|Send")
		b.See("new/b")
	})
	t.Run("with the keyboard alone", func(t *testing.T) {
		t.Parallel()
		b := NewBrowser(t, serve(t, form).URL, Desktop)
		b.Open("/")
		b.TabTo("[name=subject]")
		b.Type("typed")
		b.TabTo("button")
		b.KeyFollow("Enter")
		b.See("typed/r")
	})
}
