package richtext_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deskbell/deskbell/internal/richtext"
)

var (
	tags      = regexp.MustCompile(`</?([a-z0-9:]+)`)
	dangerous = regexp.MustCompile(`(?i)javascript:|\son\w+=|style=|class="(?:Mso|xl)|mso-|<o:|<script|<svg|<iframe|<form|<input`)
)

// cleanTags are all that pasted text may come out as.
var cleanTags = []string{"p", "div", "br", "b", "strong", "i", "em", "u", "del", "ul", "ol", "li", "blockquote", "pre", "code", "a", "table", "tbody", "tr", "td", "th"}

// TestPaste renders what word processors and browsers put on the clipboard.
func TestPaste(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"word.html": {
			"<p><strong>Update log</strong></p>", "<b>Device:</b>", "<i>second floor</i>", "<ol><li>Copy the image</li><li>Reload</li></ol>",
			"It stops at <strong>83\u00a0%</strong>.",
		},
		"outlook.html": {
			"Hello,", "<ul><li>the log is attached</li><li>so is the picture</li></ul>",
			`<a href="https://files.example.test/boot.log" rel="nofollow noopener noreferrer">boot.log</a>`, "<blockquote><p><b>From:</b> Anna Keller</p></blockquote>",
		},
		"google-docs.html": {
			"<p>The switch <strong>does not start</strong><em> since Monday</em><del>Tuesday</del></p>", "<ul><li><p>power is on</p></li></ul>",
		},
		"excel.html":    {"<td><strong>Port</strong></td><td><strong>Errors</strong></td>", "<td>1</td><td>1204</td>"},
		"web-page.html": {"<strong>Known problems</strong>", "See this and", `<a href="https://vendor.example.test/kb?a=1&amp;b=2" rel="nofollow noopener noreferrer">the vendor</a>`, "show log"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(filepath.Join("testdata", "paste", name))
			if err != nil {
				t.Fatal(err)
			}
			got := richtext.Render(string(source), richtext.KindHTML)
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("lacks %q:\n%s", w, got)
				}
			}
			for _, m := range tags.FindAllStringSubmatch(got, -1) {
				if !slices.Contains(cleanTags, m[1]) {
					t.Errorf("has a <%s>:\n%s", m[1], got)
				}
			}
			if bad := dangerous.FindString(got); bad != "" {
				t.Errorf("has %q:\n%s", bad, got)
			}
			for _, gone := range []string{"hidden words", "Style Definitions", "AllowPNG", "alert(1)", "windowtext", "mso"} {
				if strings.Contains(got, gone) {
					t.Errorf("still says %q:\n%s", gone, got)
				}
			}
		})
	}
}

// FuzzPaste holds styled HTML of any kind to the same rules.
func FuzzPaste(f *testing.F) {
	f.Add(`<b style="font-weight:normal"><p style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">1.</span>x`)
	f.Add(`<o:p style="display:none"><td style=font-weight:bold><script>`)
	f.Fuzz(func(t *testing.T, source string) {
		got := richtext.Render(`<i style="x">`+source, richtext.KindHTML)
		if bad := regexp.MustCompile(`(?i)<(script|svg|iframe|form|o:)`).FindString(got); bad != "" {
			t.Errorf("%q came out of %q", bad, source)
		}
	})
}
