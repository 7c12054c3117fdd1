//go:build screenshots

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/deskbell/deskbell/internal/testkit"
)

// TestScreenshots writes a picture of every page to the folder SCREENSHOTS, in
// light and dark, wide and narrow; `make screenshots` runs it.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		t.Fatal("SCREENSHOTS names no folder; run `make screenshots`")
	}
	w := newTour(t, 200)
	for _, lang := range []string{"en", "ru"} {
		for reader, stops := range byReader(w.stops(t, lang)) {
			t.Run(lang+" "+reader, func(t *testing.T) {
				t.Parallel()
				b := testkit.NewBrowser(t, w.URL, testkit.Desktop)
				w.enter(b, stops[0].by, lang)
				for _, s := range stops {
					picture(t, b, s, filepath.Join(dir, s.name+"_"+lang))
				}
				b.Forgive() // other tests ask about that
			})
		}
	}
}

func picture(t *testing.T, b *testkit.Browser, s stop, path string) {
	t.Helper()
	for _, looks := range [][2]testkit.Look{{testkit.Desktop, testkit.DesktopDark}, {testkit.Phone, testkit.PhoneDark}} {
		b.Show(looks[0])
		visit(b, s)
		for _, look := range looks {
			b.Show(look)
			if err := os.WriteFile(path+"_"+look.String()+".png", b.Shot(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
