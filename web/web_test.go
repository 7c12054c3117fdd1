package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/web"
)

func get(t *testing.T, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	t.Parallel()
	t.Run("a file is served packed and for ever", func(t *testing.T) {
		t.Parallel()
		w := get(t, web.Path("app.css"), "Accept-Encoding", "gzip")
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Fatalf("status %d, headers %v", w.Code, w.Header())
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), ".btn") {
			t.Error("the style sheet lost its buttons")
		}
	})
	t.Run("a browser that has the file gets no second copy", func(t *testing.T) {
		t.Parallel()
		first := get(t, web.Path("icons.svg"))
		again := get(t, web.Path("icons.svg"), "If-None-Match", first.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("status %d with %d bytes", again.Code, again.Body.Len())
		}
	})
	t.Run("the style sheet names fonts that are there", func(t *testing.T) {
		t.Parallel()
		css := get(t, web.Path("app.css")).Body.String()
		urls := regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(css, -1)
		if len(urls) != 3 {
			t.Errorf("%d addresses in the style sheet, want 3 fonts", len(urls))
		}
		for _, u := range urls {
			if w := get(t, u[1]); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "font/woff2" {
				t.Errorf("%s: status %d, %s", u[1], w.Code, w.Header().Get("Content-Type"))
			}
		}
	})
	t.Run("a plain or unknown name is not found", func(t *testing.T) {
		t.Parallel()
		for _, p := range []string{"/static/app.css", "/static/nothing.0000000000.css", web.Path("nothing.css"), "/static/x/" + strings.TrimPrefix(web.Path("app.css"), "/static/")} {
			if w := get(t, p); w.Code != http.StatusNotFound {
				t.Errorf("%s: status %d", p, w.Code)
			}
		}
	})
}

// The budget of a cold load: at most 8 requests and 150 KB, scripts at most
// 60 KB of it. The page itself may take 40 KB.
func TestBudget(t *testing.T) {
	t.Parallel()
	portal := []string{"app.css", "portal.js", "icons.svg", "favicon.svg", "inter-latin-wght-normal.woff2"}
	size := func(name string) int { return get(t, web.Path(name), "Accept-Encoding", "gzip").Body.Len() }
	total := 0
	for _, name := range portal {
		total += size(name)
	}
	if total > 110_000 {
		t.Errorf("the portal's assets take %d bytes", total)
	}
	if n := size("portal.js"); n > 20_000 {
		t.Errorf("the portal's script takes %d bytes", n)
	}
	if n := size("agent.js"); n > 22_000 {
		t.Errorf("the agent's script takes %d bytes", n)
	}
	if n := size("markdown.js"); n > 50_000 {
		t.Errorf("the script that reads Markdown takes %d bytes", n)
	}
	if n := size("editor.js"); n > 80<<10 {
		t.Errorf("the editor takes %d bytes", n)
	}
}
